/* records: the cases in a file, one after the other: a JSON object a line, or rows of a table read by a map. */
#ifndef GRIDCTL_RECORDS_H
#define GRIDCTL_RECORDS_H

#include "clients/gridctl/term/csv.h"
#include "clients/gridctl/intake/map.h"
#include "daemon/base/strbuf.h"

struct records {
	const char *file;
	struct strbuf text;                 /* the whole file, as UTF-8 */
	bool is_csv;
	size_t at;                          /* of the next line; .jsonl */
	int line;
	struct csv csv;
	struct map map;
	size_t columns;                     /* of the header; .csv */
	struct arena arena;                 /* of the present record */
};

struct record {
	int line;
	struct json_object *params;         /* the caller's; NULL: refused */
	struct strs faults;                 /* what is wrong with it; lives until the next record is read */
};

/* map_file NULL: a JSON object a line. False: said on stderr, *rc is the exit code. records_fini in any case. */
bool records_open(struct records *r, const char *file, const char *map_file, const char *encoding, int *rc) MUST_CHECK;
bool records_next(struct records *r, struct record *out);
void records_fini(struct records *r);
size_t records_done_bytes(const struct records *r);

#endif
