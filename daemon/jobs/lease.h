/* lease: a job that runs in one daemon at a time: ours as long as the database says so.
 *
 * It lasts 3 s by the database's own time and is renewed each second. Whoever holds it believes so a little shorter than that
 * by his own steady clock: a daemon that was stopped for a while wakes up without it. */
#ifndef GRIDD_JOBS_LEASE_H
#define GRIDD_JOBS_LEASE_H

#include "daemon/call/server.h"

struct lease;

struct lease_config {
	const char *job;                    /* "timekeeper"; borrowed */
	void (*on_gained)(void *ctx);       /* it wasn't ours, and now is; may be NULL */
	void *ctx;
};

struct lease *lease_new(struct server *sv, const struct lease_config *cfg);
void lease_free(struct lease **l);      /* after the database: nothing is given up any more, it runs out */

/* From now on tries to get it, and to keep it; or gives it up. */
void lease_want(struct lease *l, bool wanted);
bool lease_held(const struct lease *l);
/* "host/pid/random": one for each lease of each process. */
const char *lease_holder(const struct lease *l);

#endif
