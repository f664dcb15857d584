/* case_deadline: who set a deadline from outside moves it. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/methods.h"

struct deadline_params {
	struct act_params act;
	const char *clock;
	int64_t due;
};

static const struct field deadline_fields[] = {
    ACT_NOW_FIELDS,
    FIELD_WORD(struct deadline_params, clock, FIELD_REQUIRED),
    {.name = "at",
     .type = FT_TIME,
     .offset = offsetof(struct deadline_params, due),
     .flags = FIELD_REQUIRED,
     .present_offset = SIZE_MAX},
    FIELD_END};

static enum next begin(struct call *c) {
	struct deadline_params *p = c->params;
	p->act.at = NO_TIME; /* `at` is when it is due, here */
	struct act *a = act_begin(c, CMD_DEADLINE);
	a->cmd.deadline = (struct deadline){word_clock(c, "/params/clock", p->clock), p->due};
	return act_load(a);
}

const struct method_code method_case_deadline = {.params = deadline_fields,
                                                 .params_size = sizeof(struct deadline_params),
                                                 .reads_on = true,
                                                 .steps = {begin, ACT_STEPS}};
