/* month_book: the month as a workbook: one figure a row, so that a filter by indicator compares, and one by name tells a
 * unit's. */
#include "daemon/reports/book.h"
#include "daemon/reports/monthly.h"
#include "daemon/reports/pages.h"

enum figure_column {
	FIG_KEY,
	FIG_NAME,
	FIG_GROUP,
	FIG_ID,
	FIG_INDICATOR,
	FIG_VALUE,
	FIG_NUMERATOR,
	FIG_DENOMINATOR,
	FIG_FEW,
	FIG_FORMULA,
	FIG_SOURCE,
	FIG_COLUMNS
};
static const struct column figure_columns[FIG_COLUMNS] = {
    [FIG_KEY] = {W_M_KEY, W_M_KEY, 16},
    [FIG_NAME] = {W_M_NAME, W_M_NAME, 28},
    [FIG_GROUP] = {W_M_GROUP, W_M_GROUP, 14},
    [FIG_ID] = {W_M_ID, W_M_ID, 22},
    [FIG_INDICATOR] = {W_M_INDICATOR, W_M_INDICATOR, 22},
    [FIG_VALUE] = {W_M_VALUE, W_M_VALUE, 10},
    [FIG_NUMERATOR] = {W_M_NUMERATOR, W_M_NUMERATOR, 10},
    [FIG_DENOMINATOR] = {W_M_DENOMINATOR, W_M_DENOMINATOR, 10},
    [FIG_FEW] = {W_M_FEW, W_M_FEW, 10},
    [FIG_FORMULA] = {W_M_FORMULA, W_M_FORMULA, 60},
    [FIG_SOURCE] = {W_M_SOURCE, W_M_SOURCE, 8},
};

static void add_figures(const struct monthly *m, const struct kpi_row *row, struct sheet *s) {
	const struct page *p = &m->page;
	for (int i = 0; i < INDICATORS; i++) {
		const struct indicator_def *d = &indicators[i];
		const struct figure f = monthly_figure(m, (enum indicator)i, &row->cells[i]);
		const bool empty = cell_empty(&f.value);
		const struct cell cells[FIG_COLUMNS] = {
		    [FIG_KEY] = cell_text(p, row->key),
		    [FIG_NAME] = cell_text(p, row->key ? kpi_name_of(m->k, row->key, p->lang) : page_word(p, W_TOWN_ROW)),
		    [FIG_GROUP] = cell_text(p, indicator_group_name(d->group, p->lang)),
		    [FIG_ID] = cell_text(p, d->id),
		    [FIG_INDICATOR] = cell_text(p, indicator_name((enum indicator)i, p->lang)),
		    [FIG_VALUE] = empty ? cell_text(p, f.said) : f.value,
		    [FIG_NUMERATOR] = f.numerator,
		    [FIG_DENOMINATOR] = f.denominator,
		    [FIG_FEW] = cell_text(p, f.few ? page_word(p, W_FEW) : ""),
		    [FIG_FORMULA] = cell_text(p, monthly_formula(m, (enum indicator)i)),
		    [FIG_SOURCE] = cell_text(p, d->source),
		};
		sheet_row(s, cells, FIG_COLUMNS);
	}
}

/* Texts of a row die with it: there may be very many. */
static void add_rows(const struct monthly *m, const char *name, const struct kpi_row *rows, size_t n, struct book *b) {
	struct arena one;
	struct monthly here = *m;
	struct sheet s = sheet_add(b, name);
	arena_init(&one);
	here.page.arena = &one;
	sheet_head(&s, figure_columns, FIG_COLUMNS);
	for (size_t i = 0; i < n; i++) {
		add_figures(&here, &rows[i], &s);
		arena_reset(&one);
	}
	sheet_filter(&s, 0, FIG_COLUMNS);
	arena_fini(&one);
}

static void add_days(const struct monthly *m, struct book *b) {
	static const struct column columns[] = {{W_T_DAY, W_T_DAY, 14},
	                                        {W_T_RECEIVED, W_T_RECEIVED, 10},
	                                        {W_T_CLOSED, W_T_CLOSED, 10},
	                                        {W_T_BREACHED, W_T_BREACHED, 10},
	                                        {W_T_OPEN, W_T_OPEN, 10}};
	static const size_t n = sizeof columns / sizeof columns[0];
	struct sheet s = sheet_add(b, page_word(&m->page, W_SHEET_DAYS));
	sheet_head(&s, columns, n);
	for (size_t i = 0; i < m->k->days.n; i++) {
		const struct kpi_day *d = &m->k->days.v[i];
		const struct cell cells[] = {cell_text(&m->page, d->day), cell_int(CELL_COUNT, d->received),
		                             cell_int(CELL_COUNT, d->closed), cell_int(CELL_COUNT, d->breached),
		                             cell_int(CELL_COUNT, d->open)};
		sheet_row(&s, cells, n);
	}
}

static void add_corrections(const struct monthly *m, struct book *b) {
	static const struct column columns[] = {
	    {W_M_NAME, W_M_NAME, 28},
	    {W_M_INDICATOR, W_M_INDICATOR, 24},
	    {W_M_BEFORE, W_M_BEFORE, 12},
	    {W_M_BEFORE_NUMERATOR, W_M_BEFORE_NUMERATOR, 14},
	    {W_M_BEFORE_DENOMINATOR, W_M_BEFORE_DENOMINATOR, 14},
	    {W_M_AFTER, W_M_AFTER, 12},
	    {W_M_NUMERATOR, W_M_NUMERATOR, 12},
	    {W_M_DENOMINATOR, W_M_DENOMINATOR, 12},
	};
	static const size_t n = sizeof columns / sizeof columns[0];
	struct sheet s = sheet_add(b, page_word(&m->page, W_SHEET_CORRECTIONS));
	sheet_head(&s, columns, n);
	for (size_t i = 0; i < m->k->corrections.n; i++) {
		struct correction c;
		if (!monthly_correction(m, &m->k->corrections.v[i], &c))
			continue;
		const struct cell cells[] = {cell_text(&m->page, c.name),
		                             cell_text(&m->page, indicator_name(c.indicator, m->page.lang)),
		                             cell_empty(&c.before.value) ? cell_text(&m->page, c.before.said) : c.before.value,
		                             c.before.numerator,
		                             c.before.denominator,
		                             cell_empty(&c.after.value) ? cell_text(&m->page, c.after.said) : c.after.value,
		                             c.after.numerator,
		                             c.after.denominator};
		sheet_row(&s, cells, n);
	}
	if (m->k->corrections.n == 0 && m->k->sent_at_us != NO_TIME)
		sheet_line(&s, BOOK_TEXT, (const char *const[]){page_word(&m->page, W_CORRECTIONS_NONE)}, 1);
}

static void add_notes(const struct monthly *m, struct book *b) {
	static const int widths[] = {28, 60, 60, 8};
	static const enum word heads[] = {W_M_INDICATOR, W_M_NUMERATOR_MEANS, W_M_DENOMINATOR_MEANS, W_M_SOURCE};
	static const size_t n = sizeof heads / sizeof heads[0];
	const struct page *p = &m->page;
	const char *line[sizeof heads / sizeof heads[0]];
	note_list notes = {0};
	struct sheet s = sheet_add(b, page_word(p, W_SHEET_INDICATORS));
	sheet_widths(&s, widths, n);
	for (size_t c = 0; c < n; c++)
		line[c] = page_word(p, heads[c]);
	sheet_line(&s, BOOK_HEAD, line, n);
	for (int i = 0; i < INDICATORS; i++) {
		const struct indicator_def *d = &indicators[i];
		const bool en = p->lang == PAGE_EN;
		sheet_line(&s, BOOK_WRAPPED,
		           (const char *const[]){indicator_name((enum indicator)i, p->lang), en ? d->numerator_en : d->numerator_zh,
		                                 en ? d->denominator_en : d->denominator_zh, d->source},
		           n);
	}
	const char *remarks[MONTHLY_NOTES];
	monthly_notes(m, remarks);
	s.row++;
	for (size_t i = 0; i < MONTHLY_NOTES && remarks[i]; i++)
		sheet_line(&s, BOOK_TEXT, &remarks[i], 1);
	monthly_rules(m, &notes);
	monthly_versions(m, &notes);
	for (size_t i = 0; i < notes.n; i++)
		sheet_line(&s, BOOK_WRAPPED, (const char *const[]){notes.v[i].name, notes.v[i].text}, 2);
}

bool kpi_workbook(const struct kpi *k, enum page_lang lang, struct strbuf *out, struct err *e) {
	struct arena arena;
	struct book b;
	arena_init(&arena);
	const struct monthly m = {k, {lang, k->offset_s, &arena}};
	bool ok = book_open(&b, &m.page, &(struct book_about){word_in(lang, W_MONTH_TITLE), k->as_of_us}, e);
	if (ok) {
		if (!k->narrowed)
			add_rows(&m, word_in(lang, W_SHEET_TOWN), &k->total, 1, &b);
		add_rows(&m, page_say(&m.page, W_SHEET_BY, monthly_by(&m)), k->rows.v, k->rows.n, &b);
		if (!k->narrowed)
			add_days(&m, &b);
		add_notes(&m, &b);
		add_corrections(&m, &b);
		ok = book_close(&b, out, e);
	}
	arena_fini(&arena);
	return ok;
}
