/* case_arrive: a unit is on site. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/methods.h"

static const struct field arrive_fields[] = {ACT_CASE_FIELDS, FIELD_END};

static enum next begin(struct call *c) {
	return act_load(act_begin(c, CMD_ARRIVE));
}

const struct method_code method_case_arrive = {.params = arrive_fields,
                                               .params_size = sizeof(struct act_params),
                                               .reads_on = true,
                                               .steps = {begin, ACT_STEPS}};
