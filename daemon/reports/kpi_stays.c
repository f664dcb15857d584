/* kpi_stays: what the stays of a case with its units count for, and the clocks that somebody bears. */
#include "daemon/cases/ledger.h"
#include "daemon/reports/kpi_parts.h"

#include "daemon/base/check.h"

#include <string.h>

/* One task of one unit, and the clock by which it is due. */
struct stay {
	const struct task *task;
	const struct clock *clock;          /* NULL: it isn't due at any time */
	int64_t given_seq, ended_seq;
	bool late;                          /* whether excused or not */
	bool not_its_own;                   /* a return that was upheld, or an arbitration says so */
	bool arbitrated;                    /* the latter */
};

static bool same(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

static const struct clock *clock_of_task(const struct case_rec *cr, const char *name, const struct task *t) {
	const struct clock *outside = NULL;
	for (size_t i = cr->clocks.n; i-- > 0;) {
		const struct clock *c = &cr->clocks.v[i];
		if (!same(c->name, name) || c->order)
			continue;
		if (c->task == t->n)
			return c;
		if (c->outside && t->kind == TASK_LEAD)
			outside = c;
	}
	return outside;
}

/* Whoever loses a case because he doesn't accept it is late by that: his time to handle it has only begun. */
static const struct clock *clock_of_stay(const struct case_rec *cr, const struct task *t) {
	const bool silent = t->state == TASK_WITHDRAWN && same(t->reason, "not_accepted");
	return clock_of_task(cr, silent ? "accept" : "handle", t);
}

/* ---- Returns ---- */

enum return_fate { RETURN_OPEN, RETURN_UPHELD, RETURN_SHIRKED };

/* Refused: the same task goes on, or ended otherwise later. */
static bool is_last_word(const struct kpi_hits *h, const struct seen_return *r) {
	const struct task *t = case_task(h->cr, r->task);
	const struct seen_task *seen = story_task(h->story, r->task);
	return t && seen && t->state == TASK_RETURNED && seen->ended_seq == r->seq;
}

static enum return_fate fate_of(const struct kpi_hits *h, const struct seen_return *r) {
	const enum kpi_fault fault =
	    r->arbitrated != FAULT_UNKNOWN ? r->arbitrated : kpi_fault_of(h->story->ask, r->reason);
	if (fault == FAULT_UNIT || !is_last_word(h, r))
		return RETURN_SHIRKED;
	return fault == FAULT_CENTRE ? RETURN_UPHELD : RETURN_OPEN;
}

static void hits_of_returns(struct kpi_hits *h) {
	const struct kpi_story *s = h->story;
	for (size_t i = 0; i < s->returns.n; i++) {
		const struct seen_return *r = &s->returns.v[i];
		if (!kpi_within(s->ask, r->at_us))
			continue;
		const enum return_fate fate = fate_of(h, r);
		kpi_hit(h, IND_RETURNED, r->unit, r->seq);
		kpi_rate(h, IND_SERIAL_RETURNS, r->unit, r->seq, s->returns.n >= KPI_SERIAL_RETURNS);
		if (fate == RETURN_SHIRKED)
			kpi_hit(h, IND_SHIRKED, r->unit, r->seq);
		if (fate != RETURN_UPHELD)
			continue;
		kpi_hit(h, IND_RETURNS_UPHELD, r->unit, r->seq);
		kpi_hit(h, IND_MISROUTED, s->ask->desk, r->seq);
	}
}

static bool was_upheld(const struct kpi_hits *h, const struct task *t, bool *arbitrated) {
	for (size_t i = h->story->returns.n; i-- > 0;) {
		const struct seen_return *r = &h->story->returns.v[i];
		if (r->task != t->n || !is_last_word(h, r))
			continue;
		*arbitrated = r->arbitrated == FAULT_CENTRE;
		return fate_of(h, r) == RETURN_UPHELD;
	}
	return false;
}

/* ---- Stays ---- */

static struct stay stay_of(const struct kpi_hits *h, const struct task *t) {
	const struct seen_task *seen = story_task(h->story, t->n);
	struct stay s = {.task = t, .clock = clock_of_stay(h->cr, t)};
	s.given_seq = seen ? seen->given_seq : 0;
	s.ended_seq = seen ? seen->ended_seq : 0;
	if (seen && seen->arbitrated == FAULT_CENTRE)
		s.not_its_own = s.arbitrated = true;
	else if (t->state == TASK_RETURNED)
		s.not_its_own = was_upheld(h, t, &s.arbitrated);
	if (!s.clock)
		return s;
	/* A deadline from outside runs on when the stay is over. */
	s.late = s.clock->outside && !task_is_open(t) ? s.clock->due_at_us != NO_TIME && t->ended_at_us > s.clock->due_at_us
	                                              : kpi_late(h, s.clock);
	return s;
}

/* Is it the unit's, now that its time has come? What was taken from it before then isn't; what it returned as not its own isn't;
 * but who was late stays late, whatever he did afterwards, unless an arbitration says otherwise. */
static bool is_due(const struct kpi_hits *h, const struct stay *s) {
	if (!s->clock || !kpi_ran_out(h->story->ask, s->clock) || s->task->given_at_us > s->clock->due_at_us)
		return false;
	if (s->late)
		return !s->arbitrated;
	return !s->not_its_own && s->task->state != TASK_WITHDRAWN;
}

/* In less than 5 % of its limit, by the time on the wall, so that night work isn't taken for haste; or within 2 minutes of
 * accepting, if that was said before finishing. */
static bool was_too_fast(const struct kpi_hits *h, const struct stay *s) {
	const struct task *t = s->task;
	const int64_t after_accepting_us = t->ended_at_us - t->accepted_at_us, took_us = t->ended_at_us - t->given_at_us;
	int64_t budget_us;
	if (t->accepted_at_us != NO_TIME && after_accepting_us > 0 && after_accepting_us <= KPI_FAST_MINUTES * MINUTE_US)
		return true;
	return clock_budget_us(s->clock, h->story->ask->calendars, &budget_us) && took_us < budget_us / 100 * KPI_FAST_PERCENT;
}

static void hits_of_stay(struct kpi_hits *h, const struct stay *s) {
	const struct task *t = s->task;
	const bool handled = t->state == TASK_FINISHED, late = s->late && !s->clock->waived;
	const int64_t seq = task_is_open(t) ? s->given_seq : s->ended_seq;
	kpi_hit(h, IND_STAYS_DUE, t->unit, seq);
	kpi_rate(h, IND_HANDLED, t->unit, seq, handled);
	kpi_rate(h, IND_HANDLED_ON_TIME, t->unit, seq, handled && !late);
	kpi_rate(h, IND_OVERDUE, t->unit, seq, late);
	kpi_rate(h, IND_OVERDUE_WAITING, t->unit, seq, late && task_is_open(t));
	kpi_rate(h, IND_EXTENDED, t->unit, seq, s->clock->extensions > 0);
	if (handled)
		kpi_rate(h, IND_TOO_FAST, t->unit, seq, was_too_fast(h, s));
}

/* Who neither accepted nor was late had the case taken from him, or gave it back, before it mattered. */
static void hits_of_accepting(struct kpi_hits *h, const struct stay *s) {
	const struct task *t = s->task;
	const struct clock *c = t->kind == TASK_LEAD ? clock_of_task(h->cr, "accept", t) : NULL;
	if (!c || !kpi_ran_out(h->story->ask, c) || s->arbitrated)
		return;
	const bool late = kpi_late(h, c);
	if (late || t->accepted_at_us != NO_TIME)
		kpi_rate(h, IND_ACCEPTED_ON_TIME, t->unit, s->given_seq, !late || c->waived);
}

/* ---- Clocks ---- */

/* Whose time it is; the desk's where an arbitration says that the unit should never have had the case. */
static const char *bearer_of(const struct kpi_hits *h, const struct clock *c) {
	const struct seen_task *seen = c->task ? story_task(h->story, c->task) : NULL;
	const struct task *t = c->task ? case_task(h->cr, c->task) : NULL;
	bool after_return = false;
	const bool returned = t && t->state == TASK_RETURNED && was_upheld(h, t, &after_return);
	const bool arbitrated = (seen && seen->arbitrated == FAULT_CENTRE) || (returned && after_return);
	return arbitrated ? h->story->ask->desk : clock_bearer(h->cr, c);
}

static void hits_of_clock(struct kpi_hits *h, const struct clock *c) {
	static const struct {
		const char *clock;
		enum indicator indicator;
	} of_centre[] = {{"dispatch", IND_DISPATCHED_ON_TIME}, {"verify", IND_VERIFIED_ON_TIME}, {"decide", IND_DECIDED_ON_TIME}};
	const struct seen_clock *seen = story_clock(h->story, c);
	const char *bearer = bearer_of(h, c);
	const bool late = kpi_late(h, c);
	if (!seen || !kpi_ran_out(h->story->ask, c))
		return;
	const int64_t seq = late && seen->breached_seq ? seen->breached_seq : seen->started_seq;
	for (size_t i = 0; i < COUNT_OF(of_centre); i++)
		if (strcmp(c->name, of_centre[i].clock) == 0)
			kpi_rate(h, of_centre[i].indicator, bearer, seq, !late || c->waived);
	if (late && c->waived)
		kpi_hit(h, IND_WAIVED, bearer, seq);
	else if (late && bearer)
		kpi_hit_at(h, IND_BREACHES, bearer, seq, c->due_at_us);
}

/* ---- What else was done ---- */

static void hits_of_acts(struct kpi_hits *h) {
	const struct kpi_story *s = h->story;
	for (size_t i = 0; i < s->acts.n; i++) {
		const struct seen_act *a = &s->acts.v[i];
		if (!kpi_within(s->ask, a->at_us))
			continue;
		if (a->kind == ACT_SUSPENDED)
			kpi_hit(h, IND_SUSPENDED, a->unit, a->seq);
		else if (a->kind == ACT_ASKED_MORE_TIME)
			kpi_rate(h, IND_LAST_HOUR, a->unit, a->seq, a->flag);
		else if (a->kind == ACT_UNDID_BREACH)
			kpi_hit(h, IND_UNDONE, a->unit, a->seq);
	}
}

/* Its clock runs until a reply is accepted. */
static bool has_expired(const struct kpi_hits *h, const struct order *o) {
	for (size_t i = 0; i < h->cr->clocks.n; i++)
		if (h->cr->clocks.v[i].order == o->n)
			return kpi_late(h, &h->cr->clocks.v[i]);
	return false;
}

static void hits_of_orders(struct kpi_hits *h) {
	const struct kpi_story *s = h->story;
	for (size_t i = 0; i < s->orders.n; i++) {
		const struct order *o = case_order(h->cr, s->orders.v[i].n);
		if (!o || !kpi_within(s->ask, o->opened_at_us))
			continue;
		kpi_hit(h, IND_SUPERVISED, o->unit, s->orders.v[i].seq);
		kpi_rate(h, IND_ORDERS_EXPIRED, o->unit, s->orders.v[i].seq, has_expired(h, o));
	}
}

void hits_of_stays(struct kpi_hits *h) {
	for (size_t i = 0; i < h->cr->tasks.n; i++) {
		const struct stay s = stay_of(h, &h->cr->tasks.v[i]);
		if (is_due(h, &s))
			hits_of_stay(h, &s);
		hits_of_accepting(h, &s);
	}
	for (size_t i = 0; i < h->cr->clocks.n; i++)
		hits_of_clock(h, &h->cr->clocks.v[i]);
	hits_of_returns(h);
	hits_of_acts(h);
	hits_of_orders(h);
}
