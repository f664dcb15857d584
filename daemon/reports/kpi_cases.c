/* kpi_cases: what a case as a whole counts for: its receipt, filing, closing, what citizens say of it. */
#include "daemon/cases/ladder.h"
#include "daemon/reports/kpi_parts.h"

#include "daemon/base/check.h"

#include <string.h>

/* ---- What all of them ask ---- */

bool kpi_within(const struct kpi_ask *ask, int64_t at_us) {
	return at_us != NO_TIME && at_us >= ask->from_us && at_us < ask->to_us && at_us <= ask->as_of_us;
}

bool kpi_ran_out(const struct kpi_ask *ask, const struct clock *c) { return kpi_within(ask, c->due_at_us); }

bool kpi_late(const struct kpi_hits *h, const struct clock *c) {
	const bool waits = c->state != CLOCK_STOPPED && clock_waits(h->cr, c);
	return !waits && clock_overdue(c, h->story->ask->as_of_us, NULL);
}

static void add(struct kpi_hits *h, struct kpi_hit hit) { *LIST_ADD(&h->list, h->story->arena) = hit; }

void kpi_hit_at(struct kpi_hits *h, enum indicator i, const char *unit, int64_t seq, int64_t at_us) {
	add(h, (struct kpi_hit){i, KPI_NUMERATOR, unit, seq, 1, at_us});
}

void kpi_hit(struct kpi_hits *h, enum indicator i, const char *unit, int64_t seq) { kpi_hit_at(h, i, unit, seq, NO_TIME); }

void kpi_rate(struct kpi_hits *h, enum indicator i, const char *unit, int64_t seq, bool yes) {
	add(h, (struct kpi_hit){i, KPI_DENOMINATOR, unit, seq, 1, NO_TIME});
	if (yes)
		kpi_hit(h, i, unit, seq);
}

enum kpi_fault kpi_fault_of(const struct kpi_ask *ask, const char *reason) {
	static const struct {
		const char *word;
		enum kpi_fault fault;
	} words[] = {
	    {"unit", FAULT_UNIT}, {"dispatcher", FAULT_CENTRE}, {"rule", FAULT_CENTRE}, {"nobody", FAULT_NOBODY}};
	const char *word = reason ? ask->words.fault_of(ask->words.ctx, reason) : NULL;
	for (size_t i = 0; word && i < COUNT_OF(words); i++)
		if (strcmp(word, words[i].word) == 0)
			return words[i].fault;
	return FAULT_UNKNOWN;
}

/* ---- Receipt and filing ---- */

enum finder { FOUND_OTHERWISE, FOUND_BY_OURSELVES, FOUND_BY_PUBLIC };

static enum finder finder_of(const struct kpi_hits *h) {
	static const enum finder by_kind[CHANNEL_KINDS] = {
	    [CHANNEL_PATROL] = FOUND_BY_OURSELVES, [CHANNEL_VIDEO] = FOUND_BY_OURSELVES, [CHANNEL_ESTATE] = FOUND_BY_OURSELVES,
	    [CHANNEL_SELF] = FOUND_BY_OURSELVES,   [CHANNEL_PUBLIC] = FOUND_BY_PUBLIC,   [CHANNEL_HOTLINE] = FOUND_BY_PUBLIC};
	const struct kpi_words *w = &h->story->ask->words;
	enum channel_kind kind;
	return h->cr->channel && w->channel_kind(w->ctx, h->cr->channel, &kind) ? by_kind[kind] : FOUND_OTHERWISE;
}

static void hits_of_receipt(struct kpi_hits *h) {
	const struct kpi_story *s = h->story;
	const bool filed = s->filed_at_us != NO_TIME, rejected = h->cr->state == CASE_REJECTED;
	const enum finder finder = finder_of(h);
	if (!kpi_within(s->ask, h->cr->received_at_us))
		return;
	kpi_hit(h, IND_REPORTED, h->owner, s->received_seq);
	kpi_rate(h, IND_FILING, s->ask->desk, s->received_seq, filed);
	kpi_rate(h, IND_VALID, NULL, s->received_seq, !rejected && (filed || h->cr->state == CASE_MERGED));
	if (finder != FOUND_OTHERWISE)
		kpi_rate(h, IND_FOUND_FIRST, NULL, s->received_seq, finder == FOUND_BY_OURSELVES);
}

/* Whoever had it first had it always. */
static bool was_never_sent_on(const struct case_rec *cr) {
	const char *first = NULL;
	for (size_t i = 0; i < cr->tasks.n; i++) {
		const struct task *t = &cr->tasks.v[i];
		if (t->kind != TASK_LEAD)
			continue;
		if (first && strcmp(first, t->unit) != 0)
			return false;
		first = t->unit;
	}
	return true;
}

static void hits_of_filing(struct kpi_hits *h) {
	const struct kpi_story *s = h->story;
	const char *desk = s->ask->desk;
	if (!kpi_within(s->ask, s->filed_at_us))
		return;
	kpi_hit(h, IND_FILED, h->owner, s->filed_seq);
	kpi_rate(h, IND_FILED_ACCURATELY, desk, s->filed_seq, h->cr->state != CASE_REJECTED);
	kpi_rate(h, IND_MISSED, NULL, s->filed_seq, finder_of(h) == FOUND_BY_PUBLIC);
	kpi_rate(h, IND_DISPATCHED_ACCURATELY, desk, s->filed_seq, was_never_sent_on(h->cr));
}

/* ---- The end ---- */

static bool was_late(const struct kpi_hits *h, const struct clock *overall) {
	return overall && !overall->waived && kpi_late(h, overall);
}

/* Rework is held against the unit whose work didn't pass; where another one has the case since, only the town counts it. */
static void hits_of_rework(struct kpi_hits *h, int64_t seq) {
	bool of_owner = false, of_other = false;
	for (size_t i = 0; i < h->cr->tasks.n; i++) {
		const struct task *t = &h->cr->tasks.v[i];
		const struct seen_task *seen = story_task(h->story, t->n);
		if (!seen || !seen->reworks)
			continue;
		of_owner = of_owner || strcmp(t->unit, h->owner) == 0;
		of_other = true;
	}
	kpi_rate(h, IND_REWORK, h->owner, seq, of_owner);
	if (of_other && !of_owner)
		kpi_hit(h, IND_REWORK, NULL, seq);
}

static void hits_of_due_to_close(struct kpi_hits *h, const struct clock *overall) {
	const struct case_rec *cr = h->cr;
	const struct kpi_story *s = h->story;
	const bool closed = cr->state == CASE_CLOSED, late = was_late(h, overall);
	if (!overall || !kpi_ran_out(s->ask, overall) || cr->state == CASE_REJECTED || cr->state == CASE_MERGED)
		return;
	const int64_t seq = closed ? s->over_seq : s->received_seq;
	kpi_hit(h, IND_DUE_TO_CLOSE, h->owner, seq);
	kpi_rate(h, IND_CLOSED_OF_DUE, h->owner, seq, closed);
	kpi_rate(h, IND_CLOSED_ON_TIME, h->owner, seq, closed && !late);
	kpi_rate(h, IND_CLOSED_LATE, h->owner, seq, closed && late);
	hits_of_rework(h, seq);
}

static void hits_of_end(struct kpi_hits *h, const struct clock *overall) {
	const struct kpi_story *s = h->story;
	if (!kpi_within(s->ask, h->cr->closed_at_us))
		return;
	if (h->cr->state == CASE_REJECTED) {
		kpi_hit(h, s->filed_at_us == NO_TIME ? IND_NOT_FILED : IND_CANCELLED, s->ask->desk, s->over_seq);
		return;
	}
	kpi_hit(h, IND_CLOSED, h->owner, s->over_seq);
	kpi_rate(h, IND_CLOSED_PROMPTLY, h->owner, s->over_seq, !was_late(h, overall));
}

/* ---- Citizens ---- */

/* The marks of a hotline's call back; a pack that has none of these names has no such figures. */
#define MARK_CONTACTED "contacted"
#define MARK_OUTCOME "outcome"
#define MARK_SATISFACTION "satisfaction"

static const char *judged(const struct case_rec *cr, const char *mark) {
	const struct mark *m = case_mark(cr, mark);
	return m ? m->value : NULL;
}

/* The source leaves out what wasn't judged: here, a case that had no time for a first call, or was rejected. */
static void hits_of_contact(struct kpi_hits *h) {
	const bool contacted = case_mark(h->cr, MARK_CONTACTED) != NULL;
	for (size_t i = h->cr->clocks.n; i-- > 0 && h->cr->state != CASE_REJECTED;) {
		const struct clock *c = &h->cr->clocks.v[i];
		if (!c->until || strcmp(c->until, MARK_CONTACTED) != 0)
			continue;
		const struct seen_clock *seen = story_clock(h->story, c);
		if (kpi_ran_out(h->story->ask, c))
			kpi_rate(h, IND_FIRST_CONTACT, h->owner, seen ? seen->started_seq : 0,
			         contacted && (c->waived || !kpi_late(h, c)));
		return; /* the newest one tells */
	}
}

static void hits_of_outcome(struct kpi_hits *h) {
	const char *outcome = judged(h->cr, MARK_OUTCOME);
	if (outcome && (strcmp(outcome, "solved") == 0 || strcmp(outcome, "explained") == 0))
		kpi_rate(h, IND_SOLVED, h->owner, h->story->over_seq, strcmp(outcome, "solved") == 0);
}

static void hits_of_satisfaction(struct kpi_hits *h) {
	static const struct {
		const char *value;
		int64_t weight;
	} weights[] = {{"satisfied", 1000}, {"fairly", 800}, {"so_so", 600}, {"dissatisfied", 0}};
	const char *value = judged(h->cr, MARK_SATISFACTION);
	const int64_t seq = h->story->over_seq;
	for (size_t i = 0; value && i < COUNT_OF(weights); i++) {
		if (strcmp(value, weights[i].value) != 0)
			continue;
		add(h, (struct kpi_hit){IND_SATISFACTION, KPI_DENOMINATOR, h->owner, seq, 1000, NO_TIME});
		if (weights[i].weight)
			add(h, (struct kpi_hit){IND_SATISFACTION, KPI_NUMERATOR, h->owner, seq, weights[i].weight, NO_TIME});
	}
}

void hits_of_case(struct kpi_hits *h) {
	const struct clock *overall = case_clock(h->cr, "overall");
	hits_of_receipt(h);
	hits_of_filing(h);
	hits_of_due_to_close(h, overall);
	hits_of_end(h, overall);
	hits_of_contact(h);
	if (h->cr->state == CASE_CLOSED && kpi_within(h->story->ask, h->cr->closed_at_us)) {
		hits_of_outcome(h);
		hits_of_satisfaction(h);
	}
}
