/* report_agenda: what goes to the joint meeting: cases that cross departments, that bounce, or that it holds. */
#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/call/call.h"
#include "daemon/methods/methods.h"
#include "daemon/store/agenda.h"

#include <string.h>

enum { MOST_CASES = 2000, PARENTS = 16 };

struct agenda_params {
	struct common_params common;
	int64_t from, to;
};

static const struct field agenda_fields[] = {COMMON_FIELDS, FIELD_TIME(struct agenda_params, from, FIELD_REQUIRED),
                                             FIELD_TIME(struct agenda_params, to, FIELD_REQUIRED), FIELD_END};

/* Firms and committees of an estate are no departments: that they work together is how an estate is run. */
static bool is_of_estate(const struct pack *pack, const char *unit) {
	const struct estate *e;
	for (size_t i = 0; (e = pack_estate_at(pack, i)) != NULL; i++) {
		const char *const own[] = {e->committee, e->property_firm, e->lift_firm, e->owners_committee};
		for (size_t k = 0; k < COUNT_OF(own); k++)
			if (own[k] && strcmp(own[k], unit) == 0)
				return true;
	}
	return false;
}

/* Whoever gives cases out doesn't work at them. */
static bool is_desk(const struct policy *policy, const char *unit) {
	const char *const own[] = {policy->desk, policy->supervision};
	for (size_t i = 0; i < COUNT_OF(own); i++)
		if (own[i] && strcmp(own[i], unit) == 0)
			return true;
	return strs_has(&policy->return_desks, unit);
}

/* The unit above all those above it; itself where there is none. */
static const struct unit *department_of(const struct pack *pack, const struct unit *u) {
	for (int up = 0; u->parent && up < PARENTS; up++) {
		const struct unit *parent = pack_unit(pack, u->parent);
		if (!parent)
			break;
		u = parent;
	}
	return u;
}

static void add_departments(struct call *c, const struct policy *policy, struct agenda_ask *q) {
	const struct unit *u;
	for (size_t i = 0; (u = pack_unit_at(c->pack, i)) != NULL; i++) {
		const struct unit *department = department_of(c->pack, u);
		if (is_of_estate(c->pack, u->id) || is_desk(policy, u->id) || is_desk(policy, department->id))
			continue;
		STRS_ADD(&q->units, &c->arena, u->id);
		STRS_ADD(&q->departments, &c->arena, department->id);
	}
}

static enum next ask(struct call *c) {
	const struct agenda_params *p = c->params;
	const struct policy *policy = pack_policy(c->pack);
	struct agenda_ask *q = arena_new(&c->arena, struct agenda_ask);
	if (p->to <= p->from) {
		faults_at(&c->faults, "/params/to", "range", "to comes after from");
		return call_refuse_params(c);
	}
	*q = (struct agenda_ask){.town = c->town->code,
	                         .from_us = p->from,
	                         .to_us = p->to,
	                         .scope = call_scope(c),
	                         .limit = MOST_CASES + 1};
	if (policy->return_desks.n)
		q->desk = policy->return_desks.v[policy->return_desks.n - 1];
	add_departments(c, policy, q);
	c->state = q;
	agenda_ask(c->sv->db, q, &c->arena, call_on_rows, c);
	return NEXT_WAIT;
}

static void write_named(struct call *c, const char *key, const char *code, const char *zh) {
	jout_kv_opt(&c->out, key, code);
	if (code && zh)
		jout_kv_str(&c->out, arena_printf(&c->arena, "%s_name", key), zh);
}

static void write_time(struct call *c, const char *key, int64_t at_us) {
	jout_kv_time(&c->out, key, at_us, call_offset_s(c, at_us));
}

static void write_why(struct call *c, size_t row) {
	static const struct {
		enum agenda_row column;
		const char *word;
	} reasons[] = {{AGENDA_HELD, "joint_meeting"}, {AGENDA_BOUNCED, "bounced"}, {AGENDA_CROSSES, "departments"}};
	jout_key(&c->out, "why");
	jout_array(&c->out);
	for (size_t i = 0; i < COUNT_OF(reasons); i++)
		if (rows_bool(c->rows, row, reasons[i].column))
			jout_str(&c->out, reasons[i].word);
	jout_end_array(&c->out);
}

static void write_case(struct call *c, size_t row) {
	const struct rows *r = c->rows;
	struct json_out *j = &c->out;
	const char *class = rows_text(r, row, AGENDA_CLASS), *estate = rows_text(r, row, AGENDA_ESTATE),
	           *unit = rows_text(r, row, AGENDA_UNIT), *departments = rows_text(r, row, AGENDA_DEPARTMENTS);
	const struct class_def *class_def = class ? pack_class(c->pack, class) : NULL;
	const struct estate *estate_def = estate ? pack_estate(c->pack, estate) : NULL;
	const struct unit *unit_def = unit ? pack_unit(c->pack, unit) : NULL;
	jout_object(j);
	jout_kv_str(j, "case", rows_text(r, row, AGENDA_NUMBER));
	jout_kv_str(j, "state", rows_text(r, row, AGENDA_STATE));
	write_named(c, "class", class, class_def ? class_def->zh : NULL);
	write_named(c, "estate", estate, estate_def ? estate_def->zh : NULL);
	jout_kv_opt(j, "grid", rows_text(r, row, AGENDA_GRID));
	write_named(c, "unit", unit, unit_def ? unit_def->zh : NULL);
	write_time(c, "received_at", rows_time(r, row, AGENDA_RECEIVED_AT));
	write_time(c, "closed_at", rows_time(r, row, AGENDA_CLOSED_AT));
	write_time(c, "due_at", rows_time(r, row, AGENDA_DUE_AT));
	jout_kv_int(j, "returns", rows_int(r, row, AGENDA_RETURNS));
	jout_kv_int(j, "escalation_level", rows_int(r, row, AGENDA_LEVEL));
	jout_key(j, "departments");
	jout_raw(j, departments ? departments : "[]");
	write_why(c, row);
	jout_end_object(j);
}

static enum next tell(struct call *c) {
	const struct agenda_ask *q = c->state;
	struct json_out *j = &c->out;
	const size_t shown = c->rows->n > MOST_CASES ? MOST_CASES : c->rows->n;
	jout_object(j);
	write_time(c, "from", q->from_us);
	write_time(c, "to", q->to_us);
	jout_kv_opt(j, "desk", q->desk);
	jout_key(j, "cases");
	jout_array(j);
	for (size_t i = 0; i < shown; i++)
		write_case(c, i);
	jout_end_array(j);
	if (c->rows->n > shown)
		jout_kv_bool(j, "more", true);
	jout_end_object(j);
	return NEXT_ANSWER;
}

const struct method_code method_report_agenda = {
    .params = agenda_fields, .params_size = sizeof(struct agenda_params), .steps = {ask, tell}};
