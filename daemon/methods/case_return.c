/* case_return: a unit hands a case back: it isn't its own. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/methods.h"

struct return_params {
	struct act_params act;
	const char *reason;
};

static const struct field return_fields[] = {
    ACT_CASE_FIELDS,
    FIELD_STR(struct return_params, reason, LIMIT_TEXT_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY),
    FIELD_END};

static enum next begin(struct call *c) {
	const struct return_params *p = c->params;
	struct act *a = act_begin(c, CMD_RETURN);
	a->cmd.giving_back.reason = act_reason(a, "/params/reason", "return", p->reason);
	return act_load(a);
}

const struct method_code method_case_return = {.params = return_fields,
                                               .params_size = sizeof(struct return_params),
                                               .reads_on = true,
                                               .steps = {begin, ACT_STEPS}};
