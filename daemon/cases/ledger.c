/* ledger: adds up the spans of a case by who had it. */
#include "daemon/cases/ledger.h"

#include <string.h>

static const struct span *span_at(const struct case_rec *cr, int64_t at_us) {
	const struct span *found = NULL;
	for (size_t i = 0; i < cr->spans.n && cr->spans.v[i].from_us <= at_us; i++)
		found = &cr->spans.v[i];
	return found;
}

const char *span_bearer_at(const struct case_rec *cr, int64_t at_us) {
	const struct span *s = span_at(cr, at_us);
	return s ? s->bearer : NULL;
}

const char *clock_bearer(const struct case_rec *cr, const struct clock *c) {
	if (c->bearer)
		return c->bearer;
	return c->due_at_us != NO_TIME && c->outside ? span_bearer_at(cr, c->due_at_us) : NULL;
}

static bool same(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

/* The calendar of the case as a whole. */
static const struct calendar *case_calendar(const struct case_rec *cr, const struct calendar_set *cals) {
	const struct clock *overall = case_clock(cr, "overall");
	const struct calendar *own = overall && overall->calendar ? calendar_find(cals, overall->calendar) : NULL;
	return own ? own : cals->of_town;
}

static struct holding *holding_of(holding_list *list, const struct span *s, struct arena *a) {
	for (size_t i = 0; i < list->n; i++)
		if (same(list->v[i].bearer, s->bearer) && (s->bearer || same(list->v[i].why, s->why)))
			return &list->v[i];
	struct holding *h = LIST_ADD(list, a);
	h->bearer = s->bearer;
	h->why = s->why;
	h->first_us = s->from_us;
	return h;
}

static const struct holding *longest_of(const holding_list *list) {
	const struct holding *best = NULL;
	for (size_t i = 0; i < list->n; i++) {
		const struct holding *h = &list->v[i];
		if (!h->bearer)
			continue;
		if (!best || h->worked_us > best->worked_us ||
		    (h->worked_us == best->worked_us && h->natural_us > best->natural_us))
			best = h;
	}
	return best;
}

void ledger_between(const struct case_rec *cr, const struct calendar_set *cals, struct segment between, struct arena *a,
                    struct ledger *out) {
	const struct calendar *cal = case_calendar(cr, cals);
	*out = (struct ledger){.from_us = between.from_us, .to_us = between.to_us};
	for (size_t i = 0; i < cr->spans.n; i++) {
		struct span s = cr->spans.v[i];
		int64_t to_us = i + 1 < cr->spans.n ? cr->spans.v[i + 1].from_us : between.to_us;
		to_us = to_us < between.to_us ? to_us : between.to_us;
		s.from_us = s.from_us > between.from_us ? s.from_us : between.from_us;
		if (to_us <= s.from_us)
			continue;
		struct holding *h = holding_of(&out->holdings, &s, a);
		const int64_t worked_us = cal ? calendar_worked_us(cal, s.from_us, to_us) : to_us - s.from_us;
		h->stretches++;
		h->natural_us += to_us - s.from_us;
		h->worked_us += worked_us;
		out->natural_us += to_us - s.from_us;
		out->worked_us += worked_us;
	}
	out->longest = longest_of(&out->holdings);
}

void ledger_of(const struct case_rec *cr, const struct calendar_set *cals, int64_t until_us, struct arena *a,
               struct ledger *out) {
	const int64_t to_us = cr->closed_at_us != NO_TIME ? cr->closed_at_us : until_us;
	ledger_between(cr, cals, (struct segment){cr->received_at_us, to_us}, a, out);
}
