/* decide_submit: what becomes of a new case: to a unit, to the desk, or, fixed on the spot, to be checked. */
#include "daemon/cases/decision.h"

#include <string.h>

static const char *known(const char *understood, const char *given) { return understood ? understood : given; }

static void add_opened(struct decision *d) {
	const struct cmd_submit *s = &d->cmd->submit;
	const struct verdict *v = d->facts->verdict;
	struct change c = {.kind = CHANGE_OPENED};
	c.opened.class_code = known(v->class_code, s->class_code);
	c.opened.condition = known(v->condition, s->condition);
	c.opened.class_as_sent = s->class_as_sent;
	c.opened.estate_as_sent = s->estate_as_sent;
	c.opened.estate = v->estate;
	c.opened.grid = v->grid;
	c.opened.urgency = v->emergency ? URGENCY_EMERGENCY : s->urgency;
	c.opened.tags = s->tags;
	c.opened.channel = s->channel;
	c.opened.ref = s->ref;
	c.opened.actor = d->cmd->actor;
	c.opened.observed_at_us = s->observed_at_us;
	c.opened.received_at_us = s->received_at_us;
	c.opened.clock_ahead_seconds = s->clock_ahead_seconds;
	change_add(d, c);
}

void change_routed(struct decision *d) {
	const struct verdict *v = d->facts->verdict;
	struct change c = {.kind = CHANGE_ROUTED};
	c.routed.responsible = v->responsible;
	c.routed.handlers = v->handlers;
	c.routed.assist = v->assist;
	c.routed.required = v->required;
	c.routed.before_finish = v->before_finish;
	c.routed.before_pass = v->before_pass;
	c.routed.emergency = v->emergency;
	c.routed.ladder = v->ladder;
	c.routed.ladder_holds = v->ladder_holds;
	c.routed.steps = v->steps;
	c.routed.limits = v->limits;
	c.routed.rule_id = v->rule_id;
	c.routed.pack_version = d->facts->pack_version;
	c.routed.at_us = d->now_us;
	change_add(d, c);
}

bool land_by_verdict(struct decision *d) {
	const struct verdict *v = d->facts->verdict;
	const bool can = v->routed && v->handlers.n > 0;
	if (can && (!v->propose || v->emergency)) {
		if (!to_unit(d, v->handlers.v[0]))
			return false;
		give_assist_of_rule(d);
		return true;
	}
	struct desk_reason why = {.code = v->triage_reason ? v->triage_reason : can ? "propose" : "no_handler",
	                          .detail = v->triage_detail,
	                          .proposed = can ? v->handlers.v[0] : NULL};
	return to_desk(d, d->facts->policy->desk, &why);
}

/* Fixed on the spot by the unit that found it: what is left to do is the check. */
static bool land_handled(struct decision *d) {
	const struct handled *h = &d->cmd->submit.handled;
	struct task t = {.n = 1, .kind = TASK_LEAD, .unit = h->unit, .state = TASK_FINISHED, .result = h->result};
	t.given_at_us = t.accepted_at_us = t.ended_at_us = h->at_us;
	t.arrived_at_us = NO_TIME;
	t.ended_by = d->cmd->actor;
	change_task(d, t);
	d->at_us = h->at_us;
	stop_work(d, t.n); /* of deadlines from outside */
	d->at_us = d->now_us;
	return to_check(d, h->result);
}

/* The method has looked at the params; this is what must hold whoever asks. */
static bool check_submit(struct decision *d) {
	const struct cmd_submit *s = &d->cmd->submit;
	if (d->cr->version != 1)
		return err_set(&d->why->err, E_INTERNAL, "a submit of a case that is there already");
	if (s->received_at_us > d->now_us)
		return refuse_params(d, "received_at is in the future");
	if (s->observed_at_us > s->received_at_us)
		return refuse_params(d, "observed_at is after received_at");
	if (s->handled.unit && s->handled.at_us > d->now_us)
		return refuse_params(d, "handled.at is in the future");
	return true;
}

/* A deadline counts from the start, even if the clock of its name would begin later. */
static bool start_deadlines(struct decision *d) {
	const deadline_list *list = &d->cmd->submit.deadlines;
	for (size_t i = 0; i < list->n; i++)
		if (!start_deadline(d, list->v[i].clock, d->cmd->submit.received_at_us, list->v[i].at_us))
			return false;
	return true;
}

bool decide_submit(struct decision *d) {
	const struct cmd_submit *s = &d->cmd->submit;
	if (!check_submit(d))
		return false;
	add_opened(d);
	change_routed(d);
	d->at_us = s->received_at_us;
	if (d->at_us < d->now_us)
		change_span(d, d->facts->policy->desk, "register");
	if (!start_deadlines(d) || !start_clocks(d, (struct start){.moment = MOMENT_OBSERVED, .at_us = s->observed_at_us}) ||
	    !start_clocks(d, (struct start){.moment = MOMENT_RECEIVED, .at_us = s->received_at_us}))
		return false;
	d->at_us = d->now_us; /* what was received earlier is dispatched now */
	return s->handled.unit ? land_handled(d) : land_by_verdict(d);
}
