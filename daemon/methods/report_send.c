/* report_send: sends a night's digest again, or one that was missed for the first time. */
#include "daemon/methods/report_parts.h"

struct send_params {
	struct common_params common;
	const char *date;
};

static const struct field send_fields[] = {
    COMMON_FIELDS, FIELD_STR(struct send_params, date, LIMIT_CODE_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY), FIELD_END};

static enum next ask(struct call *c) {
	const struct send_params *p = c->params;
	struct report_ask what = {.what = REPORT_SEND, .day = p->date};
	report_check_day(c, "/params/date", p->date);
	return report_ask(c, &what);
}

const struct method_code method_report_send = {
    .params = send_fields, .params_size = sizeof(struct send_params), .steps = {ask, report_tell}};
