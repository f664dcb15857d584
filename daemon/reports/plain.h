/* plain: pages of plain text, in lines of at most PLAIN_COLUMNS as a fixed-width font shows them. No line ends in a space. */
#ifndef GRIDD_REPORTS_PLAIN_H
#define GRIDD_REPORTS_PLAIN_H

#include "daemon/base/list.h"
#include "daemon/base/strbuf.h"

enum { PLAIN_COLUMNS = 78, PLAIN_TABLE_COLUMNS = 12 };

/* The text broken into lines, each behind `indent` spaces. */
void plain_paragraph(struct strbuf *out, const char *text, size_t indent);
/* "- name: text", with what follows the first line indented. */
void plain_item(struct strbuf *out, const char *text);
/* A heading and a rule of '=' below it. */
void plain_heading(struct strbuf *out, const char *text);

/* Pieces that stand on one line as long as they fit, two spaces between them. */
struct plain_flow {
	struct strbuf *out;
	size_t indent, column;              /* column 0: the line is new */
	const char *lead;                   /* stands where the next line is indented; as wide as that */
};
void plain_flow_add(struct plain_flow *f, const char *piece);          /* NULL or "": nothing */
void plain_flow_end(struct plain_flow *f);                              /* ends the line, if there is one */

/* A table with rules, PLAIN_COLUMNS wide; the first row is its head. Cells are broken into lines where they must; the column
 * `flexible` takes what the others leave, and ten at least: then the widest give way. Columns from `numbers` on, up to `texts`, stand to the
 * right. */
struct plain_table {
	struct arena *arena;
	size_t columns, flexible, numbers;
	size_t texts;                       /* 0: all the others are numbers */
	struct strs cells;                  /* row by row */
	size_t most[PLAIN_TABLE_COLUMNS];   /* columns that one may take; 0: as wide as its widest cell */
};
void plain_table_add(struct plain_table *t, const char *cell);
void plain_table_write(const struct plain_table *t, struct strbuf *out);

#endif
