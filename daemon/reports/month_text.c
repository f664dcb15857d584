/* month_text: the month as plain text, and as CSV. */
#include "daemon/reports/chars.h"
#include "daemon/reports/monthly.h"
#include "daemon/reports/pages.h"
#include "daemon/reports/plain.h"

#include <string.h>

/* ---- Text ---- */

/* "93.3%* 14/15": it breaks into two lines where a column is narrow. */
static const char *said(const struct monthly *m, const struct figure *f) {
	return arena_printf(m->page.arena, "%s%s%s%s", f->said, f->few ? page_word(&m->page, W_FEW_SIGN) : "",
	                    *f->parts ? " " : "", f->parts);
}

static void add_head(const struct monthly *m, struct strbuf *out) {
	const char *notes[MONTHLY_NOTES];
	struct strbuf subject;
	strbuf_init(&subject);
	kpi_subject(m->k, m->page.lang, &subject);
	plain_paragraph(out, subject.data, 0);
	strbuf_fini(&subject);
	plain_paragraph(out, monthly_as_of(m), 0);
	monthly_notes(m, notes);
	for (size_t i = 0; i < MONTHLY_NOTES && notes[i]; i++)
		plain_paragraph(out, notes[i], 0);
	plain_paragraph(out, page_word(&m->page, W_FEW_NOTE), 0);
}

static void add_town(const struct monthly *m, enum indicator_group g, struct strbuf *out) {
	struct plain_table t = {
	    .arena = m->page.arena, .columns = 4, .flexible = 3, .numbers = 1, .texts = 3, .most = {22, 10, 12}};
	indicator_list group = {0};
	static const enum word heads[] = {W_M_INDICATOR, W_M_VALUE, W_M_PARTS, W_MEANING};
	monthly_group(m, g, &group);
	plain_paragraph(out, indicator_group_name(g, m->page.lang), 0);
	for (size_t c = 0; c < sizeof heads / sizeof heads[0]; c++)
		plain_table_add(&t, page_word(&m->page, heads[c]));
	for (size_t i = 0; i < group.n; i++) {
		const struct figure f = monthly_figure(m, group.v[i], &m->k->total.cells[group.v[i]]);
		plain_table_add(&t, indicator_name(group.v[i], m->page.lang));
		plain_table_add(&t, f.few ? arena_printf(m->page.arena, "%s%s", f.said, page_word(&m->page, W_FEW_SIGN)) : f.said);
		plain_table_add(&t, f.parts);
		plain_table_add(&t, monthly_formula(m, group.v[i]));
	}
	plain_table_write(&t, out);
}

static void add_piece(const struct monthly *m, const indicator_list *of, struct strbuf *out) {
	struct plain_table t = {.arena = m->page.arena, .columns = of->n + 1, .flexible = 0, .numbers = 1};
	size_t rows = 0;
	for (size_t c = 1; c <= of->n; c++)
		t.most[c] = 10;
	plain_table_add(&t, monthly_by(m));
	for (size_t c = 0; c < of->n; c++)
		plain_table_add(&t, indicator_name(of->v[c], m->page.lang));
	for (size_t i = 0; i < m->k->rows.n; i++) {
		const struct kpi_row *row = &m->k->rows.v[i];
		if (monthly_blank(row, of))
			continue;
		plain_table_add(&t, monthly_key(m, row->key));
		for (size_t c = 0; c < of->n; c++) {
			const struct figure f = monthly_figure(m, of->v[c], &row->cells[of->v[c]]);
			plain_table_add(&t, said(m, &f));
		}
		rows++;
	}
	if (rows == 0)
		plain_paragraph(out, page_word(&m->page, W_NO_ROWS), 0);
	else
		plain_table_write(&t, out);
}

static void add_group(const struct monthly *m, enum indicator_group g, struct strbuf *out) {
	enum { FIT = 5 };
	indicator_list group = {0}, piece;
	monthly_group(m, g, &group);
	plain_heading(out, page_say(&m->page, W_GROUP_BY, indicator_group_name(g, m->page.lang), monthly_by(m)));
	if (g == GROUP_GAMED)
		plain_paragraph(out, page_word(&m->page, W_GAMED_NOTE), 0);
	for (size_t n = 0; monthly_piece(&group, FIT, n, &piece); n++)
		add_piece(m, &piece, out);
}

static void add_days(const struct monthly *m, struct strbuf *out) {
	static const enum word heads[] = {W_T_DAY, W_T_RECEIVED, W_T_CLOSED, W_T_BREACHED, W_T_OPEN};
	struct plain_table t = {.arena = m->page.arena, .columns = 5, .flexible = 0, .numbers = 1};
	if (m->k->days.n == 0)
		return;
	plain_heading(out, page_word(&m->page, W_TREND));
	for (size_t c = 0; c < sizeof heads / sizeof heads[0]; c++)
		plain_table_add(&t, page_word(&m->page, heads[c]));
	for (size_t i = 0; i < m->k->days.n; i++) {
		const struct kpi_day *d = &m->k->days.v[i];
		const struct cell cells[] = {cell_text(&m->page, d->day), cell_int(CELL_COUNT, d->received),
		                             cell_int(CELL_COUNT, d->closed), cell_int(CELL_COUNT, d->breached),
		                             cell_int(CELL_COUNT, d->open)};
		for (size_t c = 0; c < sizeof cells / sizeof cells[0]; c++)
			plain_table_add(&t, cell_said(&m->page, &cells[c]));
	}
	plain_table_write(&t, out);
}

static void add_corrections(const struct monthly *m, struct strbuf *out) {
	static const enum word heads[] = {W_M_NAME, W_M_INDICATOR, W_M_BEFORE, W_M_AFTER};
	struct plain_table t = {.arena = m->page.arena, .columns = 4, .flexible = 0, .numbers = 2, .most = {0, 22, 16, 16}};
	if (m->k->sent_at_us == NO_TIME)
		return;
	plain_heading(out, page_word(&m->page, W_CORRECTIONS));
	if (m->k->corrections.n == 0) {
		plain_paragraph(out, page_word(&m->page, W_CORRECTIONS_NONE), 0);
		return;
	}
	for (size_t c = 0; c < sizeof heads / sizeof heads[0]; c++)
		plain_table_add(&t, page_word(&m->page, heads[c]));
	for (size_t i = 0; i < m->k->corrections.n; i++) {
		struct correction c;
		if (!monthly_correction(m, &m->k->corrections.v[i], &c))
			continue;
		plain_table_add(&t, c.name);
		plain_table_add(&t, indicator_name(c.indicator, m->page.lang));
		plain_table_add(&t, said(m, &c.before));
		plain_table_add(&t, said(m, &c.after));
	}
	plain_table_write(&t, out);
}

static void add_notes(const struct monthly *m, struct strbuf *out) {
	note_list notes = {0};
	plain_heading(out, page_word(&m->page, W_DEFINITIONS));
	if (m->k->narrowed) /* else they stand beside the town's figures */
		for (int i = 0; i < INDICATORS; i++)
			*LIST_ADD(&notes, m->page.arena) =
			    (struct note){indicator_name((enum indicator)i, m->page.lang), monthly_formula(m, (enum indicator)i)};
	monthly_rules(m, &notes);
	monthly_versions(m, &notes);
	for (size_t i = 0; i < notes.n; i++)
		plain_item(out,
		           arena_printf(m->page.arena, "%s%s%s", notes.v[i].name, page_word(&m->page, W_COLON), notes.v[i].text));
}

void kpi_text(const struct kpi *k, enum page_lang lang, struct strbuf *out) {
	struct arena arena;
	arena_init(&arena);
	const struct monthly m = {k, {lang, k->offset_s, &arena}};
	add_head(&m, out);
	if (!k->narrowed) {
		plain_heading(out, page_word(&m.page, W_TOWN_FIGURES));
		for (int g = 0; g < INDICATOR_GROUPS; g++)
			add_town(&m, (enum indicator_group)g, out);
	}
	for (int g = 0; g < INDICATOR_GROUPS; g++)
		add_group(&m, (enum indicator_group)g, out);
	add_days(&m, out);
	add_corrections(&m, out);
	add_notes(&m, out);
	arena_fini(&arena);
}

/* ---- CSV: one figure a line, with all that it takes to read it alone ---- */

static const enum word csv_heads[] = {W_M_KEY,    W_M_NAME,      W_M_GROUP,       W_M_ID,   W_M_INDICATOR,
                                      W_M_VALUE,  W_M_NUMERATOR, W_M_DENOMINATOR, W_M_FEW,  W_M_FORMULA,
                                      W_M_SOURCE, W_M_FROM,      W_M_TO,          W_M_AS_OF};

static void add_fields(struct strbuf *out, const char *const *fields, size_t n) {
	for (size_t i = 0; i < n; i++) {
		if (i)
			strbuf_addc(out, ',');
		chars_csv(out, fields[i]);
	}
	strbuf_adds(out, "\r\n");
}

static const char *minute(const struct monthly *m, int64_t at_us) {
	const struct cell time = cell_int(CELL_TIME, at_us);
	return cell_said(&m->page, &time);
}

static void add_row(const struct monthly *m, const struct kpi_row *row, struct strbuf *out) {
	const struct cell key = cell_text(&m->page, row->key);
	for (int i = 0; i < INDICATORS; i++) {
		const struct indicator_def *d = &indicators[i];
		const struct figure f = monthly_figure(m, (enum indicator)i, &row->cells[i]);
		const char *const fields[] = {cell_empty(&key) ? "" : key.text,
		                              monthly_key(m, row->key),
		                              indicator_group_name(d->group, m->page.lang),
		                              d->id,
		                              indicator_name((enum indicator)i, m->page.lang),
		                              f.said,
		                              f.numerator_said,
		                              f.denominator_said,
		                              f.few ? page_word(&m->page, W_FEW) : "",
		                              monthly_formula(m, (enum indicator)i),
		                              d->source,
		                              minute(m, m->k->from_us),
		                              minute(m, m->k->to_us),
		                              minute(m, m->k->as_of_us)};
		_Static_assert(sizeof fields / sizeof fields[0] == sizeof csv_heads / sizeof csv_heads[0], "a heading for each");
		add_fields(out, fields, sizeof fields / sizeof fields[0]);
	}
}

void kpi_csv(const struct kpi *k, enum page_lang lang, struct strbuf *out) {
	const char *heads[sizeof csv_heads / sizeof csv_heads[0]];
	struct arena arena;
	arena_init(&arena);
	const struct monthly m = {k, {lang, k->offset_s, &arena}};
	for (size_t c = 0; c < sizeof heads / sizeof heads[0]; c++)
		heads[c] = page_word(&m.page, csv_heads[c]);
	strbuf_adds(out, "\xef\xbb\xbf");
	add_fields(out, heads, sizeof heads / sizeof heads[0]);
	if (!k->narrowed)
		add_row(&m, &k->total, out);
	for (size_t i = 0; i < k->rows.n; i++)
		add_row(&m, &k->rows.v[i], out);
	arena_fini(&arena);
}
