/* month_json: the month's figures, and the cases behind one of them, as report.kpi and report.cases answer them. */
#ifndef GRIDD_JOBS_MONTH_JSON_H
#define GRIDD_JOBS_MONTH_JSON_H

#include "daemon/reports/kpi_make.h"
#include "daemon/wire/json_out.h"

/* Members of an open object. */
void month_head_write(const struct kpi *k, struct json_out *j);                /* town, period, by what */
void month_figures_write(const struct kpi *k, struct json_out *j);             /* indicators, total, rows, days, corrections */
void month_cases_write(const struct kpi_wanted *w, const struct kpi *k, const kpi_found_list *found, struct json_out *j);

#endif
