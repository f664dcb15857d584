/* decide_request: what a unit asks a supervisor for, his decision, and what he does without being asked. */
#include "daemon/cases/decision.h"

#include <string.h>

/* ---- Asking ---- */

static bool is_overdue(const struct decision *d, const struct clock *c) { return clock_overdue(c, d->at_us, NULL); }

static bool check_extend(struct decision *d, const struct task *lead, struct request *r) {
	const struct clock *c = open_clock(d, r->clock, lead->n);
	const int32_t most = d->facts->policy->extensions;
	if (!c)
		return refuse_conflict(d, "no clock %s runs for %s", r->clock, lead->unit);
	if (c->outside)
		return refuse_conflict(d, "the deadline %s was set from outside: nothing of ours moves it", r->clock);
	if (c->extensions >= most)
		return refuse_conflict(d, "%s was extended %d time%s: more isn't granted", r->clock, (int)c->extensions,
		                       c->extensions == 1 ? "" : "s");
	if (is_overdue(d, c))
		return refuse_conflict(d, "%s was due at %s: what is overdue isn't extended", r->clock,
		                       when_text(d, c->due_at_us));
	r->in_time = true;
	return true;
}

/* The end of a suspension, as asked or ordered. */
static bool check_until(struct decision *d, int64_t until_us) {
	const int32_t days = d->facts->policy->suspend_days;
	if (until_us == NO_TIME)
		return refuse_params(d, "until: say until when");
	if (until_us <= d->now_us)
		return refuse_params(d, "until: that is over: %s", when_text(d, until_us));
	if (until_us > d->at_us + days * DAY_US)
		return refuse_params(d, "until: it may hang for %d days at most", (int)days);
	return true;
}

static bool check_suspend(struct decision *d, const struct task *lead, struct request *r) {
	if (d->cr->suspensions > 0)
		return refuse_conflict(d, "the case was suspended before: a unit asks for that once");
	r->until_us = d->cmd->ask.until_us;
	r->clock = "handle";
	const struct clock *c = open_clock(d, r->clock, lead->n);
	r->in_time = c && !c->outside && !is_overdue(d, c);
	return check_until(d, r->until_us);
}

static bool check_assist(struct decision *d, const struct task *lead, struct request *r) {
	(void)d, (void)lead;
	r->clock = NULL;
	return true;
}

/* The newest clock that is overdue and not excused: of that name, or (NULL) whichever; of that bearer, or (NULL) anybody's. */
static const struct clock *overdue_clock(const struct decision *d, const char *name, const char *bearer) {
	for (size_t i = d->cr->clocks.n; i-- > 0;) {
		const struct clock *c = &d->cr->clocks.v[i];
		if ((!name || strcmp(c->name, name) == 0) && !c->waived && clock_overdue(c, d->now_us, NULL) &&
		    (!bearer || !c->bearer || strcmp(c->bearer, bearer) == 0))
			return c;
	}
	return NULL;
}

static bool check_waive(struct decision *d, const struct task *lead, struct request *r) {
	if (d->cr->appealed)
		return refuse_conflict(d, "an excuse was asked for already: once a case");
	const struct clock *c = overdue_clock(d, d->cmd->ask.clock, lead->unit);
	if (!c)
		return refuse_conflict(d, "no clock of %s is overdue that could be excused", lead->unit);
	r->clock = c->name;
	return true;
}

typedef bool (*check_fn)(struct decision *d, const struct task *lead, struct request *r);

static const check_fn checks[REQUEST_WHATS] = {
    [ASK_EXTEND] = check_extend, [ASK_SUSPEND] = check_suspend, [ASK_ASSIST] = check_assist, [ASK_WAIVE] = check_waive};

/* An excuse may be asked for afterwards, by a unit that had the case. */
static const struct task *stay_of(struct decision *d) {
	const char *unit = acting_unit(d);
	for (size_t i = unit ? d->cr->tasks.n : 0; i-- > 0;) {
		const struct task *t = &d->cr->tasks.v[i];
		if (t->kind == TASK_LEAD && roster_within(d->facts->roster, t->unit, unit))
			return t;
	}
	if (unit)
		(void)refuse_conflict(d, "%s never had this case", unit);
	return NULL;
}

static const struct task *asking_task(struct decision *d) {
	if (d->cmd->ask.what == ASK_WAIVE)
		return stay_of(d);
	if (d->cr->state != CASE_DISPATCHED && d->cr->state != CASE_HANDLING) {
		(void)refuse_conflict(d, "only an excuse can be asked for while the case is %s", state_name(d->cr->state));
		return NULL;
	}
	const struct task *t = acting_task(d);
	if (!t || !is_since_task(d, t))
		return NULL;
	if (t->kind == TASK_LEAD)
		return t;
	(void)refuse_conflict(d, "%s only helps: the lead asks, %s", t->unit, d->cr->unit);
	return NULL;
}

bool decide_ask(struct decision *d) {
	const struct cmd_ask *ask = &d->cmd->ask;
	const struct request *pending = &d->cr->request;
	const struct task *task = asking_task(d);
	if (!task)
		return false;
	if (pending->unit)
		return refuse_conflict(d, "request R%d of %s waits for a decision", (int)pending->n, pending->unit);
	struct request r = {.n = d->cr->requests + 1, .what = ask->what, .unit = task->unit, .reason = ask->reason};
	r.clock = ask->clock ? ask->clock : "handle";
	r.asked_at_us = d->at_us;
	r.until_us = NO_TIME;
	if (!checks[ask->what](d, task, &r))
		return false;
	change_add(d, (struct change){.kind = CHANGE_REQUEST, .request = r});
	if (state_is_final(d->cr->state))
		return true; /* nothing of it fires any more */
	return start_clocks(d, (struct start){.moment = MOMENT_ASKED, .at_us = d->at_us, .bearer = d->facts->policy->desk});
}

/* ---- Deciding ---- */

/* The newest clock of that name that was the asking unit's. */
static const struct clock *clock_asked(const struct decision *d, const struct request *r) {
	for (size_t i = d->cr->clocks.n; i-- > 0;) {
		const struct clock *c = &d->cr->clocks.v[i];
		const struct task *t = case_task(d->cr, c->task);
		if (t && strcmp(c->name, r->clock) == 0 && strcmp(t->unit, r->unit) == 0)
			return c;
	}
	return NULL;
}

/* Finished meanwhile or not: the time that it had becomes longer. */
static bool grant_extend(struct decision *d, const struct request *r) {
	const struct clock *asked = clock_asked(d, r);
	if (!asked || asked->outside)
		return refuse_conflict(d, "there is no clock %s of %s any more", r->clock, r->unit);
	struct clock c = *asked;
	if (c.state == CLOCK_STOPPED)
		c.state = CLOCK_RUNNING;
	if (!clock_extend(&c, d->facts->calendars, &d->why->err))
		return false;
	c.state = asked->state;
	if (c.state == CLOCK_STOPPED && clock_breach_undone(&c))
		c.breached_at_us = NO_TIME; /* it waited for this, and was never told */
	change_clock(d, c);
	return true;
}

static bool grant_suspend(struct decision *d, const struct request *r) {
	const int64_t until_us = d->cmd->decide.until_us == NO_TIME ? r->until_us : d->cmd->decide.until_us;
	return is_since_move(d) && check_until(d, until_us) &&
	       suspend_until(d, r->reason, r->in_time ? r->asked_at_us : d->at_us, until_us);
}

static bool grant_assist(struct decision *d, const struct request *r) {
	(void)d, (void)r;
	return true; /* whom to send is the desk's to say */
}

/* Nobody decides on the time of his own unit; on the centre's, only the supervision office. */
static bool may_waive(struct decision *d, const struct clock *c) {
	if (!c->bearer)
		return true;
	if (is_of_centre(d, c->bearer) && !may(d, POWER_INSPECTOR))
		return refuse_forbidden(d, "%s is the centre's own time: the supervision office decides", c->name);
	if (is_of_unit(d, c->bearer))
		return refuse_forbidden(d, "nobody decides on his own unit's time: that is %s's", c->bearer);
	return true;
}

static bool waive(struct decision *d, const struct clock *overdue, const char *reason) {
	if (!may_waive(d, overdue))
		return false;
	struct clock c = *overdue;
	c.waived = reason ? reason : "excused"; /* in words of his own: those are private */
	change_clock(d, c);
	return true;
}

static bool grant_waive(struct decision *d, const struct request *r) {
	const struct clock *c = overdue_clock(d, r->clock, r->unit);
	if (!c)
		return refuse_conflict(d, "no clock %s of %s is overdue any more", r->clock, r->unit);
	return waive(d, c, r->reason);
}

typedef bool (*grant_fn)(struct decision *d, const struct request *r);

static const grant_fn grants[REQUEST_WHATS] = {
    [ASK_EXTEND] = grant_extend, [ASK_SUSPEND] = grant_suspend, [ASK_ASSIST] = grant_assist, [ASK_WAIVE] = grant_waive};

static bool may_decide(struct decision *d, const struct request *r) {
	if (is_of_unit(d, r->unit))
		return refuse_forbidden(d, "%s asked: another one decides", r->unit);
	if (r->what != ASK_WAIVE && !may(d, POWER_SUPERVISOR))
		return refuse_forbidden(d, "a supervisor decides this");
	const struct clock *c = r->what == ASK_WAIVE ? overdue_clock(d, r->clock, r->unit) : NULL;
	return !c || may_waive(d, c);
}

bool decide_request(struct decision *d) {
	const struct cmd_decide *cmd = &d->cmd->decide;
	const struct request r = d->cr->request;
	if (cmd->request < 1 || cmd->request > d->cr->requests)
		return refuse_not_found(d, "there is no request R%d", (int)cmd->request);
	if (!r.unit || r.n != cmd->request)
		return refuse_conflict(d, "request R%d doesn't wait for a decision any more", (int)cmd->request);
	if (d->at_us < r.asked_at_us)
		return refuse_params(d, "at is before it was asked: %s", when_text(d, r.asked_at_us));
	if (!may_decide(d, &r))
		return false;
	drop_request(d, true);
	return !cmd->grant || grants[r.what](d, &r);
}

void settle_request(struct decision *d) {
	const struct request *r = &d->cr->request;
	const struct clock *c = r->unit && r->what == ASK_EXTEND ? clock_asked(d, r) : NULL;
	if (!c || !clock_overdue(c, d->at_us, NULL))
		drop_request(d, false);
}

/* ---- Without being asked ---- */

bool decide_suspend(struct decision *d) {
	const struct request *r = &d->cr->request;
	if (r->unit && r->what != ASK_WAIVE)
		return refuse_conflict(d, "request R%d of %s waits for a decision: decide it first", (int)r->n, r->unit);
	if (is_of_unit(d, d->cr->unit))
		return refuse_forbidden(d, "nobody decides on his own unit's time: %s holds the case", d->cr->unit);
	if (!is_since_move(d) || !check_until(d, d->cmd->suspend.until_us))
		return false;
	return suspend_until(d, d->cmd->suspend.reason, d->at_us, d->cmd->suspend.until_us);
}

bool decide_resume(struct decision *d) { return is_since_move(d) && resume_suspended(d); }

bool decide_waive(struct decision *d) {
	const char *name = d->cmd->waive.clock;
	const struct clock *c = overdue_clock(d, name, NULL);
	if (!c)
		return refuse_conflict(d, "no clock %s is overdue and not excused yet", name ? name : "of this case");
	return waive(d, c, d->cmd->waive.reason);
}
