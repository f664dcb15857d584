/* occurrences: the book of scheduled reports: what was planned for which day, what was skipped and why, who was told. For threads
 * (store/side.h): it blocks. All of it inside side_begin .. side_commit.
 *
 * A day is booked once, whoever does it: the second one finds it booked, or his transaction fails and finds it so when it begins
 * again (E_OVERLOADED). */
#ifndef GRIDD_STORE_OCCURRENCES_H
#define GRIDD_STORE_OCCURRENCES_H

#include "daemon/store/side.h"

/* A row of the book. Days are "2026-11-23". */
struct occurrence {
	int64_t id;
	const char *day;
	bool planned;                       /* else skipped */
	const char *mark;                   /* of a planned one: "on_time", "late", "reckoned" */
	int64_t as_of_us, planned_at_us;
	const char *reason;                 /* it is, or was, skipped; NULL: it wasn't */
	int64_t format;
	const char *plan;
};

/* Whose book. */
struct book {
	const char *town, *job;             /* job: "nightly", "monthly" */
};

/* What stands there before a day is planned. */
struct booked {
	const char *newest;                 /* day; NULL: nothing is booked */
	const char *state;                  /* of the day: "planned", "skipped"; NULL: it isn't booked */
	int64_t overdue_before;             /* in what was planned for the day before; -1: not known */
	int64_t pack_since_us;              /* when this version of the pack came; NO_TIME: there is none */
	int64_t town_since_us;              /* when its first one did */
};
struct booked_ask {
	const char *day, *day_before;
	int32_t pack_version;
};
bool occurrence_before(struct side *s, const struct book *b, const struct booked_ask *ask, struct arena *a, struct booked *out,
                       struct err *e) MUST_CHECK;

/* day NULL: the newest that was planned. *found false: there is none. */
bool occurrence_get(struct side *s, const struct book *b, const char *day, struct arena *a, struct occurrence *out, bool *found,
                    struct err *e) MUST_CHECK;
/* Books o->day as planned (id and reason are ignored). again: also where it was skipped. *id 0: it is booked already. */
bool occurrence_plan(struct side *s, const struct book *b, const struct occurrence *o, bool again, int64_t *id, struct err *e)
    MUST_CHECK;

struct skipped_day {
	const char *day;
	int64_t as_of_us;
};
typedef LIST_OF(struct skipped_day) skipped_list;
bool occurrence_skip(struct side *s, const struct book *b, const skipped_list *days, const char *reason, int64_t now_us,
                     struct err *e) MUST_CHECK;

/* An office: a unit, and where it gets reports. */
struct office {
	const char *unit, *role, *channel, *to;
};
typedef LIST_OF(struct office) office_list;
/* A notice for each of them, numbered after those that are there; *first is the number of the first. */
bool occurrence_tell(struct side *s, const char *town, int64_t id, const office_list *offices, int64_t now_us, int64_t *first,
                     struct err *e) MUST_CHECK;

/* Newest first. Columns: day, state, mark, as_of, planned_at, reason, overdue, notices, delivered. */
enum occurrence_row {
	BOOK_DAY, BOOK_STATE, BOOK_MARK, BOOK_AS_OF, BOOK_PLANNED_AT, BOOK_REASON, BOOK_OVERDUE, BOOK_NOTICES, BOOK_DELIVERED
};
bool occurrence_list(struct side *s, const struct book *b, int32_t limit, struct arena *a, struct rows **out, struct err *e)
    MUST_CHECK;
/* Who was told, by number. */
enum told_row {
	TOLD_N, TOLD_UNIT, TOLD_CHANNEL, TOLD_TO, TOLD_STATE, TOLD_TRIES, TOLD_DELIVERED_AT, TOLD_FAILURE, TOLD_MADE_AT
};
bool occurrence_notices(struct side *s, const char *town, int64_t id, struct arena *a, struct rows **out, struct err *e)
    MUST_CHECK;

#endif
