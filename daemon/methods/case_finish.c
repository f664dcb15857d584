/* case_finish: a unit hands back what it has done. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/case_params.h"
#include "daemon/methods/methods.h"

struct finish_params {
	struct act_params act;
	const char *result;
	attachment_list attachments;
};

static const struct field finish_fields[] = {
    ACT_CASE_FIELDS,
    FIELD_WORD(struct finish_params, result, FIELD_REQUIRED),
    FIELD_LIST(struct finish_params, attachments, attachment_fields, LIMIT_ATTACHMENTS, 0),
    FIELD_END};

static enum next begin(struct call *c) {
	const struct finish_params *p = c->params;
	struct act *a = act_begin(c, CMD_FINISH);
	a->cmd.finish.result = word_result(c, "/params/result", p->result);
	attachments_check(c, &p->attachments);
	a->more.attachments = p->attachments;
	return act_load(a);
}

const struct method_code method_case_finish = {.params = finish_fields,
                                               .params_size = sizeof(struct finish_params),
                                               .reads_on = true,
                                               .steps = {begin, ACT_STEPS}};
