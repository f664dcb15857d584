/* case_mark: a milestone was reached, or a judgement made, that the pack declares. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/case_params.h"
#include "daemon/methods/methods.h"

struct mark_params {
	struct act_params act;
	const char *mark, *value;
	attachment_list attachments;
};

static const struct field mark_fields[] = {
    ACT_CASE_FIELDS,
    FIELD_WORD(struct mark_params, mark, FIELD_REQUIRED),
    FIELD_WORD(struct mark_params, value, 0),
    FIELD_LIST(struct mark_params, attachments, attachment_fields, LIMIT_ATTACHMENTS, 0),
    FIELD_END};

/* A judgement says one of its values; a milestone says none. */
static void read_value(struct act *a, const struct mark_def *def, const char *value) {
	struct call *c = a->c;
	const struct named *known = value ? word_value(&def->values, value) : NULL;
	if (value && !known)
		faults_at(&c->faults, "/params/value", "unknown", "%s has no value %.80s", def->named.id, value);
	else if (!value && def->judgement)
		faults_at(&c->faults, "/params/value", "missing", "%s is a judgement: say which value", def->named.id);
	a->cmd.mark.mark = def->named.id;
	a->cmd.mark.value = known ? known->id : NULL;
}

/* What has left a unit can only be read there. */
static enum next look(struct act *a) {
	return act_has_task(a) ? NEXT_WRITE : act_left(a);
}

static enum next begin(struct call *c) {
	const struct mark_params *p = c->params;
	struct act *a = act_begin(c, CMD_MARK);
	const struct pack_word *mark = word_find(c, "/params/mark", WORD_MARK, p->mark);
	if (mark)
		read_value(a, mark->thing, p->value);
	a->look = look;
	attachments_check(c, &p->attachments);
	a->more.attachments = p->attachments;
	return act_load(a);
}

const struct method_code method_case_mark = {.params = mark_fields,
                                             .params_size = sizeof(struct mark_params),
                                             .reads_on = true,
                                             .steps = {begin, ACT_STEPS}};
