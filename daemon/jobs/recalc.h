/* recalc: when a town's pack brings other calendars, reckons the clocks of its open cases anew, an event each.
 *
 * It runs where its lease is, behind everything else. With each pack that comes into force it walks past all open cases, also
 * at the start, as nobody knows how far an earlier daemon came; and again until a walk finds nothing to move, as another daemon
 * may have worked by the old calendars for some seconds more. So it may die anywhere. */
#ifndef GRIDD_JOBS_RECALC_H
#define GRIDD_JOBS_RECALC_H

#include "daemon/call/server.h"

struct recalc;

struct recalc *recalc_new(struct server *sv);
void recalc_free(struct recalc **r);    /* after the database */
/* The database is there: begin. Any number of times. */
void recalc_start(struct recalc *r);
/* The daemon drains: nothing new is begun. */
void recalc_stop(struct recalc *r);
/* A pack was loaded: look now rather than at the next beat. */
void recalc_hint(struct recalc *r);

#endif
