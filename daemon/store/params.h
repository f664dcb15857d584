/* params: the parameters of one statement, in PostgreSQL's binary format, scalars and arrays.
 *
 * Everything is copied into the arena. Positions count from $1 in the order of the calls. */
#ifndef GRIDD_STORE_PARAMS_H
#define GRIDD_STORE_PARAMS_H

#include "daemon/base/arena.h"
#include "daemon/base/civil.h"
#include "daemon/base/list.h"

#include <stdint.h>

enum { PARAMS_MAX = 80 };

struct params {                         /* lives in the arena; read by pgconn, filled by the calls below */
	struct arena *arena;
	int n;
	unsigned types[PARAMS_MAX];         /* Oids */
	const char *values[PARAMS_MAX];     /* NULL: null */
	int lengths[PARAMS_MAX];
	int formats[PARAMS_MAX];            /* 1: binary, all of them */
};

struct params *params_new(struct arena *a);
void params_null(struct params *p);                         /* a NULL of unknown type */
void params_text(struct params *p, const char *s);          /* NULL: null */
void params_int8(struct params *p, int64_t v);
void params_int4(struct params *p, int32_t v);
void params_bool(struct params *p, bool v);
void params_time(struct params *p, int64_t at_us);          /* timestamptz; NO_TIME: null, TIME_INFINITE: infinity */
void params_bytes(struct params *p, const void *b, size_t n);

/* Arrays, one column of an array of C structs each: the members named by `offset`, in the order of the structs. */
enum column_type {
	COL_TEXT,                           /* const char *; NULL: null */
	COL_INT8,                           /* int64_t; NO_INT: null */
	COL_INT4,                           /* int32_t */
	COL_BOOL,
	COL_FLOAT8,                         /* double; NaN: null */
	COL_TIME,                           /* int64_t microseconds; NO_TIME: null, TIME_INFINITE: infinity */
	COL_BYTES                           /* struct bytes; p NULL: null */
};
#define NO_INT INT64_MIN
#define TIME_INFINITE INT64_MAX

struct bytes {
	const void *p;
	size_t n;
};
struct column {
	enum column_type type;
	size_t offset;
};
struct column_source {
	const void *first;                  /* the array of structs */
	size_t n, size;                     /* how many, and bytes each */
};
void params_column(struct params *p, const struct column_source *from, struct column column);
/* An array of records: one for each struct, with these of its members as columns. record: the type's Oid; the statement casts
 * the parameter to an array of it. */
struct record_type {
	unsigned oid;
	const struct column *columns;
	size_t n;
};
void params_records(struct params *p, const struct column_source *from, const struct record_type *type);
/* An array of texts that isn't a column of structs. */
void params_texts(struct params *p, const char *const *v, size_t n);
/* The text of an array, {"a","b"}, for arrays inside arrays: the statement casts it. NULL: an empty list. */
const char *texts_literal(const struct strs *list, struct arena *a);

#endif
