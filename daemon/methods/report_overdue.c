/* report_overdue: what is overdue, or was at an instant: figures, a line for each unit, the longest first. A unit sees its own. */
#include "daemon/methods/report_parts.h"

enum { DEFAULT_CASES = 50, MOST_CASES = 5000 };

struct overdue_params {
	struct common_params common;
	int64_t at;
	int32_t limit;
};

static const struct field overdue_fields[] = {COMMON_FIELDS, FIELD_TIME(struct overdue_params, at, 0),
                                              FIELD_I32(struct overdue_params, limit, 1, MOST_CASES, 0), FIELD_END};

static enum next ask(struct call *c) {
	const struct overdue_params *p = c->params;
	const struct scope *scope = call_scope(c);
	struct report_ask what = {.what = REPORT_OVERDUE,
	                          .at_us = p->at,
	                          .limit = p->limit ? p->limit : DEFAULT_CASES,
	                          .units = scope->all ? NULL : &scope->units};
	if (p->at != NO_TIME && p->at > c->now_us)
		faults_at(&c->faults, "/params/at", "range", "at lies in the future");
	return report_ask(c, &what);
}

const struct method_code method_report_overdue = {
    .params = overdue_fields, .params_size = sizeof(struct overdue_params), .steps = {ask, report_tell}};
