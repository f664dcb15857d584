/* kpi_story: what is remembered of a case while its events go by: which event gave, ended, breached, returned what. */
#include "daemon/cases/ledger.h"
#include "daemon/reports/kpi_parts.h"

#include <string.h>

static bool same(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

void story_begin(struct kpi_story *s, const struct kpi_ask *ask, struct arena *a) {
	arena_reset(a);
	*s = (struct kpi_story){.ask = ask, .arena = a, .filed_at_us = NO_TIME};
}

static struct seen_task *task_seen(struct kpi_story *s, int32_t n) {
	for (size_t i = 0; i < s->tasks.n; i++)
		if (s->tasks.v[i].n == n)
			return &s->tasks.v[i];
	return NULL;
}

const struct seen_task *story_task(const struct kpi_story *s, int32_t n) { return task_seen((struct kpi_story *)s, n); }

bool story_same_clock(const struct clock *a, const struct clock *b) {
	return a->task == b->task && a->started_at_us == b->started_at_us && a->order == b->order && same(a->name, b->name);
}

static struct seen_clock *clock_seen(struct kpi_story *s, const struct clock *c) {
	for (size_t i = 0; i < s->clocks.n; i++)
		if (story_same_clock(&s->clocks.v[i].of, c))
			return &s->clocks.v[i];
	return NULL;
}

const struct seen_clock *story_clock(const struct kpi_story *s, const struct clock *c) {
	return clock_seen((struct kpi_story *)s, c);
}

static void add_act(struct kpi_story *s, const struct kpi_event *ev, struct seen_act act) {
	act.actor = ev->actor;
	act.seq = ev->seq;
	*LIST_ADD(&s->acts, s->arena) = act;
}

/* ---- Changes ---- */

static bool was_returned(const struct kpi_event *ev, int32_t n) {
	const struct task *t = ev->before ? case_task(ev->before, n) : NULL;
	return t && t->state == TASK_RETURNED;
}

static void see_task(struct kpi_story *s, const struct kpi_event *ev, const struct change *c) {
	const struct task *t = &c->task;
	struct seen_task *seen = task_seen(s, t->n);
	if (!seen) {
		seen = LIST_ADD(&s->tasks, s->arena);
		*seen = (struct seen_task){.n = t->n, .given_seq = ev->seq};
	}
	seen->ended_seq = ev->seq;
	if (t->kind != TASK_LEAD)
		return;
	if (s->filed_at_us == NO_TIME) {
		/* what was fixed on the spot is filed when it comes in */
		const int64_t received_us = ev->after->received_at_us;
		s->filed_at_us = t->given_at_us > received_us ? t->given_at_us : received_us;
		s->filed_seq = ev->seq;
	}
	if (t->state == TASK_RETURNED && !was_returned(ev, t->n))
		*LIST_ADD(&s->returns, s->arena) = (struct seen_return){
		    .task = t->n, .unit = t->unit, .reason = t->reason, .at_us = t->ended_at_us, .seq = ev->seq};
}

static void see_clock(struct kpi_story *s, const struct kpi_event *ev, const struct change *c) {
	struct seen_clock *seen = clock_seen(s, &c->clock);
	if (!seen) {
		seen = LIST_ADD(&s->clocks, s->arena);
		*seen = (struct seen_clock){.of = c->clock, .started_seq = ev->seq};
	}
	if (c->clock.breached_at_us == NO_TIME)
		seen->breached_seq = 0;
	else if (!seen->breached_seq)
		seen->breached_seq = ev->seq;
}

/* Of the clock that more time is asked for. */
static int64_t asked_due_us(const struct kpi_event *ev, const struct request *r) {
	const struct task *lead = case_lead_task(ev->after);
	for (size_t i = ev->after->clocks.n; i-- > 0;) {
		const struct clock *c = &ev->after->clocks.v[i];
		if (same(c->name, r->clock) && (c->task == 0 || (lead && c->task == lead->n)))
			return c->due_at_us;
	}
	return NO_TIME;
}

static void see_request(struct kpi_story *s, const struct kpi_event *ev, const struct change *c) {
	const struct request *r = &c->request;
	if (!r->unit || r->what != ASK_EXTEND || (ev->before && ev->before->requests >= r->n))
		return;
	const int64_t due_us = asked_due_us(ev, r);
	add_act(s, ev,
	        (struct seen_act){.kind = ACT_ASKED_MORE_TIME,
	                          .unit = r->unit,
	                          .at_us = r->asked_at_us,
	                          .flag = due_us != NO_TIME && due_us - r->asked_at_us <= KPI_LAST_MINUTES * MINUTE_US});
}

static void see_suspended(struct kpi_story *s, const struct kpi_event *ev, const struct change *c) {
	if (c->suspended.since_us != NO_TIME)
		add_act(s, ev,
		        (struct seen_act){.kind = ACT_SUSPENDED, .unit = ev->after->unit, .at_us = c->suspended.since_us});
}

static void see_order(struct kpi_story *s, const struct kpi_event *ev, const struct change *c) {
	if (!ev->before || !case_order(ev->before, c->order.n))
		*LIST_ADD(&s->orders, s->arena) = (struct seen_order){c->order.n, ev->seq};
}

static void see_change(struct kpi_story *s, const struct kpi_event *ev, const struct change *c) {
	switch (c->kind) {
	case CHANGE_TASK:
		see_task(s, ev, c);
		break;
	case CHANGE_CLOCK:
		see_clock(s, ev, c);
		break;
	case CHANGE_REQUEST:
		see_request(s, ev, c);
		break;
	case CHANGE_SUSPENDED:
		see_suspended(s, ev, c);
		break;
	case CHANGE_ORDER:
		see_order(s, ev, c);
		break;
	default:
		break;
	}
}

/* ---- Whole events ---- */

/* What a supervisor says of a case holds for the returns that brought it before him, and for the stay that he ends. */
static void see_arbitration(struct kpi_story *s, const struct kpi_event *ev) {
	const enum kpi_fault fault = kpi_fault_of(s->ask, ev->after->fault);
	for (size_t i = 0; i < s->returns.n; i++)
		if (s->returns.v[i].arbitrated == FAULT_UNKNOWN)
			s->returns.v[i].arbitrated = fault;
	for (size_t i = 0; i < ev->changes->list.n; i++) {
		const struct change *c = &ev->changes->list.v[i];
		if (c->kind == CHANGE_TASK && c->task.state == TASK_WITHDRAWN && same(c->task.reason, "arbitrated"))
			task_seen(s, c->task.n)->arbitrated = fault;
	}
}

static void see_verdict(struct kpi_story *s, const struct kpi_event *ev) {
	const bool rework = ev->after->state != CASE_CLOSED;
	const struct task *lead = case_last_lead(ev->after);
	struct seen_task *seen = lead ? task_seen(s, lead->n) : NULL;
	if (rework && seen)
		seen->reworks++;
	add_act(s, ev, (struct seen_act){.kind = ACT_VERDICT, .unit = ev->before->unit, .at_us = ev->at_us, .flag = rework});
}

/* A breach that had been told is none any more: what stopped its clock is said to have happened in time. */
static void see_undone(struct kpi_story *s, const struct kpi_event *ev) {
	for (size_t i = 0; ev->before && i < ev->after->clocks.n; i++) {
		const struct clock *c = &ev->after->clocks.v[i];
		if (c->state != CLOCK_STOPPED || !clock_breach_undone(c))
			continue;
		for (size_t k = 0; k < ev->before->clocks.n; k++) {
			const struct clock *was = &ev->before->clocks.v[k];
			if (was->state != CLOCK_STOPPED && story_same_clock(was, c) && !clock_breach_undone(was))
				add_act(s, ev,
				        (struct seen_act){.kind = ACT_UNDID_BREACH,
				                          .unit = clock_bearer(ev->after, c),
				                          .at_us = ev->recorded_at_us});
		}
	}
}

static void see_open(struct kpi_story *s, const struct kpi_event *ev) {
	const bool was_open = ev->before && !state_is_final(ev->before->state), is_open = !state_is_final(ev->after->state);
	if (!ev->before)
		*LIST_ADD(&s->steps, s->arena) = (struct seen_step){.at_us = ev->after->received_at_us, .by = 1, .received = true};
	else if (!was_open && is_open)
		*LIST_ADD(&s->steps, s->arena) = (struct seen_step){.at_us = ev->at_us, .by = 1};
	if (is_open || (ev->before && !was_open))
		return;
	*LIST_ADD(&s->steps, s->arena) =
	    (struct seen_step){.at_us = ev->after->closed_at_us, .by = -1, .closed = ev->after->state == CASE_CLOSED};
	s->over_seq = ev->seq;
}

void story_event(struct kpi_story *s, const struct kpi_event *ev) {
	if (!ev->before)
		s->received_seq = ev->seq;
	for (size_t i = 0; i < ev->changes->list.n; i++)
		see_change(s, ev, &ev->changes->list.v[i]);
	if (strcmp(ev->type, "case.arbitrated") == 0)
		see_arbitration(s, ev);
	if (strcmp(ev->type, "case.verified") == 0)
		see_verdict(s, ev);
	see_undone(s, ev);
	see_open(s, ev);
}
