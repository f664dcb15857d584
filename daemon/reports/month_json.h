/* month_json: a month's figures for programs: what report.kpi answers, and what a webhook gets. */
#ifndef GRIDD_REPORTS_MONTH_JSON_H
#define GRIDD_REPORTS_MONTH_JSON_H

#include "daemon/reports/kpi.h"
#include "daemon/wire/json_out.h"

/* Members of an open object. */
void month_head_write(const struct kpi *k, struct json_out *j);                /* town, period, by what */
void month_figures_write(const struct kpi *k, struct json_out *j);             /* indicators, total, rows, days, corrections */
/* `key`, and what it is called in both languages; NULL: nothing. */
void month_key_write(const struct kpi *k, const char *key, struct json_out *j);

#endif
