/* kpi_make: events and cases in, figures out. count() is the one place where a number grows. */
#include "daemon/cases/zone.h"

#include "daemon/base/dict.h"
#include "daemon/reports/kpi_parts.h"

#include "daemon/base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Who verifies, and what he says in the period: known only at the end. */
struct verifier {
	int64_t verdicts, reworks;
};
struct verdict_given {
	const struct verifier *by;
	const char *unit;
	int64_t seq;
};
/* A case with verdicts: they count when all have been seen. */
struct judged_case {
	const char *number, *key;           /* key: of its row, where rows aren't units */
	LIST_OF(struct verdict_given) verdicts;
};

struct kpi_maker {
	const struct kpi_ask *ask;
	struct arena *a, *per_case;
	struct kpi_story story;
	struct kpi_row total;
	struct dict rows, verifiers;
	LIST_OF(struct judged_case) judged;
	kpi_found_list found;
	kpi_day_list days;
	int32_t first_day;
	int64_t open_before;                /* at the beginning of the first day */
	LIST_OF(int64_t) steps;             /* of each day: how many more were open at its end */
};

/* ---- Counting ---- */

static bool is_wanted(const struct kpi_wanted *w, const struct kpi_row *row, const struct kpi_hit *h) {
	if (!w || w->indicator != h->indicator || w->part != h->part)
		return false;
	return row->key && w->key ? strcmp(row->key, w->key) == 0 : row->key == w->key;
}

static void count(struct kpi_maker *m, struct kpi_row *row, const struct kpi_hit *h, const char *number) {
	struct kpi_cell *c = &row->cells[h->indicator];
	*(h->part == KPI_NUMERATOR ? &c->numerator : &c->denominator) += h->amount;
	if (is_wanted(m->ask->wanted, row, h))
		*LIST_ADD(&m->found, m->a) =
		    (struct kpi_found){.number = arena_strdup(m->a, number),
		                       .seq = h->seq,
		                       .weight = indicators[h->indicator].kind == IND_WEIGHTED ? h->amount : 0};
}

static struct kpi_row *row_of(struct kpi_maker *m, const char *key) {
	struct kpi_row *row = dict_get(&m->rows, key);
	if (row)
		return row;
	row = arena_new(m->a, struct kpi_row);
	row->key = arena_strdup(m->a, key);
	(void)dict_put(&m->rows, row->key, row);
	return row;
}

/* What the case as a whole counts for, once each, whatever the number of its stays: a good figure only if it is so each time, a bad
 * one if it is so at all. */
struct once {
	const struct kpi_hit *first[KPI_PARTS];
	int32_t n[KPI_PARTS];
};

static bool counts_once(enum indicator i, const struct once *o, enum kpi_part part) {
	if (!o->first[part])
		return false;
	if (part == KPI_DENOMINATOR || indicators[i].kind == IND_COUNT || !indicators[i].more_is_better)
		return true;
	return o->n[KPI_NUMERATOR] == o->n[KPI_DENOMINATOR];
}

static void count_once(struct kpi_maker *m, struct kpi_row *row, const kpi_hit_list *hits, const char *number) {
	struct once once[INDICATORS] = {0};
	for (size_t i = 0; i < hits->n; i++) {
		const struct kpi_hit *h = &hits->v[i];
		struct once *o = &once[h->indicator];
		if (o->n[h->part]++ == 0)
			o->first[h->part] = h;
	}
	for (size_t i = 0; i < INDICATORS; i++)
		for (size_t part = 0; part < KPI_PARTS; part++)
			if (counts_once((enum indicator)i, &once[i], (enum kpi_part)part))
				count(m, row, once[i].first[part], number);
}

/* By unit each hit stands in its unit's row; else the case in its own. And the town counts the case. */
static void settle(struct kpi_maker *m, const kpi_hit_list *hits, const char *number, const char *key) {
	if (hits->n == 0)
		return;
	count_once(m, &m->total, hits, number);
	if (m->ask->by != KPI_UNIT) {
		count_once(m, row_of(m, key), hits, number);
		return;
	}
	for (size_t i = 0; i < hits->n; i++)
		if (hits->v[i].unit && indicators[hits->v[i].indicator].whose != WHOSE_TOWN)
			count(m, row_of(m, hits->v[i].unit), &hits->v[i], number);
}

/* ---- Days ---- */

static int32_t local_day(const struct kpi_maker *m, int64_t at_us) {
	int32_t day;
	int64_t of_day_us;
	zone_local(m->ask->calendars->zone, at_us, &day, &of_day_us);
	return day;
}

static const char *day_text(int32_t day, struct arena *a) {
	const struct civil_date d = civil_from_day(day);
	return arena_printf(a, "%04d-%02d-%02d", (int)d.year, (int)d.month, (int)d.day);
}

static void begin_days(struct kpi_maker *m) {
	const struct kpi_ask *ask = m->ask;
	const int64_t end_us = ask->as_of_us < ask->to_us ? ask->as_of_us : ask->to_us - 1;
	m->first_day = local_day(m, ask->from_us);
	for (int32_t day = m->first_day; end_us >= ask->from_us && day <= local_day(m, end_us); day++) {
		LIST_ADD(&m->days, m->a)->day = day_text(day, m->a);
		*LIST_ADD(&m->steps, m->a) = 0;
	}
}

/* NULL: not a day of the period. */
static struct kpi_day *day_of(struct kpi_maker *m, int64_t at_us) {
	const int32_t i = local_day(m, at_us) - m->first_day;
	return kpi_within(m->ask, at_us) && (size_t)i < m->days.n ? &m->days.v[i] : NULL;
}

static void count_steps(struct kpi_maker *m) {
	for (size_t i = 0; i < m->story.steps.n; i++) {
		const struct seen_step *s = &m->story.steps.v[i];
		struct kpi_day *day = day_of(m, s->at_us);
		if (s->at_us < m->ask->from_us)
			m->open_before += s->by;
		if (!day)
			continue;
		m->steps.v[day - m->days.v] += s->by;
		day->received += s->received;
		day->closed += s->closed;
	}
}

/* The same breaches that the figure counts. */
static void count_breaches(struct kpi_maker *m, const struct kpi_hits *h) {
	for (size_t i = 0; i < h->list.n; i++) {
		const struct kpi_hit *hit = &h->list.v[i];
		struct kpi_day *day = hit->indicator == IND_BREACHES ? day_of(m, hit->at_us) : NULL;
		if (day)
			day->breached++;
	}
}

static void end_days(struct kpi_maker *m) {
	int64_t open = m->open_before;
	for (size_t i = 0; i < m->days.n; i++) {
		open += m->steps.v[i];
		m->days.v[i].open = open;
	}
}

/* ---- Verifiers ---- */

static struct verifier *verifier_of(struct kpi_maker *m, const char *actor) {
	struct verifier *v = dict_get(&m->verifiers, actor);
	if (!v) {
		v = arena_new(m->a, struct verifier);
		(void)dict_put(&m->verifiers, arena_strdup(m->a, actor), v);
	}
	return v;
}

static void keep_verdicts(struct kpi_maker *m, const char *number, const char *key) {
	struct judged_case *c = NULL;
	for (size_t i = 0; i < m->story.acts.n; i++) {
		const struct seen_act *act = &m->story.acts.v[i];
		if (act->kind != ACT_VERDICT || !kpi_within(m->ask, act->at_us))
			continue;
		if (!c) {
			c = LIST_ADD(&m->judged, m->a);
			*c = (struct judged_case){.number = arena_strdup(m->a, number), .key = arena_strdup(m->a, key)};
		}
		struct verifier *v = verifier_of(m, act->actor);
		v->verdicts++;
		v->reworks += act->flag;
		*LIST_ADD(&c->verdicts, m->a) = (struct verdict_given){v, m->ask->desk, act->seq};
	}
}

static void settle_verdicts(struct kpi_maker *m) {
	for (size_t i = 0; i < m->judged.n; i++) {
		const struct judged_case *c = &m->judged.v[i];
		arena_reset(m->per_case);
		m->story = (struct kpi_story){.ask = m->ask, .arena = m->per_case};
		struct kpi_hits h = {.story = &m->story};
		for (size_t k = 0; k < c->verdicts.n; k++) {
			const struct verdict_given *v = &c->verdicts.v[k];
			kpi_rate(&h, IND_NEVER_FAILS, v->unit, v->seq, v->by->verdicts >= KPI_VERDICTS && v->by->reworks == 0);
		}
		settle(m, &h.list, c->number, c->key);
	}
}

/* ---- In and out ---- */

struct kpi_maker *kpi_make_new(const struct kpi_ask *ask, struct arena *a, struct arena *scratch) {
	struct kpi_maker *m = arena_new(a, struct kpi_maker);
	m->ask = ask;
	m->a = a;
	m->per_case = scratch;
	dict_init(&m->rows, a);
	dict_init(&m->verifiers, a);
	story_begin(&m->story, ask, scratch);
	begin_days(m);
	return m;
}

void kpi_make_event(struct kpi_maker *m, const struct kpi_event *ev) { story_event(&m->story, ev); }

static const char *key_of(const struct kpi_maker *m, const struct case_rec *cr) {
	const char *const keys[KPI_BYS] = {[KPI_CLASS] = cr->class_code, [KPI_ESTATE] = cr->estate, [KPI_GRID] = cr->grid};
	const char *key = keys[m->ask->by];
	return key ? key : KPI_UNKNOWN;
}

static bool has_tags(const struct kpi_maker *m, const struct case_rec *cr) {
	for (size_t i = 0; i < m->ask->tags.n; i++)
		if (!strs_has(&cr->tags, m->ask->tags.v[i]))
			return false;
	return true;
}

void kpi_make_case(struct kpi_maker *m, const char *number, const struct case_rec *cr) {
	const struct task *lead = case_last_lead(cr);
	struct kpi_hits h = {.story = &m->story, .cr = cr, .owner = lead ? lead->unit : m->ask->desk};
	if (has_tags(m, cr)) {
		hits_of_case(&h);
		hits_of_stays(&h);
		settle(m, &h.list, number, key_of(m, cr));
		keep_verdicts(m, number, key_of(m, cr));
		count_steps(m);
		count_breaches(m, &h);
	}
	story_begin(&m->story, m->ask, m->per_case);
}

static int row_order(const void *one, const void *other) {
	const struct kpi_row *const a = one, *const b = other;
	return strcmp(a->key, b->key);
}

void kpi_make_end(struct kpi_maker *m, struct kpi *out) {
	const struct kpi_ask *ask = m->ask;
	settle_verdicts(m);
	end_days(m);
	*out = (struct kpi){.format = KPI_FORMAT,
	                    .town = ask->town,
	                    .from_us = ask->from_us,
	                    .to_us = ask->to_us,
	                    .as_of_us = ask->as_of_us,
	                    .by = ask->by,
	                    .days = m->days,
	                    .sent_at_us = NO_TIME};
	for (size_t i = 0; i < m->rows.n; i++)
		*LIST_ADD(&out->rows, m->a) = *(const struct kpi_row *)m->rows.entries[i].value;
	if (out->rows.n)
		qsort(out->rows.v, out->rows.n, sizeof *out->rows.v, row_order);
	out->total = m->total;
	for (size_t i = 0; i < out->rows.n; i++)
		kpi_score(&out->rows.v[i], &m->total);
	kpi_score(&out->total, &m->total);
}

const kpi_found_list *kpi_make_found(const struct kpi_maker *m) { return &m->found; }
