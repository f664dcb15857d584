/* case_suspend: a supervisor hangs a case up until a date. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/methods.h"

struct suspend_params {
	struct act_params act;
	const char *reason;
	int64_t until;
};

static const struct field suspend_fields[] = {
    ACT_CASE_FIELDS,
    FIELD_STR(struct suspend_params, reason, LIMIT_TEXT_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY),
    FIELD_TIME(struct suspend_params, until, FIELD_REQUIRED),
    FIELD_END};

static enum next begin(struct call *c) {
	const struct suspend_params *p = c->params;
	struct act *a = act_begin(c, CMD_SUSPEND);
	a->cmd.suspend.reason = act_reason(a, "/params/reason", "suspend", p->reason);
	a->cmd.suspend.until_us = p->until;
	return act_load(a);
}

const struct method_code method_case_suspend = {.params = suspend_fields,
                                                .params_size = sizeof(struct suspend_params),
                                                .reads_on = true,
                                                .steps = {begin, ACT_STEPS}};
