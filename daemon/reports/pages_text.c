/* pages_text: the night as plain text, complete in itself. */
#include "daemon/reports/night.h"
#include "daemon/reports/pages.h"
#include "daemon/reports/plain.h"

static void add_head(const struct night *n, struct strbuf *out) {
	struct strbuf subject;
	const char *note = night_mark_note(n);
	strbuf_init(&subject);
	digest_subject(n->d, n->page.lang, &subject);
	plain_paragraph(out, subject.data, 0);
	strbuf_fini(&subject);
	plain_paragraph(out, night_as_of(n), 0);
	if (note)
		plain_paragraph(out, note, 0);
	if (n->d->overdue == 0)
		plain_paragraph(out, page_word(&n->page, W_NIGHT_NONE), 0);
}

static void add_points(const struct night *n, struct strbuf *out) {
	struct plain_table t = {.arena = n->page.arena, .columns = 3, .flexible = 2, .numbers = SIZE_MAX, .most = {26, 20}};
	plain_heading(out, page_word(&n->page, W_KEY_POINTS));
	plain_table_add(&t, page_word(&n->page, W_FIGURE));
	plain_table_add(&t, page_word(&n->page, W_VALUE));
	plain_table_add(&t, page_word(&n->page, W_REMARK));
	for (int i = 0; i < NIGHT_POINTS; i++) {
		const struct point p = night_point(n, (enum night_point)i);
		plain_table_add(&t, p.label);
		plain_table_add(&t, p.said);
		plain_table_add(&t, p.note);
	}
	plain_table_write(&t, out);
}

static void add_units(const struct night *n, struct strbuf *out) {
	struct plain_table t = {.arena = n->page.arena, .columns = UNIT_COLUMNS, .flexible = UNIT_NAME, .numbers = UNIT_OVERDUE};
	plain_heading(out, page_word(&n->page, W_BY_UNIT));
	if (n->d->units.n == 0) {
		plain_paragraph(out, page_word(&n->page, W_NIGHT_NO_UNIT), 0);
		return;
	}
	for (int c = 0; c < UNIT_COLUMNS; c++)
		plain_table_add(&t, page_word(&n->page, unit_columns[c].heading));
	for (size_t i = 0; i < n->d->units.n; i++) {
		struct cell cells[UNIT_COLUMNS];
		night_unit(n, &n->d->units.v[i], cells);
		for (int c = 0; c < UNIT_COLUMNS; c++)
			plain_table_add(&t, cell_said(&n->page, &cells[c]));
	}
	plain_table_write(&t, out);
}

/* A case takes a few lines: how late, what and where, whose, how it went. */
static void add_case(const struct night *n, size_t rank, struct strbuf *out) {
	static const enum row_piece lines[][4] = {
	    {PIECE_NUMBER, PIECE_WORKED, PIECE_MARKS, ROW_PIECES},
	    {PIECE_CLASS, PIECE_PLACE, ROW_PIECES},
	    {PIECE_UNIT, PIECE_CLOCK, PIECE_DUE, PIECE_NATURAL},
	    {PIECE_RETURNS, PIECE_LEVEL, PIECE_LONGEST, PIECE_LAST_ACT},
	};
	static const size_t pieces = sizeof lines[0] / sizeof lines[0][0];
	struct plain_flow flow = {.out = out, .indent = 5, .lead = arena_printf(n->page.arena, "%3zu. ", rank)};
	struct cell row[ROW_COLUMNS];
	night_row(n, rank, row);
	for (size_t l = 0; l < sizeof lines / sizeof lines[0]; l++) {
		for (size_t i = 0; i < pieces && lines[l][i] != ROW_PIECES; i++)
			plain_flow_add(&flow, night_piece(n, row, lines[l][i]));
		plain_flow_end(&flow);
	}
}

static void add_list(const struct night *n, struct strbuf *out) {
	const size_t listed = night_listed(n);
	if (listed == 0)
		return;
	plain_heading(out, page_word(&n->page, W_LIST));
	plain_paragraph(out, page_word(&n->page, W_LIST_ORDER), 0);
	for (size_t rank = 1; rank <= listed; rank++) {
		strbuf_addc(out, '\n');
		add_case(n, rank, out);
	}
	if (n->d->rows.n > listed) {
		strbuf_addc(out, '\n');
		plain_paragraph(out, night_more(n), 0);
	}
}

static void add_notes(const struct night *n, struct strbuf *out) {
	note_list notes = {0};
	plain_heading(out, page_word(&n->page, W_DEFINITIONS));
	night_definitions(n, &notes);
	night_versions(n, &notes);
	for (size_t i = 0; i < notes.n; i++)
		plain_item(out,
		           arena_printf(n->page.arena, "%s%s%s", notes.v[i].name, page_word(&n->page, W_COLON), notes.v[i].text));
}

void digest_text(const struct digest *d, enum page_lang lang, struct strbuf *out) {
	struct arena arena;
	arena_init(&arena);
	const struct night n = {d, {lang, d->offset_s, &arena}};
	add_head(&n, out);
	add_points(&n, out);
	add_units(&n, out);
	add_list(&n, out);
	add_notes(&n, out);
	arena_fini(&arena);
}
