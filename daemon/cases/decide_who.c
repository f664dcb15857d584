/* decide_who: who acts on a case, in whose name, on which task, and since when he may. */
#include "daemon/cases/decision.h"

#include <string.h>

bool may(const struct decision *d, unsigned powers) { return (d->cmd->powers & powers) != 0; }

bool is_of_unit(const struct decision *d, const char *unit) {
	const struct command *cmd = d->cmd;
	const struct roster *r = d->facts->roster;
	return (cmd->actor_unit && roster_within(r, cmd->actor_unit, unit)) ||
	       (cmd->for_unit && roster_within(r, cmd->for_unit, unit));
}

bool is_of_centre(const struct decision *d, const char *unit) {
	const struct policy *p = d->facts->policy;
	return unit && ((p->desk && strcmp(unit, p->desk) == 0) || strs_has(&p->return_desks, unit));
}

bool unit_is_known(struct decision *d, const char *unit) {
	const struct roster *r = d->facts->roster;
	struct roster_unit found;
	if (r && r->find(r->pack, unit, &found))
		return true;
	return refuse_params(d, "unit: there is no unit %s", unit);
}

/* ---- In whose name ---- */

const char *acting_unit(struct decision *d) {
	const struct command *cmd = d->cmd;
	if (!command_unit(cmd)) {
		(void)refuse_params(d, "for: say in which unit's name, for {unit}");
		return NULL;
	}
	if (!cmd->for_unit || may(d, POWER_DISPATCHER | POWER_SUPERVISOR | POWER_PLATFORM) ||
	    (cmd->actor_unit && roster_within(d->facts->roster, cmd->for_unit, cmd->actor_unit)))
		return command_unit(cmd);
	(void)refuse_forbidden(d, "%s may not act for %s", cmd->actor, cmd->for_unit);
	return NULL;
}

const struct task *task_of_unit(const struct decision *d, const char *unit) {
	for (size_t i = d->cr->tasks.n; i-- > 0;) {
		const struct task *t = &d->cr->tasks.v[i];
		if (task_is_open(t) && strcmp(t->unit, unit) == 0)
			return t;
	}
	return NULL;
}

/* That of a unit below this one; the lead before others. */
static const struct task *task_below(const struct decision *d, const char *unit) {
	const struct task *found = NULL;
	for (size_t i = 0; i < d->cr->tasks.n; i++) {
		const struct task *t = &d->cr->tasks.v[i];
		if (task_is_open(t) && (!found || t->kind < found->kind) && roster_within(d->facts->roster, t->unit, unit))
			found = t;
	}
	return found;
}

const struct task *acting_task(struct decision *d) {
	const char *unit = acting_unit(d);
	if (!unit)
		return NULL;
	const struct task *own = task_of_unit(d, unit);
	const struct task *found = own ? own : task_below(d, unit);
	if (!found)
		(void)refuse_conflict(d, "%s has no open task in this case: %s holds it%s", unit, d->cr->unit,
		                      d->cmd->for_unit ? "" : "; to act in another unit's name, say for {unit}");
	return found;
}

/* ---- Since when ---- */

bool is_since_move(struct decision *d) {
	const span_list *spans = &d->cr->spans;
	const int64_t since_us = spans->n ? spans->v[spans->n - 1].from_us : d->cr->received_at_us;
	if (d->at_us >= since_us)
		return true;
	return refuse_params(d, "at is before the case came to where it is now: %s", when_text(d, since_us));
}

bool is_since_task(struct decision *d, const struct task *t) {
	static const char *const whats[] = {"given", "accepted", "arrived at"};
	const int64_t times[] = {t->given_at_us, t->accepted_at_us, t->arrived_at_us};
	for (size_t i = 3; i-- > 0;)
		if (times[i] != NO_TIME && d->at_us < times[i])
			return refuse_params(d, "at is before the task of %s was %s: %s", t->unit, whats[i], when_text(d, times[i]));
	return true;
}

const char *marks_missing(const struct decision *d, const struct strs *marks) {
	const char *text = NULL;
	for (size_t i = 0; i < marks->n; i++)
		if (!case_mark(d->cr, marks->v[i]))
			text = text ? arena_printf(d->a, "%s, %s", text, marks->v[i]) : marks->v[i];
	return text;
}
