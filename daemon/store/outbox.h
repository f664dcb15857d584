/* outbox: notices, and the tries to deliver them. */
#ifndef GRIDD_STORE_OUTBOX_H
#define GRIDD_STORE_OUTBOX_H

#include "daemon/store/db.h"
#include "daemon/store/scope.h"

/* A notice is named "SEQ-N": the event that it tells of, and which of its notices. One that tells of no event has a negative
 * seq, and is named "R12-1": of the occurrence of a report, or a trial of a channel. */
struct notice_name {
	const char *town;
	int64_t seq;
	int32_t n;
};
bool notice_name_parse(const char *text, struct notice_name *out);      /* town is left to the caller */
const char *notice_name_text(const struct notice_name *name, struct arena *a);

/* Columns of outbox_list, outbox_get and outbox_gather. `agg` is the notice as JSON (notice_decode), where it is of a case;
 * class, estate and grid are those of the case. Tries are timed by the database server's own clock, also with a test clock.
 * HEAD: the notice that it went along with. */
enum notice_row {
	NOTICE_TOWN, NOTICE_SEQ, NOTICE_N, NOTICE_CASE, NOTICE_NUMBER, NOTICE_KIND, NOTICE_UNIT, NOTICE_MADE_AT, NOTICE_AGG,
	NOTICE_CHANNEL, NOTICE_STATE, NOTICE_TRIES, NOTICE_NEXT_TRY_AT, NOTICE_DELIVERED_AT, NOTICE_FAILURE,
	NOTICE_CLASS, NOTICE_ESTATE, NOTICE_GRID, NOTICE_RECEIVER, NOTICE_HEAD_SEQ, NOTICE_HEAD_N
};

/* What a delivery can be: waiting, delivered, failed (and tried again), dead, nobody (was on duty). NULL-terminated. */
extern const char *const delivery_state_names[];
/* Kinds of notices that are of no case. NULL-terminated. */
extern const char *const report_notice_kinds[];
extern const char test_notice_kind[];

/* ---- For methods ---- */

struct outbox_filter {
	const char *town, *unit, *state, *channel, *kind;       /* NULL: any */
	int64_t case_id;                                        /* 0: any */
	int64_t since_us;                                       /* NO_TIME: from the start */
	int32_t limit;
	const struct scope *scope;
	struct notice_name before;                              /* the last one seen; seq 0: those that are of no case */
};
/* Newest first; those of cases before those that are of none. */
void outbox_list(struct db *d, const struct outbox_filter *f, struct arena *a, on_rows done, void *ctx);
/* One row, or none. */
void outbox_get(struct db *d, const struct notice_name *name, struct arena *a, on_rows done, void *ctx);

/* One notice, or (name->seq 0) all by the channel; state: "dead", "failed", NULL: both. One row: how many are tried anew. */
struct outbox_again {
	struct notice_name name;
	const char *channel, *state;
};
void outbox_retry(struct db *d, const struct outbox_again *what, struct arena *a, on_rows done, void *ctx);

struct town_channel {
	const char *town, *channel;
};
/* One row: since when, by whom, how many wait. */
void channel_pause(struct db *d, const struct town_channel *c, const char *actor, struct arena *a, on_rows done, void *ctx);
/* One row: was it paused, how many wait. */
void channel_resume(struct db *d, const struct town_channel *c, struct arena *a, on_rows done, void *ctx);
/* Rows: channel, since when, by whom. */
void channel_paused(struct db *d, const char *town, struct arena *a, on_rows done, void *ctx);

/* ---- For the worker ---- */

/* Who is told one at a time. */
struct lane {
	const char *town, *channel, *receiver;
};
struct lease_ask {
	int32_t limit, per_channel, lease_s;
	const struct lane *busy;            /* which are to be left alone */
	size_t n_busy;
};
/* Columns of outbox_lease. NOW: the server's clock. */
enum leased_row {
	LEASED_TOWN, LEASED_SEQ, LEASED_N, LEASED_CHANNEL, LEASED_RECEIVER, LEASED_URGENT, LEASED_TRIES, LEASED_QUEUED_AT,
	LEASED_NOW, LEASED_UNIT, LEASED_KIND
};
/* Takes what is to be delivered now, a notice for each receiver, and counts the try: nobody else takes it for lease_s. */
void outbox_lease(struct db *d, const struct lease_ask *ask, struct arena *a, on_rows done, void *ctx);
/* What a worker had in hand that is gone is free again. */
void outbox_free(struct db *d, struct arena *a, on_rows done, void *ctx);

struct gather_ask {
	struct notice_name name;
	int32_t more_than, within_s, at_most;
	bool ordinary;                      /* whatever kind and however few: all that isn't urgent */
};
/* A leased notice as a row (enum notice_row), and behind it those that go along with it. */
void outbox_gather(struct db *d, const struct gather_ask *ask, struct arena *a, on_rows done, void *ctx);
/* Leased, it isn't to go yet, nor are its like. */
void outbox_put_off(struct db *d, const struct notice_name *name, int64_t until_us, struct arena *a, on_rows done, void *ctx);
/* Of a report's notice; no row: there is no such occurrence. */
enum report_row { REPORT_JOB, REPORT_DAY, REPORT_PLANNED_AT, REPORT_PLAN };
void outbox_report(struct db *d, const struct notice_name *name, struct arena *a, on_rows done, void *ctx);
/* What came of a try, for all that went along: delivered, or failed with one sentence and after how long to try again (0:
 * never, a dead letter); pause: nothing goes by that channel any more. */
struct delivery_result {
	struct notice_name name;
	bool delivered, pause;
	const char *failure;
	int32_t again_in_s, took_ms;
};
void outbox_record(struct db *d, const struct delivery_result *r, struct arena *a, on_rows done, void *ctx);
/* These channels are known now: what failed for the lack of one is tried at once; all: whatever failed. */
void outbox_wake(struct db *d, const struct strs *channels, bool all, struct arena *a, on_rows done, void *ctx);

/* ---- Trying a channel ---- */

struct outbox_trial {
	struct town_channel by;
	const char *to;                     /* NULL: the channel knows */
	int64_t now_us;                     /* case time */
};
/* One row: its seq (n is 1); no row: the channel is paused. */
void outbox_test(struct db *d, const struct outbox_trial *t, struct arena *a, on_rows done, void *ctx);
/* One row: state, failure, whether a worker has taken it. give_up: why it isn't waited for any more; NULL: it is. */
void outbox_fate(struct db *d, const struct notice_name *name, const char *give_up, struct arena *a, on_rows done, void *ctx);

/* Columns of outbox_dead_letters. */
enum dead_letter_row {
	DEAD_TOWN, DEAD_SEQ, DEAD_N, DEAD_UNIT, DEAD_CHANNEL, DEAD_CASE, DEAD_NUMBER, DEAD_AGG
};
/* Notices that were given up and whose case doesn't say so yet, the oldest first; and: now it does. */
void outbox_dead_letters(struct db *d, int32_t limit, struct arena *a, on_rows done, void *ctx);
void outbox_dead_letter_told(struct db *d, const struct notice_name *name, struct arena *a, on_rows done, void *ctx);

#endif
