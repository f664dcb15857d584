/* timers: what is due by time, and who looks after it. */
#ifndef GRIDD_STORE_TIMERS_H
#define GRIDD_STORE_TIMERS_H

#include "daemon/store/db.h"

/* Columns of timers_due. */
enum timer_row { TIMER_TOWN, TIMER_CASE, TIMER_NUMBER, TIMER_FIRE_AT, TIMER_FAILURES, TIMER_AGG };
/* Cases that fire at or before now_us, oldest first, not before since_us (what the last round saw: a lower bound for the
 * index; 0: from the start). Asked on the timekeeper's own connection. */
void timers_due(struct db *d, int64_t now_us, int64_t since_us, int32_t limit, struct arena *a, on_rows done, void *ctx);
/* The earliest one of all: one row, one column of microseconds, NULL when none is left. */
void timers_next(struct db *d, struct arena *a, on_rows done, void *ctx);
/* It failed: look at it again at that time. No event, no version: the case itself is as it was. */
void timers_put_off(struct db *d, int64_t case_id, int64_t until_us, int32_t failures, struct arena *a, on_rows done, void *ctx);

/* A job runs where its lease is: 3 s by the database's own time. One row, one column: true if it is (still) this holder's. */
void lease_take(struct db *d, const char *job, const char *holder, struct arena *a, on_rows done, void *ctx);
void lease_give_up(struct db *d, const char *job, const char *holder);

#endif
