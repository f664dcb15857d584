/* nightly: plans each night's digest, once for each town and day, whoever else tries: what it says is kept, and its notices with it.
 *
 * It runs where its lease is; should two plan all the same, the book of occurrences takes one (store/occurrences.h). A town has
 * nights while its pack names an office, from the first one after that pack came into force. Whatever was missed, it plans the
 * newest night of it, as late, and books the older ones as skipped. What fails is tried again, later and later. */
#ifndef GRIDD_JOBS_NIGHTLY_H
#define GRIDD_JOBS_NIGHTLY_H

#include "daemon/call/server.h"
#include "daemon/jobs/night.h"

struct nightly;

/* config: borrowed, looked at anew each night. */
struct nightly *nightly_new(struct server *sv, const struct report_config *config);
void nightly_free(struct nightly **n);      /* after the database, and when server.asides is 0 or nobody waits any more */
/* The database is there: begin. Any number of times. */
void nightly_start(struct nightly *n);
/* The daemon drains: nothing new is begun, and what is under way breaks off. */
void nightly_stop(struct nightly *n);

/* ---- For the test clock ---- */

/* The next night of any town after that instant; NO_TIME: none has nights. */
int64_t nightly_next_us(struct nightly *n, int64_t after_us);
/* How many nights lie after from_us and up to to_us. */
int64_t nightly_between(struct nightly *n, int64_t from_us, int64_t to_us);
/* Calls done once every night up to now is booked, or with why not. Only one at a time; never from within. */
typedef void (*on_nights_settled)(const struct err *why, void *ctx);
void nightly_settle(struct nightly *n, on_nights_settled done, void *ctx);
/* While somebody moves the clock nothing is planned but what he asks for. */
void nightly_keep(struct nightly *n, bool keep);

#endif
