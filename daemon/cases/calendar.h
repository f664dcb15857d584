/* calendar: when an office works. Named; a town has several (office, firm, police ...), sharing a zone.
 *
 * Built once by the loader of a pack, then immutable. Hours are half-open intervals per weekday, [from, to) in microseconds
 * since civil 00:00; `to` may pass 24 h (an interval over midnight belongs to the day it starts on). A date override replaces
 * the weekday's hours: none on a holiday, those of `makeup_weekday` on a make-up workday (调休), any others on a part-day. */
#ifndef GRIDD_CASES_CALENDAR_H
#define GRIDD_CASES_CALENDAR_H

#include "daemon/base/list.h"
#include "daemon/cases/limit.h"
#include "daemon/cases/zone.h"

struct interval {
	int64_t from_us, to_us;             /* 0 <= from < 24 h; from < to <= 48 h */
};
typedef LIST_OF(struct interval) interval_list;

struct day_override {
	int32_t day;
	const char *why;                    /* "元旦", "调休", ...; may be NULL */
	interval_list hours;                /* empty: closed */
};

struct calendar {
	const char *id;
	const struct zone *zone;
	interval_list week[7];              /* 0 = Monday; sorted, not overlapping */
	LIST_OF(struct day_override) overrides; /* sorted by day, no day twice */
	int64_t day_hours_us;               /* one working day, for `wd` read rolling */
	enum wd_reading reading;            /* WD_ROLLING or WD_END_OF_DAY */
	int32_t known_until_day;            /* the last day that is published; later days are provisional. INT32_MAX: no such
	                                     * thing as an announcement (a calendar without holidays) */
	int32_t known_from_day;             /* before it days are provisional as well */
};

/* The same as one lookup by name. */
struct calendar_set {
	const struct zone *zone;
	LIST_OF(struct calendar *) list;
	const struct calendar *of_town;     /* the town's default one, for ladder steps of clocks without a calendar; may be NULL */
};
const struct calendar *calendar_find(const struct calendar_set *set, const char *id);   /* NULL: none */

bool calendar_is_open(const struct calendar *c, int64_t at_us);
bool calendar_is_workday(const struct calendar *c, int32_t day);    /* has any hours */
bool calendar_is_provisional(const struct calendar *c, int32_t day);

/* One piece of working time as instants, [from, to). */
struct segment {
	int64_t from_us, to_us;
};
typedef LIST_OF(struct segment) segment_list;
/* The first piece of working time that ends after at_us, cut to start at or after it. false: none within 3 years (a
 * calendar that never opens). */
bool calendar_next_open(const struct calendar *c, int64_t at_us, struct segment *out);
/* Working time within [from, to), in microseconds; 0 if to <= from. */
int64_t calendar_worked_us(const struct calendar *c, int64_t from_us, int64_t to_us);
/* The pieces of that working time, appended. */
void calendar_pieces(const struct calendar *c, int64_t from_us, int64_t to_us, struct arena *a, segment_list *out);
/* The earliest instant at which budget_us (> 0) of working time since from_us is used up: 12:00, not 14:00 after lunch.
 * false: the calendar has not so much within 20 years. If segs is given, the pieces that add up to it are appended. */
bool calendar_add(const struct calendar *c, int64_t from_us, int64_t budget_us, int64_t *due_at_us, struct arena *a,
                  segment_list *segs_or_null);
/* The end of the n-th working day after the local day of from_us (n = 0: of that day itself, or the next working day). */
bool calendar_end_of_day(const struct calendar *c, int64_t from_us, int32_t n, int64_t *due_at_us);
/* The close of the working day whose hours at_us lies in or ends (02:00 of a night shift: the close of that shift), else of
 * the next working day. false: none within 3 years. */
bool calendar_close_of_day(const struct calendar *c, int64_t at_us, int64_t *close_at_us);

#endif
