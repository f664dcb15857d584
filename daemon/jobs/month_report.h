/* month_report: what report.kpi and report.cases answer: made on threads, a few at a time. */
#ifndef GRIDD_JOBS_MONTH_REPORT_H
#define GRIDD_JOBS_MONTH_REPORT_H

#include "daemon/call/server.h"
#include "daemon/jobs/night.h"

/* As struct job_doors says. */
void month_report(struct server *sv, const struct report_config *config, const struct figures_ask *ask, on_reported done,
                  void *call);

#endif
