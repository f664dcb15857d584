/* case_reveal: shows the reporter's name and number, once it is stored who asked to see them. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/keyed.h"
#include "daemon/methods/methods.h"

struct reveal_params {
	struct act_params act;
	const char *reason;
};

static const struct field reveal_fields[] = {
    ACT_CASE_FIELDS, FIELD_STR(struct reveal_params, reason, LIMIT_TEXT_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY), FIELD_END};

/* A unit sees the reporter of what it handles itself, unless that one asked to stay unknown. */
static enum next look(struct act *a) {
	struct call *c = a->c;
	const struct case_rec *cr = a->parts.v[0].before;
	if (act_by(a, ROLE_DISPATCHER | ROLE_SUPERVISOR))
		return NEXT_WRITE;
	if (!act_holds(a))
		return call_refuse(c, E_FORBIDDEN, "the reporter is shown to the unit that holds the case: %s",
		                   cr->unit ? cr->unit : "none does");
	if (!c->rows) {
		const struct case_name name = {.town = c->town->code, .number = a->parts.v[0].number};
		reader_get(c->sv->db, &name, NULL, &c->arena, call_on_rows, c);
		return NEXT_WAIT;
	}
	if (c->rows->n && rows_bool(c->rows, 0, ROW_REPORTER_CONFIDENTIAL))
		return call_refuse(c, E_FORBIDDEN, "the reporter asked to stay unknown to the units");
	return NEXT_WRITE;
}

static enum next begin(struct call *c) {
	const struct reveal_params *p = c->params;
	struct act *a = act_begin(c, CMD_REVEAL);
	a->cmd.because.reason = act_reason(a, "/params/reason", "reveal", p->reason);
	a->look = look;
	return act_load(a);
}

/* The answer that is stored with a key holds nothing private: the reporter is read each time. */
static enum next written(struct call *c) {
	const struct act *a = c->state;
	const struct case_name name = {.town = c->town->code, .number = c->outcome->number};
	keyed_open(c);
	act_log(a);
	reader_get(c->sv->db, &name, NULL, &c->arena, call_on_rows, c);
	c->step = a->step + 3;
	return NEXT_WAIT;
}

static enum next tell(struct call *c) {
	struct json_out *j = &c->out;
	jout_key(j, "reporter");
	jout_object(j);
	if (c->rows->n) {
		jout_kv_opt(j, "name", rows_text(c->rows, 0, ROW_REPORTER_NAME));
		jout_kv_opt(j, "phone", rows_text(c->rows, 0, ROW_REPORTER_PHONE));
		jout_kv_bool(j, "confidential", rows_bool(c->rows, 0, ROW_REPORTER_CONFIDENTIAL));
	}
	jout_end_object(j);
	jout_end_object(j);
	return NEXT_ANSWER;
}

const struct method_code method_case_reveal = {.params = reveal_fields,
                                               .params_size = sizeof(struct reveal_params),
                                               .reads_on = true,
                                               .steps = {begin, act_go, written, act_told, tell}};
