/* case_arbitrate: a supervisor says whose a case is, and whose mistake it was. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/methods.h"

struct arbitrate_params {
	struct act_params act;
	const char *unit, *fault;
};

static const struct field arbitrate_fields[] = {
    ACT_CASE_FIELDS,
    FIELD_WORD(struct arbitrate_params, unit, FIELD_REQUIRED),
    FIELD_STR(struct arbitrate_params, fault, LIMIT_TEXT_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY),
    FIELD_END};

static enum next begin(struct call *c) {
	const struct arbitrate_params *p = c->params;
	struct act *a = act_begin(c, CMD_ARBITRATE);
	a->cmd.arbitrate.unit = word_unit(c, "/params/unit", p->unit);
	a->cmd.arbitrate.fault = act_reason(a, "/params/fault", "arbitrate", p->fault);
	if (!a->cmd.arbitrate.fault && p->fault)
		a->cmd.arbitrate.fault = "in_words"; /* the pack has no codes for it: the note says */
	return act_load(a);
}

const struct method_code method_case_arbitrate = {.params = arbitrate_fields,
                                                  .params_size = sizeof(struct arbitrate_params),
                                                  .reads_on = true,
                                                  .steps = {begin, ACT_STEPS}};
