/* supervision_accept: the issuer of a supervision order accepts the reply, or not. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/methods.h"

enum order_outcome { REPLY_ACCEPTED, REPLY_REFUSED };
static const char *const outcome_names[] = {"accept", "refuse", NULL};

struct order_accept_params {
	struct act_params act;
	const char *order;
	enum order_outcome outcome;
};

static const struct field order_accept_fields[] = {
    ACT_FIELDS,
    FIELD_STR(struct order_accept_params, order, LIMIT_CODE_BYTES, FIELD_REQUIRED | FIELD_CODE),
    FIELD_ENUM(struct order_accept_params, outcome, outcome_names, FIELD_REQUIRED),
    FIELD_END};

static enum next begin(struct call *c) {
	const struct order_accept_params *p = c->params;
	struct act *a = act_begin(c, CMD_ACCEPT_ORDER);
	a->cmd.order.order = act_read_name(a, "/params/order", 'D', p->order);
	a->cmd.order.accepted = p->outcome == REPLY_ACCEPTED;
	return act_load(a);
}

const struct method_code method_supervision_accept = {.params = order_accept_fields,
                                                      .params_size = sizeof(struct order_accept_params),
                                                      .reads_on = true,
                                                      .steps = {begin, ACT_STEPS}};
