/* monthly: a month's figures by unit, on a day of the next one, as a scheduled report. */
#ifndef GRIDD_JOBS_MONTHLY_H
#define GRIDD_JOBS_MONTHLY_H

#include "daemon/jobs/schedule.h"

/* Its occasions are named by the first day of the month that is reported. */
extern const struct schedule_kind monthly_kind;

#endif
