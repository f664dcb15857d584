/* plain: paragraphs, lists and tables of plain text, broken and aligned by the width that characters have. */
#include "daemon/reports/plain.h"

#include "daemon/reports/chars.h"

#include <string.h>

static const char *skip_spaces(const char *text) { return text + strspn(text, " "); }

/* Bytes without the spaces at the end. */
static size_t trimmed(const char *text, size_t bytes) {
	while (bytes > 0 && text[bytes - 1] == ' ')
		bytes--;
	return bytes;
}

static void add_lines(struct strbuf *out, const char *text, size_t indent, size_t hanging) {
	size_t before = indent;
	for (text = skip_spaces(text); *text; text = skip_spaces(text), before = hanging) {
		const size_t bytes = chars_line(text, PLAIN_COLUMNS - before);
		chars_spaces(out, before);
		strbuf_add(out, text, trimmed(text, bytes));
		strbuf_addc(out, '\n');
		text += bytes;
	}
}

void plain_paragraph(struct strbuf *out, const char *text, size_t indent) { add_lines(out, text, indent, indent); }

void plain_item(struct strbuf *out, const char *text) {
	strbuf_adds(out, "- ");
	const size_t from = out->len;
	add_lines(out, text, 2, 2);
	memmove(out->data + from, out->data + from + 2, out->len - from - 2 + 1);
	out->len -= 2;
}

static void add_rule(struct strbuf *out, char c, size_t n) {
	for (size_t i = 0; i < n; i++)
		strbuf_addc(out, c);
	strbuf_addc(out, '\n');
}

void plain_heading(struct strbuf *out, const char *text) {
	strbuf_addc(out, '\n');
	plain_paragraph(out, text, 0);
	add_rule(out, '=', PLAIN_COLUMNS);
}

/* ---- Flow ---- */

void plain_flow_add(struct plain_flow *f, const char *piece) {
	static const size_t between = 2;
	if (!piece || !*piece)
		return;
	const size_t width = chars_width(piece);
	if (f->column && f->column + between + width > PLAIN_COLUMNS)
		plain_flow_end(f);
	if (f->column == 0 && f->indent + width > PLAIN_COLUMNS) {
		plain_paragraph(f->out, piece, f->indent);
		return;
	}
	if (f->column == 0 && f->lead)
		strbuf_adds(f->out, f->lead);
	else
		chars_spaces(f->out, f->column ? between : f->indent);
	strbuf_adds(f->out, piece);
	f->column += (f->column ? between : f->indent) + width;
	f->lead = NULL;
}

void plain_flow_end(struct plain_flow *f) {
	if (f->column)
		strbuf_addc(f->out, '\n');
	f->column = 0;
}

/* ---- Tables ---- */

void plain_table_add(struct plain_table *t, const char *cell) { STRS_ADD(&t->cells, t->arena, cell); }

static size_t at_most(size_t width, size_t most) { return most && width > most ? most : width; }

/* "| " before, " | " between, " |" behind. */
static size_t ruled(const struct plain_table *t) { return 3 * t->columns + 1; }

/* What the others leave to the flexible column; the widest give way until that is enough. */
static size_t left_over(const struct plain_table *t, size_t widths[PLAIN_TABLE_COLUMNS]) {
	enum { ENOUGH = 10 };
	for (;;) {
		size_t taken = ruled(t), widest = t->flexible == 0 ? 1 : 0;
		for (size_t c = 0; c < t->columns; c++) {
			if (c == t->flexible)
				continue;
			taken += widths[c];
			widest = widths[c] > widths[widest] ? c : widest;
		}
		if (taken + ENOUGH <= PLAIN_COLUMNS)
			return PLAIN_COLUMNS - taken;
		widths[widest]--;
	}
}

static void find_widths(const struct plain_table *t, size_t widths[PLAIN_TABLE_COLUMNS]) {
	for (size_t c = 0; c < t->columns; c++) {
		widths[c] = 1;
		for (size_t i = c; i < t->cells.n; i += t->columns) {
			const size_t width = at_most(chars_width(t->cells.v[i]), t->most[c]);
			widths[c] = width > widths[c] ? width : widths[c];
		}
	}
	widths[t->flexible] = left_over(t, widths);
}

static bool stands_right(const struct plain_table *t, size_t column) {
	return column >= t->numbers && (t->texts == 0 || column < t->texts);
}

/* One line of a row's cells; moves each behind what was written. */
static void add_cells(const struct plain_table *t, const char **cells, const size_t *widths, struct strbuf *out) {
	for (size_t c = 0; c < t->columns; c++) {
		cells[c] = skip_spaces(cells[c]);
		const size_t bytes = *cells[c] ? chars_line(cells[c], widths[c]) : 0;
		const char *text = arena_strndup(t->arena, cells[c], trimmed(cells[c], bytes));
		const size_t width = chars_width(text), spaces = width < widths[c] ? widths[c] - width : 0;
		cells[c] += bytes;
		strbuf_adds(out, c ? " | " : "| ");
		chars_spaces(out, stands_right(t, c) ? spaces : 0);
		strbuf_adds(out, text);
		chars_spaces(out, stands_right(t, c) ? 0 : spaces);
	}
	strbuf_adds(out, " |\n");
}

static bool any_left(const struct plain_table *t, const char *const *cells) {
	for (size_t c = 0; c < t->columns; c++)
		if (*skip_spaces(cells[c]))
			return true;
	return false;
}

static void add_table_rule(const struct plain_table *t, const size_t *widths, struct strbuf *out) {
	for (size_t c = 0; c < t->columns; c++) {
		strbuf_addc(out, '+');
		for (size_t i = 0; i < widths[c] + 2; i++)
			strbuf_addc(out, '-');
	}
	strbuf_adds(out, "+\n");
}

void plain_table_write(const struct plain_table *t, struct strbuf *out) {
	size_t widths[PLAIN_TABLE_COLUMNS];
	find_widths(t, widths);
	add_table_rule(t, widths, out);
	for (size_t row = 0; row + t->columns <= t->cells.n; row += t->columns) {
		const char *left[PLAIN_TABLE_COLUMNS];
		memcpy(left, t->cells.v + row, t->columns * sizeof left[0]);
		do
			add_cells(t, left, widths, out);
		while (any_left(t, left));
		if (row == 0)
			add_table_rule(t, widths, out);
	}
	add_table_rule(t, widths, out);
}
