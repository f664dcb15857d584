/* outbox: notices, and the tries to deliver them. */
#ifndef GRIDD_STORE_OUTBOX_H
#define GRIDD_STORE_OUTBOX_H

#include "daemon/store/db.h"
#include "daemon/store/scope.h"

/* A notice is named "SEQ-N": the event that it tells of, and which of its notices. */
struct notice_name {
	const char *town;
	int64_t seq;
	int32_t n;
};
bool notice_name_parse(const char *text, struct notice_name *out);      /* town is left to the caller */

/* Columns of outbox_list, outbox_get and outbox_lease. `agg` is the notice as JSON (notice_decode). Class, estate and grid are
 * those of the case. Tries are timed by the database server's own clock, also with a test clock. */
enum notice_row {
	NOTICE_TOWN, NOTICE_SEQ, NOTICE_N, NOTICE_CASE, NOTICE_NUMBER, NOTICE_KIND, NOTICE_UNIT, NOTICE_MADE_AT, NOTICE_AGG,
	NOTICE_CHANNEL, NOTICE_STATE, NOTICE_TRIES, NOTICE_NEXT_TRY_AT, NOTICE_DELIVERED_AT, NOTICE_FAILURE,
	NOTICE_CLASS, NOTICE_ESTATE, NOTICE_GRID
};

/* What a delivery can be: waiting, delivered, failed (and tried again), dead, nobody (was on duty). NULL-terminated. */
extern const char *const delivery_state_names[];

struct outbox_filter {
	const char *town, *unit, *state, *channel;      /* NULL: any */
	int64_t case_id;                                /* 0: any */
	int64_t since_us;                               /* NO_TIME: from the start */
	int32_t limit;
	const struct scope *scope;
	struct notice_name before;                      /* the last one seen; seq 0: from the newest on */
};
/* Newest first. */
void outbox_list(struct db *d, const struct outbox_filter *f, struct arena *a, on_rows done, void *ctx);
/* One row, or none. */
void outbox_get(struct db *d, const struct notice_name *name, struct arena *a, on_rows done, void *ctx);
/* Takes what is to be delivered now (FOR UPDATE SKIP LOCKED), marks it as tried until lease_s from now. */
void outbox_lease(struct db *d, int32_t limit, int32_t lease_s, struct arena *a, on_rows done, void *ctx);
/* What came of a try: delivered, or failed with one sentence and after how long to try again (0: never, a dead letter). */
struct delivery_result {
	struct notice_name name;
	bool delivered;
	const char *failure;
	int32_t again_in_s;
};
void outbox_record(struct db *d, const struct delivery_result *r, struct arena *a, on_rows done, void *ctx);

/* Columns of outbox_dead_letters. */
enum dead_letter_row {
	DEAD_TOWN, DEAD_SEQ, DEAD_N, DEAD_UNIT, DEAD_CHANNEL, DEAD_CASE, DEAD_NUMBER, DEAD_AGG
};
/* Notices that were given up and whose case doesn't say so yet, the oldest first; and: now it does. */
void outbox_dead_letters(struct db *d, int32_t limit, struct arena *a, on_rows done, void *ctx);
void outbox_dead_letter_told(struct db *d, const struct notice_name *name, struct arena *a, on_rows done, void *ctx);

#endif
