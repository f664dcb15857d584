/* limit: a budget of time as people write it: `30min` `2uh` `4wh` `5wd` `15nd`, `5wd/rolling`, `5wd/end_of_day`.
 *
 * min, uh (紧急工作时) and nd (自然日: so many dates on, the same time of day) run always; wh (工作时) and wd (工作日) only inside
 * the working hours of a calendar. Source of the units: the rule table of a city-management system, see docs/clocks.md. */
#ifndef GRIDD_CASES_LIMIT_H
#define GRIDD_CASES_LIMIT_H

#include "daemon/base/civil.h"

enum limit_unit { LIMIT_MIN, LIMIT_UH, LIMIT_WH, LIMIT_WD, LIMIT_ND };
enum wd_reading {
	WD_BY_CALENDAR,                     /* as the calendar says; the only one for other units than wd */
	WD_ROLLING,                         /* N x the calendar's day_hours of working time, from the minute */
	WD_END_OF_DAY                       /* the end of the N-th working day after the day of start */
};

struct limit {
	int32_t amount;                     /* 1 .. 100000 */
	enum limit_unit unit;
	enum wd_reading reading;
};

/* Refuses with one sentence what it is not, and names the units. */
bool limit_parse(const char *text, struct limit *out, struct err *e) MUST_CHECK;
enum { LIMIT_BYTES = 32 };
/* Somewhere in out. */
const char *limit_format(struct limit l, char out[LIMIT_BYTES]);
bool limit_is_continuous(struct limit l);               /* runs through nights and holidays */

#endif
