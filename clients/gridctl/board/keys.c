/* keys: what a key does in the main view, and typing on the bottom line. */
#include "clients/gridctl/board/board.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_ESC = 27, KEY_DEL = 127, KEY_BS = 8, KEY_CTRL_U = 21, KEY_CTRL_L = 12, PROMPT_BYTES = 2000 };

static size_t pane_lines(const struct board *b) {
	switch (b->focus) {
	case PANE_UNITS:
		return b->model.n_units;
	case PANE_QUEUE:
		return b->model.n_shown;
	default:
		return b->model.n_events < EVENTS_KEPT ? b->model.n_events : EVENTS_KEPT;
	}
}

/* Remembers what the cursors are on. */
static void keep(struct board *b) {
	const struct model *m = &b->model;
	if (m->n_shown > 0 && b->at[PANE_QUEUE] < m->n_shown)
		text_set(&b->selected, m->shown[b->at[PANE_QUEUE]]->number);
	else
		text_set(&b->selected, NULL);
	if (b->at[PANE_UNITS] < m->n_units)
		text_set(&b->selected_unit, m->units[b->at[PANE_UNITS]].unit);
}

void keys_settle(struct board *b) {
	const struct model *m = &b->model;
	for (size_t i = 0; b->selected && i < m->n_shown; i++)
		if (strcmp(m->shown[i]->number, b->selected) == 0)
			b->at[PANE_QUEUE] = i;
	for (size_t i = 0; b->selected_unit && i < m->n_units; i++)
		if (strcmp(m->units[i].unit, b->selected_unit) == 0)
			b->at[PANE_UNITS] = i;
	if (b->at[PANE_QUEUE] >= m->n_shown)
		b->at[PANE_QUEUE] = m->n_shown ? m->n_shown - 1 : 0;
	if (b->at[PANE_UNITS] >= m->n_units)
		b->at[PANE_UNITS] = m->n_units ? m->n_units - 1 : 0;
	keep(b);
}

static void move_to(struct board *b, int64_t at) {
	const int64_t n = (int64_t)pane_lines(b);
	if (at >= n)
		at = n - 1;
	b->at[b->focus] = at > 0 ? (size_t)at : 0;
	keep(b);
}

static bool move_key(struct board *b, wint_t key, bool is_code) {
	const int64_t at = (int64_t)b->at[b->focus], page = b->fit[b->focus] > 1 ? (int64_t)b->fit[b->focus] - 1 : 1;
	if ((is_code && key == KEY_UP) || (!is_code && key == 'k'))
		move_to(b, at - 1);
	else if ((is_code && key == KEY_DOWN) || (!is_code && key == 'j'))
		move_to(b, at + 1);
	else if (is_code && key == KEY_PPAGE)
		move_to(b, at - page);
	else if (is_code && key == KEY_NPAGE)
		move_to(b, at + page);
	else if (is_code && key == KEY_HOME)
		move_to(b, 0);
	else if (is_code && key == KEY_END)
		move_to(b, (int64_t)pane_lines(b) - 1);
	else
		return false;
	return true;
}

static void turn_focus(struct board *b, int by) { b->focus = (enum pane)(((int)b->focus + PANES + by) % PANES); }

/* On a unit: only its cases; on a case: those of whoever holds it; once more: all. */
static void narrow(struct board *b) {
	struct model *m = &b->model;
	const struct row *r = b->selected ? model_find(m, b->selected) : NULL;
	const char *unit = b->focus == PANE_UNITS ? b->selected_unit : r ? r->unit : NULL;
	if (m->unit_filter && (!unit || strcmp(m->unit_filter, unit) == 0 || b->focus != PANE_UNITS))
		model_set_unit(m, NULL);
	else if (unit)
		model_set_unit(m, unit);
	b->top[PANE_QUEUE] = 0;
}

static void widen(struct board *b) {
	if (b->model.filter)
		model_set_filter(&b->model, NULL);
	else
		model_set_unit(&b->model, NULL);
}

static void open_selected(struct board *b) {
	const struct happening *h = b->focus == PANE_EVENTS ? model_happening(&b->model, b->at[PANE_EVENTS]) : NULL;
	if (b->focus == PANE_UNITS)
		narrow(b);
	else if (b->focus == PANE_EVENTS && h && *h->number)
		page_open(b, h->number);
	else if (b->focus == PANE_QUEUE && b->selected)
		page_open(b, b->selected);
}

static void start_filter(struct board *b) {
	b->prompt.open = b->prompt.filter = true;
	strbuf_clear(&b->prompt.text);
	if (b->model.filter)
		strbuf_adds(&b->prompt.text, b->model.filter);
}

static void main_key(struct board *b, wint_t key, bool is_code) {
	if (move_key(b, key, is_code))
		return;
	if (is_code) {
		if (key == KEY_BTAB)
			turn_focus(b, -1);
		else if (key == KEY_ENTER)
			open_selected(b);
		return;
	}
	switch (key) {
	case '\t':
		turn_focus(b, 1);
		break;
	case '\n':
	case '\r':
		open_selected(b);
		break;
	case '/':
		start_filter(b);
		break;
	case 'u':
		narrow(b);
		break;
	case 'o':
		b->model.order = (enum order)((b->model.order + 1) % ORDER_COUNT);
		b->model.changed = true;
		break;
	case KEY_ESC:
		widen(b);
		break;
	case '?':
		b->mode = MODE_HELP;
		break;
	case 'q':
		b->quit = true;
		break;
	default:
		(void)acts_begin(b, key);
	}
}

/* ---- Typing ---- */

static void type_char(struct strbuf *text, wint_t c) {
	if (c < 0x20 || c == KEY_DEL || text->len > PROMPT_BYTES)
		return;
	if (c < 0x80) {
		strbuf_addc(text, (char)c);
	} else if (c < 0x800) {
		strbuf_addc(text, (char)(0xC0 | c >> 6));
		strbuf_addc(text, (char)(0x80 | (c & 0x3F)));
	} else if (c < 0x10000) {
		strbuf_addc(text, (char)(0xE0 | c >> 12));
		strbuf_addc(text, (char)(0x80 | (c >> 6 & 0x3F)));
		strbuf_addc(text, (char)(0x80 | (c & 0x3F)));
	} else {
		strbuf_addc(text, (char)(0xF0 | (c >> 18 & 7)));
		strbuf_addc(text, (char)(0x80 | (c >> 12 & 0x3F)));
		strbuf_addc(text, (char)(0x80 | (c >> 6 & 0x3F)));
		strbuf_addc(text, (char)(0x80 | (c & 0x3F)));
	}
}

static void untype(struct strbuf *text) {
	while (text->len > 0 && ((unsigned char)text->data[text->len - 1] & 0xC0) == 0x80)
		text->len--;
	if (text->len > 0)
		text->len--;
	if (text->data)
		text->data[text->len] = '\0';
}

static void end_filter(struct board *b, bool keep_it) {
	b->prompt.open = b->prompt.filter = false;
	if (!keep_it)
		model_set_filter(&b->model, NULL);
}

static void prompt_key(struct board *b, wint_t key, bool is_code) {
	struct prompt *p = &b->prompt;
	const bool enter = is_code ? key == KEY_ENTER : key == '\n' || key == '\r';
	if (!is_code && key == KEY_ESC) {
		if (p->filter)
			end_filter(b, false);
		else
			acts_cancel(b);
		return;
	}
	if (enter) {
		if (p->filter)
			end_filter(b, true);
		else
			acts_answer(b);
		return;
	}
	if ((is_code && key == KEY_BACKSPACE) || (!is_code && (key == KEY_DEL || key == KEY_BS)))
		untype(&p->text);
	else if (!is_code && key == KEY_CTRL_U)
		strbuf_clear(&p->text);
	else if (!is_code)
		type_char(&p->text, key);
	if (p->filter) {
		model_set_filter(&b->model, p->text.len ? p->text.data : NULL);
		b->top[PANE_QUEUE] = 0;
	}
}

void keys_take(struct board *b, wint_t key, bool is_code) {
	b->dirty = true;
	if (!is_code && key == KEY_CTRL_L) {
		b->clear = true;
		return;
	}
	if (b->prompt.open) {
		prompt_key(b, key, is_code);
		return;
	}
	strbuf_clear(&b->said);
	if (b->mode == MODE_HELP)
		b->mode = MODE_MAIN;
	else if (b->mode == MODE_CASE)
		page_key(b, key, is_code);
	else
		main_key(b, key, is_code);
}
