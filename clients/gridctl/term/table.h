/* table: rows and columns that line up, also with Chinese in them. On a terminal no line is wider than it: places and times
 * go on in the next line, text is cut; elsewhere everything is whole and in one line. */
#ifndef GRIDCTL_TABLE_H
#define GRIDCTL_TABLE_H

#include "clients/gridctl/term/term.h"

#include <stddef.h>
#include <stdint.h>

/* Where room is short REST is cut first and may go altogether, then CUT is cut and WRAP goes on in the next line, at last TEXT
 * too. WRAP, TEXT and RIGHT never lose a character. MARK is TEXT whose empty cells are blank. */
enum column_kind { COLUMN_TEXT, COLUMN_CUT, COLUMN_REST, COLUMN_RIGHT, COLUMN_WRAP, COLUMN_MARK };

enum { TABLE_COLUMNS = 16 };

struct column {
	struct both heading;
	enum column_kind kind;
};

struct table_cell {
	char *text;
	const char *color;                  /* NULL: none */
};

struct table {
	struct column columns[TABLE_COLUMNS];
	size_t n, at;                       /* columns; the next cell of the row */
	struct table_cell *cells;           /* n of each row */
	size_t rows, room;
};

void table_init(struct table *t, const struct column *columns, size_t n);
void table_row(struct table *t);
/* The next cell of the row: one line of it, harmless. NULL and "" show as "-". */
void table_cell(struct table *t, const char *text);
void table_cell_int(struct table *t, int64_t v);
void table_cell_time(struct table *t, const char *rfc3339);    /* to the minute; NULL: "-" */
/* Colours the cell that was put last: "red", "yellow"; does nothing where colours aren't wanted. */
void table_color(struct table *t, const char *color);
/* Prints it and frees it. Prints nothing when there are no rows. */
void table_print(struct table *t);
/* The same for so many columns, 0: whole, into *out. */
void table_layout(const struct table *t, int width, struct strbuf *out);
void table_free(struct table *t);

#endif
