/* decide_desk: what a desk does: sends a case to a unit, sees to it that it is done, ends it, opens it again. */
#include "daemon/cases/decision.h"

#include <string.h>

/* ---- Dispatch ---- */

/* The lead task that came back and is waited for a word about; NULL: that isn't why the case is at a desk. */
static const struct task *returned_task(const struct decision *d) {
	const struct task *t = case_last_lead(d->cr);
	return t && t->state == TASK_RETURNED ? t : NULL;
}

/* To that unit; the one whose return is refused by that goes on where it was. */
static bool send_to(struct decision *d, const char *unit, const struct strs *assist, const char *why) {
	const struct task *returned = returned_task(d);
	if (returned && strcmp(returned->unit, unit) == 0) {
		const int32_t n = returned->n;
		give_assist(d, assist);
		return back_to_lead(d, n);
	}
	const bool is_first = !case_last_lead(d->cr);
	end_lead(d, TASK_WITHDRAWN, why);
	leave_check(d);
	if (!to_unit(d, unit))
		return false;
	if (is_first)
		give_assist_of_rule(d);
	give_assist(d, assist);
	return true;
}

static bool units_are_known(struct decision *d, const char *unit, const struct strs *assist) {
	for (size_t i = 0; i < assist->n; i++)
		if (!unit_is_known(d, assist->v[i]))
			return false;
	return unit_is_known(d, unit);
}

/* Whose case it is now, to be sent elsewhere: who has it, or had it last and has finished. */
static const char *present_unit(const struct decision *d) {
	const struct task *t = d->cr->state == CASE_TRIAGE ? NULL : case_last_lead(d->cr);
	return t ? t->unit : NULL;
}

/* Who decides otherwise than the rule, or takes it from whoever has it, says why. */
static bool is_explained(struct decision *d, const char *unit, const char *present) {
	const char *proposed = d->cr->state == CASE_TRIAGE ? d->cr->proposed : present;
	if (d->cmd->dispatch.explained || !proposed || strcmp(unit, proposed) == 0)
		return true;
	if (present)
		return refuse_params(d, "reason: say why it is taken from %s", present);
	return refuse_params(d, "reason: say why not to %s, as the rule proposes", proposed);
}

static void change_aim(struct decision *d, const char *unit, bool arbitrated) {
	struct change c = counts_now(d);
	c.counts.chain_at = chain_index(d, unit);
	c.counts.arbitrated = arbitrated;
	if (arbitrated)
		c.counts.fault = d->cmd->arbitrate.fault;
	change_add(d, c);
}

bool decide_dispatch(struct decision *d) {
	const struct cmd_dispatch *cmd = &d->cmd->dispatch;
	const char *present = present_unit(d);
	const char *unit = cmd->unit ? cmd->unit : present ? NULL : d->cr->proposed;
	if (!unit)
		return refuse_params(d, "unit: say to which unit%s", present ? "" : ": no rule proposes one");
	if (!units_are_known(d, unit, &cmd->assist) || !is_since_move(d))
		return false;
	if (present && strcmp(unit, present) == 0)
		return refuse_conflict(d, d->cr->state == CASE_FINISHED ? "%s has finished it: verify it, or ask for rework"
		                                                       : "%s holds it already", unit);
	if (!is_explained(d, unit, present))
		return false;
	change_aim(d, unit, false);
	return send_to(d, unit, &cmd->assist, "redispatched");
}

bool decide_arbitrate(struct decision *d) {
	const char *unit = d->cmd->arbitrate.unit, *present = present_unit(d);
	if (!d->cmd->arbitrate.fault)
		return refuse_params(d, "fault: say whose mistake it was");
	if (!unit_is_known(d, unit) || !is_since_move(d))
		return false;
	change_aim(d, unit, true);
	if (present && strcmp(unit, present) == 0)
		return true; /* it keeps it, and can't return it any more */
	return send_to(d, unit, &(struct strs){0}, "arbitrated");
}

/* ---- Beside the lead ---- */

static bool check_assist(struct decision *d) {
	if (d->cr->state != CASE_FINISHED)
		return true;
	return refuse_conflict(d, "the lead has finished: there is nothing left to assist with");
}

static bool check_check(struct decision *d, const char *unit) {
	const struct task *lead = case_last_lead(d->cr);
	if (d->cr->state != CASE_FINISHED)
		return refuse_conflict(d, "the site is checked when the lead has finished");
	if (lead && roster_within(d->facts->roster, unit, lead->unit))
		return refuse_conflict(d, "%s finished it: another unit checks", lead->unit);
	return true;
}

bool decide_assign(struct decision *d) {
	const struct cmd_assign *cmd = &d->cmd->assign;
	const bool check = cmd->kind == TASK_CHECK;
	if (cmd->kind == TASK_LEAD)
		return refuse_params(d, "kind: assist or check; a lead is dispatched to");
	if (!unit_is_known(d, cmd->unit) || !(check ? check_check(d, cmd->unit) : check_assist(d)))
		return false;
	const struct task *has = task_of_unit(d, cmd->unit);
	if (has && (check || has->kind != TASK_ASSIST || has->required))
		return refuse_conflict(d, "%s has a task in this case already", cmd->unit);
	if (!is_since_move(d))
		return false;
	if (has)
		require(d, has); /* it was only told until now */
	const int32_t n = has ? has->n : give_task(d, cmd->kind, cmd->unit, !check);
	if (check) {
		pause_clock(d, "verify", 0);
		change_span(d, cmd->unit, "verify");
	}
	if (cmd->limit.amount == 0)
		return true;
	return start_clock(d, "handle", &(struct start){.moment = MOMENTS, .at_us = d->at_us, .bearer = cmd->unit, .task = n},
	                   cmd->limit);
}

/* ---- Verify ---- */

/* Neither the principal nor the unit that finished. */
static bool may_verify(struct decision *d, const struct task *lead) {
	if (!lead || lead->state != TASK_FINISHED)
		return true;
	if (lead->ended_by && strcmp(lead->ended_by, d->cmd->actor) == 0)
		return refuse_forbidden(d, "%s finished it: another one verifies", lead->ended_by);
	if (is_of_unit(d, lead->unit))
		return refuse_forbidden(d, "%s finished it: another unit verifies", lead->unit);
	return true;
}

static bool pass(struct decision *d) {
	const char *marks = marks_missing(d, &d->cr->before_pass);
	for (size_t i = 0; i < d->cr->tasks.n; i++)
		if (task_is_open(&d->cr->tasks.v[i]))
			return refuse_conflict(d, "%s is still out to check the site", d->cr->tasks.v[i].unit);
	if (marks)
		return refuse_conflict(d, "before it passes these marks are set: %s", marks);
	end_all(d, CASE_CLOSED, d->cr->result);
	return true;
}

static bool rework(struct decision *d, const struct task *lead) {
	if (!lead)
		return refuse_conflict(d, "no unit has worked on it: dispatch it to one");
	const int32_t n = lead->n;
	struct change c = counts_now(d);
	c.counts.rounds++;
	change_add(d, c);
	leave_check(d);
	return back_to_lead(d, n);
}

bool decide_verify(struct decision *d) {
	const struct task *lead = case_last_lead(d->cr);
	if (!may_verify(d, lead) || !is_since_move(d))
		return false;
	return d->cmd->verify.pass ? pass(d) : rework(d, lead);
}

/* ---- The end, and after it ---- */

bool decide_reject(struct decision *d) {
	const bool begun = d->cr->state != CASE_TRIAGE && d->cr->state != CASE_DISPATCHED;
	if (begun && !may(d, POWER_DISPATCHER | POWER_SUPERVISOR))
		return refuse_conflict(d, "a unit has accepted it: only the centre can reject it now");
	if (!is_since_move(d))
		return false;
	end_all(d, CASE_REJECTED, NULL);
	return true;
}

static bool is_within_window(struct decision *d) {
	const struct policy *p = d->facts->policy;
	const struct calendar *own = p->calendar ? calendar_find(d->facts->calendars, p->calendar) : NULL;
	int64_t until_us;
	if (p->reopen_within.amount == 0)
		return true;
	if (!limit_end(p->reopen_within, own ? own : d->facts->calendars->of_town, d->cr->closed_at_us, &until_us))
		return err_set(&d->why->err, E_INTERNAL, "the town's calendar never gets to the end of the time for reopening");
	if (d->at_us <= until_us)
		return true;
	return refuse_conflict(d, "it could be reopened until %s: report it anew", when_text(d, until_us));
}

/* What was over when it closed isn't held against whoever gets it now. */
static bool go_on_overall(struct decision *d) {
	const struct clock *overall = case_clock(d->cr, "overall");
	if (!overall || overall->outside || clock_overdue(overall, d->at_us, NULL))
		return true;
	return go_on_stay(d, 0, "overall");
}

bool decide_reopen(struct decision *d) {
	const struct policy *p = d->facts->policy;
	const struct task *lead = case_last_lead(d->cr);
	if (!is_since_move(d) || !is_within_window(d) || !go_on_overall(d))
		return false;
	part_company(d);
	if (p->reopen_to == CASE_DISPATCHED && lead)
		return to_unit(d, lead->unit);
	return to_desk(d, p->desk,
	               &(struct desk_reason){
	                   .code = "reopened", .detail = d->cmd->because.reason, .proposed = lead ? lead->unit : NULL});
}
