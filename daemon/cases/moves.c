/* moves: what several commands have in common: to a desk, to a unit, to the check, aside and back, and the end. */
#include "daemon/cases/decision.h"

#include <string.h>

/* ---- To a desk ---- */

bool to_desk(struct decision *d, const char *desk, const struct desk_reason *why) {
	struct change c = {.kind = CHANGE_TRIAGED};
	c.triaged.reason = why->code;
	c.triaged.detail = why->detail;
	c.triaged.proposed = why->proposed;
	change_add(d, c);
	change_state(d, CASE_TRIAGE, NULL);
	change_held(d, desk);
	change_span(d, desk, "triage");
	if (open_clock(d, "dispatch", 0))
		return true; /* it was at the desk already: no new time for that */
	return start_clocks(d, (struct start){.moment = MOMENT_TRIAGE, .at_us = d->at_us, .bearer = desk});
}

/* ---- To a unit ---- */

static void tell_task(struct decision *d, const char *unit) {
	if (d->cr->emergency)
		tell_unit(d, unit, (struct notice){.kind = NOTICE_TASK, .step = -1, .due_at_us = NO_TIME, .started_at_us = NO_TIME});
}

int32_t give_task(struct decision *d, enum task_kind kind, const char *unit, bool required) {
	const int32_t n = change_new_task(d, kind, unit, required);
	tell_task(d, unit);
	return n;
}

void give_assist_of_rule(struct decision *d) {
	const struct strs units = d->cr->assist;
	for (size_t i = 0; i < units.n; i++)
		if (!task_of_unit(d, units.v[i]))
			(void)give_task(d, TASK_ASSIST, units.v[i], strs_has(&d->cr->required, units.v[i]));
}

void require(struct decision *d, const struct task *found) {
	struct task t = *found;
	t.required = true;
	if (t.kind == TASK_ASSIST && !found->required)
		change_task(d, t);
}

void give_assist(struct decision *d, const struct strs *units) {
	for (size_t i = 0; i < units->n; i++) {
		const struct task *has = task_of_unit(d, units->v[i]);
		if (has)
			require(d, has);
		else
			(void)give_task(d, TASK_ASSIST, units->v[i], true);
	}
}

bool to_unit(struct decision *d, const char *unit) {
	stop_clock(d, "dispatch", 0);
	const struct task *beside = task_of_unit(d, unit);
	if (beside)
		end_task(d, *beside, TASK_WITHDRAWN, "leads");
	change_state(d, CASE_DISPATCHED, NULL);
	change_held(d, unit);
	change_span(d, unit, "handling");
	const int32_t n = give_task(d, TASK_LEAD, unit, false);
	return start_clocks(d, (struct start){.moment = MOMENT_DISPATCHED, .at_us = d->at_us, .bearer = unit, .task = n});
}

const char *next_handler(const struct decision *d) {
	const struct strs *chain = &d->cr->handlers;
	const size_t at = (size_t)d->cr->chain_at;
	const struct task *lead = case_last_lead(d->cr);
	/* Whoever was sent here by hand stands beside the chain. */
	if (!lead || at + 1 >= chain->n || strcmp(chain->v[at], lead->unit) != 0)
		return NULL;
	return chain->v[at + 1];
}

int32_t chain_index(const struct decision *d, const char *unit) {
	const struct strs *chain = &d->cr->handlers;
	for (size_t i = 0; i < chain->n; i++)
		if (strcmp(chain->v[i], unit) == 0)
			return (int32_t)i;
	return d->cr->chain_at;
}

/* ---- A stay ends, and goes on ---- */

void end_task(struct decision *d, struct task t, enum task_state how, const char *reason) {
	t.state = how;
	t.reason = reason;
	t.ended_at_us = d->at_us;
	t.ended_by = d->cmd->actor;
	stop_stay(d, t.n);
	change_task(d, t);
}

void end_lead(struct decision *d, enum task_state how, const char *reason) {
	const struct task *lead = case_lead_task(d->cr);
	if (!lead)
		return;
	end_task(d, *lead, how, reason);
	drop_request(d, false);
}

void withdraw_tasks(struct decision *d, unsigned kinds, const char *reason) {
	for (size_t i = 0; i < d->cr->tasks.n; i++) {
		const struct task *t = &d->cr->tasks.v[i];
		if (task_is_open(t) && (kinds & (1U << t->kind)))
			end_task(d, *t, TASK_WITHDRAWN, reason);
	}
}

static enum task_state as_far_as_it_came(const struct task *t) {
	if (t->arrived_at_us != NO_TIME)
		return TASK_ARRIVED;
	return t->accepted_at_us != NO_TIME ? TASK_ACCEPTED : TASK_GIVEN;
}

/* Has what the clock waits for happened already? */
static bool is_done(const struct decision *d, const struct clock *c, const struct task *t) {
	if (strcmp(c->name, "accept") == 0)
		return t->accepted_at_us != NO_TIME;
	if (strcmp(c->name, "arrive") == 0)
		return t->arrived_at_us != NO_TIME;
	return c->until && case_mark(d->cr, c->until);
}

static bool has_handle_clock(const struct decision *d, int32_t task) {
	for (size_t i = 0; i < d->cr->clocks.n; i++) {
		const struct clock *c = &d->cr->clocks.v[i];
		if ((c->task == task || c->outside) && strcmp(c->name, "handle") == 0)
			return true;
	}
	return false;
}

/* Deadlines from outside belong to the case: the lead's go on with it. */
static bool goes_on_with(const struct clock *c, const struct task *t) {
	if (c->outside)
		return t->kind == TASK_LEAD && clock_is_of_stay(c->name);
	return c->task == t->n;
}

bool reopen_task(struct decision *d, int32_t n) {
	struct task t = *case_task(d->cr, n);
	t.state = as_far_as_it_came(&t);
	t.ended_at_us = NO_TIME;
	t.result = t.reason = t.ended_by = NULL;
	change_task(d, t);
	for (size_t i = 0; i < d->cr->clocks.n; i++) {
		const struct clock *c = &d->cr->clocks.v[i];
		if (c->state == CLOCK_STOPPED && goes_on_with(c, &t) && !is_done(d, c, &t) && !go_on_stay(d, n, c->name))
			return false;
	}
	/* What was fixed on the spot had no clock of handling yet. */
	if (t.kind != TASK_LEAD || has_handle_clock(d, n))
		return true;
	return start_clock(d, "handle", &(struct start){.moment = MOMENTS, .at_us = d->at_us, .bearer = t.unit, .task = n},
	                   (struct limit){0});
}

bool back_to_lead(struct decision *d, int32_t n) {
	const struct task *t = case_task(d->cr, n);
	const char *unit = t->unit;
	stop_clock(d, "dispatch", 0);
	change_state(d, t->accepted_at_us == NO_TIME ? CASE_DISPATCHED : CASE_HANDLING, NULL);
	change_held(d, unit);
	change_span(d, unit, "handling");
	tell_task(d, unit);
	return reopen_task(d, n);
}

/* ---- The check ---- */

bool to_check(struct decision *d, const char *result) {
	const char *desk = d->facts->policy->desk;
	change_state(d, CASE_FINISHED, result);
	change_held(d, desk);
	change_span(d, desk, "verify");
	return start_clocks(d, (struct start){.moment = MOMENT_FINISHED, .at_us = d->at_us, .bearer = desk});
}

void leave_check(struct decision *d) {
	stop_clock(d, "verify", 0);
	withdraw_tasks(d, 1U << TASK_CHECK, "check_over");
}

/* ---- Aside, and back ---- */

/* What it is to be somewhere again: the holder's time goes on. */
static const char *span_of(const struct case_rec *cr, const char **bearer) {
	static const char *const whys[CASE_STATES] = {
	    [CASE_TRIAGE] = "triage", [CASE_DISPATCHED] = "handling", [CASE_HANDLING] = "handling", [CASE_FINISHED] = "verify"};
	*bearer = whys[cr->state] ? cr->unit : NULL;
	return whys[cr->state] ? whys[cr->state] : state_name(cr->state);
}

bool to_previous(struct decision *d) {
	const char *bearer;
	change_state(d, d->cr->previous, NULL);
	const char *why = span_of(d->cr, &bearer);
	change_span(d, bearer, why);
	return resume_clocks(d, d->at_us);
}

static void change_suspended(struct decision *d, int64_t since_us, int64_t until_us, const char *reason) {
	struct change c = {.kind = CHANGE_SUSPENDED};
	c.suspended.since_us = since_us;
	c.suspended.until_us = until_us;
	c.suspended.reason = reason;
	change_add(d, c);
}

bool suspend_until(struct decision *d, const char *reason, int64_t pause_at_us, int64_t until_us) {
	change_suspended(d, d->at_us, until_us, reason);
	change_state(d, CASE_SUSPENDED, NULL);
	change_span(d, NULL, "suspended");
	pause_clocks(d, pause_at_us, false);
	return true;
}

bool resume_suspended(struct decision *d) {
	change_suspended(d, NO_TIME, NO_TIME, NULL);
	return to_previous(d);
}

/* ---- The end ---- */

void drop_request(struct decision *d, bool all) {
	const struct request *r = &d->cr->request;
	if (!r->unit || (r->what == ASK_WAIVE && !all))
		return;
	change_add(d, (struct change){.kind = CHANGE_REQUEST, .request = {.asked_at_us = NO_TIME, .until_us = NO_TIME}});
	stop_clock(d, "decide", 0);
}

static void lapse_orders(struct decision *d) {
	for (size_t i = 0; i < d->cr->orders.n; i++) {
		struct order o = d->cr->orders.v[i];
		if (o.state != ORDER_OPEN)
			continue;
		o.state = ORDER_LAPSED;
		o.ended_at_us = d->at_us;
		change_add(d, (struct change){.kind = CHANGE_ORDER, .order = o});
	}
}

void end_all(struct decision *d, enum case_state state, const char *result) {
	withdraw_tasks(d, 1U << TASK_LEAD | 1U << TASK_ASSIST | 1U << TASK_CHECK, state_name(state));
	if (state != CASE_CLOSED)
		drop_request(d, true);
	lapse_orders(d);
	stop_all(d, false);
	if (d->cr->suspended_at_us != NO_TIME)
		change_suspended(d, NO_TIME, NO_TIME, NULL);
	change_state(d, state, result);
	change_span(d, NULL, "closed");
}
