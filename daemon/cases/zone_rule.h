/* zone_rule: the rule that holds past a zone's last listed transition, as a POSIX TZ text ("EST5EDT,M3.2.0,M11.1.0"). */
#ifndef GRIDD_CASES_ZONE_RULE_H
#define GRIDD_CASES_ZONE_RULE_H

#include "daemon/base/err.h"

#include <stddef.h>
#include <stdint.h>

/* No place on earth is further from UTC; what is further comes of a damaged file. */
enum { OFFSET_MAX_S = 26 * 3600 };

enum rule_day {
	RULE_MONTH_WEEK,                    /* Mm.w.d: the w-th (5 = last) weekday d of month m */
	RULE_JULIAN,                        /* Jn: day 1..365, 29 February never counted */
	RULE_DAY_OF_YEAR                    /* n: day 0..365, 29 February counted */
};

struct change_rule {
	enum rule_day kind;
	int month, week, weekday;           /* weekday: 0 = Sunday, as POSIX counts */
	int day;
	int32_t at_s;                       /* local time of that day; may be negative or past 24 h */
};

struct zone_rule {
	int32_t standard_s, summer_s;       /* seconds east of UTC */
	bool has_summer;
	struct change_rule to_summer, to_standard;
};

/* Reads n bytes. False: not a rule of that language. */
bool zone_rule_parse(const char *text, size_t n, struct zone_rule *out) MUST_CHECK;
/* When the clocks change in that year: seconds since 1970 UTC. */
int64_t zone_rule_to_summer_s(const struct zone_rule *r, int32_t year);
int64_t zone_rule_to_standard_s(const struct zone_rule *r, int32_t year);

#endif
