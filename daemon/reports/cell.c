/* cell: values of a page, and how people read them. */
#include "daemon/reports/cell.h"

#include "daemon/reports/chars.h"
#include "daemon/reports/pages.h"

#include <inttypes.h>

const char *page_keep(const struct page *p, struct strbuf *out) {
	const char *text = arena_strndup(p->arena, out->data ? out->data : "", out->len);
	strbuf_fini(out);
	return text;
}

const char *page_filled(const struct page *p, enum word w, const char *const *with, size_t n) {
	struct strbuf out;
	strbuf_init(&out);
	words_fill(&out, word_in(p->lang, w), with, n);
	return page_keep(p, &out);
}

struct cell cell_text(const struct page *p, const char *text) {
	struct strbuf out;
	if (!text || !*text)
		return (struct cell){.kind = CELL_TEXT};
	strbuf_init(&out);
	chars_clean(&out, text, 0);
	return (struct cell){.kind = CELL_TEXT, .text = page_keep(p, &out)};
}

struct cell cell_int(enum cell_kind kind, int64_t n) {
	return (struct cell){.kind = kind, .n = n};
}

bool cell_empty(const struct cell *c) { return c->kind == CELL_TEXT ? !c->text : c->n == NO_TIME; }

const char *cell_said(const struct page *p, const struct cell *c) {
	struct strbuf out;
	if (cell_empty(c))
		return page_word(p, W_NOTHING);
	strbuf_init(&out);
	switch (c->kind) {
	case CELL_TEXT:
		chars_clean(&out, c->text, CELL_COLUMNS);
		break;
	case CELL_COUNT:
		strbuf_addi(&out, c->n);
		break;
	case CELL_PERMILLE:
		words_permille(&out, c->n);
		break;
	case CELL_SHARE:
		words_permille(&out, (2 * c->n * 1000 + c->of) / (2 * c->of));
		break;
	case CELL_THOUSANDTHS:
		strbuf_printf(&out, "%" PRId64 ".%03d", c->n / 1000, (int)(c->n % 1000));
		break;
	case CELL_WORKED:
		page_worked(c->n, p->lang, &out);
		break;
	case CELL_NATURAL:
		page_natural(c->n, p->lang, &out);
		break;
	case CELL_TIME:
		words_time(&out, c->n, p->offset_s);
		break;
	}
	return page_keep(p, &out);
}
