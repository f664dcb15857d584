/* case_verify: what a unit did is checked: closed, or done again. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/case_params.h"
#include "daemon/methods/methods.h"

enum verify_outcome { VERIFY_PASS, VERIFY_REWORK };
static const char *const outcome_names[] = {"pass", "rework", NULL};
enum verify_method { VERIFY_SITE, VERIFY_PHOTO, VERIFY_PHONE };
static const char *const method_names[] = {"site", "photo", "phone", NULL};

struct verify_params {
	struct act_params act;
	enum verify_outcome outcome;
	enum verify_method method;
	bool has_method;
	attachment_list attachments;
};

static const struct field verify_fields[] = {
    ACT_CASE_FIELDS,
    FIELD_ENUM(struct verify_params, outcome, outcome_names, FIELD_REQUIRED),
    {.name = "method",
     .type = FT_ENUM,
     .offset = offsetof(struct verify_params, method),
     .names = method_names,
     .present_offset = offsetof(struct verify_params, has_method)},
    FIELD_LIST(struct verify_params, attachments, attachment_fields, LIMIT_ATTACHMENTS, 0),
    FIELD_END};

/* Whoever reported the same is answered when it closes. */
static enum next look(struct act *a) {
	if (a->cmd.verify.pass)
		act_answer_merged(a);
	return NEXT_WRITE;
}

static enum next begin(struct call *c) {
	const struct verify_params *p = c->params;
	struct act *a = act_begin(c, CMD_VERIFY);
	a->cmd.verify.pass = p->outcome == VERIFY_PASS;
	a->cmd.verify.method = p->has_method ? method_names[p->method] : NULL;
	a->look = look;
	attachments_check(c, &p->attachments);
	a->more.attachments = p->attachments;
	return act_load(a);
}

const struct method_code method_case_verify = {.params = verify_fields,
                                               .params_size = sizeof(struct verify_params),
                                               .reads_on = true,
                                               .steps = {begin, ACT_STEPS}};
