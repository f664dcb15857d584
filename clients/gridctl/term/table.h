/* table: rows and columns that line up, also with Chinese in them. Cut to the terminal's width there, whole elsewhere. */
#ifndef GRIDCTL_TABLE_H
#define GRIDCTL_TABLE_H

#include "clients/gridctl/term/term.h"

#include <stddef.h>
#include <stdint.h>

struct libscols_table;
struct libscols_line;

/* Where room is short REST is cut first, then CUT. */
enum column_kind { COLUMN_TEXT, COLUMN_CUT, COLUMN_REST, COLUMN_RIGHT };

struct column {
	struct both heading;
	enum column_kind kind;
};

struct table {
	struct libscols_table *scols;
	struct libscols_line *row;          /* the one being filled */
	size_t at;                          /* its next cell */
};

void table_init(struct table *t, const struct column *columns, size_t n);
void table_row(struct table *t);
/* The next cell of the row: one line of it, harmless. NULL and "" show as "-". */
void table_cell(struct table *t, const char *text);
void table_cell_int(struct table *t, int64_t v);
void table_cell_time(struct table *t, const char *rfc3339);    /* to the minute; NULL: "-" */
/* Colours the cell that was put last; does nothing where colours aren't wanted. */
void table_color(struct table *t, const char *color);
/* Prints it and frees it. Prints nothing when there are no rows. */
void table_print(struct table *t);

#endif
