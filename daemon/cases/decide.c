/* decide: what a command does to a case, or why it may not. */
#include "daemon/cases/decide.h"

#include "daemon/base/check.h"

#include <string.h>

/* One decision in the making. */
struct decision {
	const struct case_rec *before;
	const struct command *cmd;
	const struct facts *facts;
	int64_t now_us;
	struct arena *a;
	struct changes *out;
	struct refusal *why;
};

static struct change *add(struct decision *d, enum change_kind kind) {
	struct change *c = LIST_ADD(&d->out->list, d->a);
	c->kind = kind;
	return c;
}

/* What starts clocks. */
enum moment { MOMENT_OBSERVED, MOMENT_RECEIVED, MOMENT_TRIAGE, MOMENT_DISPATCHED, MOMENT_FINISHED };

struct start {
	enum moment moment;
	int64_t at_us;
	const char *bearer; /* NULL: nobody's time yet */
	int32_t task;       /* the stay that the clocks built in belong to; 0: the case */
};

static const struct {
	const char *name;
	enum moment moment;
} built_in_clocks[] = {
    {"discover", MOMENT_OBSERVED}, {"overall", MOMENT_RECEIVED},  {"dispatch", MOMENT_TRIAGE}, {"accept", MOMENT_DISPATCHED},
    {"arrive", MOMENT_DISPATCHED}, {"handle", MOMENT_DISPATCHED}, {"verify", MOMENT_FINISHED},
};

/* The events that a declared clock may start from; marks are the others. */
static const char *const moment_events[] = {[MOMENT_RECEIVED] = "received", [MOMENT_DISPATCHED] = "dispatched"};

static const struct deadline *deadline_find(const struct decision *d, const char *clock) {
	const deadline_list *list = &d->cmd->submit.deadlines;
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i].clock, clock) == 0)
			return &list->v[i];
	return NULL;
}

/* Starts one clock, by its limit or by a deadline from outside, which goes before. Neither: no such clock. */
static bool start_clock(struct decision *d, const char *name, const struct start *s, int32_t task) {
	const struct clock_limit *limit = verdict_limit(d->facts->verdict, name);
	const struct deadline *deadline = deadline_find(d, name);
	struct clock c = {.name = name, .task = task, .bearer = s->bearer};
	if (deadline) {
		c.outside = true;
		c.due_at_us = deadline->at_us;
	} else if (limit) {
		c.limit = limit->limit;
		c.calendar = limit->calendar;
	} else {
		return true;
	}
	if (!clock_start(&c, d->facts->calendars, s->at_us, &d->why->err))
		return false;
	if (s->moment == MOMENT_OBSERVED)
		clock_stop(&c, d->cmd->submit.received_at_us);
	add(d, CHANGE_CLOCK)->clock = c;
	return true;
}

static bool starts_at(const struct clock_limit *limit, enum moment moment) {
	const char *event = (size_t)moment < COUNT_OF(moment_events) ? moment_events[moment] : NULL;
	return limit->from_event && event && strcmp(limit->from_event, event) == 0;
}

/* All clocks that this moment starts: those built in, then those that the town declares. */
static bool start_clocks(struct decision *d, struct start s) {
	for (size_t i = 0; i < COUNT_OF(built_in_clocks); i++)
		if (built_in_clocks[i].moment == s.moment && !start_clock(d, built_in_clocks[i].name, &s, s.task))
			return false;
	const clock_limit_list *limits = &d->facts->verdict->limits;
	for (size_t i = 0; i < limits->n; i++)
		if (starts_at(&limits->v[i], s.moment) && !start_clock(d, limits->v[i].clock, &s, 0))
			return false;
	return true;
}

static bool has_started(const struct decision *d, const char *clock) {
	for (size_t i = 0; i < d->out->list.n; i++) {
		const struct change *c = &d->out->list.v[i];
		if (c->kind == CHANGE_CLOCK && strcmp(c->clock.name, clock) == 0)
			return true;
	}
	return false;
}

/* A deadline counts from the start, even if the clock of its name would begin later. */
static bool start_other_deadlines(struct decision *d) {
	const deadline_list *list = &d->cmd->submit.deadlines;
	const struct start s = {.moment = MOMENT_RECEIVED, .at_us = d->cmd->submit.received_at_us};
	for (size_t i = 0; i < list->n; i++)
		if (!has_started(d, list->v[i].clock) && !start_clock(d, list->v[i].clock, &s, 0))
			return false;
	return true;
}

static const char *known(const char *understood, const char *given) { return understood ? understood : given; }

static void add_opened(struct decision *d) {
	const struct cmd_submit *s = &d->cmd->submit;
	const struct verdict *v = d->facts->verdict;
	struct change *c = add(d, CHANGE_OPENED);
	c->opened.class_code = known(v->class_code, s->class_code);
	c->opened.condition = known(v->condition, s->condition);
	c->opened.class_as_sent = s->class_as_sent;
	c->opened.estate_as_sent = s->estate_as_sent;
	c->opened.estate = v->estate;
	c->opened.grid = v->grid;
	c->opened.urgency = v->emergency ? URGENCY_EMERGENCY : s->urgency;
	c->opened.tags = s->tags;
	c->opened.channel = s->channel;
	c->opened.ref = s->ref;
	c->opened.actor = d->cmd->actor;
	c->opened.observed_at_us = s->observed_at_us;
	c->opened.received_at_us = s->received_at_us;
	c->opened.clock_ahead_seconds = s->clock_ahead_seconds;
}

static void add_routed(struct decision *d) {
	const struct verdict *v = d->facts->verdict;
	struct change *c = add(d, CHANGE_ROUTED);
	c->routed.responsible = v->responsible;
	c->routed.handlers = v->handlers;
	c->routed.assist = v->assist;
	c->routed.emergency = v->emergency;
	c->routed.ladder = v->ladder;
	c->routed.ladder_holds = v->ladder_holds;
	c->routed.steps = v->steps;
	c->routed.limits = v->limits;
	c->routed.rule_id = v->rule_id;
	c->routed.pack_version = d->facts->pack_version;
	c->routed.at_us = d->now_us;
}

/* result: what came of the case, kept beside its state; may be NULL. */
static void add_state(struct decision *d, enum case_state state, const char *holder, const char *result) {
	struct change *c = add(d, CHANGE_STATE);
	c->state.state = state;
	c->state.result = result;
	struct change *held = add(d, CHANGE_HELD);
	held->held.unit = holder;
	held->held.since_us = d->now_us;
}

static struct task new_task(int32_t n, enum task_kind kind, const char *unit, int64_t given_at_us) {
	return (struct task){.n = n,
	                     .kind = kind,
	                     .unit = unit,
	                     .state = TASK_GIVEN,
	                     .given_at_us = given_at_us,
	                     .accepted_at_us = NO_TIME,
	                     .arrived_at_us = NO_TIME,
	                     .ended_at_us = NO_TIME};
}

/* To the desk: no rule could tell, or a person is to say yes first. */
static bool submit_to_desk(struct decision *d) {
	const struct verdict *v = d->facts->verdict;
	const bool proposed = v->routed && v->handlers.n > 0;
	struct change *c = add(d, CHANGE_TRIAGED);
	c->triaged.reason = v->triage_reason ? v->triage_reason : proposed ? "propose" : "no_handler";
	c->triaged.detail = v->triage_detail;
	c->triaged.proposed = proposed ? v->handlers.v[0] : NULL;
	add_state(d, CASE_TRIAGE, d->facts->desk, NULL);
	return start_clocks(d, (struct start){.moment = MOMENT_TRIAGE, .at_us = d->now_us, .bearer = d->facts->desk});
}

static bool submit_to_unit(struct decision *d) {
	const struct verdict *v = d->facts->verdict;
	const char *unit = v->handlers.v[0];
	add_state(d, CASE_DISPATCHED, unit, NULL);
	int32_t n = 1;
	add(d, CHANGE_TASK)->task = new_task(n, TASK_LEAD, unit, d->now_us);
	for (size_t i = 0; i < v->assist.n; i++)
		if (strcmp(v->assist.v[i], unit) != 0)
			add(d, CHANGE_TASK)->task = new_task(++n, TASK_ASSIST, v->assist.v[i], d->now_us);
	return start_clocks(d, (struct start){.moment = MOMENT_DISPATCHED, .at_us = d->now_us, .bearer = unit, .task = 1});
}

/* Fixed on the spot by the unit that found it: what is left to do is the check. */
static bool submit_handled(struct decision *d) {
	const struct handled *h = &d->cmd->submit.handled;
	add_state(d, CASE_FINISHED, d->facts->desk, h->result);
	struct task t = new_task(1, TASK_LEAD, h->unit, h->at_us);
	t.state = TASK_FINISHED;
	t.accepted_at_us = t.ended_at_us = h->at_us;
	t.result = h->result;
	add(d, CHANGE_TASK)->task = t;
	return start_clocks(d, (struct start){.moment = MOMENT_FINISHED, .at_us = d->now_us, .bearer = d->facts->desk});
}

static bool land(struct decision *d) {
	const struct verdict *v = d->facts->verdict;
	if (d->cmd->submit.handled.unit)
		return submit_handled(d);
	if (!v->routed || v->handlers.n == 0 || (v->propose && !v->emergency))
		return submit_to_desk(d);
	return submit_to_unit(d);
}

/* The method has looked at the params; this is what must hold whoever asks. */
static bool check_submit(struct decision *d) {
	const struct cmd_submit *s = &d->cmd->submit;
	struct err *e = &d->why->err;
	if (d->before)
		return err_set(e, E_INTERNAL, "a submit of a case that is there already");
	if (s->received_at_us > d->now_us)
		return err_set(e, E_INVALID_PARAMS, "received_at is in the future");
	if (s->observed_at_us > s->received_at_us)
		return err_set(e, E_INVALID_PARAMS, "observed_at is after received_at");
	if (s->handled.unit && s->handled.at_us > d->now_us)
		return err_set(e, E_INVALID_PARAMS, "handled.at is in the future");
	return true;
}

static bool decide_submit(struct decision *d) {
	if (!check_submit(d))
		return false;
	add_opened(d);
	add_routed(d);
	const struct cmd_submit *s = &d->cmd->submit;
	return start_clocks(d, (struct start){.moment = MOMENT_OBSERVED, .at_us = s->observed_at_us}) &&
	       start_clocks(d, (struct start){.moment = MOMENT_RECEIVED, .at_us = s->received_at_us}) && land(d) &&
	       start_other_deadlines(d);
}

typedef bool (*decide_fn)(struct decision *d);

static const decide_fn deciders[] = {
    [CMD_SUBMIT] = decide_submit,
};

bool decide(const struct case_rec *before, const struct command *cmd, const struct facts *facts, int64_t now_us,
            struct arena *a, struct changes *out, struct refusal *why) {
	CHECK((size_t)cmd->kind < COUNT_OF(deciders));
	*out = (struct changes){.event_type = command_event_type(cmd->kind), .at_us = cmd->at_us, .next_fire_at_us = NO_TIME};
	*why = (struct refusal){0};
	struct decision d = {before, cmd, facts, now_us, a, out, why};
	if (!deciders[cmd->kind](&d)) {
		*out = (struct changes){0};
		return false;
	}
	const struct case_rec *after = apply(before, cmd->town, out, a);
	out->next_fire_at_us = case_next_fire_us(after, facts->calendars, now_us);
	return true;
}
