/* csv: RFC 4180 rows: quoted fields, doubled quotes, fields of several lines, LF or CRLF. UTF-8 without NUL. */
#ifndef GRIDCTL_CSV_H
#define GRIDCTL_CSV_H

#include "daemon/base/list.h"

struct csv {
	const char *at;
	int line;                           /* of *at, from 1 */
};

enum csv_result { CSV_ROW, CSV_FAULT, CSV_END };

void csv_init(struct csv *c, const char *text);
/* The next row that isn't empty. Fields are copied into the arena. *line: where it starts. CSV_FAULT: the row is refused,
 * reading can go on behind it. */
enum csv_result csv_next(struct csv *c, struct arena *a, struct strs *fields, int *line, struct err *e);

#endif
