/* decide_work: what a unit does with its task: accepts it, arrives, gives it back, finishes. */
#include "daemon/cases/decision.h"

#include <string.h>

/* The lead has taken it up: so has the case. */
static void to_handling(struct decision *d, const struct task *t) {
	if (t->kind == TASK_LEAD && d->cr->state == CASE_DISPATCHED)
		change_state(d, CASE_HANDLING, NULL);
}

/* Whoever arrives or finishes has accepted by that. */
static void accepted(struct decision *d, struct task *t) {
	if (t->accepted_at_us != NO_TIME)
		return;
	t->accepted_at_us = d->at_us;
	if (t->kind == TASK_LEAD)
		stop_clock(d, "accept", t->n);
}

bool decide_accept(struct decision *d) {
	const struct task *found = acting_task(d);
	if (!found || !is_since_task(d, found))
		return false;
	if (found->state != TASK_GIVEN)
		return refuse_conflict(d, "%s has accepted already: %s", found->unit, when_text(d, found->accepted_at_us));
	struct task t = *found;
	t.state = TASK_ACCEPTED;
	accepted(d, &t);
	change_task(d, t);
	to_handling(d, &t);
	return true;
}

bool decide_arrive(struct decision *d) {
	const struct task *found = acting_task(d);
	if (!found || !is_since_task(d, found))
		return false;
	if (found->state == TASK_ARRIVED)
		return refuse_conflict(d, "%s has arrived already: %s", found->unit, when_text(d, found->arrived_at_us));
	struct task t = *found;
	t.state = TASK_ARRIVED;
	t.arrived_at_us = d->at_us;
	accepted(d, &t);
	if (t.kind == TASK_LEAD)
		stop_clock(d, "arrive", t.n);
	change_task(d, t);
	to_handling(d, &t);
	return true;
}

/* ---- Return ---- */

/* Did this unit give the case back before, this stay or an earlier one? */
static bool has_returned(const struct decision *d, const char *unit) {
	for (size_t i = 0; i < d->cr->tasks.n; i++) {
		const struct task *t = &d->cr->tasks.v[i];
		if (t->kind == TASK_LEAD && t->returns > 0 && strcmp(t->unit, unit) == 0)
			return true;
	}
	return false;
}

static bool has_been_at(const struct decision *d, const char *desk) {
	for (size_t i = 0; i < d->cr->spans.n; i++) {
		const struct span *s = &d->cr->spans.v[i];
		if (s->bearer && strcmp(s->bearer, desk) == 0 && strcmp(s->why, "triage") == 0)
			return true;
	}
	return false;
}

/* The desk that a case goes to which bounces: the next of the pack's that hasn't had it; after the last, that one again. */
static const char *return_desk(const struct decision *d) {
	const struct strs *desks = &d->facts->policy->return_desks;
	for (size_t i = 0; i < desks->n; i++)
		if (!has_been_at(d, desks->v[i]))
			return desks->v[i];
	return desks->n ? desks->v[desks->n - 1] : d->facts->policy->desk;
}

static bool return_of_lead(struct decision *d, struct task t) {
	const struct policy *p = d->facts->policy;
	const char *reason = d->cmd->giving_back.reason;
	if (d->cr->arbitrated)
		return refuse_conflict(d, "it was arbitrated that %s handles it: it can't be returned", t.unit);
	struct change c = counts_now(d);
	c.counts.returns++;
	const bool bounces = p->returns > 0 && (c.counts.returns >= p->returns || has_returned(d, t.unit));
	const char *next = bounces ? NULL : next_handler(d);
	c.counts.chain_at += next ? 1 : 0;
	t.returns++;
	end_task(d, t, TASK_RETURNED, reason);
	drop_request(d, false);
	change_add(d, c);
	if (next)
		return to_unit(d, next);
	return to_desk(d, bounces ? return_desk(d) : p->desk,
	               &(struct desk_reason){.code = bounces ? "bounced" : "returned", .detail = reason});
}

/* ---- Finish ---- */

static const struct task *open_check(const struct decision *d) {
	for (size_t i = 0; i < d->cr->tasks.n; i++)
		if (d->cr->tasks.v[i].kind == TASK_CHECK && task_is_open(&d->cr->tasks.v[i]))
			return &d->cr->tasks.v[i];
	return NULL;
}

/* The check on site is over: the desk's time goes on, unless another one is still out. */
static bool check_over(struct decision *d) {
	const struct task *other = open_check(d);
	if (other) {
		change_span(d, other->unit, "verify");
		return true;
	}
	change_span(d, d->cr->unit, "verify");
	return resume_clock(d, "verify", 0);
}

static bool end_beside(struct decision *d, struct task t, enum task_state how, const char *reason) {
	end_task(d, t, how, reason);
	return t.kind != TASK_CHECK || check_over(d);
}

bool decide_return(struct decision *d) {
	const struct task *found = acting_task(d);
	if (!found || !is_since_task(d, found))
		return false;
	if (found->kind == TASK_LEAD)
		return is_since_move(d) && return_of_lead(d, *found);
	struct task t = *found;
	t.returns++;
	return end_beside(d, t, TASK_RETURNED, d->cmd->giving_back.reason);
}

/* Who else must have finished, for people; NULL: nobody. */
static const char *still_open(const struct decision *d) {
	const char *text = NULL;
	for (size_t i = 0; i < d->cr->tasks.n; i++) {
		const struct task *t = &d->cr->tasks.v[i];
		if (t->required && task_is_open(t))
			text = text ? arena_printf(d->a, "%s, %s", text, t->unit) : t->unit;
	}
	return text;
}

static bool finish_lead(struct decision *d, struct task t) {
	const char *others = still_open(d), *marks = marks_missing(d, &d->cr->before_finish);
	if (!t.result)
		return refuse_params(d, "result: say what came of it");
	if (others)
		return refuse_conflict(d, "%s must have finished before the lead", others);
	if (marks)
		return refuse_conflict(d, "before it is finished these marks are set: %s", marks);
	stop_work(d, t.n);
	end_task(d, t, TASK_FINISHED, NULL);
	withdraw_tasks(d, 1U << TASK_ASSIST, "lead_finished");
	settle_request(d);
	return to_check(d, t.result);
}

bool decide_finish(struct decision *d) {
	const struct task *found = acting_task(d);
	if (!found || !is_since_task(d, found))
		return false;
	struct task t = *found;
	t.result = d->cmd->finish.result;
	if (t.kind == TASK_LEAD && !is_since_move(d))
		return false;
	accepted(d, &t);
	return t.kind == TASK_LEAD ? finish_lead(d, t) : end_beside(d, t, TASK_FINISHED, NULL);
}
