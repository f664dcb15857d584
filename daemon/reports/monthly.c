/* monthly: a month's figures as cells, in the words of one language. */
#include "daemon/reports/monthly.h"

#include "daemon/reports/chars.h"
#include "daemon/reports/pages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- The period ---- */

struct local {
	int32_t day;
	int64_t of_day_us;
	struct civil_date date;
};

static struct local local_of(const struct kpi *k, int64_t at_us) {
	const int64_t us = at_us + k->offset_s * SECOND_US;
	const int64_t day = us / DAY_US - (us % DAY_US < 0);
	return (struct local){(int32_t)day, us - day * DAY_US, civil_from_day((int32_t)day)};
}

static bool whole_month(const struct kpi *k) {
	const struct local from = local_of(k, k->from_us), to = local_of(k, k->to_us);
	const int32_t months = (to.date.year - from.date.year) * 12 + to.date.month - from.date.month;
	return from.of_day_us == 0 && to.of_day_us == 0 && from.date.day == 1 && to.date.day == 1 && months == 1;
}

static const char *day_text(const struct monthly *m, int32_t day) {
	const struct civil_date d = civil_from_day(day);
	return arena_printf(m->page.arena, "%04d-%02d-%02d", d.year, d.month, d.day);
}

/* Whole days by their dates, the last one included; anything else by the minute. */
static const char *edge(const struct monthly *m, int64_t at_us, bool last) {
	const struct kpi *k = m->k;
	const struct local from = local_of(k, k->from_us), to = local_of(k, k->to_us);
	struct strbuf out;
	if (from.of_day_us == 0 && to.of_day_us == 0 && to.day > from.day)
		return day_text(m, local_of(k, at_us).day - last);
	strbuf_init(&out);
	words_time(&out, at_us, k->offset_s);
	return page_keep(&m->page, &out);
}

const char *monthly_period(const struct monthly *m) {
	const struct civil_date d = local_of(m->k, m->k->from_us).date;
	if (whole_month(m->k))
		return page_say(&m->page, W_MONTH_OF, arena_printf(m->page.arena, "%d", d.year),
		                arena_printf(m->page.arena, m->page.lang == PAGE_EN ? "%02d" : "%d", d.month));
	return page_say(&m->page, W_DAYS_OF, edge(m, m->k->from_us, false), edge(m, m->k->to_us, true));
}

void kpi_file_name(const struct kpi *k, struct strbuf *out) {
	struct arena arena;
	arena_init(&arena);
	const struct monthly m = {k, {PAGE_EN, k->offset_s, &arena}};
	const struct civil_date d = local_of(k, k->from_us).date;
	strbuf_adds(out, "gridd-month-");
	chars_file_name(out, k->town);
	if (whole_month(k))
		strbuf_printf(out, "-%04d-%02d", d.year, d.month);
	else
		strbuf_printf(out, "-%s-%s", day_text(&m, local_of(k, k->from_us).day), day_text(&m, local_of(k, k->to_us - 1).day));
	arena_fini(&arena);
}

/* ---- Head ---- */

const char *monthly_town(const struct monthly *m) {
	const char *name = m->page.lang == PAGE_EN ? m->k->town_en : m->k->town_zh;
	const struct cell town = cell_text(&m->page, name && *name ? name : m->k->town);
	return cell_said(&m->page, &town);
}

static const char *instant(const struct monthly *m, int64_t at_us) {
	struct strbuf out;
	strbuf_init(&out);
	words_time(&out, at_us, m->k->offset_s);
	strbuf_adds(&out, " (");
	words_offset(&out, m->k->offset_s);
	strbuf_addc(&out, ')');
	return page_keep(&m->page, &out);
}

const char *monthly_as_of(const struct monthly *m) { return page_say(&m->page, W_NIGHT_AS_OF, instant(m, m->k->as_of_us)); }

const char *monthly_by(const struct monthly *m) {
	static const enum word by[KPI_BYS] = {[KPI_UNIT] = W_BY_UNIT_KEY,
	                                      [KPI_CLASS] = W_BY_CLASS_KEY,
	                                      [KPI_ESTATE] = W_BY_ESTATE_KEY,
	                                      [KPI_GRID] = W_BY_GRID_KEY};
	return page_word(&m->page, by[m->k->by]);
}

const char *monthly_key(const struct monthly *m, const char *key) {
	const struct cell name =
	    cell_text(&m->page, key ? kpi_name_of(m->k, key, m->page.lang) : page_word(&m->page, W_TOWN_ROW));
	return cell_said(&m->page, &name);
}

void monthly_notes(const struct monthly *m, const char *out[MONTHLY_NOTES]) {
	size_t n = 0;
	memset(out, 0, MONTHLY_NOTES * sizeof out[0]);
	if (m->k->sent_at_us != NO_TIME)
		out[n++] = page_say(&m->page, W_MONTH_SENT, instant(m, m->k->sent_at_us));
	if (m->k->narrowed)
		out[n++] = page_word(&m->page, W_MONTH_NARROWED);
}

void kpi_subject(const struct kpi *k, enum page_lang lang, struct strbuf *out) {
	struct arena arena;
	arena_init(&arena);
	const struct monthly m = {k, {lang, k->offset_s, &arena}};
	if (k->narrowed) {
		words_say(out, lang, W_MONTH_SUBJECT_OWN, monthly_town(&m), monthly_period(&m));
	} else {
		const struct kpi_cell *cells = k->total.cells;
		words_say(out, lang, W_MONTH_SUBJECT, monthly_town(&m), monthly_period(&m),
		          monthly_figure(&m, IND_REPORTED, &cells[IND_REPORTED]).said,
		          monthly_figure(&m, IND_CLOSED, &cells[IND_CLOSED]).said,
		          monthly_figure(&m, IND_HANDLED_ON_TIME, &cells[IND_HANDLED_ON_TIME]).said);
	}
	arena_fini(&arena);
}

/* ---- Indicators ---- */

const char *indicator_name(enum indicator i, enum page_lang lang) {
	return lang == PAGE_EN ? indicators[i].en : indicators[i].zh;
}

const char *monthly_formula(const struct monthly *m, enum indicator i) {
	const struct indicator_def *d = &indicators[i];
	const bool en = m->page.lang == PAGE_EN;
	const char *numerator = en ? d->numerator_en : d->numerator_zh,
	           *denominator = en ? d->denominator_en : d->denominator_zh;
	switch (d->kind) {
	case IND_COUNT:
		return page_say(&m->page, W_FORMULA_COUNT, numerator);
	case IND_SCORE:
		return page_say(&m->page, W_FORMULA_SCORE, numerator, denominator);
	default:
		return page_say(&m->page, W_FORMULA_RATE, numerator, denominator);
	}
}

void monthly_group(const struct monthly *m, enum indicator_group g, indicator_list *out) {
	for (int i = 0; i < INDICATORS; i++)
		if (indicators[i].group == g)
			*LIST_ADD(out, m->page.arena) = (enum indicator)i;
}

bool monthly_piece(const indicator_list *group, size_t most, size_t n, indicator_list *out) {
	const size_t pieces = (group->n + most - 1) / most;
	if (n >= pieces)
		return false;
	const size_t from = group->n * n / pieces, to = group->n * (n + 1) / pieces;
	*out = (indicator_list){.v = group->v + from, .n = to - from};
	return true;
}

/* What a spreadsheet reckons with: a share as a fraction, points as they are. */
static struct cell value_of(enum indicator i, const struct kpi_cell *c) {
	const enum indicator_kind kind = indicators[i].kind;
	if (kind == IND_COUNT)
		return cell_int(CELL_COUNT, c->numerator);
	if (c->denominator <= 0)
		return cell_int(CELL_COUNT, NO_TIME);
	if (kind == IND_SCORE)
		return cell_int(CELL_THOUSANDTHS, c->numerator);
	return (struct cell){.kind = CELL_SHARE, .n = c->numerator, .of = c->denominator};
}

static struct cell part_of(enum indicator i, const struct kpi_cell *c, enum kpi_part part) {
	const int64_t n = part == KPI_NUMERATOR ? c->numerator : c->denominator;
	switch (indicators[i].kind) {
	case IND_COUNT:
		return cell_int(CELL_COUNT, NO_TIME);
	case IND_RATE:
		return cell_int(CELL_COUNT, n);
	case IND_SCORE:
		if (part == KPI_DENOMINATOR)
			return cell_int(CELL_COUNT, strtoll(indicators[i].denominator_en, NULL, 10));
		return cell_int(CELL_THOUSANDTHS, c->denominator > 0 ? n : NO_TIME);
	default:
		return cell_int(CELL_THOUSANDTHS, n);
	}
}

static const char *part_said(const struct monthly *m, enum indicator i, const struct kpi_cell *c, enum kpi_part part) {
	char text[24];
	const struct cell cell = part_of(i, c, part);
	if (cell_empty(&cell))
		return "";
	kpi_part_text(i, c, part, text);
	return arena_strdup(m->page.arena, text);
}

struct figure monthly_figure(const struct monthly *m, enum indicator i, const struct kpi_cell *c) {
	char text[24];
	struct figure f = {.value = value_of(i, c),
	                   .numerator = part_of(i, c, KPI_NUMERATOR),
	                   .denominator = part_of(i, c, KPI_DENOMINATOR),
	                   .numerator_said = part_said(m, i, c, KPI_NUMERATOR),
	                   .denominator_said = part_said(m, i, c, KPI_DENOMINATOR),
	                   .parts = ""};
	kpi_cell_text(i, c, text, &f.few);
	f.said = arena_strdup(m->page.arena, text);
	if (*f.denominator_said && indicators[i].kind != IND_SCORE && c->denominator > 0)
		f.parts = arena_printf(m->page.arena, "%s/%s", f.numerator_said, f.denominator_said);
	return f;
}

bool monthly_blank(const struct kpi_row *row, const indicator_list *of) {
	for (size_t i = 0; i < of->n; i++) {
		const struct kpi_cell *c = &row->cells[of->v[i]];
		if (c->numerator || c->denominator)
			return false;
	}
	return true;
}

bool monthly_correction(const struct monthly *m, const struct kpi_correction *c, struct correction *out) {
	const struct kpi_cell before = {c->before_numerator, c->before_denominator}, after = {c->numerator, c->denominator};
	if (!indicator_find(c->indicator, &out->indicator))
		return false;
	out->name = monthly_key(m, c->key);
	out->before = monthly_figure(m, out->indicator, &before);
	out->after = monthly_figure(m, out->indicator, &after);
	return true;
}

/* ---- At the end ---- */

void monthly_rules(const struct monthly *m, note_list *out) {
	static const enum word rules[][2] = {
	    {W_R_STAYS, W_R_STAYS_MEANS}, {W_R_RETURNS, W_R_RETURNS_MEANS}, {W_R_OVERDUE, W_R_OVERDUE_MEANS},
	    {W_R_FILED, W_R_FILED_MEANS}, {W_R_CHANGES, W_R_CHANGES_MEANS}, {W_R_SOURCES, W_R_SOURCES_MEANS},
	};
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
		*LIST_ADD(out, m->page.arena) = (struct note){page_word(&m->page, rules[i][0]), page_word(&m->page, rules[i][1])};
}

void monthly_versions(const struct monthly *m, note_list *out) {
	const struct page *p = &m->page;
	const struct cell town = cell_text(p, m->k->town);
	const struct note notes[] = {
	    {page_word(p, W_VERSION_TOWN), arena_printf(p->arena, "%s (%s)", monthly_town(m), cell_said(p, &town))},
	    {page_word(p, W_M_FROM), instant(m, m->k->from_us)},
	    {page_word(p, W_M_TO), instant(m, m->k->to_us)},
	    {page_word(p, W_M_AS_OF), instant(m, m->k->as_of_us)},
	    {page_word(p, W_VERSION_PACK), arena_printf(p->arena, "%" PRId64, m->k->pack_version)},
	    {page_word(p, W_VERSION_FORMAT), arena_printf(p->arena, "%" PRId64 " / %d", m->k->format, PAGES_VERSION)},
	};
	for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++)
		*LIST_ADD(out, p->arena) = notes[i];
}
