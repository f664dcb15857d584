/* rows: reads the cells of an answer. */
#include "daemon/store/rows.h"

#include "daemon/base/check.h"

#include <stdlib.h>
#include <string.h>

const char *rows_text(const struct rows *r, size_t row, size_t column) {
	CHECK(row < r->n && column < r->columns);
	return r->cells[row * r->columns + column];
}

/* The server writes the numbers: no text of a peer's comes here. */
int64_t rows_int(const struct rows *r, size_t row, size_t column) {
	const char *text = rows_text(r, row, column);
	return text ? strtoll(text, NULL, 10) : 0;
}

bool rows_bool(const struct rows *r, size_t row, size_t column) {
	const char *text = rows_text(r, row, column);
	return text && strcmp(text, "t") == 0;
}

int64_t rows_time(const struct rows *r, size_t row, size_t column) {
	return rows_text(r, row, column) ? rows_int(r, row, column) : NO_TIME;
}
