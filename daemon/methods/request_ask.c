/* request_ask: a unit asks for more time, a suspension, an assistant or an excuse. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/methods.h"

struct request_ask_params {
	struct act_params act;
	enum request_what what;
	const char *reason, *clock;
	int64_t until;
};

static const struct field request_ask_fields[] = {
    ACT_CASE_FIELDS,
    FIELD_ENUM(struct request_ask_params, what, request_what_names, FIELD_REQUIRED),
    FIELD_STR(struct request_ask_params, reason, LIMIT_TEXT_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY),
    FIELD_WORD(struct request_ask_params, clock, 0),
    FIELD_TIME(struct request_ask_params, until, 0),
    FIELD_END};

static void add(struct act *a) {
	jout_kv_str(&a->c->out, "request", act_name(a, 'R', a->parts.v[0].after->request.n));
}

static enum next begin(struct call *c) {
	const struct request_ask_params *p = c->params;
	struct act *a = act_begin(c, CMD_ASK);
	a->cmd.ask = (struct cmd_ask){.what = p->what,
	                              .reason = act_reason(a, "/params/reason", request_what_names[p->what], p->reason),
	                              .clock = word_clock(c, "/params/clock", p->clock),
	                              .until_us = p->until};
	if (p->what == ASK_SUSPEND && p->until == NO_TIME)
		faults_at(&c->faults, "/params/until", "missing", "a suspension ends at a time: say which");
	a->add = add;
	return act_load(a);
}

const struct method_code method_request_ask = {.params = request_ask_fields,
                                               .params_size = sizeof(struct request_ask_params),
                                               .reads_on = true,
                                               .steps = {begin, ACT_STEPS}};
