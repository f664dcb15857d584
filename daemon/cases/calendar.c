/* calendar: counts working time by walking over the pieces of working hours, day by local day. */
#include "daemon/cases/calendar.h"

#include "daemon/base/check.h"

#include <string.h>

enum {
	SEARCH_DAYS = 3 * 366, /* a calendar without hours for so long never opens */
	ADD_DAYS = 20 * 366    /* no limit is so long */
};

const struct calendar *calendar_find(const struct calendar_set *set, const char *id) {
	for (size_t i = 0; i < set->list.n; i++)
		if (strcmp(set->list.v[i]->id, id) == 0)
			return set->list.v[i];
	return NULL;
}

/* The index of the first override on or after that day. */
static size_t override_index(const struct calendar *c, int32_t day) {
	size_t low = 0, high = c->overrides.n;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (c->overrides.v[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A walk over days. It remembers where it is among the overrides, and the stretch of constant offset that it is in. */
struct walk {
	const struct calendar *c;
	int32_t day;
	size_t next_override;
	const interval_list *hours; /* of the day */
	struct zone_span span;
};

static void walk_look(struct walk *w) {
	const struct calendar *c = w->c;
	while (w->next_override < c->overrides.n && c->overrides.v[w->next_override].day < w->day)
		w->next_override++;
	const bool overridden = w->next_override < c->overrides.n && c->overrides.v[w->next_override].day == w->day;
	w->hours = overridden ? &c->overrides.v[w->next_override].hours : &c->week[civil_weekday(w->day)];
}

static void walk_start(struct walk *w, const struct calendar *c, int32_t day) {
	*w = (struct walk){.c = c, .day = day, .next_override = override_index(c, day)};
	w->span = (struct zone_span){.from_us = INT64_MAX, .to_us = INT64_MAX};
	walk_look(w);
}

static void walk_next_day(struct walk *w) {
	w->day++;
	walk_look(w);
}

/* zone_instant, without a search while the day lies well within one offset. After a change of offset, times of up to its
 * size may come twice; two days is more than any. */
static int64_t walk_instant(struct walk *w, int64_t of_day_us) {
	const int64_t at_us = w->day * DAY_US + of_day_us - w->span.offset_s * SECOND_US;
	if (at_us < w->span.to_us && at_us - 2 * DAY_US >= w->span.from_us)
		return at_us;
	const int64_t slow_us = zone_instant(w->c->zone, w->day, of_day_us);
	w->span = zone_span_at(w->c->zone, slow_us);
	return slow_us;
}

/* The end of the day's last interval. The day has hours. */
static int64_t walk_close(struct walk *w) { return walk_instant(w, w->hours->v[w->hours->n - 1].to_us); }

/* Pieces of working time in order, from an instant on. Hours of one day that run into the next day's count once. */
struct pieces {
	struct walk walk;
	size_t next;     /* interval within the day */
	int64_t from_us; /* all before is done */
	int32_t stop_day;
};

static int32_t local_day(const struct calendar *c, int64_t at_us) {
	int32_t day;
	int64_t of_day_us;
	zone_local(c->zone, at_us, &day, &of_day_us);
	return day;
}

/* Starts a day early: its hours may run past midnight. */
static void pieces_start(struct pieces *p, const struct calendar *c, int64_t from_us, int32_t max_days) {
	const int32_t day = local_day(c, from_us);
	*p = (struct pieces){.from_us = from_us, .stop_day = day + max_days};
	walk_start(&p->walk, c, day - 1);
}

static bool pieces_next(struct pieces *p, struct segment *out) {
	for (;;) {
		while (p->next == p->walk.hours->n) {
			if (p->walk.day >= p->stop_day)
				return false;
			walk_next_day(&p->walk);
			p->next = 0;
		}
		const struct interval *i = &p->walk.hours->v[p->next++];
		const int64_t to_us = walk_instant(&p->walk, i->to_us);
		if (to_us <= p->from_us)
			continue;
		const int64_t from_us = walk_instant(&p->walk, i->from_us);
		*out = (struct segment){from_us > p->from_us ? from_us : p->from_us, to_us};
		p->from_us = to_us;
		if (out->from_us < to_us)
			return true;
	}
}

bool calendar_next_open(const struct calendar *c, int64_t at_us, struct segment *out) {
	struct pieces p;
	pieces_start(&p, c, at_us, SEARCH_DAYS);
	return pieces_next(&p, out);
}

bool calendar_is_open(const struct calendar *c, int64_t at_us) {
	struct pieces p;
	struct segment s;
	pieces_start(&p, c, at_us, 0);
	return pieces_next(&p, &s) && s.from_us <= at_us;
}

bool calendar_is_workday(const struct calendar *c, int32_t day) {
	struct walk w;
	walk_start(&w, c, day);
	return w.hours->n > 0;
}

bool calendar_is_provisional(const struct calendar *c, int32_t day) {
	return day < c->known_from_day || day > c->known_until_day;
}

int64_t calendar_worked_us(const struct calendar *c, int64_t from_us, int64_t to_us) {
	if (to_us <= from_us)
		return 0;
	struct pieces p;
	struct segment s;
	int64_t sum_us = 0;
	pieces_start(&p, c, from_us, local_day(c, to_us) - local_day(c, from_us) + 1);
	while (pieces_next(&p, &s) && s.from_us < to_us)
		sum_us += (s.to_us < to_us ? s.to_us : to_us) - s.from_us;
	return sum_us;
}

void calendar_pieces(const struct calendar *c, int64_t from_us, int64_t to_us, struct arena *a, segment_list *out) {
	struct pieces p;
	struct segment s;
	pieces_start(&p, c, from_us, local_day(c, to_us) - local_day(c, from_us) + 1);
	while (pieces_next(&p, &s) && s.from_us < to_us)
		*LIST_ADD(out, a) = (struct segment){s.from_us, s.to_us < to_us ? s.to_us : to_us};
}

bool calendar_add(const struct calendar *c, int64_t from_us, int64_t budget_us, int64_t *due_at_us, struct arena *a,
                  segment_list *segs_or_null) {
	CHECK(budget_us > 0);
	struct pieces p;
	struct segment s;
	pieces_start(&p, c, from_us, ADD_DAYS);
	while (pieces_next(&p, &s)) {
		if (s.to_us - s.from_us > budget_us)
			s.to_us = s.from_us + budget_us;
		if (segs_or_null)
			*LIST_ADD(segs_or_null, a) = s;
		budget_us -= s.to_us - s.from_us;
		if (budget_us == 0) {
			*due_at_us = s.to_us;
			return true;
		}
	}
	return false;
}

bool calendar_end_of_day(const struct calendar *c, int64_t from_us, int32_t n, int64_t *due_at_us) {
	const int32_t start_day = local_day(c, from_us);
	const int32_t stop_day = start_day + ADD_DAYS;
	struct walk w;
	walk_start(&w, c, start_day);
	/* The day of start isn't counted; for n = 0 it is the one looked for. */
	int32_t to_go = n > 0 ? n : 1;
	if (n > 0)
		walk_next_day(&w);
	for (; w.day < stop_day; walk_next_day(&w)) {
		if (w.hours->n > 0 && --to_go == 0) {
			*due_at_us = walk_close(&w);
			return true;
		}
	}
	return false;
}

bool calendar_close_of_day(const struct calendar *c, int64_t at_us, int64_t *close_at_us) {
	const int32_t day = local_day(c, at_us);
	struct walk w;
	walk_start(&w, c, day - 1);
	for (; w.day < day + SEARCH_DAYS; walk_next_day(&w)) {
		if (w.hours->n == 0)
			continue;
		*close_at_us = walk_close(&w);
		if (*close_at_us >= at_us)
			return true;
	}
	return false;
}
