/* kpi: the month's figures as JSON and back, how a cell is read, and what has changed since it was sent. */
#include "daemon/reports/kpi.h"

#include "daemon/base/check.h"
#include "daemon/reports/plan_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Names ---- */

const struct indicator_def indicators[INDICATORS] = {
#define INDICATOR(symbol, ...) [IND_##symbol] = {__VA_ARGS__},
#include "daemon/reports/indicators.def"
#undef INDICATOR
};
const char *const indicator_ids[INDICATORS + 1] = {
#define INDICATOR(symbol, id, ...) [IND_##symbol] = (id),
#include "daemon/reports/indicators.def"
#undef INDICATOR
};
const char *const indicator_kind_names[] = {
    [IND_COUNT] = "count", [IND_RATE] = "rate", [IND_WEIGHTED] = "weighted", [IND_SCORE] = "score", NULL};
const char *const indicator_group_names[INDICATOR_GROUPS + 1] = {
    [GROUP_CASES] = "cases",     [GROUP_STAYS] = "stays", [GROUP_CENTRE] = "centre",
    [GROUP_CITIZEN] = "citizen", [GROUP_SCORE] = "score", [GROUP_GAMED] = "gamed"};
const char *const kpi_by_names[KPI_BYS + 1] = {
    [KPI_UNIT] = "unit", [KPI_CLASS] = "class", [KPI_ESTATE] = "estate", [KPI_GRID] = "grid"};
const char *const kpi_part_names[KPI_PARTS + 1] = {[KPI_NUMERATOR] = "numerator", [KPI_DENOMINATOR] = "denominator"};

const char *indicator_group_name(enum indicator_group g, enum page_lang lang) {
	static const char *const names[INDICATOR_GROUPS][PAGE_LANGS] = {
	    [GROUP_CASES] = {"案件", "Cases"},       [GROUP_STAYS] = {"处置", "Stays"},
	    [GROUP_CENTRE] = {"网格中心", "Centre"}, [GROUP_CITIZEN] = {"市民评价", "Citizens"},
	    [GROUP_SCORE] = {"综合得分", "Scores"},  [GROUP_GAMED] = {"数据异常提示", "How figures could be gamed"}};
	return names[g][lang];
}

bool indicator_find(const char *id, enum indicator *out) {
	for (size_t i = 0; i < INDICATORS; i++) {
		if (strcmp(indicator_ids[i], id) != 0)
			continue;
		*out = (enum indicator)i;
		return true;
	}
	return false;
}

/* ---- Cells as people read them ---- */

static void thousandths_text(int64_t v, char out[24]) {
	const int n = snprintf(out, 24, "%" PRId64 ".%03d", v / 1000, (int)(v % 1000));
	CHECK(n > 0 && n < 24);
	char *end = out + n;
	while (end[-1] == '0')
		*--end = '\0';
	if (end[-1] == '.')
		end[-1] = '\0';
}

void kpi_part_text(enum indicator i, const struct kpi_cell *c, enum kpi_part part, char out[24]) {
	const int64_t v = part == KPI_NUMERATOR ? c->numerator : c->denominator;
	if (indicators[i].kind == IND_SCORE && part == KPI_DENOMINATOR)
		(void)snprintf(out, 24, "%s", indicators[i].denominator_en);
	else if (indicators[i].kind == IND_SCORE || indicators[i].kind == IND_WEIGHTED)
		thousandths_text(v, out);
	else
		(void)snprintf(out, 24, "%" PRId64, v);
}

/* Half a tenth is rounded up, in integers: every machine prints the same. */
static void tenths_text(int64_t times, int64_t of, const char *sign, char out[24]) {
	const int64_t tenths = (2 * times + of) / (2 * of);
	(void)snprintf(out, 24, "%" PRId64 ".%d%s", tenths / 10, (int)(tenths % 10), sign);
}

void kpi_cell_text(enum indicator i, const struct kpi_cell *c, char out[24], bool *few) {
	const enum indicator_kind kind = indicators[i].kind;
	const int64_t unit = kind == IND_WEIGHTED ? 1000 : 1;
	if (few)
		*few = (kind == IND_RATE || kind == IND_WEIGHTED) && c->denominator > 0 && c->denominator < KPI_TOO_FEW * unit;
	if (kind == IND_COUNT)
		(void)snprintf(out, 24, "%" PRId64, c->numerator);
	else if (c->denominator <= 0)
		(void)snprintf(out, 24, "-");
	else if (kind == IND_SCORE)
		tenths_text(c->numerator * 10, 1000, "", out);
	else
		tenths_text(c->numerator * 1000, c->denominator, "%", out);
}

/* ---- As JSON ---- */

/* Most of a unit's figures are 0: only those that aren't are kept, each by its name, so that a table with another row more still
 * reads what is stored. */
struct stored_cell {
	enum indicator i;
	int64_t numerator, denominator;
};
struct stored_row {
	const char *key;
	LIST_OF(struct stored_cell) cells;
};
struct stored_kpi {
	struct kpi k;                       /* all but total and rows */
	struct stored_row total;
	LIST_OF(struct stored_row) rows;
};

static const struct field cell_fields[] = {
    PLAN_ENUM("of", struct stored_cell, i, indicator_ids),
    PLAN_COUNT("n", struct stored_cell, numerator),
    PLAN_(  "d", struct stored_cell, denominator, FT_I64, .max = INT64_MAX, .flags = FIELD_SPARSE),
    FIELD_END,
};

static const struct field row_fields[] = {
    PLAN_TEXT_OPT("key", struct stored_row, key),
    PLAN_LIST("cells", struct stored_row, cells, cell_fields),
    FIELD_END,
};

static const struct field day_fields[] = {
    PLAN_TEXT("day", struct kpi_day, day),
    PLAN_COUNT("received", struct kpi_day, received),
    PLAN_COUNT("closed", struct kpi_day, closed),
    PLAN_COUNT("breached", struct kpi_day, breached),
    PLAN_COUNT("open", struct kpi_day, open),
    FIELD_END,
};

static const struct field name_fields[] = {
    PLAN_TEXT("kind", struct digest_name, kind),
    PLAN_TEXT("code", struct digest_name, code),
    PLAN_TEXT_OPT("zh", struct digest_name, zh),
    PLAN_TEXT_OPT("en", struct digest_name, en),
    FIELD_END,
};

static const struct field kpi_fields[] = {
    PLAN_INT("format", struct stored_kpi, k.format, 1, KPI_FORMAT),
    PLAN_TEXT("town", struct stored_kpi, k.town),
    PLAN_TEXT_OPT("town_zh", struct stored_kpi, k.town_zh),
    PLAN_TEXT_OPT("town_en", struct stored_kpi, k.town_en),
    PLAN_TIME("from", struct stored_kpi, k.from_us),
    PLAN_TIME("to", struct stored_kpi, k.to_us),
    PLAN_TIME("as_of", struct stored_kpi, k.as_of_us),
    PLAN_INT("offset_s", struct stored_kpi, k.offset_s, -86400, 86400),
    PLAN_ENUM("by", struct stored_kpi, k.by, kpi_by_names),
    PLAN_COUNT("pack_version", struct stored_kpi, k.pack_version),
    PLAN_OBJECT("total", struct stored_kpi, total, row_fields),
    PLAN_LIST("rows", struct stored_kpi, rows, row_fields),
    PLAN_LIST("days", struct stored_kpi, k.days, day_fields),
    PLAN_LIST("names", struct stored_kpi, k.names, name_fields),
    FIELD_END,
};

static const struct plan_kind kpi_kind = {"month", kpi_fields, KPI_FORMAT};

static struct stored_row thin_row(const struct kpi_row *row, struct arena *a) {
	struct stored_row s = {.key = row->key};
	for (size_t i = 0; i < INDICATORS; i++) {
		const struct kpi_cell *c = &row->cells[i];
		if (c->numerator || c->denominator)
			*LIST_ADD(&s.cells, a) = (struct stored_cell){(enum indicator)i, c->numerator, c->denominator};
	}
	return s;
}

static struct kpi_row full_row(const struct stored_row *s) {
	struct kpi_row row = {.key = s->key};
	for (size_t i = 0; i < s->cells.n; i++) {
		const struct stored_cell *c = &s->cells.v[i];
		row.cells[c->i] = (struct kpi_cell){c->numerator, c->denominator};
	}
	return row;
}

void kpi_encode(const struct kpi *k, struct strbuf *out) {
	struct arena a;
	arena_init(&a);
	struct stored_kpi s = {.k = *k, .total = thin_row(&k->total, &a)};
	for (size_t i = 0; i < k->rows.n; i++)
		*LIST_ADD(&s.rows, &a) = thin_row(&k->rows.v[i], &a);
	plan_write(&kpi_kind, &s, out);
	arena_fini(&a);
}

static int name_order(const void *one, const void *other) {
	const struct digest_name *const a = one, *const b = other;
	return strcmp(a->code, b->code);
}

static bool is_sorted(const struct kpi *k) {
	for (size_t i = 1; i < k->names.n; i++)
		if (name_order(&k->names.v[i - 1], &k->names.v[i]) >= 0)
			return false;
	for (size_t i = 0; i < k->rows.n; i++)
		if (!k->rows.v[i].key || (i && strcmp(k->rows.v[i - 1].key, k->rows.v[i].key) >= 0))
			return false;
	return true;
}

bool kpi_decode(const char *json, struct arena *a, struct kpi *out, struct err *e) {
	struct stored_kpi s = {0};
	*out = (struct kpi){.sent_at_us = NO_TIME};
	if (!plan_read(&kpi_kind, json, a, &s, e))
		return false;
	*out = s.k;
	out->sent_at_us = NO_TIME;
	out->total = full_row(&s.total);
	for (size_t i = 0; i < s.rows.n; i++)
		*LIST_ADD(&out->rows, a) = full_row(&s.rows.v[i]);
	return is_sorted(out) || plan_foreign(&kpi_kind, e, "its rows or its names are out of order");
}

const char *kpi_name_of(const struct kpi *k, const char *code, enum page_lang lang) {
	const struct digest_name wanted = {.code = code};
	if (strcmp(code, KPI_UNKNOWN) == 0)
		return lang == PAGE_EN ? "(not known)" : "（未注明）";
	const struct digest_name *found =
	    k->names.n ? bsearch(&wanted, k->names.v, k->names.n, sizeof k->names.v[0], name_order) : NULL;
	const char *name = !found ? NULL : lang == PAGE_EN ? found->en : found->zh;
	return name && *name ? name : code;
}

void kpi_narrow(struct kpi *k, const struct strs *keys) {
	size_t rows = 0, corrections = 0;
	for (size_t i = 0; i < k->rows.n; i++)
		if (strs_has(keys, k->rows.v[i].key))
			k->rows.v[rows++] = k->rows.v[i];
	for (size_t i = 0; i < k->corrections.n; i++)
		if (k->corrections.v[i].key && strs_has(keys, k->corrections.v[i].key))
			k->corrections.v[corrections++] = k->corrections.v[i];
	k->rows.n = rows;
	k->corrections.n = corrections;
	k->total = (struct kpi_row){0};
	k->days.n = 0;
	k->narrowed = true;
}

/* ---- Corrections ---- */

static void compare_rows(const struct kpi_row *sent, const struct kpi_row *now, struct arena *a, kpi_correction_list *out) {
	static const struct kpi_row nothing = {0};
	const char *key = sent ? sent->key : now->key;
	const struct kpi_row *before = sent ? sent : &nothing, *after = now ? now : &nothing;
	for (size_t i = 0; i < INDICATORS; i++) {
		const struct kpi_cell *b = &before->cells[i], *n = &after->cells[i];
		if (b->numerator == n->numerator && b->denominator == n->denominator)
			continue;
		*LIST_ADD(out, a) = (struct kpi_correction){.key = key,
		                                            .indicator = indicator_ids[i],
		                                            .before_numerator = b->numerator,
		                                            .before_denominator = b->denominator,
		                                            .numerator = n->numerator,
		                                            .denominator = n->denominator};
	}
}

/* Two sorted lists, side by side. */
void kpi_compare(const struct kpi *sent, const struct kpi *now, struct arena *a, kpi_correction_list *out) {
	compare_rows(&sent->total, &now->total, a, out);
	for (size_t s = 0, n = 0; s < sent->rows.n || n < now->rows.n;) {
		const struct kpi_row *before = s < sent->rows.n ? &sent->rows.v[s] : NULL;
		const struct kpi_row *after = n < now->rows.n ? &now->rows.v[n] : NULL;
		const int order = !before ? 1 : !after ? -1 : strcmp(before->key, after->key);
		compare_rows(order <= 0 ? before : NULL, order >= 0 ? after : NULL, a, out);
		s += order <= 0;
		n += order >= 0;
	}
}
