/* timekeeper: lets happen what time alone does: loads what is due, oldest first, and has it decided and stored.
 *
 * It runs where the lease is; should two run all the same, the version guard lets one win. One alarm at the next firing, and a
 * look each 500 ms for what others have set meanwhile. Case time is the database's and never ahead of it, so that nothing fires
 * early. A firing that fails is looked at again later and later; the others go on. */
#ifndef GRIDD_JOBS_TIMEKEEPER_H
#define GRIDD_JOBS_TIMEKEEPER_H

#include "daemon/call/server.h"

struct timekeeper;

struct timekeeper *timekeeper_new(struct server *sv);
void timekeeper_free(struct timekeeper **t);       /* after the database */
/* The database is there: begin. Any number of times. */
void timekeeper_start(struct timekeeper *t);
/* The daemon drains: nothing new is begun, another one may take over. */
void timekeeper_stop(struct timekeeper *t);

/* On a test clock. Calls done once nothing is left that is due now, with how many firings there were; or with why not. Only one
 * at a time; done is never called from within. */
typedef void (*on_settled)(int64_t fired, const struct err *why, void *ctx);
void timekeeper_settle(struct timekeeper *t, on_settled done, void *ctx);
/* Between two settlings the lease is kept, so that no other daemon moves the clock meanwhile. */
void timekeeper_keep(struct timekeeper *t, bool keep);

#endif
