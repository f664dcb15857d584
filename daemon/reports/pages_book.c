/* pages_book: the night as a workbook, with every row. */
#include "daemon/reports/book.h"
#include "daemon/reports/night.h"
#include "daemon/reports/pages.h"

static void add_points(const struct night *n, struct book *b) {
	const struct page *p = &n->page;
	struct strbuf subject;
	strbuf_init(&subject);
	digest_subject(n->d, p->lang, &subject);
	struct sheet s = sheet_add(b, page_word(p, W_SHEET_POINTS));
	sheet_line(&s, BOOK_TITLE, (const char *const[]){subject.data}, 1);
	strbuf_fini(&subject);
	sheet_line(&s, BOOK_TEXT, (const char *const[]){night_as_of(n)}, 1);
	if (night_mark_note(n))
		sheet_line(&s, BOOK_TEXT, (const char *const[]){night_mark_note(n)}, 1);
	if (n->d->overdue == 0)
		sheet_line(&s, BOOK_TEXT, (const char *const[]){page_word(p, W_NIGHT_NONE)}, 1);
	sheet_head(&s, point_columns, POINT_COLUMNS);
	for (int i = 0; i < NIGHT_POINTS; i++) {
		struct cell cells[POINT_COLUMNS];
		night_point_cells(n, (enum night_point)i, cells);
		sheet_row(&s, cells, POINT_COLUMNS);
	}
}

static void add_units(const struct night *n, struct book *b) {
	struct sheet s = sheet_add(b, page_word(&n->page, W_SHEET_UNITS));
	sheet_head(&s, unit_columns, UNIT_COLUMNS);
	for (size_t i = 0; i < n->d->units.n; i++) {
		struct cell cells[UNIT_COLUMNS];
		night_unit(n, &n->d->units.v[i], cells);
		sheet_row(&s, cells, UNIT_COLUMNS);
	}
	sheet_filter(&s, 0, UNIT_COLUMNS);
}

/* Texts of a row die with it: there may be very many. */
static void add_cases(const struct night *n, struct book *b) {
	struct arena one;
	struct night here = *n;
	struct sheet s = sheet_add(b, page_word(&n->page, W_SHEET_CASES));
	arena_init(&one);
	here.page.arena = &one;
	sheet_head(&s, row_columns, ROW_COLUMNS);
	for (size_t rank = 1; rank <= n->d->rows.n; rank++) {
		struct cell cells[ROW_COLUMNS];
		night_row(&here, rank, cells);
		sheet_row(&s, cells, ROW_COLUMNS);
		arena_reset(&one);
	}
	sheet_filter(&s, 0, ROW_COLUMNS);
	arena_fini(&one);
}

static void add_notes(const struct night *n, struct book *b) {
	static const int widths[] = {28, 110};
	note_list notes = {0};
	struct sheet s = sheet_add(b, page_word(&n->page, W_SHEET_NOTES));
	night_definitions(n, &notes);
	night_versions(n, &notes);
	sheet_widths(&s, widths, sizeof widths / sizeof widths[0]);
	for (size_t i = 0; i < notes.n; i++)
		sheet_line(&s, BOOK_WRAPPED, (const char *const[]){notes.v[i].name, notes.v[i].text}, 2);
}

bool digest_workbook(const struct digest *d, enum page_lang lang, struct strbuf *out, struct err *e) {
	struct arena arena;
	struct book b;
	arena_init(&arena);
	const struct night n = {d, {lang, d->offset_s, &arena}};
	bool ok = book_open(&b, &n.page, &(struct book_about){word_in(lang, W_NIGHT_TITLE), d->at_us}, e);
	if (ok) {
		add_points(&n, &b);
		add_units(&n, &b);
		add_cases(&n, &b);
		add_notes(&n, &b);
		ok = book_close(&b, out, e);
	}
	arena_fini(&arena);
	return ok;
}
