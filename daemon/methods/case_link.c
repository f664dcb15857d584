/* case_link: a further number that others know a case by. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/methods.h"

struct link_params {
	struct act_params act;
	const char *channel, *ref;
};

static const struct field link_fields[] = {
    ACT_CASE_FIELDS,
    FIELD_WORD(struct link_params, channel, FIELD_REQUIRED),
    FIELD_STR(struct link_params, ref, LIMIT_NAME_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY),
    FIELD_END};

static enum next begin(struct call *c) {
	const struct link_params *p = c->params;
	struct act *a = act_begin(c, CMD_LINK);
	const struct pack_word *channel = word_find(c, "/params/channel", WORD_CHANNEL, p->channel);
	a->cmd.link = (struct outside_ref){channel ? channel->code : NULL, p->ref};
	return act_load(a);
}

const struct method_code method_case_link = {.params = link_fields,
                                             .params_size = sizeof(struct link_params),
                                             .reads_on = true,
                                             .steps = {begin, ACT_STEPS}};
