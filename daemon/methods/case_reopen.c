/* case_reopen: a closed or rejected case is taken up again. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/methods.h"

struct reopen_params {
	struct act_params act;
	const char *reason;
};

static const struct field reopen_fields[] = {
    ACT_CASE_FIELDS,
    FIELD_STR(struct reopen_params, reason, LIMIT_TEXT_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY),
    FIELD_END};

static enum next begin(struct call *c) {
	const struct reopen_params *p = c->params;
	struct act *a = act_begin(c, CMD_REOPEN);
	a->cmd.because.reason = act_reason(a, "/params/reason", "reopen", p->reason);
	return act_load(a);
}

const struct method_code method_case_reopen = {.params = reopen_fields,
                                               .params_size = sizeof(struct reopen_params),
                                               .reads_on = true,
                                               .steps = {begin, ACT_STEPS}};
