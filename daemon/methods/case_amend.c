/* case_amend: what was wrong about a case is put right, and it is sent where the rules say now if that is wanted. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/case_params.h"
#include "daemon/methods/methods.h"
#include "daemon/store/case_json.h"

#include <string.h>

struct amend_params {
	struct act_params act;
	struct case_params set;
	bool reroute;
	const char *reason;
};

static const struct field amend_fields[] = {
    ACT_CASE_FIELDS,
    FIELD_OBJECT(struct amend_params, set, case_set_fields, FIELD_REQUIRED),
    FIELD_BOOL(struct amend_params, reroute, 0),
    FIELD_STR(struct amend_params, reason, LIMIT_TEXT_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY),
    FIELD_END};

static enum next look(struct act *a);

static bool is_private(const struct case_params *set) { return set->address || set->place.crs || set->attrs; }
static bool is_empty(const struct case_params *set) {
	return !set->class && !set->condition && !set->estate && !set->grid && !set->has_tags && !set->has_urgency &&
	       !is_private(set);
}

static void keep_private(struct act *a, const struct case_params *set, const struct case_reading *reading) {
	a->cmd.amend.private_too = is_private(set);
	a->more.set_address = set->address != NULL;
	a->more.set_place = set->place.crs != NULL;
	a->more.set_attrs = set->attrs != NULL;
	a->more.amended = reading->priv;
}

static enum next begin(struct call *c) {
	const struct amend_params *p = c->params;
	struct act *a = act_begin(c, CMD_AMEND);
	struct case_reading *reading = arena_new(&c->arena, struct case_reading);
	struct case_params set = p->set;
	/* A condition without a class is one of the case's class: see look(). */
	if (!set.class)
		set.condition = NULL;
	if (case_set_read(c, &set, reading) && is_empty(&p->set) && !p->reroute)
		faults_at(&c->faults, "/params/set", "empty", "say what is to be amended");
	act_keep_text(a, p->reason);
	a->cmd.amend.reroute = p->reroute;
	keep_private(a, &p->set, reading);
	a->look = look;
	a->own = reading;
	return act_load(a);
}

/* A platform may still put right what it sent, until a desk has looked at it. */
static bool may_amend(struct act *a, enum next *next) {
	if (act_by(a, ROLE_DISPATCHER | ROLE_SUPERVISOR))
		return true;
	if (!act_is_own(a))
		*next = call_refuse(a->c, E_FORBIDDEN, "%s may amend only what it submitted itself", a->c->who->name);
	else if (a->parts.v[0].before->state != CASE_TRIAGE)
		*next = act_conflict(a, "a platform may amend a case only while it is in triage");
	else
		return true;
	return false;
}

static bool same(const char *a, const char *b) { return a && b && strcmp(a, b) == 0; }

/* The class and the condition afterwards. Another class has other conditions. */
static bool fill_class(struct act *a, const struct case_params *set, const struct case_reading *reading) {
	const struct case_rec *cr = a->parts.v[0].before;
	struct cmd_amend *amend = &a->cmd.amend;
	const char *given = reading->submit.class_code;
	amend->class_code = given ? given : cr->class_code;
	amend->condition = given && !same(given, cr->class_code) ? NULL : cr->condition;
	if (!set->condition)
		return true;
	const struct class_def *class = amend->class_code ? pack_class(a->c->pack, amend->class_code) : NULL;
	const struct condition *condition = class ? word_condition(class, set->condition) : NULL;
	if (!condition)
		faults_at(&a->c->faults, "/params/set/condition", "unknown", "class %s has no condition %.80s",
		          class ? class->code : "(none)", set->condition);
	amend->condition = condition ? condition->id : NULL;
	return condition != NULL;
}

static bool fill_amend(struct act *a, const struct case_params *set, const struct case_reading *reading) {
	const struct case_rec *cr = a->parts.v[0].before;
	struct cmd_amend *amend = &a->cmd.amend;
	if (!fill_class(a, set, reading))
		return false;
	amend->estate = reading->in.estate ? reading->in.estate : cr->estate;
	amend->grid = reading->in.grid ? reading->in.grid : cr->grid;
	amend->urgency = set->has_urgency ? set->urgency : cr->urgency;
	amend->tags = set->has_tags ? set->tags : cr->tags;
	a->more.similar_estate = amend->estate;
	return true;
}

/* What the rules say about the case as amended; the private part is the case's own where it wasn't. */
static bool route(struct act *a, struct err *e) {
	struct call *c = a->c;
	const struct case_reading *reading = a->own;
	const struct rows *rows = c->rows;
	struct cmd_amend *amend = &a->cmd.amend;
	struct private_part old = {0};
	struct verdict *verdict = arena_new(&c->arena, struct verdict);
	const char *attrs = rows->n ? rows_text(rows, 0, ROW_ATTRS) : NULL;
	if (attrs && !a->more.set_attrs && !attrs_decode(attrs, &c->arena, &old, e))
		return false;
	const attr_list *list = a->more.set_attrs ? &reading->priv.attrs : &old.attrs;
	struct match_in in = {.class_code = amend->class_code,
	                      .condition = amend->condition,
	                      .estate = amend->estate,
	                      .grid = amend->grid,
	                      .channel = a->parts.v[0].before->channel,
	                      .urgency = amend->urgency,
	                      .tags = &amend->tags,
	                      .attrs = list->v,
	                      .n_attrs = list->n,
	                      .at_us = c->now_us};
	in.text = rows->n && rows_text(rows, 0, ROW_TEXT) ? rows_text(rows, 0, ROW_TEXT) : "";
	in.address = a->more.set_address ? reading->priv.address : rows->n ? rows_text(rows, 0, ROW_ADDRESS) : NULL;
	in.has_place = a->more.set_place || (rows->n && rows_text(rows, 0, ROW_PLACE_CRS));
	rules_match(c->pack, &in, &c->arena, NULL, verdict);
	amend->estate = verdict->estate ? verdict->estate : amend->estate;
	amend->grid = verdict->grid ? verdict->grid : amend->grid;
	a->more.similar_estate = amend->estate;
	a->verdict = verdict;
	return true;
}

static enum next look(struct act *a) {
	struct call *c = a->c;
	const struct amend_params *p = c->params;
	struct err e = {0};
	enum next next;
	if (!may_amend(a, &next))
		return next;
	if (!fill_amend(a, &p->set, a->own))
		return call_refuse_params(c);
	if (!p->reroute)
		return NEXT_WRITE;
	if (!c->rows) {
		const struct case_name name = {.town = c->town->code, .number = a->parts.v[0].number};
		reader_get(c->sv->db, &name, NULL, &c->arena, call_on_rows, c);
		return NEXT_WAIT;
	}
	return route(a, &e) ? NEXT_WRITE : call_refuse_err(c, &e);
}

const struct method_code method_case_amend = {.params = amend_fields,
                                              .params_size = sizeof(struct amend_params),
                                              .reads_on = true,
                                              .steps = {begin, ACT_STEPS}};
