/* decide_time: what time does to a case: exactly the earliest thing that is due. And what is done to its timers. */
#include "daemon/cases/decision.h"
#include "daemon/cases/ladder.h"
#include "daemon/cases/ledger.h"

#include "daemon/base/check.h"

#include <string.h>

/* The event is of that instant, however late it is told. */
static void happened_at(struct decision *d, int64_t at_us) { d->at_us = d->out->at_us = d->cr->changed_at_us = at_us; }

static void say_fired(struct decision *d, const struct clock *c, int32_t step) {
	struct change fired = {.kind = CHANGE_FIRED};
	fired.fired.clock = c->name;
	fired.fired.task = c->task;
	fired.fired.step = step;
	fired.fired.due_at_us = c->due_at_us;
	fired.fired.bearer = clock_bearer(d->cr, c);
	fired.fired.before_us = NO_TIME;
	change_add(d, fired);
}

/* ---- Steps of the ladder ---- */

/* A step that is told: which, of which clock, for the so-many-th time. */
struct telling {
	const struct clock *clock;
	int32_t step, times;
	int32_t order; /* whose clock it is, or that it opened, or found open; 0: none */
};

static const struct ladder_step *step_of(const struct decision *d, const struct telling *t) {
	return &d->cr->steps.v[t->step];
}

static enum notice_kind kind_told(const struct ladder_step *step, const struct telling *t) {
	if (t->order)
		return NOTICE_ORDER;
	if (step->act == STEP_LEVEL)
		return NOTICE_LEVEL;
	return step->percent < 100 ? NOTICE_REMIND : NOTICE_OVERDUE;
}

/* The leaders of those whom the step names. */
static struct strs leaders_of(const struct decision *d, const struct strs *words, const struct notice *n) {
	struct strs leaders = {0};
	for (size_t i = 0; i < words->n; i++) {
		const char *unit = unit_meant(d, words->v[i], n);
		const char *leader = unit ? roster_leader(d->facts->roster, unit) : NULL;
		if (leader)
			STRS_ADD(&leaders, d->a, leader);
	}
	return leaders;
}

static void tell(struct decision *d, const struct telling *t, bool leaders) {
	struct ladder_step step = *step_of(d, t);
	const struct notice n = {.kind = kind_told(&step, t),
	                         .clock = t->clock->name,
	                         .due_at_us = t->clock->due_at_us,
	                         .step = t->step,
	                         .task = t->clock->task,
	                         .started_at_us = t->clock->started_at_us,
	                         .times = t->times,
	                         .order = t->order,
	                         .acknowledge = step.repeat.amount != 0};
	if (leaders)
		step.to = leaders_of(d, &step.to, &n);
	tell_step(d, &step, n);
}

/* When it is told again. Whoever was away for long isn't told all that he missed, one by one. */
static int64_t again_at_us(const struct decision *d, const struct telling *t) {
	const struct limit every = step_of(d, t)->repeat;
	const int64_t next_us = ladder_after_us(t->clock, d->facts->calendars, every, d->at_us);
	return next_us == NO_TIME || next_us > d->now_us ? next_us
	                                                 : ladder_after_us(t->clock, d->facts->calendars, every, d->now_us);
}

static void start_alarm(struct decision *d, const struct telling *t) {
	const struct alarm m = {.step = t->step,
	                        .clock = t->clock->name,
	                        .task = t->clock->task,
	                        .started_at_us = t->clock->started_at_us,
	                        .times = t->times,
	                        .next_at_us = again_at_us(d, t),
	                        .acknowledged_at_us = NO_TIME};
	change_add(d, (struct change){.kind = CHANGE_ALARM, .alarm = m});
}

static void raise_level(struct decision *d, int32_t level) {
	struct change c = counts_now(d);
	if (c.counts.escalation_level >= level)
		return;
	c.counts.escalation_level = level;
	change_add(d, c);
}

/* As people write the step: "handle 80%", "handle", "handle +5wd". */
static const char *step_text(const struct decision *d, const struct ladder_step *s) {
	char text[LIMIT_BYTES];
	if (s->offset.amount)
		return arena_printf(d->a, "%s +%s", s->clock, limit_format(s->offset, text));
	return s->percent < 100 ? arena_printf(d->a, "%s %d%%", s->clock, (int)s->percent) : s->clock;
}

/* One order at a time says to one unit that it is late. */
static bool supervise(struct decision *d, struct telling *t) {
	const char *unit = unit_meant(d, "unit", &(struct notice){.task = t->clock->task});
	if (!unit)
		return true;
	if (!order_pending(d, unit, ORDER_OVERDUE)) {
		const struct policy *p = d->facts->policy;
		const struct order o = {.kind = ORDER_OVERDUE,
		                        .unit = unit,
		                        .issuer = p->supervision ? p->supervision : p->desk,
		                        .grounds = step_text(d, step_of(d, t))};
		if (!order_open(d, o, (struct limit){0}))
			return false;
	}
	const struct order *o = order_pending(d, unit, ORDER_OVERDUE);
	t->order = o ? o->n : 0;
	return true;
}

static bool fire_step(struct decision *d, const struct firing *f) {
	struct clock c = d->cr->clocks.v[f->clock];
	struct telling t = {.clock = &c, .step = f->step, .times = 1, .order = c.order};
	const struct ladder_step *step = step_of(d, &t);
	d->out->event_type = step->percent < 100 ? "clock.warned" : "clock.escalated";
	c.fired |= INT32_C(1) << f->step;
	change_clock(d, c);
	say_fired(d, &c, f->step);
	if (step->act == STEP_LEVEL)
		raise_level(d, step->level);
	if (step->act == STEP_SUPERVISE && !supervise(d, &t))
		return false;
	tell(d, &t, false);
	if (step->repeat.amount)
		start_alarm(d, &t);
	return true;
}

/* ---- Another ladder ---- */

static bool same_step(const struct ladder_step *a, const struct ladder_step *b) {
	return strcmp(a->clock, b->clock) == 0 && a->percent == b->percent && a->offset.amount == b->offset.amount &&
	       a->offset.unit == b->offset.unit && a->offset.reading == b->offset.reading;
}

/* Which of the case's steps have fired for a clock, by which of the former ones had. */
static int32_t fired_before(const struct decision *d, const struct clock *c, const ladder_step_list *former) {
	int32_t fired = 0;
	for (size_t k = 0; k < d->cr->steps.n; k++)
		for (size_t i = 0; i < former->n; i++)
			if ((c->fired & (INT32_C(1) << i)) && same_step(&d->cr->steps.v[k], &former->v[i]))
				fired |= INT32_C(1) << k;
	return fired;
}

void carry_steps_over(struct decision *d, const ladder_step_list *former) {
	for (size_t i = 0; i < d->cr->clocks.n; i++) {
		struct clock c = d->cr->clocks.v[i];
		const int32_t fired = c.state == CLOCK_STOPPED ? c.fired : fired_before(d, &c, former);
		if (fired == c.fired)
			continue;
		c.fired = fired;
		change_clock(d, c);
	}
	for (size_t i = 0; i < d->cr->alarms.n; i++) {
		struct alarm m = d->cr->alarms.v[i];
		if (m.next_at_us == NO_TIME)
			continue;
		m.next_at_us = NO_TIME;
		change_add(d, (struct change){.kind = CHANGE_ALARM, .alarm = m});
	}
}

/* ---- What repeats ---- */

/* Told once, and again as often as the step says; then, once, to the leaders of those who were told. */
static bool fire_alarm(struct decision *d, const struct firing *f) {
	struct alarm m = d->cr->alarms.v[f->which];
	const struct clock c = d->cr->clocks.v[f->clock];
	const struct telling t = {.clock = &c, .step = m.step, .times = m.times + 1, .order = c.order};
	const bool goes_up = m.times > step_of(d, &t)->repeat_max;
	d->out->event_type = "notice.repeated";
	m.times++;
	m.next_at_us = goes_up ? NO_TIME : again_at_us(d, &t);
	change_add(d, (struct change){.kind = CHANGE_ALARM, .alarm = m});
	say_fired(d, &c, m.step);
	tell(d, &t, goes_up);
	return true;
}

/* ---- Due times ---- */

/* Whoever doesn't accept in time loses the case to the next in the chain. An emergency stays, and everybody is told. */
static bool passes_on(const struct decision *d, const struct clock *c) {
	const struct task *lead = case_lead_task(d->cr);
	return strcmp(c->name, "accept") == 0 && lead && lead->n == c->task && d->cr->state == CASE_DISPATCHED &&
	       !d->cr->emergency && !d->cr->arbitrated && next_handler(d);
}

static bool pass_on(struct decision *d, struct clock accept) {
	const char *unit = next_handler(d);
	struct change counts = counts_now(d);
	happened_at(d, d->now_us);
	/* Stopped at the very instant it would have been in time. */
	clock_stop(&accept, accept.due_at_us < d->now_us ? d->now_us : accept.due_at_us + 1);
	change_clock(d, accept);
	end_lead(d, TASK_WITHDRAWN, "not_accepted");
	counts.counts.chain_at++;
	change_add(d, counts);
	return to_unit(d, unit);
}

static void mark_breached(struct decision *d, const struct firing *f) {
	struct clock c = d->cr->clocks.v[f->clock];
	c.breached_at_us = c.due_at_us;
	change_clock(d, c);
	say_fired(d, &c, -1);
}

static bool fire_breach(struct decision *d, const struct firing *f) {
	d->out->event_type = "clock.breached";
	mark_breached(d, f);
	const struct clock *c = &d->cr->clocks.v[f->clock];
	return !passes_on(d, c) || pass_on(d, *c);
}

/* The mark goes; what was told stays told. It goes now: until now it stood. */
static bool fire_correction(struct decision *d, const struct firing *f) {
	struct clock c = d->cr->clocks.v[f->clock];
	d->out->event_type = "clock.corrected";
	happened_at(d, d->now_us);
	c.breached_at_us = NO_TIME;
	change_clock(d, c);
	say_fired(d, &c, -1);
	return true;
}

static bool fire_resume(struct decision *d, const struct firing *f) {
	(void)f;
	d->out->event_type = "case.resumed";
	return resume_suspended(d);
}

/* 通报: the unit, its leader and the supervision office are told. Its clock runs on until the reply is accepted. */
static bool fire_order(struct decision *d, const struct firing *f) {
	CHECK(f->which < d->cr->orders.n);
	struct order o = d->cr->orders.v[f->which];
	d->out->event_type = "supervision.expired";
	mark_breached(d, f);
	o.state = ORDER_EXPIRED;
	o.ended_at_us = d->at_us;
	o.consequence = d->facts->policy->consequence;
	change_add(d, (struct change){.kind = CHANGE_ORDER, .order = o});
	struct strs told = {0};
	const char *const names[] = {o.unit, roster_leader(d->facts->roster, o.unit), d->facts->policy->supervision};
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (names[i] && !strs_has(&told, names[i]))
			STRS_ADD(&told, d->a, names[i]);
	for (size_t i = 0; i < told.n; i++)
		tell_unit(d, told.v[i],
		          (struct notice){.kind = NOTICE_EXPIRED,
		                          .clock = "supervise",
		                          .due_at_us = o.due_at_us,
		                          .step = -1,
		                          .started_at_us = o.opened_at_us,
		                          .times = 1,
		                          .order = o.n});
	return true;
}

typedef bool (*fire_fn)(struct decision *d, const struct firing *f);

static const fire_fn fires[] = {
    [FIRING_CORRECTION] = fire_correction, [FIRING_RESUME] = fire_resume, [FIRING_BREACH] = fire_breach,
    [FIRING_STEP] = fire_step,             [FIRING_ALARM] = fire_alarm,   [FIRING_ORDER] = fire_order,
};

bool decide_fire(struct decision *d) {
	struct firing f;
	if (!case_next_firing(d->cr, d->facts->calendars, &f) || f.at_us > d->now_us)
		return refuse_conflict(d, "nothing is due");
	CHECK((size_t)f.kind < COUNT_OF(fires));
	happened_at(d, f.at_us);
	return fires[f.kind](d, &f);
}

/* ---- What is done to timers ---- */

bool decide_acknowledge(struct decision *d) {
	const __typeof__(d->cmd->acknowledge) *told = &d->cmd->acknowledge;
	for (size_t i = 0; i < d->cr->alarms.n; i++) {
		struct alarm m = d->cr->alarms.v[i];
		if (m.step != told->step || m.task != told->task || m.started_at_us != told->started_at_us ||
		    strcmp(m.clock, told->clock) != 0)
			continue;
		if (m.acknowledged_at_us != NO_TIME)
			return refuse_conflict(d, "it is acknowledged already");
		m.acknowledged_at_us = d->at_us;
		m.next_at_us = NO_TIME;
		change_add(d, (struct change){.kind = CHANGE_ALARM, .alarm = m});
		return true;
	}
	return refuse_conflict(d, "nothing waits for this acknowledgement");
}

static bool same_time(const struct clock *a, const struct clock *b) {
	return a->due_at_us == b->due_at_us && a->provisional == b->provisional && a->spent_us == b->spent_us &&
	       a->rounded_us == b->rounded_us;
}

static void say_moved(struct decision *d, const struct clock *before, const struct clock *after, bool put_off) {
	struct change moved = {.kind = CHANGE_FIRED};
	moved.fired.clock = after->name;
	moved.fired.task = after->task;
	moved.fired.step = -1;
	moved.fired.due_at_us = after->due_at_us;
	moved.fired.bearer = clock_bearer(d->cr, after);
	moved.fired.before_us = before->due_at_us;
	moved.fired.put_off = put_off;
	change_add(d, moved);
}

bool decide_move(struct decision *d) {
	size_t moved = 0;
	for (size_t i = 0; i < d->cr->clocks.n; i++) {
		const struct clock before = d->cr->clocks.v[i];
		struct clock after = before;
		bool put_off;
		if (!clock_reckon(&after, d->facts->calendars, d->now_us, &put_off, &d->why->err))
			return false;
		if (same_time(&before, &after))
			continue;
		change_clock(d, after);
		say_moved(d, &before, &after, put_off);
		moved++;
	}
	return moved > 0 || refuse_conflict(d, "nothing moves");
}

/* The timer is set from the aggregate after every command: so this one needs no change. */
bool decide_repair(struct decision *d) {
	(void)d;
	return true;
}
