/* clocks: a clock (时限) is a budget, a unit, a calendar and events; all else is derived.
 *
 * remaining = budget + extensions - elapsed time of the clock's own kind; the due time is undefined while paused; a pause is
 * never subtracted as wall time. Overdue from the first microsecond after due. */
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
	int64_t resumed_at_us;              /* start of the running stretch; = started_at_us until the first resume; while
	                                     * paused: when it was paused */
	int64_t spent_us;                   /* clock time used before resumed_at_us: in `past`, as it was counted then */
	int64_t rounded_us;                 /* clock time given on top of the limit: by rounding up to the end of a working day,
	                                     * after a resume or an extension of a limit that counts ends of days, and where a
	                                     * changed calendar would have left the clock overdue at once; else 0 */
	int64_t stopped_at_us;              /* NO_TIME until stopped */
	int64_t due_at_us;                  /* derived; NO_TIME while paused (a due time that had passed before stays) */
	bool provisional;                   /* the way to due leaves the calendar's published days */
	bool outside;                       /* set from outside: nothing of ours moves it */
	const char *until;                  /* of a declared clock: the mark that stops it; NULL: none does */
	int32_t order;                      /* `supervise`: number of the order it belongs to; else 0 */
	/* What has come of it. A threshold fires once in the life of a clock, whatever pauses or extends it. */
	int64_t breached_at_us;             /* the due time that passed and was told; NO_TIME: none, or taken back */
	int32_t fired;                      /* bit i: step i of the case's ladder has fired for this clock */
	const char *waived;                 /* reason: this overdue is excused; NULL: it isn't */
	segment_list past;                  /* the stretches that it ran before the present one, [from, to) */
};

/* Starts `*c` (name, limit, calendar, task, bearer filled by the caller; of a deadline from outside also `outside` and
 * `due_at_us`) at at_us and derives its due time. False only for a calendar that never opens, or none of that name in the
 * set. */
bool clock_start(struct clock *c, const struct calendar_set *cals, int64_t at_us, struct err *e) MUST_CHECK;
/* Stops a running or paused clock; the due time stays as it was known. Stopped after it, the clock is breached, whether that
 * has been told or not. */
void clock_stop(struct clock *c, int64_t at_us);
/* Pauses a running clock: until it is resumed it has no due time, unless that had passed already. A deadline from outside is
 * never paused (nothing happens). The stretch that ends is kept in `past`, in a list of its own in that arena. */
void clock_pause(struct clock *c, const struct calendar_set *cals, int64_t at_us, struct arena *a);
/* Goes on with what is left of the budget. What was overdue before the pause stays so. */
bool clock_resume(struct clock *c, const struct calendar_set *cals, int64_t at_us, struct err *e) MUST_CHECK;
/* Takes a stopped clock up again at at_us with what was left: the time between was nobody's. A deadline from outside runs as if
 * it had never stopped. */
bool clock_go_on(struct clock *c, const struct calendar_set *cals, int64_t at_us, struct arena *a, struct err *e) MUST_CHECK;
/* Adds one original limit. Running or paused; not a deadline from outside. */
bool clock_extend(struct clock *c, const struct calendar_set *cals, struct err *e) MUST_CHECK;

/* The whole budget with its extensions, in the clock's own time; of a deadline from outside the time from start to due. False:
 * its calendar is missing, or never gets there. */
bool clock_budget_us(const struct clock *c, const struct calendar_set *cals, int64_t *out_us) MUST_CHECK;
/* Clock time used until at_us, and left (negative: overdue by so much clock time), by the calendar as it now is. Microseconds of
 * the clock's own time; of a deadline from outside, and where the calendar is gone from the set, natural time. */
int64_t clock_spent_us(const struct clock *c, const struct calendar_set *cals, int64_t at_us);
int64_t clock_remaining_us(const struct clock *c, const struct calendar_set *cals, int64_t at_us);
/* Overdue at at_us (of a stopped clock: when it stopped). Natural time since due in *by_us if that is wanted; 0 if it isn't
 * overdue. */
bool clock_overdue(const struct clock *c, int64_t at_us, int64_t *by_us);
/* The pieces of time from the start of the running stretch (the start, if it never paused) to due, for people who doubt it.
 * False while there is no due time. */
bool clock_segments(const struct clock *c, const struct calendar_set *cals, struct arena *a, segment_list *out);
/* All pieces of the clock's own time, from its start to at_us (or to when it stopped): they add up to clock_spent_us. */
void clock_worked(const struct clock *c, const struct calendar_set *cals, int64_t at_us, struct arena *a, segment_list *out);
/* Reckons an open clock again, by calendars that may differ from those it was reckoned by: what was spent, what is left, the due
 * time and whether that is provisional. By the same calendars nothing changes. A due time that would be over at once is put off
 * to the next close of a working day (*put_off); one that was over already may only move later. False: *e. */
bool clock_reckon(struct clock *c, const struct calendar_set *cals, int64_t now_us, bool *put_off, struct err *e) MUST_CHECK;
/* When this share (1..100) of the budget is used up, if the clock runs on. False: paused or stopped; or it was used up before
 * the running stretch began, so that nothing can happen at it any more. */
bool clock_percent_at(const struct clock *c, const struct calendar_set *cals, int32_t percent, int64_t *at_us);

/* The mark of a breach no longer holds: what stopped the clock was entered late, or its due time was moved. */
bool clock_breach_undone(const struct clock *c);

/* When a limit that begins at at_us ends, by that calendar (NULL for continuous units). False: the calendar never opens, or is
 * missing. */
bool limit_end(struct limit l, const struct calendar *cal, int64_t at_us, int64_t *end_at_us);

#endif
