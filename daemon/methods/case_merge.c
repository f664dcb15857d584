/* case_merge: a case is the same as another one, and goes along with it. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/case_id.h"
#include "daemon/methods/methods.h"

struct merge_params {
	struct act_params act;
	struct json_object *into;
};

static const struct field merge_fields[] = {
    ACT_CASE_FIELDS,
    FIELD_TREE(struct merge_params, into, FIELD_REQUIRED),
    FIELD_END};

static enum next begin(struct call *c) {
	const struct merge_params *p = c->params;
	struct act *a = act_begin(c, CMD_MERGE);
	struct case_name into = {0};
	if (p->into && case_id_read_at(c, "/params/into", p->into, &into))
		act_also(a, CMD_ABSORB, into);
	return act_load(a);
}

const struct method_code method_case_merge = {.params = merge_fields,
                                              .params_size = sizeof(struct merge_params),
                                              .reads_on = true,
                                              .steps = {begin, ACT_STEPS}};
