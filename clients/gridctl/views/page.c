/* page: headings in a gutter, values beside them. */
#include "clients/gridctl/views/page.h"

#include "clients/gridctl/term/text.h"
#include "daemon/base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIPE_WIDTH = 100, LEAST_WIDTH = 20, LEAST_VALUE = 24, GAP = 2, WRAPPED_IN = 2 };

static const char *const codes[] = {
    [TONE_PLAIN] = NULL, [TONE_STRONG] = "1", [TONE_BAD] = "31", [TONE_SOON] = "33", [TONE_DIM] = "2"};

void page_begin(struct page *p) {
	const char *columns = getenv("COLUMNS");
	const int width = term_out_is_tty() || (columns && *columns) ? term_width() : PIPE_WIDTH;
	*p = (struct page){.width = width < LEAST_WIDTH ? LEAST_WIDTH : width, .gutter = term_zh() ? 10 : 13};
}

/* On one line of what others wrote nothing may move the cursor: a tab would. */
static void add_safe(struct strbuf *out, const char *text) {
	const size_t from = out->len;
	safe_add(out, text, SAFE_TEXT);
	for (size_t i = from; i < out->len; i++)
		if (out->data[i] == '\t')
			out->data[i] = ' ';
}

static void add_toned(struct strbuf *out, enum tone tone, const char *text, size_t n) {
	const bool colored = codes[tone] && term_colors() && n > 0;
	if (colored)
		strbuf_printf(out, "\x1b[%sm", codes[tone]);
	strbuf_add(out, text, n);
	if (colored)
		strbuf_adds(out, "\x1b[0m");
}

static void put_line(const struct strbuf *line) {
	size_t n = line->len;
	while (n > 0 && line->data[n - 1] == ' ')
		n--;
	(void)fwrite(line->data, 1, n, stdout);
	(void)putchar('\n');
}

static void put_left(struct page *p) {
	if (p->left.len > 0)
		put_line(&p->left);
	strbuf_clear(&p->left);
}

void page_end(struct page *p) {
	put_left(p);
	strbuf_fini(&p->left);
}

static void pad(struct strbuf *out, int columns) { strbuf_printf(out, "%*s", columns > 0 ? columns : 0, ""); }

/* The heading, filled up to the gutter. One that is too long for it has its value a little further on. */
static void add_heading(const struct page *p, struct strbuf *line, const char *heading) {
	const int width = text_width(heading);
	strbuf_adds(line, heading);
	pad(line, width + GAP > p->gutter && width > 0 ? GAP : p->gutter - width);
}

/* Safe text, broken into lines: the first goes on behind what is in `line`, which is `at` columns wide; those below are set in. */
struct block {
	int at, in, width;
	enum tone tone;
};

static void put_block(struct strbuf *line, struct block b, const char *text) {
	for (const char *rest = text; rest;) {
		const char *now = rest;
		const size_t n = text_line(now, b.width - b.at, &rest);
		add_toned(line, b.tone, now, n);
		put_line(line);
		strbuf_clear(line);
		pad(line, b.in);
		b.at = b.in;
	}
}

void page_line(struct page *p, enum tone tone, const char *text) {
	struct strbuf safe = {0}, line = {0};
	put_left(p);
	add_safe(&safe, text);
	if (safe.len > 0)
		put_block(&line, (struct block){.in = WRAPPED_IN, .width = p->width, .tone = tone}, safe.data);
	else
		puts("");
	strbuf_fini(&safe);
	strbuf_fini(&line);
}

void page_text(struct page *p, int at, int in, const char *text) {
	struct strbuf safe = {0}, line = {0};
	const bool roomy = p->width - in >= LEAST_VALUE;
	put_left(p);
	add_safe(&safe, text);
	pad(&line, roomy ? at : WRAPPED_IN);
	struct block b = {.at = roomy ? at : WRAPPED_IN, .in = roomy ? in : 2 * WRAPPED_IN, .width = p->width};
	if (safe.len > 0)
		put_block(&line, b, safe.data);
	strbuf_fini(&safe);
	strbuf_fini(&line);
}

void page_item(struct page *p, struct both heading, enum tone tone, const char *value) {
	struct strbuf safe = {0}, line = {0};
	if (!value || !*value)
		return;
	put_left(p);
	add_safe(&safe, value);
	add_heading(p, &line, both_text(heading));
	int at = text_width(line.data);
	int in = p->gutter;
	if (p->width - p->gutter < LEAST_VALUE || p->width - at < LEAST_VALUE) {
		put_line(&line);
		strbuf_clear(&line);
		pad(&line, WRAPPED_IN);
		at = in = WRAPPED_IN;
	}
	put_block(&line, (struct block){.at = at, .in = in, .width = p->width, .tone = tone}, safe.data);
	strbuf_fini(&safe);
	strbuf_fini(&line);
}

void page_short(struct page *p, struct both heading, const char *value) {
	struct strbuf item = {0};
	const int half = p->width / 2;
	if (!value || !*value)
		return;
	add_heading(p, &item, both_text(heading));
	add_safe(&item, value);
	const int width = text_width(item.data);
	if (strchr(item.data, '\n') || width > p->width - half || p->width - p->gutter < LEAST_VALUE) {
		page_item(p, heading, TONE_PLAIN, value);
	} else if (p->left.len > 0) {
		strbuf_adds(&p->left, item.data);
		put_left(p);
	} else if (width + GAP > half) {
		strbuf_adds(&p->left, item.data);
		put_left(p);
	} else {
		strbuf_adds(&p->left, item.data);
		pad(&p->left, half - width);
	}
	strbuf_fini(&item);
}

/* ---- commands ---- */

/* A word for a shell: quoted unless all of it is plain. Chinese is plain. */
static void add_quoted(struct strbuf *out, const char *word) {
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=+,@%";
	size_t i = 0;
	while (word[i] && ((unsigned char)word[i] >= 0x80 || strchr(plain, word[i])))
		i++;
	if (!word[i] && i > 0) {
		strbuf_adds(out, word);
		return;
	}
	strbuf_addc(out, '\'');
	for (; *word; word++)
		strbuf_adds(out, *word == '\'' ? "'\\''" : (const char[]){*word, '\0'});
	strbuf_addc(out, '\'');
}

/* Words, broken with a backslash where the line is full. */
static void put_words(struct strbuf *line, struct block b, const char *const *words) {
	struct strbuf quoted = {0}, safe = {0};
	bool first = true;
	for (; *words; words++, first = false) {
		strbuf_clear(&quoted);
		strbuf_clear(&safe);
		add_quoted(&quoted, *words);
		add_safe(&safe, quoted.data);
		const int width = text_width(safe.data);
		/* Behind it a space and the backslash may have to go. */
		if (!first && b.at + 1 + width + (words[1] ? 2 : 0) > b.width) {
			strbuf_adds(line, " \\");
			put_line(line);
			strbuf_clear(line);
			pad(line, b.in);
			b.at = b.in;
			first = true;
		}
		strbuf_printf(line, "%s%s", first ? "" : " ", safe.data);
		b.at += width + !first;
	}
	put_line(line);
	strbuf_fini(&quoted);
	strbuf_fini(&safe);
}

bool page_command_fits(const struct page *p, const char *const *words) {
	bool fits = true;
	for (; *words && fits; words++) {
		struct strbuf quoted = {0}, safe = {0};
		add_quoted(&quoted, *words);
		add_safe(&safe, quoted.data);
		fits = strcmp(quoted.data, safe.data) == 0 && !strchr(safe.data, '\n') &&
		       2 * WRAPPED_IN + text_width(safe.data) + (int)strlen(" \\") <= p->width;
		strbuf_fini(&quoted);
		strbuf_fini(&safe);
	}
	return fits;
}

static int words_width(const char *const *words) {
	struct strbuf all = {0};
	for (; *words; words++) {
		strbuf_addc(&all, ' ');
		add_quoted(&all, *words);
	}
	const int width = text_width(all.data);
	strbuf_fini(&all);
	return width - 1;
}

void page_command(struct page *p, struct both heading, struct both label, int label_columns, const char *const *words) {
	const char *said = both_text(label);
	struct strbuf line = {0};
	put_left(p);
	add_heading(p, &line, both_text(heading));
	struct block b = {.at = p->gutter + label_columns + GAP, .in = 2 * WRAPPED_IN, .width = p->width};
	strbuf_adds(&line, said);
	if (b.at + words_width(words) > p->width) {
		put_line(&line);
		strbuf_clear(&line);
		pad(&line, WRAPPED_IN);
		b.at = WRAPPED_IN;
	} else {
		pad(&line, label_columns + GAP - text_width(said));
	}
	put_words(&line, b, words);
	strbuf_fini(&line);
}

/* ---- rows ---- */

void rows_begin(struct page_rows *r, size_t columns) {
	CHECK(columns <= PAGE_COLUMNS);
	*r = (struct page_rows){.columns = columns};
}

static struct page_cell *new_cell(struct page_rows *r) {
	if (r->n == r->room) {
		r->room = r->room ? 2 * r->room : 64;
		r->cells = realloc(r->cells, r->room * sizeof *r->cells);
		CHECK(r->cells != NULL);
	}
	struct page_cell *cell = &r->cells[r->n++];
	*cell = (struct page_cell){.text = NULL};
	return cell;
}

void rows_next(struct page_rows *r) {
	while (r->n % r->columns)
		rows_cell(r, TONE_PLAIN, NULL);
}

void rows_cell(struct page_rows *r, enum tone tone, const char *text) {
	struct strbuf safe = {0};
	add_safe(&safe, text ? text : "");
	struct page_cell *cell = new_cell(r);
	cell->text = strbuf_take(&safe);
	cell->tone = tone;
}

/* How wide each column is. False: there is no room for them all. */
static bool fit_columns(const struct page_rows *r, int room, int widths[PAGE_COLUMNS]) {
	int all = 0;
	for (size_t i = 0; i < PAGE_COLUMNS; i++)
		widths[i] = 0;
	for (size_t i = 0; i < r->n; i++) {
		const int width = text_width(r->cells[i].text);
		if (strchr(r->cells[i].text, '\n') && i % r->columns + 1 < r->columns)
			return false;
		if (width > widths[i % r->columns])
			widths[i % r->columns] = width;
	}
	for (size_t i = 0; i + 1 < r->columns; i++)
		all += widths[i] ? widths[i] + GAP : 0;
	const int last = widths[r->columns - 1];
	return all + (last < LEAST_VALUE ? last : LEAST_VALUE) <= room;
}

/* The part of a text that fits on one line, with a sign where there is more. */
static void put_cut(struct strbuf *line, struct block b, const char *text) {
	const char *rest;
	size_t n = text_line(text, b.width - b.at, &rest);
	if (rest) {
		const size_t end = strcspn(text, "\n"), fit = text_fit(text, b.width - b.at - 1);
		n = fit < end ? fit : end;
	}
	add_toned(line, b.tone, text, n);
	strbuf_adds(line, rest ? "…" : "");
	put_line(line);
}

static void put_aligned(const struct page_rows *r, const struct page_cell *row, struct strbuf *line, const int widths[],
                        struct block b) {
	for (size_t i = 0; i + 1 < r->columns; i++) {
		if (widths[i] == 0)
			continue;
		add_toned(line, row[i].tone, row[i].text, strlen(row[i].text));
		pad(line, widths[i] + GAP - text_width(row[i].text));
		b.at += widths[i] + GAP;
	}
	const struct page_cell *last = &row[r->columns - 1];
	b.in = b.at;
	b.tone = last->tone;
	if (r->cut)
		put_cut(line, b, last->text);
	else
		put_block(line, b, last->text);
}

static void put_folded(const struct page_rows *r, const struct page_cell *row, struct strbuf *line, struct block b) {
	struct strbuf text = {0};
	for (size_t i = 0; i < r->columns; i++)
		if (*row[i].text)
			strbuf_printf(&text, "%s%s", text.len ? "  " : "", row[i].text);
	b.tone = row[0].tone;
	put_block(line, b, text.data ? text.data : "");
	strbuf_fini(&text);
}

void rows_print(struct page_rows *r, struct page *p, struct both heading) {
	int widths[PAGE_COLUMNS];
	struct strbuf line = {0};
	rows_next(r);
	const bool aligned = fit_columns(r, p->width - p->gutter, widths);
	put_left(p);
	for (size_t at = 0; at < r->n; at += r->columns) {
		struct block b = {.at = p->gutter, .in = p->gutter + WRAPPED_IN, .width = p->width};
		strbuf_clear(&line);
		add_heading(p, &line, at == 0 ? both_text(heading) : "");
		if (!aligned && p->width - p->gutter < LEAST_VALUE) {
			put_line(&line);
			strbuf_clear(&line);
			pad(&line, WRAPPED_IN);
			b.at = WRAPPED_IN;
			b.in = 2 * WRAPPED_IN;
		}
		if (aligned)
			put_aligned(r, &r->cells[at], &line, widths, b);
		else
			put_folded(r, &r->cells[at], &line, b);
	}
	for (size_t i = 0; i < r->n; i++)
		free(r->cells[i].text);
	free(r->cells);
	*r = (struct page_rows){.columns = r->columns};
	strbuf_fini(&line);
}
