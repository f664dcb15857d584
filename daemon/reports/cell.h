/* cell: one value of a page, with its kind, so that a page of text says it and a workbook can reckon with it. */
#ifndef GRIDD_REPORTS_CELL_H
#define GRIDD_REPORTS_CELL_H

#include "daemon/reports/words.h"

/* What every part of a page needs to know. */
struct page {
	enum page_lang lang;
	int64_t offset_s;                   /* of the clock on the wall */
	struct arena *arena;                /* of the texts in cells */
};

enum cell_kind {
	CELL_TEXT,                          /* text; NULL: nothing */
	CELL_COUNT,
	CELL_PERMILLE,
	CELL_SHARE,                         /* n of `of` */
	CELL_THOUSANDTHS,                   /* points, weights */
	CELL_WORKED, CELL_NATURAL,          /* microseconds */
	CELL_TIME                           /* an instant */
};
struct cell {
	enum cell_kind kind;
	const char *text;
	int64_t n;                          /* NO_TIME: nothing */
	int64_t of;
};

enum { CELL_COLUMNS = 60 };             /* a text is cut there, but in a workbook */

struct column {
	enum word heading, sheet_heading;   /* sheet_heading: where the workbook has it in another unit */
	int sheet_width;                    /* in characters */
};

struct cell cell_text(const struct page *p, const char *text);         /* cleaned; NULL or "": nothing */
struct cell cell_int(enum cell_kind kind, int64_t n);
bool cell_empty(const struct cell *c);
/* As people read it, cut to CELL_COLUMNS; nothing is "-". In the page's arena. */
const char *cell_said(const struct page *p, const struct cell *c);

/* What was put into `out` as a text of the page's arena; frees the buffer. */
const char *page_keep(const struct page *p, struct strbuf *out);
/* A word with something in it, kept. */
#define page_say(p, w, ...) page_filled((p), (w), (const char *const[]){__VA_ARGS__},                                       \
	                                    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))
const char *page_filled(const struct page *p, enum word w, const char *const *with, size_t n);
static inline const char *page_word(const struct page *p, enum word w) { return word_in(p->lang, w); }

#endif
