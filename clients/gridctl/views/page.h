/* page: a screen of headings and values, laid out to the width of the terminal: nothing is ever wider, and text is broken, not
 * cut. What comes in is as others wrote it: the page makes it harmless. */
#ifndef GRIDCTL_PAGE_H
#define GRIDCTL_PAGE_H

#include "clients/gridctl/term/term.h"

#include <stddef.h>

/* Colour is only a help: the words say the same. */
enum tone { TONE_PLAIN, TONE_STRONG, TONE_BAD, TONE_SOON, TONE_DIM };

struct page {
	int width;                          /* columns of a line */
	int gutter;                         /* of them those for headings */
	struct strbuf left;                 /* a short item that waits for a neighbour */
};

void page_begin(struct page *p);
void page_end(struct page *p);
/* A line without heading. */
void page_line(struct page *p, enum tone tone, const char *text);
/* Text set in by `at` columns, its further lines by `in`. */
void page_text(struct page *p, int at, int in, const char *text);
/* "heading  value", the value's further lines set in beneath it. Nothing where the value is empty. */
void page_item(struct page *p, struct both heading, enum tone tone, const char *value);
/* The same for a short value: shares its line with the next short one where there is room for both. */
void page_short(struct page *p, struct both heading, const char *value);
/* "heading  label  gridctl ...": a command that can be copied as it stands, broken as a shell lets it be broken. words: NULL ends;
 * they are quoted where need be. label_columns: the widest label's. */
void page_command(struct page *p, struct both heading, struct both label, int label_columns, const char *const *words);

/* Can it be copied so? Not where a word is wider than the page, or isn't as harmless as it is. */
bool page_command_fits(const struct page *p, const char *const *words);

/* Rows that line up under one heading; where there is no room for columns each row is text that wraps. */
enum { PAGE_COLUMNS = 8 };
struct page_rows {
	size_t columns, n, room;            /* cells used, and there is room for */
	struct page_cell {
		char *text;                     /* ours; NULL: no more in this row */
		enum tone tone;
	} *cells;
	bool cut;                           /* the last column is cut to one line instead of broken into several */
};
void rows_begin(struct page_rows *r, size_t columns);
void rows_next(struct page_rows *r);
/* The next cell of the row; NULL is an empty one. */
void rows_cell(struct page_rows *r, enum tone tone, const char *text);
/* Prints and frees them; nothing where there are none. */
void rows_print(struct page_rows *r, struct page *p, struct both heading);

#endif
