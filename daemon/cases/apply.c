/* apply: folds the changes of one event into an aggregate, without touching the one before. */
#include "daemon/cases/decide.h"

#include "daemon/base/check.h"

#include <string.h>

const char *const change_kind_names[CHANGE_KINDS + 1] = {"opened", "routed", "triaged", "state",
                                                         "held",   "task",   "clock",   NULL};

/* A list of the aggregate before is shared until it changes; then it is copied once. `cap` 0 marks a shared list: adding to
 * it makes a new array. */
#define OWN(list, arena)                                                                                                    \
	do {                                                                                                                    \
		if ((list)->cap == 0 && (list)->n > 0) {                                                                            \
			(list)->v = arena_memdup((arena), (list)->v, (list)->n * sizeof *(list)->v);                                    \
			(list)->cap = (list)->n;                                                                                        \
		}                                                                                                                   \
	} while (0)

struct fold {
	struct case_rec *cr;
	struct arena *a;
};

static bool same(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

static void apply_opened(struct fold *f, const struct change *c) {
	struct case_rec *cr = f->cr;
	cr->class_code = c->opened.class_code;
	cr->condition = c->opened.condition;
	cr->class_as_sent = c->opened.class_as_sent;
	cr->estate_as_sent = c->opened.estate_as_sent;
	cr->estate = c->opened.estate;
	cr->grid = c->opened.grid;
	cr->urgency = c->opened.urgency;
	cr->tags = c->opened.tags;
	cr->channel = c->opened.channel;
	cr->actor = c->opened.actor;
	cr->observed_at_us = c->opened.observed_at_us;
	cr->received_at_us = c->opened.received_at_us;
	if (!c->opened.ref)
		return;
	OWN(&cr->refs, f->a);
	*LIST_ADD(&cr->refs, f->a) = (struct outside_ref){c->opened.channel, c->opened.ref};
}

static void apply_routed(struct fold *f, const struct change *c) {
	struct case_rec *cr = f->cr;
	cr->responsible = c->routed.responsible;
	cr->handlers = c->routed.handlers;
	cr->assist = c->routed.assist;
	cr->chain_at = 0;
	cr->emergency = c->routed.emergency;
	cr->limits = c->routed.limits;
	cr->ladder = c->routed.ladder;
	cr->ladder_holds = c->routed.ladder_holds;
	cr->steps = c->routed.steps;
	cr->rule_id = c->routed.rule_id;
	cr->pack_version = c->routed.pack_version;
	cr->rule_at_us = c->routed.at_us;
}

static void apply_triaged(struct fold *f, const struct change *c) {
	struct case_rec *cr = f->cr;
	cr->triage_reason = c->triaged.reason;
	cr->triage_detail = c->triaged.detail;
	cr->proposed = c->triaged.proposed;
}

static void apply_state(struct fold *f, const struct change *c) {
	struct case_rec *cr = f->cr;
	cr->state = c->state.state;
	if (c->state.result)
		cr->result = c->state.result;
	cr->closed_at_us = state_is_final(cr->state) ? cr->changed_at_us : NO_TIME;
}

static void apply_held(struct fold *f, const struct change *c) {
	struct case_rec *cr = f->cr;
	cr->unit = c->held.unit;
	cr->held_since_us = c->held.since_us;
}

static void apply_task(struct fold *f, const struct change *c) {
	struct case_rec *cr = f->cr;
	OWN(&cr->tasks, f->a);
	for (size_t i = 0; i < cr->tasks.n; i++) {
		if (cr->tasks.v[i].n == c->task.n) {
			cr->tasks.v[i] = c->task;
			return;
		}
	}
	*LIST_ADD(&cr->tasks, f->a) = c->task;
}

static bool same_clock(const struct clock *a, const struct clock *b) {
	return a->task == b->task && a->started_at_us == b->started_at_us && same(a->name, b->name);
}

static void apply_clock(struct fold *f, const struct change *c) {
	struct case_rec *cr = f->cr;
	OWN(&cr->clocks, f->a);
	for (size_t i = 0; i < cr->clocks.n; i++) {
		if (same_clock(&cr->clocks.v[i], &c->clock)) {
			cr->clocks.v[i] = c->clock;
			return;
		}
	}
	*LIST_ADD(&cr->clocks, f->a) = c->clock;
}

typedef void (*apply_fn)(struct fold *f, const struct change *c);

static const apply_fn appliers[CHANGE_KINDS] = {
    [CHANGE_OPENED] = apply_opened, [CHANGE_ROUTED] = apply_routed, [CHANGE_TRIAGED] = apply_triaged,
    [CHANGE_STATE] = apply_state,   [CHANGE_HELD] = apply_held,     [CHANGE_TASK] = apply_task,
    [CHANGE_CLOCK] = apply_clock,
};

static struct case_rec *case_new(const char *town, struct arena *a) {
	struct case_rec *cr = arena_new(a, struct case_rec);
	cr->town = town;
	cr->held_since_us = cr->rule_at_us = NO_TIME;
	cr->observed_at_us = cr->received_at_us = cr->closed_at_us = cr->changed_at_us = NO_TIME;
	return cr;
}

static struct case_rec *case_share(const struct case_rec *before, struct arena *a) {
	struct case_rec *cr = arena_memdup(a, before, sizeof *before);
	cr->tasks.cap = cr->clocks.cap = cr->marks.cap = cr->refs.cap = 0;
	return cr;
}

struct case_rec *apply(const struct case_rec *before, const char *town, const struct changes *ch, struct arena *a) {
	struct case_rec *cr = before ? case_share(before, a) : case_new(town, a);
	struct fold fold = {cr, a};
	cr->version++;
	cr->changed_at_us = ch->at_us;
	for (size_t i = 0; i < ch->list.n; i++) {
		CHECK((size_t)ch->list.v[i].kind < CHANGE_KINDS);
		appliers[ch->list.v[i].kind](&fold, &ch->list.v[i]);
	}
	return cr;
}
