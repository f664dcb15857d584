/* office_hour: steps from full hour to full hour, and over what is closed in between. */
#include "daemon/jobs/office_hour.h"

enum { PIECES = 50 }; /* of working time without a full hour in them, before we give up */

/* at_us itself if it is one. */
static int64_t full_hour_from(const struct calendar *c, int64_t at_us) {
	int32_t day = 0;
	int64_t of_day_us = 0;
	zone_local(c->zone, at_us, &day, &of_day_us);
	const int64_t past_us = of_day_us % HOUR_US;
	return past_us ? at_us + HOUR_US - past_us : at_us;
}

int64_t office_hour_after(const struct calendar *c, int64_t at_us) {
	int64_t hour_us = c ? full_hour_from(c, at_us + 1) : at_us;
	for (int i = 0; c && i < PIECES; i++) {
		struct segment open;
		if (calendar_is_open(c, hour_us))
			return hour_us;
		if (!calendar_next_open(c, hour_us, &open))
			break;
		hour_us = full_hour_from(c, open.from_us);
		if (hour_us >= open.to_us)
			hour_us = full_hour_from(c, open.to_us);
	}
	return c && calendar_is_open(c, hour_us) ? hour_us : at_us;
}
