/* rows: what a statement returned. Cells are text; the whole dies with the arena it was copied into. */
#ifndef GRIDD_STORE_ROWS_H
#define GRIDD_STORE_ROWS_H

#include "daemon/base/arena.h"
#include "daemon/base/civil.h"

#include <stddef.h>

struct rows {
	size_t n, columns;
	const char *const *cells;           /* n * columns, row by row; NULL = SQL null */
};

const char *rows_text(const struct rows *r, size_t row, size_t column);         /* NULL: null */
int64_t rows_int(const struct rows *r, size_t row, size_t column);              /* 0 for null */
bool rows_bool(const struct rows *r, size_t row, size_t column);
/* A column that the statement returns as int8 microseconds since 1970 (`at_us(...)` in the schema); NO_TIME for null. */
int64_t rows_time(const struct rows *r, size_t row, size_t column);

#endif
