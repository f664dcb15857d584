/* month_json: the cases behind a number, as report.cases answers them; the figures are reports/month_json. */
#ifndef GRIDD_JOBS_MONTH_JSON_H
#define GRIDD_JOBS_MONTH_JSON_H

#include "daemon/reports/kpi_make.h"
#include "daemon/reports/month_json.h"

/* Members of an open object. */
void month_cases_write(const struct kpi_wanted *w, const struct kpi *k, const kpi_found_list *found, struct json_out *j);

#endif
