/* case_assign: another unit assists the lead, or checks on site. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/methods.h"

struct assign_params {
	struct act_params act;
	const char *unit, *limit;
	enum task_kind kind;
};

static const struct field assign_fields[] = {
    ACT_CASE_FIELDS,
    FIELD_WORD(struct assign_params, unit, FIELD_REQUIRED),
    FIELD_ENUM(struct assign_params, kind, task_kind_names, FIELD_REQUIRED),
    FIELD_STR(struct assign_params, limit, LIMIT_CODE_BYTES, FIELD_CODE),
    FIELD_END};

static enum next begin(struct call *c) {
	const struct assign_params *p = c->params;
	struct act *a = act_begin(c, CMD_ASSIGN);
	if (p->kind == TASK_LEAD && c->faults.total == 0)
		faults_at(&c->faults, "/params/kind", "unknown", "a task beside the lead's is assist or check");
	a->cmd.assign.unit = word_unit(c, "/params/unit", p->unit);
	a->cmd.assign.kind = p->kind;
	a->cmd.assign.limit = word_limit(c, "/params/limit", p->limit);
	return act_load(a);
}

const struct method_code method_case_assign = {.params = assign_fields,
                                               .params_size = sizeof(struct assign_params),
                                               .reads_on = true,
                                               .steps = {begin, ACT_STEPS}};
