/* table: reads tests/tables/json: lines of `text TAB expectation`, where %XX is a byte. */
#ifndef GRIDD_TESTS_WIRE_TABLE_H
#define GRIDD_TESTS_WIRE_TABLE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct table_row {
	char text[4096], expected[4096];
	size_t n;                           /* bytes of text: it may hold NUL */
	int line;
};

static inline size_t table_decode(const char *from, size_t n, char *to) {
	size_t out = 0;
	for (size_t i = 0; i < n; i++) {
		if (from[i] == '%' && i + 2 < n) {
			const char hex[] = {from[i + 1], from[i + 2], '\0'};
			to[out++] = (char)strtol(hex, NULL, 16);
			i += 2;
		} else {
			to[out++] = from[i];
		}
	}
	to[out] = '\0';
	return out;
}

/* Calls each for every row; returns how many there were. */
static inline int table_read(const char *path, void (*each)(const struct table_row *)) {
	static char line[8192];
	static struct table_row row;
	FILE *f = fopen(path, "r");
	if (!f)
		return 0;
	int rows = 0;
	for (row.line = 1; fgets(line, sizeof line, f); row.line++) {
		char *tab = strrchr(line, '\t');
		line[strcspn(line, "\n")] = '\0';
		if (!tab || line[0] == '#')
			continue;
		row.n = table_decode(line, (size_t)(tab - line), row.text);
		(void)table_decode(tab + 1, strlen(tab + 1), row.expected);
		each(&row);
		rows++;
	}
	(void)fclose(f);
	return rows;
}

#endif
