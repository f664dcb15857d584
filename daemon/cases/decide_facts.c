/* decide_facts: what is told about a case, or to whoever holds it: corrections, numbers, marks, notes, deadlines. */
#include "daemon/cases/decision.h"

#include <string.h>

/* ---- Amend ---- */

static void add_amended(struct decision *d) {
	const struct cmd_amend *m = &d->cmd->amend;
	const struct verdict *v = m->reroute ? d->facts->verdict : NULL;
	struct change c = {.kind = CHANGE_AMENDED};
	c.amended.class_code = m->class_code;
	c.amended.condition = m->condition;
	c.amended.estate = v && v->estate ? v->estate : m->estate;
	c.amended.grid = v && v->grid ? v->grid : m->grid;
	c.amended.urgency = v && v->emergency ? URGENCY_EMERGENCY : m->urgency;
	c.amended.tags = m->tags;
	change_add(d, c);
}

/* Where the rules send it now, as if it came in only now. */
static bool reroute(struct decision *d) {
	end_lead(d, TASK_WITHDRAWN, "rerouted");
	withdraw_tasks(d, 1U << TASK_ASSIST, "rerouted");
	const ladder_step_list former = d->cr->steps;
	change_routed(d);
	carry_steps_over(d, &former);
	struct change c = counts_now(d);
	c.counts.arbitrated = false;
	change_add(d, c);
	return land_by_verdict(d);
}

bool decide_amend(struct decision *d) {
	const bool reroutes = d->cmd->amend.reroute;
	if (reroutes && !d->facts->verdict)
		return err_set(&d->why->err, E_INTERNAL, "an amend with reroute, but without a verdict");
	if (reroutes && (d->cr->state == CASE_FINISHED || d->cr->state == CASE_SUSPENDED))
		return refuse_conflict(d, "it can't be sent elsewhere while it is %s", state_name(d->cr->state));
	if (reroutes && !is_since_move(d))
		return false;
	add_amended(d);
	return !reroutes || reroute(d);
}

/* ---- Link, mark, note, urge ---- */

bool decide_link(struct decision *d) {
	const struct outside_ref *ref = &d->cmd->link;
	for (size_t i = 0; i < d->cr->refs.n; i++)
		if (strcmp(d->cr->refs.v[i].channel, ref->channel) == 0 && strcmp(d->cr->refs.v[i].ref, ref->ref) == 0)
			return refuse_conflict(d, "%s %s is this case already", ref->channel, ref->ref);
	change_add(d, (struct change){.kind = CHANGE_REF, .ref = *ref});
	return true;
}

static bool same(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

bool decide_mark(struct decision *d) {
	const char *name = d->cmd->mark.mark, *value = d->cmd->mark.value;
	const struct mark *before = case_mark(d->cr, name);
	if (before && same(before->value, value))
		return refuse_conflict(d, "%s was marked already: %s", name, when_text(d, before->at_us));
	change_add(d, (struct change){.kind = CHANGE_MARK, .mark = {name, value, d->at_us, d->cmd->actor}});
	stop_clocks_of_mark(d, name);
	if (state_is_final(d->cr->state))
		return true; /* nothing begins any more */
	if (!start_clocks_of_mark(d, name))
		return false;
	if (d->cr->state == CASE_SUSPENDED || d->cr->state == CASE_MERGED)
		pause_clocks(d, d->at_us, d->cr->state == CASE_MERGED);
	return true;
}

/* The event says it; nothing of the case changes. */
bool decide_note(struct decision *d) {
	(void)d;
	return true;
}

bool decide_urge(struct decision *d) {
	const struct clock *c = case_holder_clock(d->cr);
	struct notice n = {.kind = NOTICE_URGE, .step = -1, .due_at_us = NO_TIME, .started_at_us = NO_TIME};
	if (c) {
		n.clock = c->name;
		n.task = c->task;
		n.due_at_us = c->due_at_us;
		n.started_at_us = c->started_at_us;
	}
	tell_unit(d, d->cr->unit, n);
	return true;
}

/* ---- Deadlines from outside ---- */

bool decide_deadline(struct decision *d) {
	const struct deadline *set = &d->cmd->deadline;
	const struct clock *open = open_clock(d, set->clock, -1);
	if (!open || !open->outside)
		return refuse_conflict(d, "no deadline from outside runs for %s", set->clock);
	if (open->due_at_us == set->at_us)
		return refuse_conflict(d, "%s is due at %s already", set->clock, when_text(d, set->at_us));
	if (set->at_us <= open->started_at_us)
		return refuse_params(d, "at: %s began at %s", set->clock, when_text(d, open->started_at_us));
	struct clock c = *open;
	c.due_at_us = set->at_us;
	change_clock(d, c);
	return true;
}
