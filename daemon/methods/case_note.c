/* case_note: a note to a case. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/methods.h"

static const struct field note_fields[] = {ACT_CASE_FIELDS, FIELD_END};

static enum next look(struct act *a) { return act_has_task(a) ? NEXT_WRITE : act_left(a); }

static enum next begin(struct call *c) {
	struct act *a = act_begin(c, CMD_NOTE);
	if (!a->more.note)
		faults_at(&c->faults, "/params/note", "missing", "say what is to be noted");
	a->look = look;
	return act_load(a);
}

const struct method_code method_case_note = {.params = note_fields,
                                             .params_size = sizeof(struct act_params),
                                             .reads_on = true,
                                             .steps = {begin, ACT_STEPS}};
