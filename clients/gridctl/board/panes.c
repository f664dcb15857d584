/* panes: units, queue and events, laid out by the room there is. */
#include "clients/gridctl/board/board.h"
#include "clients/gridctl/term/text.h"
#include "clients/gridctl/term/when.h"
#include "daemon/base/civil.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	WIDE_COLUMNS = 120,
	MIDDLE_COLUMNS = 80,
	UNITS_COLUMNS = 43,
	LEAST_PANE = 4,     /* title, heading, and two lines */
	LEAST_FOR_ALL = 16, /* rows of a screen that has all three panes */
	MARK_COLUMNS = 4,
	NUMBER_COLUMNS = 16,
	SOON_S = 2 * 3600
};

struct area {
	int y, x, rows, cols;
};

static int at_least(int a, int b) { return a > b ? a : b; }

/* ---- One line out of cells ---- */

struct line {
	struct strbuf text;
	int left; /* columns that are free */
};

static void cell(struct line *l, int columns, const char *text) {
	struct strbuf safe = {0};
	if (columns > l->left)
		columns = l->left;
	if (columns <= 0)
		return;
	safe_add(&safe, text ? text : "", SAFE_LINE);
	text_add_cell(&l->text, safe.data ? safe.data : "", columns);
	l->left -= columns;
	if (l->left > 0) {
		strbuf_addc(&l->text, ' ');
		l->left--;
	}
	strbuf_fini(&safe);
}

static void cell_right(struct line *l, int columns, const char *text) {
	struct strbuf padded = {0};
	strbuf_printf(&padded, "%*s%s", columns > text_width(text) ? columns - text_width(text) : 0, "", text);
	cell(l, columns, padded.data);
	strbuf_fini(&padded);
}

static void cell_count(struct line *l, int columns, int64_t n) {
	char text[24];
	(void)snprintf(text, sizeof text, "%" PRId64, n);
	cell_right(l, columns, text);
}

static void line_draw(struct board *b, struct line *l, int y, const struct area *at, enum look look) {
	draw_text(b, y, at->x, at->cols, l->text.data ? l->text.data : "", look);
	strbuf_fini(&l->text);
}

/* "= queue, worst first (12/34) =====" */
static void draw_title(struct board *b, enum pane pane, const struct area *at, const char *title) {
	struct strbuf text = {0};
	const char rule = b->focus == pane ? '=' : '-';
	strbuf_printf(&text, "%c%c %s ", rule, rule, title);
	for (int width = text_width(text.data); width < at->cols; width++)
		strbuf_addc(&text, rule);
	draw_text(b, at->y, at->x, at->cols, text.data, b->focus == pane ? LOOK_HEAD : LOOK_DIM);
	strbuf_fini(&text);
}

/* Rows for lines; the cursor's line is among those that show. */
static size_t scroll(struct board *b, enum pane pane, const struct area *at, size_t n) {
	const size_t fit = at->rows > 2 ? (size_t)at->rows - 2 : 0;
	size_t *top = &b->top[pane];
	b->fit[pane] = fit;
	if (b->at[pane] >= n)
		b->at[pane] = n > 0 ? n - 1 : 0;
	if (*top > b->at[pane])
		*top = b->at[pane];
	if (fit > 0 && b->at[pane] >= *top + fit)
		*top = b->at[pane] - fit + 1;
	return fit;
}

static enum look look_of(const struct board *b, enum pane pane, size_t i, enum look other) {
	return b->focus == pane && b->at[pane] == i ? LOOK_CURSOR : other;
}

/* ---- Units ---- */

static void unit_cells(const struct board *b, struct line *l, const struct unit_line *u, const char *name, int name_cols) {
	struct strbuf longest = {0};
	(void)b;
	if (u->longest_s > 0)
		when_add_span(&longest, u->longest_s);
	cell(l, name_cols, name);
	cell_count(l, 5, u->open);
	cell_count(l, 5, u->due_today);
	cell_count(l, 5, u->overdue);
	cell_right(l, 10, longest.data ? longest.data : "-");
	strbuf_fini(&longest);
}

static void draw_units(struct board *b, struct area at) {
	const struct model *m = &b->model;
	const int name_cols = at.cols - 29 > 6 ? at.cols - 29 : 6;
	const size_t fit = scroll(b, PANE_UNITS, &at, m->n_units);
	draw_title(b, PANE_UNITS, &at, T("units, worst first", "承办单位，最急在前"));
	struct line head = {.left = at.cols};
	cell(&head, name_cols, T("unit", "单位"));
	cell_right(&head, 5, T("open", "在办"));
	cell_right(&head, 5, T("today", "今日"));
	cell_right(&head, 5, T("over", "超期"));
	cell_right(&head, 10, T("longest", "最长超期"));
	line_draw(b, &head, at.y + 1, &at, LOOK_HEAD);
	for (size_t i = b->top[PANE_UNITS], y = 0; i < m->n_units && y < fit; i++, y++) {
		const struct unit_line *u = &m->units[i];
		struct strbuf name = {0};
		struct line l = {.left = at.cols};
		const bool narrowed = m->unit_filter && strcmp(m->unit_filter, u->unit) == 0;
		strbuf_printf(&name, "%s%s", narrowed ? "*" : "", model_unit_name(m, u->unit));
		unit_cells(b, &l, u, name.data, name_cols);
		line_draw(b, &l, at.y + 2 + (int)y, &at, look_of(b, PANE_UNITS, i, u->overdue ? LOOK_BAD : LOOK_PLAIN));
		strbuf_fini(&name);
	}
}

/* ---- The queue ---- */

/* In signs as well as in colour: overdue or soon, urgent, waiting for a decision. */
static void marks_of(const struct model *m, const struct row *r, char out[MARK_COLUMNS + 1]) {
	int64_t left = 0;
	const bool runs = row_left(m, r, &left);
	out[0] = runs && left < 0 ? 'X' : runs && left < SOON_S ? '+' : ' ';
	out[1] = r->urgency != 'n' ? '!' : ' ';
	out[2] = r->urgency == 'e' ? '!' : ' ';
	out[3] = r->pending ? '?' : ' ';
	out[4] = '\0';
}

static void add_due(const struct model *m, const struct row *r, struct strbuf *out) {
	char text[RFC3339_BYTES];
	if (r->due_us == NO_TIME)
		return;
	(void)rfc3339_format(r->due_us, m->offset_s, text);
	text[10] = ' ';
	strbuf_add(out, text + 5, 11);
}

struct queue_columns {
	int state, class, place, unit, left, due;
};

static int widest(int so_far, const char *text) {
	struct strbuf safe = {0};
	safe_add(&safe, text, SAFE_LINE);
	const int width = safe.data ? text_width(safe.data) : 0;
	strbuf_fini(&safe);
	return width > so_far ? width : so_far;
}

/* Class, place and unit share what the others leave: what each needs for the rows that show, cut where it is more than its
 * share, the place last. */
static void share(struct queue_columns *c, int rest) {
	const int share_of_class = at_least(rest * 35 / 100, rest - c->place - c->unit);
	c->class = c->class < share_of_class ? c->class : share_of_class;
	const int share_of_unit = at_least(rest / 4, rest - c->place - c->class);
	c->unit = c->unit < share_of_unit ? c->unit : share_of_unit;
	c->place = at_least(rest - c->class - c->unit, 0);
}

static struct queue_columns queue_columns(const struct board *b, int cols, size_t fit) {
	const struct model *m = &b->model;
	const bool has_unit = cols >= 70;
	struct queue_columns c = {.left = term_zh() ? 14 : 13, .class = 6, .place = 6, .unit = has_unit ? 6 : 0};
	int rest = cols - (MARK_COLUMNS + 1) - (NUMBER_COLUMNS + 1) - c.left - 2 - has_unit;
	if (has_unit) {
		c.state = term_zh() ? 6 : 10;
		rest -= c.state + 1;
	}
	if (cols >= 90) {
		c.due = 11;
		rest -= c.due + 1;
	}
	for (size_t i = b->top[PANE_QUEUE], y = 0; i < m->n_shown && y < fit; i++, y++) {
		c.class = widest(c.class, model_class_name(m, m->shown[i]->class));
		c.place = widest(c.place, row_place(m, m->shown[i]));
		c.unit = has_unit ? widest(c.unit, model_unit_name(m, m->shown[i]->unit)) : 0;
	}
	share(&c, rest);
	return c;
}

static void some_cell(struct line *l, int columns, const char *text) {
	if (columns > 0)
		cell(l, columns, text);
}

static void queue_row(struct board *b, const struct row *r, const struct queue_columns *c, struct line *l) {
	const struct model *m = &b->model;
	struct strbuf left = {0}, due = {0};
	char marks[MARK_COLUMNS + 1];
	int64_t seconds = 0;
	marks_of(m, r, marks);
	if (row_left(m, r, &seconds))
		when_add_left(&left, seconds);
	add_due(m, r, &due);
	cell(l, MARK_COLUMNS, marks);
	cell(l, NUMBER_COLUMNS, r->number);
	some_cell(l, c->state, row_state_name(r));
	some_cell(l, c->class, model_class_name(m, r->class));
	some_cell(l, c->place, row_place(m, r));
	some_cell(l, c->unit, model_unit_name(m, r->unit));
	cell(l, c->left, left.data ? left.data : "-");
	some_cell(l, c->due, due.data ? due.data : "-");
	strbuf_fini(&left);
	strbuf_fini(&due);
}

static void queue_head(struct board *b, const struct queue_columns *c, const struct area *at) {
	struct line l = {.left = at->cols};
	cell(&l, MARK_COLUMNS, "");
	cell(&l, NUMBER_COLUMNS, T("number", "编号"));
	some_cell(&l, c->state, T("state", "状态"));
	some_cell(&l, c->class, T("class", "类别"));
	some_cell(&l, c->place, T("place", "地点"));
	some_cell(&l, c->unit, T("unit", "承办"));
	cell(&l, c->left, T("remaining", "剩余"));
	some_cell(&l, c->due, T("due", "到期"));
	line_draw(b, &l, at->y + 1, at, LOOK_HEAD);
}

static void queue_title(struct board *b, const struct area *at) {
	static const struct both orders[ORDER_COUNT] = {
	    {"worst first", "最急在前"}, {"newest first", "最新在前"}, {"by unit", "按单位"}};
	const struct model *m = &b->model;
	struct strbuf text = {0};
	strbuf_printf(&text, T("queue, %s (%zu of %" PRId64 ")", "案件，%s（%zu / %" PRId64 "）"), both_text(orders[m->order]),
	              m->n_shown, m->total.open);
	if (m->unit_filter)
		strbuf_printf(&text, T(" unit: %s", " 单位：%s"), model_unit_name(m, m->unit_filter));
	if (m->filter)
		strbuf_printf(&text, T(" filter: %s", " 筛选：%s"), m->filter);
	draw_title(b, PANE_QUEUE, at, text.data);
	strbuf_fini(&text);
}

static void draw_queue(struct board *b, struct area at) {
	const struct model *m = &b->model;
	const size_t fit = scroll(b, PANE_QUEUE, &at, m->n_shown);
	const struct queue_columns c = queue_columns(b, at.cols, fit);
	queue_title(b, &at);
	queue_head(b, &c, &at);
	for (size_t i = b->top[PANE_QUEUE], y = 0; i < m->n_shown && y < fit; i++, y++) {
		struct line l = {.left = at.cols};
		int64_t left = 0;
		const bool runs = row_left(m, m->shown[i], &left);
		queue_row(b, m->shown[i], &c, &l);
		const enum look look = runs && left < 0 ? LOOK_BAD : runs && left < SOON_S ? LOOK_SOON : LOOK_PLAIN;
		line_draw(b, &l, at.y + 2 + (int)y, &at, look_of(b, PANE_QUEUE, i, look));
	}
}

/* ---- Events ---- */

static void draw_events(struct board *b, struct area at) {
	const struct model *m = &b->model;
	const size_t n = m->n_events < EVENTS_KEPT ? m->n_events : EVENTS_KEPT;
	const size_t fit = scroll(b, PANE_EVENTS, &at, n);
	draw_title(b, PANE_EVENTS, &at, T("events, newest first", "动态，最新在前"));
	struct line head = {.left = at.cols};
	cell(&head, 8, T("time", "时间"));
	cell(&head, 16, T("number", "编号"));
	cell(&head, 14, T("what", "事项"));
	cell(&head, at.cols / 5, T("unit", "单位"));
	cell(&head, at.cols, T("details", "内容"));
	line_draw(b, &head, at.y + 1, &at, LOOK_HEAD);
	for (size_t i = b->top[PANE_EVENTS], y = 0; i < n && y < fit; i++, y++) {
		const struct happening *h = model_happening(m, i);
		struct strbuf when = {0};
		struct line l = {.left = at.cols};
		when_add_clock(&when, h->at);
		cell(&l, 8, when.data);
		cell(&l, NUMBER_COLUMNS, h->number);
		cell(&l, 14, h->what);
		cell(&l, at.cols / 5, *h->unit ? model_unit_name(m, h->unit) : "");
		cell(&l, l.left, h->detail);
		line_draw(b, &l, at.y + 2 + (int)y, &at, look_of(b, PANE_EVENTS, i, LOOK_PLAIN));
		strbuf_fini(&when);
	}
}

/* ---- Layout ---- */

static void draw_wide(struct board *b, int body) {
	const int events = at_least(body / 4, LEAST_PANE), above = body - events;
	draw_units(b, (struct area){1, 0, above, UNITS_COLUMNS});
	draw_queue(b, (struct area){1, UNITS_COLUMNS + 1, above, b->cols - UNITS_COLUMNS - 1});
	draw_events(b, (struct area){1 + above, 0, events, b->cols});
}

static void draw_middle(struct board *b, int body) {
	const int events = at_least(body / 5, LEAST_PANE);
	int units = at_least(body / 4, LEAST_PANE);
	if ((size_t)units > b->model.n_units + 2)
		units = at_least((int)b->model.n_units + 2, LEAST_PANE - 1);
	draw_units(b, (struct area){1, 0, units, b->cols});
	draw_queue(b, (struct area){1 + units, 0, body - units - events, b->cols});
	draw_events(b, (struct area){1 + body - events, 0, events, b->cols});
}

static void draw_single(struct board *b, int body) {
	static void (*const panes[PANES])(struct board *, struct area) = {draw_units, draw_queue, draw_events};
	panes[b->focus](b, (struct area){1, 0, body, b->cols});
}

void draw_panes(struct board *b) {
	const int body = b->rows - 2;
	memset(b->fit, 0, sizeof b->fit);
	if (b->cols < MIDDLE_COLUMNS || b->rows < LEAST_FOR_ALL)
		draw_single(b, body);
	else if (b->cols < WIDE_COLUMNS)
		draw_middle(b, body);
	else
		draw_wide(b, body);
}
