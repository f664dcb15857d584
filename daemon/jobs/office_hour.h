/* office_hour: when what waits for the full hour goes out. */
#ifndef GRIDD_JOBS_OFFICE_HOUR_H
#define GRIDD_JOBS_OFFICE_HOUR_H

#include "daemon/cases/calendar.h"

/* The first full hour of local time after at_us at which the office is open: at 10:00 it is, when it opens at 10:00, but not when it
 * closes at 10:00. at_us itself: no calendar, or one that isn't open at any full hour within the next days that it opens on. */
int64_t office_hour_after(const struct calendar *c, int64_t at_us);

#endif
