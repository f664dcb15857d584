/* request_decide: a supervisor grants a request, or refuses it. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/methods.h"

struct request_decide_params {
	struct act_params act;
	const char *request;
	bool grant;
	int64_t until;
};

static const struct field request_decide_fields[] = {
    ACT_FIELDS,
    FIELD_STR(struct request_decide_params, request, LIMIT_CODE_BYTES, FIELD_REQUIRED | FIELD_CODE),
    FIELD_BOOL(struct request_decide_params, grant, FIELD_REQUIRED),
    FIELD_TIME(struct request_decide_params, until, 0),
    FIELD_END};

static enum next begin(struct call *c) {
	const struct request_decide_params *p = c->params;
	struct act *a = act_begin(c, CMD_DECIDE);
	a->cmd.decide = (struct cmd_decide){.request = act_read_name(a, "/params/request", 'R', p->request),
	                                    .grant = p->grant,
	                                    .until_us = p->until};
	return act_load(a);
}

const struct method_code method_request_decide = {.params = request_decide_fields,
                                                  .params_size = sizeof(struct request_decide_params),
                                                  .reads_on = true,
                                                  .steps = {begin, ACT_STEPS}};
