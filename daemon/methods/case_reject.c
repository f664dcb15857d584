/* case_reject: it isn't a case, or not one of ours. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/methods.h"

struct reject_params {
	struct act_params act;
	const char *reason;
};

static const struct field reject_fields[] = {
    ACT_CASE_FIELDS,
    FIELD_STR(struct reject_params, reason, LIMIT_TEXT_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY),
    FIELD_END};

static bool is_untouched(const struct case_rec *cr) {
	const struct task *lead = case_lead_task(cr);
	return cr->state == CASE_TRIAGE || (cr->state == CASE_DISPATCHED && lead && lead->state == TASK_GIVEN);
}

/* A platform takes back only what it sent itself, and what nobody has taken up. */
static enum next look(struct act *a) {
	const struct case_rec *cr = a->parts.v[0].before;
	if (!act_by(a, ROLE_DISPATCHER | ROLE_SUPERVISOR)) {
		if (!act_is_own(a))
			return call_refuse(a->c, E_FORBIDDEN, "%s may reject only what it submitted itself", a->c->who->name);
		if (!is_untouched(cr))
			return act_conflict(a, "a platform may reject a case only before a unit has accepted it");
	}
	act_answer_merged(a);
	return NEXT_WRITE;
}

static enum next begin(struct call *c) {
	const struct reject_params *p = c->params;
	struct act *a = act_begin(c, CMD_REJECT);
	a->cmd.because.reason = act_reason(a, "/params/reason", "reject", p->reason);
	a->look = look;
	return act_load(a);
}

const struct method_code method_case_reject = {.params = reject_fields,
                                               .params_size = sizeof(struct reject_params),
                                               .reads_on = true,
                                               .steps = {begin, ACT_STEPS}};
