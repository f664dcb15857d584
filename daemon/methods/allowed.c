/* allowed: lists the commands that are left to a caller. */
#include "daemon/methods/allowed.h"

#include "daemon/call/facts.h"

#include <string.h>

struct view {
	const struct call *c;
	const struct case_rec *cr;
	struct roster roster;
	bool of_unit;                       /* acts for his own unit only */
};

static const struct method *find_method(const struct call *c, const char *name) {
	const struct method *m = c->sv->methods;
	while (m->name && strcmp(m->name, name) != 0)
		m++;
	return m->name ? m : NULL;
}

/* Is it his unit's? Whoever may act for others can act for that one too. */
static bool is_his(const struct view *v, const char *unit) {
	return !v->of_unit || (unit && roster_within(&v->roster, unit, v->c->who->unit));
}

/* An open task of his, of the lead or of anyone, that hasn't come further than that. */
static bool has_task(const struct view *v, bool lead_only, enum task_state at_most) {
	for (size_t i = 0; i < v->cr->tasks.n; i++) {
		const struct task *t = &v->cr->tasks.v[i];
		if (task_is_open(t) && t->state <= at_most && (!lead_only || t->kind == TASK_LEAD) && is_his(v, t->unit))
			return true;
	}
	return false;
}

static bool has_order(const struct view *v, enum order_state state, bool his) {
	for (size_t i = 0; i < v->cr->orders.n; i++)
		if (v->cr->orders.v[i].state == state && (!his || is_his(v, v->cr->orders.v[i].unit)))
			return true;
	return false;
}

static bool can_accept(const struct view *v) { return has_task(v, false, TASK_GIVEN); }
static bool can_arrive(const struct view *v) { return has_task(v, false, TASK_ACCEPTED); }
static bool can_return(const struct view *v) {
	return has_task(v, false, TASK_ARRIVED) && !(v->cr->arbitrated && has_task(v, true, TASK_ARRIVED));
}
static bool can_finish(const struct view *v) { return has_task(v, false, TASK_ARRIVED); }
static bool can_decide(const struct view *v) { return v->cr->request.unit != NULL; }
static bool can_reply(const struct view *v) { return has_order(v, ORDER_OPEN, true); }
static bool can_judge(const struct view *v) { return has_order(v, ORDER_REPLIED, false); }
static bool can_act(const struct view *v) { return !v->of_unit || has_task(v, false, TASK_ARRIVED); }

static bool has_alarm(const struct view *v) {
	for (size_t i = 0; i < v->cr->alarms.n; i++)
		if (v->cr->alarms.v[i].acknowledged_at_us == NO_TIME && v->cr->alarms.v[i].next_at_us != NO_TIME)
			return true;
	return false;
}

static bool has_outside(const struct view *v) {
	for (size_t i = 0; i < v->cr->clocks.n; i++)
		if (v->cr->clocks.v[i].outside && v->cr->clocks.v[i].state != CLOCK_STOPPED)
			return true;
	return false;
}

static bool has_overdue(const struct view *v) {
	for (size_t i = 0; i < v->cr->clocks.n; i++)
		if (!v->cr->clocks.v[i].waived && clock_overdue(&v->cr->clocks.v[i], v->c->now_us, NULL))
			return true;
	return false;
}

/* Whoever has the case asks for what he needs; for an excuse also afterwards, once. */
static bool can_ask(const struct view *v) {
	if (v->cr->request.unit)
		return false;
	return has_task(v, true, TASK_ARRIVED) || (!v->cr->appealed && has_overdue(v));
}

/* What there must be to act on, besides the state. */
static bool (*const needs[COMMANDS])(const struct view *v) = {
    [CMD_ACCEPT] = can_accept,      [CMD_ARRIVE] = can_arrive,      [CMD_RETURN] = can_return,
    [CMD_FINISH] = can_finish,      [CMD_ASK] = can_ask,            [CMD_DECIDE] = can_decide,
    [CMD_WAIVE] = has_overdue,      [CMD_MARK] = can_act,           [CMD_NOTE] = can_act,
    [CMD_REPLY_ORDER] = can_reply,  [CMD_ACCEPT_ORDER] = can_judge, [CMD_ACKNOWLEDGE] = has_alarm,
    [CMD_DEADLINE] = has_outside,
};

static bool is_allowed(const struct view *v, enum command_kind k) {
	const char *name = command_method(k);
	if (!name || !lifecycle_move(v->cr->state, k))
		return false;
	const struct method *m = find_method(v->c, name);
	return m && (v->c->who->roles & m->roles) && (!needs[k] || needs[k](v));
}

void allowed_write(struct call *c, const struct case_rec *cr, enum command_kind but) {
	const bool of_unit = !(c->who->roles & ~(unsigned)ROLE_UNIT);
	const struct view v = {.c = c, .cr = cr, .roster = pack_roster(c->pack), .of_unit = of_unit};
	jout_array(&c->out);
	for (int k = 0; k < COMMANDS; k++)
		if (k != (int)but && is_allowed(&v, (enum command_kind)k))
			jout_str(&c->out, command_method((enum command_kind)k));
	jout_end_array(&c->out);
}
