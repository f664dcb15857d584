/* table: cells are collected, then laid out for the room there is. */
#include "clients/gridctl/term/table.h"

#include "clients/gridctl/term/text.h"
#include "clients/gridctl/term/when.h"
#include "daemon/base/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_REST = 8, LEAST_CUT = 6, LEAST_WRAP = 8, LAST_WRAP = 6, LEAST_TEXT = 6, FIRST_ROWS = 16 };

/* How wide each column is; 0: left out. */
struct layout {
	int widths[TABLE_COLUMNS], least[TABLE_COLUMNS];
	int gap;
};

void table_init(struct table *t, const struct column *columns, size_t n) {
	CHECK(n <= TABLE_COLUMNS);
	*t = (struct table){.n = n};
	memcpy(t->columns, columns, n * sizeof *columns);
}

void table_row(struct table *t) {
	if (t->rows == t->room) {
		t->room = t->room ? t->room * 2 : FIRST_ROWS;
		t->cells = reallocarray(t->cells, t->room * t->n, sizeof *t->cells);
		CHECK(t->cells != NULL);
	}
	memset(&t->cells[t->rows * t->n], 0, t->n * sizeof *t->cells);
	t->rows++;
	t->at = 0;
}

void table_cell(struct table *t, const char *text) {
	struct strbuf safe = {0};
	CHECK(t->at < t->n);
	safe_add(&safe, text ? text : "", SAFE_LINE);
	if (safe.len == 0 && t->columns[t->at].kind != COLUMN_MARK)
		strbuf_addc(&safe, '-');
	t->cells[(t->rows - 1) * t->n + t->at++].text = strbuf_take(&safe);
}

void table_cell_int(struct table *t, int64_t v) {
	char text[32];
	(void)snprintf(text, sizeof text, "%" PRId64, v);
	table_cell(t, text);
}

void table_cell_time(struct table *t, const char *rfc3339) {
	struct strbuf text = {0};
	when_add(&text, rfc3339, false);
	table_cell(t, text.data);
	strbuf_fini(&text);
}

void table_color(struct table *t, const char *color) { t->cells[(t->rows - 1) * t->n + t->at - 1].color = color; }

/* ---- Widths ---- */

static const char *cell_text(const struct table *t, size_t row, size_t column) {
	const char *text = t->cells[row * t->n + column].text;
	return text ? text : "";
}

/* The widest piece that can't be broken: ASCII without a space. */
static int widest_word(const char *text) {
	int widest = 2, width = 0;
	for (; *text; text++) {
		width = *text == ' ' || (unsigned char)*text >= 0x80 ? 0 : width + 1;
		widest = width > widest ? width : widest;
	}
	return widest;
}

static int least_of(enum column_kind kind, int natural, int word) {
	int least = natural;
	if (kind == COLUMN_REST)
		least = LEAST_REST;
	else if (kind == COLUMN_CUT)
		least = LEAST_CUT;
	else if (kind == COLUMN_WRAP)
		least = LEAST_WRAP;
	else if (kind == COLUMN_TEXT)
		least = word > LEAST_TEXT ? word : LEAST_TEXT;
	return least < natural ? least : natural;
}

static void measure(const struct table *t, struct layout *l) {
	*l = (struct layout){.gap = 2};
	for (size_t c = 0; c < t->n; c++) {
		int natural = text_width(both_text(t->columns[c].heading)), word = 0;
		for (size_t r = 0; r < t->rows; r++) {
			const char *text = cell_text(t, r, c);
			const int width = text_width(text), one = t->columns[c].kind == COLUMN_TEXT ? widest_word(text) : 0;
			natural = width > natural ? width : natural;
			word = one > word ? one : word;
		}
		l->widths[c] = natural > 0 ? natural : 1;
		l->least[c] = least_of(t->columns[c].kind, l->widths[c], word);
	}
}

static int total(const struct table *t, const struct layout *l) {
	int sum = 0;
	for (size_t c = 0; c < t->n; c++)
		sum += l->widths[c] ? l->widths[c] + l->gap : 0;
	return sum ? sum - l->gap : 0;
}

/* Takes from the widest column of these kinds, one by one, as long as there is too little room. */
static void squeeze(const struct table *t, struct layout *l, int width, unsigned kinds) {
	while (total(t, l) > width) {
		size_t widest = t->n;
		for (size_t c = 0; c < t->n; c++)
			if ((kinds >> t->columns[c].kind & 1) && l->widths[c] > l->least[c] &&
			    (widest == t->n || l->widths[c] > l->widths[widest]))
				widest = c;
		if (widest == t->n)
			return;
		l->widths[widest]--;
	}
}

static void drop_rest(const struct table *t, struct layout *l) {
	for (size_t c = 0; c < t->n; c++) {
		if (t->columns[c].kind == COLUMN_REST)
			l->widths[c] = 0;
		else if (t->columns[c].kind == COLUMN_WRAP && l->least[c] > LAST_WRAP)
			l->least[c] = LAST_WRAP;
	}
}

/* False: not even so. */
static bool fit(const struct table *t, struct layout *l, int width) {
	measure(t, l);
	squeeze(t, l, width, 1u << COLUMN_REST);
	squeeze(t, l, width, 1u << COLUMN_CUT | 1u << COLUMN_WRAP);
	if (total(t, l) > width)
		l->gap = 1;
	squeeze(t, l, width, 1u << COLUMN_TEXT);
	if (total(t, l) > width) {
		measure(t, l);
		l->gap = 1;
		drop_rest(t, l);
		squeeze(t, l, width, 1u << COLUMN_CUT | 1u << COLUMN_WRAP);
		squeeze(t, l, width, 1u << COLUMN_TEXT);
	}
	return total(t, l) <= width;
}

/* ---- Lines ---- */

static void add_colored(struct strbuf *out, const char *text, const char *color) {
	const char *code = !color ? NULL : strcmp(color, "red") == 0 ? "31" : strcmp(color, "yellow") == 0 ? "33" : NULL;
	if (code && term_colors())
		strbuf_printf(out, "\x1b[%sm%s\x1b[0m", code, text);
	else
		strbuf_adds(out, text);
}

/* The piece of a cell that stands in this line; *rest goes on. */
static void add_piece(struct strbuf *out, const char **rest, int width, const struct column *column) {
	const bool is_cut = column->kind == COLUMN_CUT || column->kind == COLUMN_REST;
	const char *text = *rest ? *rest : "";
	*rest = NULL;
	if (is_cut) {
		text_add_cell(out, text, width);
		return;
	}
	const size_t n = text_line(text, width, rest);
	char *piece = strndup(text, n);
	CHECK(piece != NULL);
	const int spare = width - text_width(piece);
	if (column->kind == COLUMN_RIGHT)
		strbuf_printf(out, "%*s%s", spare, "", piece);
	else
		text_add_cell(out, piece, width);
	free(piece);
}

/* A row in as many lines as its longest cell needs; row SIZE_MAX: the headings. */
static void add_row(const struct table *t, const struct layout *l, size_t row, struct strbuf *out) {
	const char *rest[TABLE_COLUMNS];
	struct strbuf piece = {0};
	const bool is_head = row == SIZE_MAX;
	for (size_t c = 0; c < t->n; c++)
		rest[c] = is_head ? both_text(t->columns[c].heading) : cell_text(t, row, c);
	for (bool more = true; more;) {
		const char *between = "";
		more = false;
		for (size_t c = 0; c < t->n; c++) {
			if (l->widths[c] == 0)
				continue;
			strbuf_clear(&piece);
			add_piece(&piece, &rest[c], l->widths[c], &t->columns[c]);
			strbuf_adds(out, between);
			add_colored(out, piece.data ? piece.data : "", is_head ? NULL : t->cells[row * t->n + c].color);
			between = l->gap == 1 ? " " : "  ";
			more = more || rest[c];
		}
		strbuf_addc(out, '\n');
	}
	strbuf_fini(&piece);
}

/* Where columns find no room beside each other they stand beneath each other. */
static void add_block(const struct table *t, size_t row, int width, struct strbuf *out) {
	for (size_t c = 0; c < t->n; c++) {
		struct strbuf line = {0};
		const char *heading = both_text(t->columns[c].heading);
		strbuf_printf(&line, "%s%s%s", heading, *heading ? " " : "", cell_text(t, row, c));
		const char *rest = line.len > 0 ? line.data : NULL;
		while (rest) {
			const char *text = rest;
			const size_t n = text_line(text, width, &rest);
			strbuf_add(out, text, n);
			strbuf_addc(out, '\n');
		}
		strbuf_fini(&line);
	}
	strbuf_addc(out, '\n');
}

void table_layout(const struct table *t, int width, struct strbuf *out) {
	struct layout l;
	measure(t, &l);
	if (width > 0 && !fit(t, &l, width)) {
		for (size_t r = 0; r < t->rows; r++)
			add_block(t, r, width, out);
		return;
	}
	add_row(t, &l, SIZE_MAX, out);
	for (size_t r = 0; r < t->rows; r++)
		add_row(t, &l, r, out);
}

void table_free(struct table *t) {
	for (size_t i = 0; i < t->rows * t->n; i++)
		free(t->cells[i].text);
	free(t->cells);
	*t = (struct table){0};
}

void table_print(struct table *t) {
	struct strbuf out = {0};
	if (t->rows > 0)
		table_layout(t, term_out_is_tty() ? term_width() : 0, &out);
	if (out.len > 0)
		fputs(out.data, stdout);
	strbuf_fini(&out);
	table_free(t);
}
