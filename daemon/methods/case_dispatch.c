/* case_dispatch: a desk gives a case to a unit, or to another one. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/methods.h"

struct dispatch_params {
	struct act_params act;
	const char *unit, *reason;
	struct strs assist;
};

static const struct field dispatch_fields[] = {
    ACT_CASE_FIELDS,
    FIELD_WORD(struct dispatch_params, unit, 0),
    FIELD_STRS(struct dispatch_params, assist, LIMIT_ASSISTANTS, LIMIT_NAME_BYTES, FIELD_NAME),
    FIELD_STR(struct dispatch_params, reason, LIMIT_TEXT_BYTES, FIELD_NONEMPTY),
    FIELD_END};

static enum next begin(struct call *c) {
	const struct dispatch_params *p = c->params;
	struct act *a = act_begin(c, CMD_DISPATCH);
	a->cmd.dispatch.unit = word_unit(c, "/params/unit", p->unit);
	for (size_t i = 0; i < p->assist.n; i++) {
		const char *unit = word_unit(c, arena_printf(&c->arena, "/params/assist/%zu", i), p->assist.v[i]);
		if (unit)
			STRS_ADD(&a->cmd.dispatch.assist, &c->arena, unit);
	}
	(void)act_reason(a, "/params/reason", "dispatch", p->reason);
	a->cmd.dispatch.explained = p->reason != NULL;
	return act_load(a);
}

const struct method_code method_case_dispatch = {.params = dispatch_fields,
                                                 .params_size = sizeof(struct dispatch_params),
                                                 .reads_on = true,
                                                 .steps = {begin, ACT_STEPS}};
