/* case_waive: an overdue is excused: a flag over the fact. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/methods.h"

struct waive_params {
	struct act_params act;
	const char *clock, *reason;
};

static const struct field waive_fields[] = {
    ACT_CASE_FIELDS,
    FIELD_WORD(struct waive_params, clock, FIELD_REQUIRED),
    FIELD_STR(struct waive_params, reason, LIMIT_TEXT_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY),
    FIELD_END};

static enum next begin(struct call *c) {
	const struct waive_params *p = c->params;
	struct act *a = act_begin(c, CMD_WAIVE);
	a->cmd.waive.clock = word_clock(c, "/params/clock", p->clock);
	a->cmd.waive.reason = act_reason(a, "/params/reason", "waive", p->reason);
	return act_load(a);
}

const struct method_code method_case_waive = {.params = waive_fields,
                                              .params_size = sizeof(struct waive_params),
                                              .reads_on = true,
                                              .steps = {begin, ACT_STEPS}};
