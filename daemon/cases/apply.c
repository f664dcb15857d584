/* apply: folds the changes of one event into an aggregate, without touching the one before. */
#include "daemon/cases/decision.h"

#include "daemon/base/check.h"

#include <string.h>

const char *const change_kind_names[CHANGE_KINDS + 1] = {
    "opened", "routed",  "triaged", "state",     "held",   "task",     "clock", "span",  "amended", "ref",   "mark",
    "counts", "request", "suspended", "merged", "absorbed", "order", "alarm", "notice",  "fired", NULL};
const char *const notice_kind_names[NOTICE_KINDS + 1] = {"task", "remind", "overdue", "level",
                                                         "urge", "order",  "expired", NULL};

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

static void add_ref(struct fold *f, const char *channel, const char *ref) {
	OWN(&f->cr->refs, f->a);
	*LIST_ADD(&f->cr->refs, f->a) = (struct outside_ref){channel, ref};
}

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
	if (c->opened.ref)
		add_ref(f, c->opened.channel, c->opened.ref);
}

static void apply_routed(struct fold *f, const struct change *c) {
	struct case_rec *cr = f->cr;
	cr->responsible = c->routed.responsible;
	cr->handlers = c->routed.handlers;
	cr->assist = c->routed.assist;
	cr->required = c->routed.required;
	cr->before_finish = c->routed.before_finish;
	cr->before_pass = c->routed.before_pass;
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
	cr->previous = c->state.previous;
	if (c->state.result)
		cr->result = c->state.result;
	cr->closed_at_us = state_is_final(cr->state) ? cr->changed_at_us : NO_TIME;
}

static void apply_held(struct fold *f, const struct change *c) {
	struct case_rec *cr = f->cr;
	cr->unit = c->held.unit;
	cr->held_since_us = c->held.since_us;
}

/* For lists whose items are replaced by identity: the item that `is_it` finds becomes the new one, else that is added. */
#define REPLACE_OR_ADD(list, item, is_it)                                                                                   \
	do {                                                                                                                    \
		OWN(list, f->a);                                                                                                    \
		for (size_t i = 0; i < (list)->n; i++) {                                                                            \
			const __typeof__((list)->v) it = &(list)->v[i];                                                                 \
			if (is_it) {                                                                                                    \
				(list)->v[i] = (item);                                                                                      \
				return;                                                                                                     \
			}                                                                                                               \
		}                                                                                                                   \
		*LIST_ADD(list, f->a) = (item);                                                                                     \
	} while (0)

static void apply_task(struct fold *f, const struct change *c) {
	REPLACE_OR_ADD(&f->cr->tasks, c->task, it->n == c->task.n);
}

static void apply_clock(struct fold *f, const struct change *c) {
	const struct clock *k = &c->clock;
	REPLACE_OR_ADD(&f->cr->clocks, *k,
	               it->task == k->task && it->started_at_us == k->started_at_us && it->order == k->order &&
	                   same(it->name, k->name));
}

static void apply_span(struct fold *f, const struct change *c) {
	OWN(&f->cr->spans, f->a);
	*LIST_ADD(&f->cr->spans, f->a) = c->span;
}

static void apply_amended(struct fold *f, const struct change *c) {
	struct case_rec *cr = f->cr;
	cr->class_code = c->amended.class_code;
	cr->condition = c->amended.condition;
	cr->estate = c->amended.estate;
	cr->grid = c->amended.grid;
	cr->urgency = c->amended.urgency;
	cr->tags = c->amended.tags;
	cr->class_as_sent = cr->class_code ? NULL : cr->class_as_sent;
	cr->estate_as_sent = cr->estate ? NULL : cr->estate_as_sent;
}

static void apply_ref(struct fold *f, const struct change *c) { add_ref(f, c->ref.channel, c->ref.ref); }

static void apply_mark(struct fold *f, const struct change *c) {
	OWN(&f->cr->marks, f->a);
	*LIST_ADD(&f->cr->marks, f->a) = c->mark;
}

static void apply_counts(struct fold *f, const struct change *c) {
	struct case_rec *cr = f->cr;
	cr->chain_at = c->counts.chain_at;
	cr->returns = c->counts.returns;
	cr->rounds = c->counts.rounds;
	cr->escalation_level = c->counts.escalation_level;
	cr->arbitrated = c->counts.arbitrated;
	cr->fault = c->counts.fault;
}

static void apply_request(struct fold *f, const struct change *c) {
	struct case_rec *cr = f->cr;
	cr->request = c->request;
	if (c->request.n > cr->requests)
		cr->requests = c->request.n;
	if (c->request.unit && c->request.what == ASK_WAIVE)
		cr->appealed = true;
}

static void apply_suspended(struct fold *f, const struct change *c) {
	struct case_rec *cr = f->cr;
	cr->suspended_at_us = c->suspended.since_us;
	cr->suspended_until_us = c->suspended.until_us;
	cr->suspended_reason = c->suspended.reason;
	cr->suspensions += c->suspended.since_us != NO_TIME;
}

static void apply_merged(struct fold *f, const struct change *c) { f->cr->merged_into = c->merged.into; }

static void apply_absorbed(struct fold *f, const struct change *c) {
	struct case_rec *cr = f->cr;
	struct strs left = {0};
	for (size_t i = 0; i < cr->merged_from.n; i++)
		if (strcmp(cr->merged_from.v[i], c->absorbed.other) != 0)
			STRS_ADD(&left, f->a, cr->merged_from.v[i]);
	if (!c->absorbed.gone)
		STRS_ADD(&left, f->a, c->absorbed.other);
	cr->merged_from = left;
}

static void apply_order(struct fold *f, const struct change *c) {
	REPLACE_OR_ADD(&f->cr->orders, c->order, it->n == c->order.n);
}

static void apply_alarm(struct fold *f, const struct change *c) {
	const struct alarm *m = &c->alarm;
	REPLACE_OR_ADD(&f->cr->alarms, *m,
	               it->step == m->step && it->task == m->task && it->started_at_us == m->started_at_us &&
	                   same(it->clock, m->clock));
}

/* What is told to others, or only to readers of the event. */
static void apply_nothing(struct fold *f, const struct change *c) { (void)f, (void)c; }

typedef void (*apply_fn)(struct fold *f, const struct change *c);

static const apply_fn appliers[CHANGE_KINDS] = {
    [CHANGE_OPENED] = apply_opened,       [CHANGE_ROUTED] = apply_routed,     [CHANGE_TRIAGED] = apply_triaged,
    [CHANGE_STATE] = apply_state,         [CHANGE_HELD] = apply_held,         [CHANGE_TASK] = apply_task,
    [CHANGE_CLOCK] = apply_clock,         [CHANGE_SPAN] = apply_span,         [CHANGE_AMENDED] = apply_amended,
    [CHANGE_REF] = apply_ref,             [CHANGE_MARK] = apply_mark,         [CHANGE_COUNTS] = apply_counts,
    [CHANGE_REQUEST] = apply_request,     [CHANGE_SUSPENDED] = apply_suspended, [CHANGE_MERGED] = apply_merged,
    [CHANGE_ABSORBED] = apply_absorbed,   [CHANGE_ORDER] = apply_order,       [CHANGE_ALARM] = apply_alarm,
    [CHANGE_NOTICE] = apply_nothing,      [CHANGE_FIRED] = apply_nothing,
};

static struct case_rec *case_new(const char *town, struct arena *a) {
	struct case_rec *cr = arena_new(a, struct case_rec);
	cr->town = town;
	cr->held_since_us = cr->rule_at_us = NO_TIME;
	cr->observed_at_us = cr->received_at_us = cr->closed_at_us = cr->changed_at_us = NO_TIME;
	cr->suspended_at_us = cr->suspended_until_us = NO_TIME;
	cr->request.asked_at_us = cr->request.until_us = NO_TIME;
	return cr;
}

static struct case_rec *case_share(const struct case_rec *before, struct arena *a) {
	struct case_rec *cr = arena_memdup(a, before, sizeof *before);
	cr->tasks.cap = cr->clocks.cap = cr->marks.cap = cr->refs.cap = 0;
	cr->orders.cap = cr->alarms.cap = cr->spans.cap = 0;
	return cr;
}

struct case_rec *apply_begin(const struct case_rec *before, const char *town, int64_t at_us, struct arena *a) {
	struct case_rec *cr = before ? case_share(before, a) : case_new(town, a);
	cr->version++;
	cr->changed_at_us = at_us;
	return cr;
}

void apply_change(struct case_rec *cr, const struct change *c, struct arena *a) {
	CHECK((size_t)c->kind < CHANGE_KINDS);
	appliers[c->kind](&(struct fold){cr, a}, c);
}

struct case_rec *apply(const struct case_rec *before, const char *town, const struct changes *ch, struct arena *a) {
	struct case_rec *cr = apply_begin(before, town, ch->at_us, a);
	for (size_t i = 0; i < ch->list.n; i++)
		apply_change(cr, &ch->list.v[i], a);
	return cr;
}
