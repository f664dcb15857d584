/* supervision_reply: a unit replies to a supervision order. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/case_params.h"
#include "daemon/methods/methods.h"

struct order_reply_params {
	struct act_params act;
	const char *order, *text;
	attachment_list attachments;
};

static const struct field order_reply_fields[] = {
    ACT_FIELDS,
    FIELD_STR(struct order_reply_params, order, LIMIT_CODE_BYTES, FIELD_REQUIRED | FIELD_CODE),
    FIELD_STR(struct order_reply_params, text, LIMIT_TEXT_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY),
    FIELD_LIST(struct order_reply_params, attachments, attachment_fields, LIMIT_ATTACHMENTS, 0),
    FIELD_END};

static enum next begin(struct call *c) {
	const struct order_reply_params *p = c->params;
	struct act *a = act_begin(c, CMD_REPLY_ORDER);
	a->cmd.order.order = act_read_name(a, "/params/order", 'D', p->order);
	act_keep_text(a, p->text);
	attachments_check(c, &p->attachments);
	a->more.attachments = p->attachments;
	return act_load(a);
}

const struct method_code method_supervision_reply = {.params = order_reply_fields,
                                                     .params_size = sizeof(struct order_reply_params),
                                                     .reads_on = true,
                                                     .steps = {begin, ACT_STEPS}};
