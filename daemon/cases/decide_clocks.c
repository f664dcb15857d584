/* decide_clocks: which moment starts which clock, and what becomes of a case's clocks when it moves. */
#include "daemon/cases/decision.h"

#include "daemon/base/check.h"

#include <string.h>

/* The clocks built in. Those of a stay belong to its task; the others to the case. */
static const struct {
	const char *name;
	enum moment moment;
	bool of_stay;
} built_in[] = {
    {"discover", MOMENT_OBSERVED, false},  {"overall", MOMENT_RECEIVED, false}, {"dispatch", MOMENT_TRIAGE, false},
    {"accept", MOMENT_DISPATCHED, true},   {"arrive", MOMENT_DISPATCHED, true}, {"handle", MOMENT_DISPATCHED, true},
    {"verify", MOMENT_FINISHED, false},    {"decide", MOMENT_ASKED, false},     {"supervise", MOMENT_ORDERED, false},
};

/* The events that a declared clock may start from; marks are the others. */
static const char *const moment_events[MOMENTS] = {[MOMENT_RECEIVED] = "received", [MOMENT_DISPATCHED] = "dispatched"};

bool clock_is_of_stay(const char *clock) {
	for (size_t i = 0; i < COUNT_OF(built_in); i++)
		if (strcmp(built_in[i].name, clock) == 0)
			return built_in[i].of_stay;
	return false;
}

static const struct clock_limit *find_limit(const clock_limit_list *list, const char *clock) {
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i].clock, clock) == 0)
			return &list->v[i];
	return NULL;
}

const struct clock_limit *limit_of(const struct decision *d, const char *clock) {
	const struct clock_limit *own = find_limit(&d->cr->limits, clock);
	return own ? own : find_limit(&d->facts->policy->limits, clock);
}

static bool is_open(const struct clock *c) { return c->state != CLOCK_STOPPED; }

const struct clock *open_clock(const struct decision *d, const char *name, int32_t task) {
	for (size_t i = d->cr->clocks.n; i-- > 0;) {
		const struct clock *c = &d->cr->clocks.v[i];
		if (is_open(c) && strcmp(c->name, name) == 0 && (task < 0 || c->task == task || c->outside))
			return c;
	}
	return NULL;
}

static bool has_outside(const struct decision *d, const char *name) {
	const struct clock *c = open_clock(d, name, -1);
	return c && c->outside;
}

bool start_clock(struct decision *d, const char *name, const struct start *s, struct limit own) {
	const struct clock_limit *limit = limit_of(d, name);
	if (!limit && !own.amount)
		return true;
	struct clock c = {.name = name,
	                  .limit = own.amount ? own : limit->limit,
	                  .calendar = limit ? limit->calendar : d->facts->policy->calendar,
	                  .until = limit ? limit->until_mark : NULL,
	                  .task = s->task,
	                  .order = s->order,
	                  .bearer = s->bearer};
	if (!clock_start(&c, d->facts->calendars, s->at_us, &d->why->err))
		return false;
	if (s->moment == MOMENT_OBSERVED)
		clock_stop(&c, d->cmd->submit.received_at_us);
	change_clock(d, c);
	return true;
}

bool start_deadline(struct decision *d, const char *name, int64_t from_us, int64_t due_at_us) {
	struct clock c = {.name = name, .outside = true, .due_at_us = due_at_us};
	const struct clock_limit *limit = limit_of(d, name);
	c.until = limit ? limit->until_mark : NULL;
	if (!clock_start(&c, d->facts->calendars, from_us, &d->why->err))
		return false;
	change_clock(d, c);
	return true;
}

static bool starts_at(const struct clock_limit *limit, const char *event) {
	return limit->from_event && event && strcmp(limit->from_event, event) == 0;
}

/* Every declared clock that this event starts, unless the mark that would stop it is set already. */
static bool start_declared(struct decision *d, const char *event, const struct start *s) {
	const clock_limit_list limits = d->cr->limits;
	for (size_t i = 0; i < limits.n; i++) {
		const struct clock_limit *l = &limits.v[i];
		if (!starts_at(l, event) || open_clock(d, l->clock, -1) || (l->until_mark && case_mark(d->cr, l->until_mark)))
			continue;
		if (!start_clock(d, l->clock, s, (struct limit){0}))
			return false;
	}
	return true;
}

bool start_clocks(struct decision *d, struct start s) {
	const int32_t stay = s.task;
	for (size_t i = 0; i < COUNT_OF(built_in); i++) {
		s.task = built_in[i].of_stay ? stay : 0;
		if (built_in[i].moment == s.moment && !has_outside(d, built_in[i].name) &&
		    !start_clock(d, built_in[i].name, &s, (struct limit){0}))
			return false;
	}
	s.task = stay; /* what is declared to start with a dispatch is of the stay too */
	return start_declared(d, moment_events[s.moment], &s);
}

bool start_clocks_of_mark(struct decision *d, const char *mark) {
	const struct task *lead = case_lead_task(d->cr);
	const struct start s = {.moment = MOMENTS, .at_us = d->at_us, .bearer = d->cr->unit, .task = lead ? lead->n : 0};
	return start_declared(d, mark, &s);
}

/* At at_us; not before the stretch began that it is in. */
static void stop_one(struct decision *d, struct clock c) {
	clock_stop(&c, c.resumed_at_us > d->at_us ? c.resumed_at_us : d->at_us);
	change_clock(d, c);
}

void stop_clock(struct decision *d, const char *name, int32_t task) {
	const struct clock *c = open_clock(d, name, task);
	if (c)
		stop_one(d, *c);
}

void stop_stay(struct decision *d, int32_t task) {
	for (size_t i = 0; i < d->cr->clocks.n; i++)
		if (d->cr->clocks.v[i].task == task && is_open(&d->cr->clocks.v[i]))
			stop_one(d, d->cr->clocks.v[i]);
}

void stop_work(struct decision *d, int32_t task) {
	for (size_t i = 0; i < COUNT_OF(built_in); i++)
		if (built_in[i].of_stay)
			stop_clock(d, built_in[i].name, task);
	stop_stay(d, task);
}

void stop_order_clock(struct decision *d, int32_t order) {
	for (size_t i = 0; i < d->cr->clocks.n; i++)
		if (d->cr->clocks.v[i].order == order && is_open(&d->cr->clocks.v[i]))
			stop_one(d, d->cr->clocks.v[i]);
}

void stop_clocks_of_mark(struct decision *d, const char *mark) {
	for (size_t i = 0; i < d->cr->clocks.n; i++) {
		const struct clock *c = &d->cr->clocks.v[i];
		if (is_open(c) && c->until && strcmp(c->until, mark) == 0)
			stop_one(d, *c);
	}
}

void stop_all(struct decision *d, bool keep_outside) {
	for (size_t i = 0; i < d->cr->clocks.n; i++) {
		const struct clock *c = &d->cr->clocks.v[i];
		if (is_open(c) && !(keep_outside && c->outside))
			stop_one(d, *c);
	}
}

bool go_on_stay(struct decision *d, int32_t task, const char *name) {
	for (size_t i = d->cr->clocks.n; i-- > 0;) {
		struct clock c = d->cr->clocks.v[i];
		if (strcmp(c.name, name) != 0 || (c.task != task && !c.outside))
			continue;
		if (c.state != CLOCK_STOPPED)
			return true;
		if (!clock_go_on(&c, d->facts->calendars, d->at_us, d->a, &d->why->err))
			return false;
		change_clock(d, c);
		return true;
	}
	return true;
}

static bool runs_on_when_suspended(const struct decision *d, const struct clock *c) {
	return c->outside || strs_has(&d->facts->policy->suspend_runs, c->name);
}

/* Merged, a case's answer to its own reporter stays due: deadlines from outside, and what is declared from receipt on. */
static bool runs_on_when_merged(const struct decision *d, const struct clock *c) {
	const struct clock_limit *limit = limit_of(d, c->name);
	return c->outside || c->order || (limit && starts_at(limit, moment_events[MOMENT_RECEIVED]));
}

static int64_t later(int64_t a_us, int64_t b_us) { return a_us > b_us ? a_us : b_us; }

static void pause_one(struct decision *d, struct clock c, int64_t pause_at_us) {
	clock_pause(&c, d->facts->calendars, later(c.resumed_at_us, pause_at_us), d->a);
	change_clock(d, c);
}

static bool resume_one(struct decision *d, struct clock c, int64_t resume_at_us) {
	if (!clock_resume(&c, d->facts->calendars, later(c.resumed_at_us, resume_at_us), &d->why->err))
		return false;
	change_clock(d, c);
	return true;
}

void pause_clocks(struct decision *d, int64_t pause_at_us, bool merged) {
	for (size_t i = 0; i < d->cr->clocks.n; i++) {
		const struct clock *c = &d->cr->clocks.v[i];
		if (c->state == CLOCK_RUNNING && !(merged ? runs_on_when_merged(d, c) : runs_on_when_suspended(d, c)))
			pause_one(d, *c, pause_at_us);
	}
}

bool resume_clocks(struct decision *d, int64_t resume_at_us) {
	for (size_t i = 0; i < d->cr->clocks.n; i++)
		if (d->cr->clocks.v[i].state == CLOCK_PAUSED && !resume_one(d, d->cr->clocks.v[i], resume_at_us))
			return false;
	return true;
}

void pause_clock(struct decision *d, const char *name, int32_t task) {
	const struct clock *c = open_clock(d, name, task);
	if (c && c->state == CLOCK_RUNNING && !c->outside)
		pause_one(d, *c, d->at_us);
}

bool resume_clock(struct decision *d, const char *name, int32_t task) {
	const struct clock *c = open_clock(d, name, task);
	return !c || c->state != CLOCK_PAUSED || resume_one(d, *c, d->at_us);
}
