/* nightly: each night's digest, as a scheduled report. */
#ifndef GRIDD_JOBS_NIGHTLY_H
#define GRIDD_JOBS_NIGHTLY_H

#include "daemon/jobs/schedule.h"

extern const struct schedule_kind nightly_kind;

#endif
