/* draw: text onto the screen, safely; the line at the top and those at the bottom. */
#include "clients/gridctl/board/board.h"
#include "clients/gridctl/term/text.h"
#include "daemon/base/check.h"
#include "daemon/base/civil.h"
#include "daemon/base/utf8.h"

#include <curses.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_LINES = 4 };

static attr_t attributes(const struct board *b, enum look look) {
	static const attr_t plain[] = {[LOOK_PLAIN] = A_NORMAL, [LOOK_HEAD] = A_BOLD, [LOOK_BAD] = A_BOLD,
	                               [LOOK_SOON] = A_NORMAL,  [LOOK_DIM] = A_DIM,   [LOOK_CURSOR] = A_REVERSE};
	static const short pairs[] = {[LOOK_BAD] = 1, [LOOK_SOON] = 2, [LOOK_CURSOR] = 0};
	attr_t a = plain[look];
	/* What is no longer followed is grey. */
	if (b->standing == STANDING_LOST && look != LOOK_CURSOR)
		return A_DIM;
	if (term_colors() && (look == LOOK_BAD || look == LOOK_SOON))
		a |= (attr_t)COLOR_PAIR(pairs[look]);
	return a;
}

/* By wide characters: they reach a terminal of any encoding that the locale has. */
static void put(int y, int x, const char *text, attr_t a) {
	wchar_t wide[1024];
	size_t n = 0;
	const unsigned char *s = (const unsigned char *)text;
	while (*s && n + 1 < COUNT_OF(wide)) {
		uint32_t c;
		const size_t bytes = utf8_get(s, &c);
		wide[n++] = bytes ? (wchar_t)c : L'?';
		s += bytes ? bytes : 1;
	}
	wide[n] = L'\0';
	(void)attrset(A_NORMAL);
	(void)attr_on(a, NULL);
	(void)mvaddwstr(y, x, wide);
	(void)attrset(A_NORMAL);
}

void draw_text(struct board *b, int y, int x, int columns, const char *text, enum look look) {
	struct strbuf safe = {0}, cell = {0};
	if (y < 0 || y >= b->rows || x >= b->cols || columns <= 0)
		return;
	safe_add(&safe, text, SAFE_LINE);
	text_add_cell(&cell, safe.data ? safe.data : "", columns < b->cols - x ? columns : b->cols - x);
	put(y, x, cell.data ? cell.data : "", attributes(b, look));
	strbuf_fini(&safe);
	strbuf_fini(&cell);
}

/* ---- The line at the top ---- */

static void add_time(const struct board *b, struct strbuf *out, int from, int to) {
	char text[RFC3339_BYTES];
	(void)rfc3339_format(b->model.now_us / SECOND_US * SECOND_US, b->model.offset_s, text);
	text[10] = ' ';
	strbuf_add(out, text + from, (size_t)(to - from));
}

static void add_standing(const struct board *b, struct strbuf *out) {
	switch (b->standing) {
	case STANDING_LOST:
		strbuf_adds(out, T("NO CONNECTION, as of ", "连接中断，截至 "));
		add_time(b, out, 11, 16);
		strbuf_printf(out, T(", reconnecting (%s)", "，正在重连（%s）"), b->why);
		return;
	case STANDING_OPENING:
		strbuf_adds(out, T("connecting", "正在连接"));
		return;
	case STANDING_READING:
		strbuf_adds(out, T("reading the list", "正在读取列表"));
		return;
	default:
		if (b->not_ready)
			strbuf_printf(out, T("gridd is not ready: %s", "gridd 未就绪：%s"), b->why);
		else
			strbuf_adds(out, T("connected", "已连接"));
	}
}

static void draw_top(struct board *b) {
	const struct unit_line *all = &b->model.total;
	struct strbuf line = {0};
	strbuf_printf(&line, "%s  ", b->town_name);
	if (b->standing != STANDING_LOST) {
		add_time(b, &line, 0, 19);
		strbuf_adds(&line, "  ");
	}
	add_standing(b, &line);
	strbuf_printf(&line,
	              T("  open %" PRId64 ", due today %" PRId64 ", overdue %" PRId64,
	                "  在办 %" PRId64 "  今日到期 %" PRId64 "  超期 %" PRId64),
	              all->open, all->due_today, all->overdue);
	strbuf_printf(&line, "  %s", b->me);
	draw_text(b, 0, 0, b->cols, line.data, LOOK_CURSOR);
	strbuf_fini(&line);
}

/* ---- The lines at the bottom ---- */

static const struct row *hinted_row(const struct board *b) {
	const char *number = board_case(b);
	return number ? model_find(&b->model, number) : NULL;
}

static void add_hint(const struct board *b, struct strbuf *out) {
	if (b->mode == MODE_HELP) {
		strbuf_adds(out, T("any key: back", "按任意键返回"));
		return;
	}
	strbuf_adds(out, b->mode == MODE_CASE ? T("Esc back  ", "Esc 返回  ") : T("? help  q quit  ", "? 帮助  q 退出  "));
	const struct row *r = hinted_row(b);
	if (r)
		acts_hint(b, r, out);
}

/* Long ones on several lines, over what is there; never more than fits. */
static void draw_message(struct board *b, const char *text, enum look look) {
	struct strbuf safe = {0}, line = {0};
	const char *starts[MESSAGE_LINES], *rest;
	size_t lengths[MESSAGE_LINES];
	int n = 0;
	safe_add(&safe, text, SAFE_LINE);
	for (rest = safe.data ? safe.data : ""; rest && n < MESSAGE_LINES; n++) {
		starts[n] = rest;
		lengths[n] = text_line(starts[n], b->cols - 1, &rest);
	}
	for (int i = 0; i < n; i++) {
		strbuf_clear(&line);
		strbuf_add(&line, starts[i], lengths[i]);
		draw_text(b, b->rows - n + i, 0, b->cols, line.data ? line.data : "", look);
	}
	strbuf_fini(&safe);
	strbuf_fini(&line);
}

static void draw_prompt(struct board *b) {
	struct strbuf line = {0};
	if (b->prompt.filter)
		strbuf_adds(&line, "/");
	else
		acts_ask(b, &line);
	const char *typed = b->prompt.text.data ? b->prompt.text.data : "";
	int room = b->cols - 2 - text_width(line.data);
	/* The end of what is typed is what one looks at. */
	while (*typed && text_width(typed) > (room > 8 ? room : 8))
		for (typed++; ((unsigned char)*typed & 0xC0) == 0x80;)
			typed++;
	strbuf_adds(&line, typed);
	strbuf_addc(&line, '_');
	draw_message(b, line.data, LOOK_HEAD);
	strbuf_fini(&line);
}

static void draw_bottom(struct board *b) {
	struct strbuf hint = {0};
	if (b->prompt.open) {
		draw_prompt(b);
	} else if (b->said.len > 0) {
		draw_message(b, b->said.data, b->said_bad ? LOOK_BAD : LOOK_HEAD);
	} else {
		add_hint(b, &hint);
		draw_text(b, b->rows - 1, 0, b->cols, hint.data ? hint.data : "", LOOK_DIM);
	}
	strbuf_fini(&hint);
}

void draw_all(struct board *b) {
	if (b->clear)
		(void)clear();
	else
		(void)erase();
	b->clear = b->dirty = false;
	draw_top(b);
	if (b->mode == MODE_CASE)
		page_draw(b);
	else if (b->mode == MODE_HELP)
		help_draw(b);
	else
		draw_panes(b);
	draw_bottom(b);
	(void)move(b->rows - 1, b->cols - 1);
	(void)refresh();
}
