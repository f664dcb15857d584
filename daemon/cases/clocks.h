/* clocks: a clock (时限) is a budget, a unit, a calendar and events; all else is derived.
 *
 * remaining = budget + extensions - elapsed working time; the due time is undefined while paused; a pause is never subtracted
 * as wall time. Overdue from the first microsecond after due. */
#ifndef GRIDD_CASES_CLOCKS_H
#define GRIDD_CASES_CLOCKS_H

#include "daemon/cases/calendar.h"

enum clock_state { CLOCK_RUNNING, CLOCK_PAUSED, CLOCK_STOPPED };

struct clock {
	const char *name;                   /* discover dispatch accept arrive handle verify decide overall supervise, or declared */
	enum clock_state state;
	struct limit limit;                 /* amount 0: a deadline set from outside, `due_at_us` as given */
	const char *calendar;               /* its id, kept for life; NULL for a deadline from outside */
	int32_t task;                       /* number of the stay it belongs to; 0 = the case's own */
	const char *bearer;                 /* unit whose time it is; NULL = nobody's yet */
	int32_t extensions;                 /* granted; each adds one original limit */
	int64_t started_at_us;
	int64_t resumed_at_us;              /* start of the running stretch; = started_at_us until the first resume */
	int64_t spent_us;                   /* clock time used before resumed_at_us */
	int64_t stopped_at_us;              /* NO_TIME until stopped */
	int64_t due_at_us;                  /* derived; NO_TIME while paused */
	bool provisional;                   /* due lies past the last published day of the calendar */
	bool outside;                       /* set from outside: nothing of ours moves it */
};

/* Starts `*c` (name, limit, calendar, task, bearer filled by the caller) at at_us and derives its due time. False only for a
 * calendar that never opens, or none of that name in the set. */
bool clock_start(struct clock *c, const struct calendar_set *cals, int64_t at_us, struct err *e) MUST_CHECK;
/* Stops a running or paused clock; the due time stays as it was known. */
void clock_stop(struct clock *c, const struct calendar_set *cals, int64_t at_us);
/* Clock time used until at_us, and left (negative: overdue by so much clock time). Microseconds of the clock's own time. */
int64_t clock_spent_us(const struct clock *c, const struct calendar_set *cals, int64_t at_us);
int64_t clock_remaining_us(const struct clock *c, const struct calendar_set *cals, int64_t at_us);
/* Overdue at at_us (of a stopped clock: when it stopped). Natural time since due in *by_us if that is wanted. */
bool clock_overdue(const struct clock *c, int64_t at_us, int64_t *by_us);
/* The pieces of working time from start to due, for people who doubt it. */
bool clock_segments(const struct clock *c, const struct calendar_set *cals, struct arena *a, segment_list *out);

#endif
