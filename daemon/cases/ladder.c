/* ladder: what time alone does next to a case: a due time that passes, a step of its ladder, the end of a suspension. */
#include "daemon/cases/ladder.h"

#include "daemon/cases/decide.h"

#include <string.h>

/* Looked for on every command, so: no allocation, and nothing is reckoned that can't be the earliest. */
struct search {
	const struct case_rec *cr;
	const struct calendar_set *cals;
	struct firing *best;
	int64_t held_since_us;              /* of the best one: when it would have come if it weren't held */
	bool found;
};

/* Can something at or after that instant still come first? */
static bool may_be_first(const struct search *s, int64_t at_us, enum firing_kind kind) {
	return !s->found || at_us < s->best->at_us || (at_us == s->best->at_us && kind < s->best->kind);
}

/* What waits for the same opening comes in the order in which it would have come. */
static bool is_first(const struct search *s, const struct firing *f, int64_t held_since_us) {
	if (may_be_first(s, f->at_us, f->kind))
		return true;
	return f->at_us == s->best->at_us && f->kind == s->best->kind && held_since_us < s->held_since_us;
}

static void offer_held(struct search *s, struct firing f, int64_t held_since_us) {
	if (!is_first(s, &f, held_since_us))
		return;
	*s->best = f;
	s->held_since_us = held_since_us;
	s->found = true;
}

static void offer(struct search *s, struct firing f) { offer_held(s, f, f.at_us); }

static const struct calendar *ladder_calendar(const struct clock *c, const struct calendar_set *cals) {
	const struct calendar *own = c->calendar ? calendar_find(cals, c->calendar) : NULL;
	return own ? own : cals->of_town;
}

int64_t ladder_after_us(const struct clock *c, const struct calendar_set *cals, struct limit l, int64_t at_us) {
	int64_t end_us;
	return limit_end(l, ladder_calendar(c, cals), at_us, &end_us) ? end_us : NO_TIME;
}

bool clock_waits(const struct case_rec *cr, const struct clock *c) {
	const struct request *r = &cr->request;
	if (!r->unit || !r->in_time || strcmp(c->name, r->clock ? r->clock : "handle") != 0)
		return false;
	const struct task *lead = case_lead_task(cr);
	return c->outside || c->task == 0 || (lead && c->task == lead->n);
}

/* The due time itself, unless that was told. A deadline from outside may have been over when it came. */
static void offer_breach(struct search *s, size_t i) {
	const struct clock *c = &s->cr->clocks.v[i];
	if (c->due_at_us == NO_TIME || c->breached_at_us != NO_TIME)
		return;
	struct firing f = {.kind = c->order ? FIRING_ORDER : FIRING_BREACH, .at_us = c->due_at_us, .clock = i, .step = -1};
	if (c->due_at_us < c->started_at_us)
		f.at_us = c->started_at_us;
	while (c->order && f.which < s->cr->orders.n && s->cr->orders.v[f.which].n != c->order)
		f.which++;
	offer(s, f);
}

/* Where the ladder holds, what falls outside working hours waits for opening. */
static int64_t held_us(const struct search *s, const struct clock *c, int64_t at_us) {
	const struct calendar *cal = s->cr->ladder_holds ? ladder_calendar(c, s->cals) : NULL;
	struct segment open;
	return cal && calendar_next_open(cal, at_us, &open) ? open.from_us : at_us;
}

/* A step, or one that is repeated. */
static void offer_told(struct search *s, struct firing f) {
	const int64_t since_us = f.at_us;
	f.at_us = held_us(s, &s->cr->clocks.v[f.clock], since_us);
	offer_held(s, f, since_us);
}

/* Is that step one of this clock's, and not told yet? */
static bool is_left(const struct search *s, const struct clock *c, size_t k) {
	return !(c->fired & (INT32_C(1) << k)) && strcmp(s->cr->steps.v[k].clock, c->name) == 0;
}

static void offer_step(struct search *s, size_t i, size_t k, int64_t at_us) {
	if (may_be_first(s, at_us, FIRING_STEP))
		offer_told(s, (struct firing){.kind = FIRING_STEP, .at_us = at_us, .clock = i, .step = (int32_t)k});
}

/* The step with the lowest share above that one; steps.n: none. */
static size_t next_share(const struct search *s, const struct clock *c, int32_t above) {
	const ladder_step_list *steps = &s->cr->steps;
	size_t lowest = steps->n;
	for (size_t k = 0; k < steps->n; k++) {
		const int32_t percent = steps->v[k].percent;
		if (percent > above && percent < 100 && is_left(s, c, k) &&
		    (lowest == steps->n || percent < steps->v[lowest].percent))
			lowest = k;
	}
	return lowest;
}

/* Shares of the budget. The lowest one comes first; one that was used up before the running stretch never comes. */
static void offer_shares(struct search *s, size_t i) {
	const struct clock *c = &s->cr->clocks.v[i];
	const ladder_step_list *steps = &s->cr->steps;
	for (size_t k = next_share(s, c, 0); k < steps->n; k = next_share(s, c, steps->v[k].percent)) {
		int64_t at_us;
		if (!may_be_first(s, c->resumed_at_us, FIRING_STEP))
			return;
		if (!clock_percent_at(c, s->cals, steps->v[k].percent, &at_us))
			continue;
		offer_step(s, i, k, at_us);
		return;
	}
}

/* Steps that hang on the due time. What fell into a time when the clock stood still comes when it goes on. */
static void offer_after_due(struct search *s, size_t i) {
	const struct clock *c = &s->cr->clocks.v[i];
	for (size_t k = 0; k < s->cr->steps.n; k++) {
		const struct ladder_step *step = &s->cr->steps.v[k];
		if (step->percent < 100 || !is_left(s, c, k) || !may_be_first(s, c->due_at_us, FIRING_STEP))
			continue;
		const int64_t at_us = step->offset.amount ? ladder_after_us(c, s->cals, step->offset, c->due_at_us) : c->due_at_us;
		if (at_us != NO_TIME)
			offer_step(s, i, k, at_us > c->resumed_at_us ? at_us : c->resumed_at_us);
	}
}

static void offer_clock(struct search *s, size_t i) {
	const struct clock *c = &s->cr->clocks.v[i];
	if (clock_breach_undone(c)) {
		offer(s, (struct firing){.kind = FIRING_CORRECTION, .at_us = c->breached_at_us, .clock = i, .step = -1});
		return;
	}
	if (c->state == CLOCK_STOPPED)
		return;
	const bool waits = clock_waits(s->cr, c);
	if (!waits)
		offer_breach(s, i);
	if (c->state != CLOCK_RUNNING)
		return;
	if (!waits)
		offer_after_due(s, i);
	offer_shares(s, i);
}

bool alarm_is_of(const struct alarm *m, const struct clock *c) {
	return m->task == c->task && m->started_at_us == c->started_at_us && strcmp(m->clock, c->name) == 0;
}

/* A repeating step goes on while its clock runs. */
static void offer_alarm(struct search *s, size_t which) {
	const struct alarm *m = &s->cr->alarms.v[which];
	if (m->next_at_us == NO_TIME || (size_t)m->step >= s->cr->steps.n || !may_be_first(s, m->next_at_us, FIRING_ALARM))
		return;
	for (size_t i = 0; i < s->cr->clocks.n; i++) {
		const struct clock *c = &s->cr->clocks.v[i];
		if (c->state != CLOCK_RUNNING || !alarm_is_of(m, c))
			continue;
		const int64_t at_us = m->next_at_us > c->resumed_at_us ? m->next_at_us : c->resumed_at_us;
		offer_told(s, (struct firing){.kind = FIRING_ALARM, .at_us = at_us, .clock = i, .step = m->step, .which = which});
		return;
	}
}

bool case_next_firing(const struct case_rec *cr, const struct calendar_set *cals, struct firing *out) {
	struct search s = {.cr = cr, .cals = cals, .best = out};
	if (state_is_final(cr->state))
		return false;
	if (cr->state == CASE_SUSPENDED && cr->suspended_until_us != NO_TIME)
		offer(&s, (struct firing){.kind = FIRING_RESUME, .at_us = cr->suspended_until_us, .step = -1});
	for (size_t i = 0; i < cr->clocks.n; i++)
		offer_clock(&s, i);
	for (size_t i = 0; i < cr->alarms.n; i++)
		offer_alarm(&s, i);
	return s.found;
}

int64_t case_next_fire_us(const struct case_rec *cr, const struct calendar_set *cals) {
	struct firing f;
	return case_next_firing(cr, cals, &f) ? f.at_us : NO_TIME;
}
