/* case_unmerge: a case isn't the same as the other one after all. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/methods.h"

static const struct field unmerge_fields[] = {ACT_CASE_FIELDS, FIELD_END};

static enum next look(struct act *a) {
	const char *into = a->parts.v[0].before->merged_into;
	if (into)
		act_also(a, CMD_RELEASE, (struct case_name){.number = into});
	return NEXT_WRITE;
}

static enum next begin(struct call *c) {
	struct act *a = act_begin(c, CMD_UNMERGE);
	a->look = look;
	return act_load(a);
}

const struct method_code method_case_unmerge = {.params = unmerge_fields,
                                                .params_size = sizeof(struct act_params),
                                                .reads_on = true,
                                                .steps = {begin, ACT_STEPS}};
