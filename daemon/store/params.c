/* params: encodes values and arrays in PostgreSQL's binary format. */
#include "daemon/store/params.h"

#include "daemon/base/check.h"
#include "daemon/base/strbuf.h"

#include <math.h>
#include <string.h>

/* Instants on the wire count from 2000-01-01. */
static const int64_t PG_EPOCH_US = INT64_C(946684800) * SECOND_US;

/* Oids of the built-in types: fixed by PostgreSQL for ever. */
static const struct {
	unsigned scalar, array;
} oids[] = {
    [COL_TEXT] = {25, 1009},    [COL_INT8] = {20, 1016},   [COL_INT4] = {23, 1007},  [COL_BOOL] = {16, 1000},
    [COL_FLOAT8] = {701, 1022}, [COL_TIME] = {1184, 1185}, [COL_BYTES] = {17, 1001},
};

struct params *params_new(struct arena *a) {
	struct params *p = arena_new(a, struct params);
	p->arena = a;
	return p;
}

static void put(struct params *p, unsigned type, const void *value, size_t n) {
	CHECK(p->n < PARAMS_MAX && n < INT32_MAX);
	p->types[p->n] = type;
	p->values[p->n] = value;
	p->lengths[p->n] = (int)n;
	p->formats[p->n] = 1;
	p->n++;
}

static unsigned char *store_u32(unsigned char *to, uint32_t v) {
	for (int i = 0; i < 4; i++)
		to[i] = (unsigned char)(v >> (24 - 8 * i));
	return to + 4;
}

static unsigned char *store_u64(unsigned char *to, uint64_t v) {
	return store_u32(store_u32(to, (uint32_t)(v >> 32)), (uint32_t)v);
}

/* Where one value lies and how long it is on the wire; NULL: a null. Numbers are put in order into `room`. */
static const void *encode(enum column_type type, const void *at, unsigned char room[8], size_t *n) {
	switch (type) {
	case COL_TEXT: {
		const char *s = *(const char *const *)at;
		*n = s ? strlen(s) : 0;
		return s;
	}
	case COL_BYTES: {
		const struct bytes *b = at;
		*n = b->n;
		return b->p;
	}
	case COL_BOOL:
		room[0] = *(const bool *)at;
		*n = 1;
		return room;
	case COL_INT4:
		store_u32(room, (uint32_t) * (const int32_t *)at);
		*n = 4;
		return room;
	case COL_FLOAT8: {
		uint64_t bits;
		memcpy(&bits, at, sizeof bits);
		store_u64(room, bits);
		*n = 8;
		return isnan(*(const double *)at) ? NULL : room;
	}
	case COL_INT8:
	case COL_TIME: {
		const int64_t v = *(const int64_t *)at;
		const bool counted = type == COL_TIME && v != NO_TIME && v != TIME_INFINITE;
		store_u64(room, (uint64_t)(counted ? v - PG_EPOCH_US : v));
		*n = 8;
		return v == NO_INT ? NULL : room;
	}
	}
	return NULL;
}

static void put_scalar(struct params *p, enum column_type type, const void *at) {
	unsigned char room[8];
	size_t n = 0;
	const void *value = encode(type, at, room, &n);
	put(p, oids[type].scalar, value ? arena_memdup(p->arena, value, n) : NULL, n);
}

void params_null(struct params *p) { put(p, 0, NULL, 0); }
void params_text(struct params *p, const char *s) { put_scalar(p, COL_TEXT, &s); }
void params_int8(struct params *p, int64_t v) { put_scalar(p, COL_INT8, &v); }
void params_int4(struct params *p, int32_t v) { put_scalar(p, COL_INT4, &v); }
void params_bool(struct params *p, bool v) { put_scalar(p, COL_BOOL, &v); }
void params_time(struct params *p, int64_t at_us) { put_scalar(p, COL_TIME, &at_us); }

void params_bytes(struct params *p, const void *b, size_t n) {
	const struct bytes bytes = {b, n};
	put_scalar(p, COL_BYTES, &bytes);
}

enum { ARRAY_HEADER = 20, ITEM_HEADER = 4, ROOM = 8 };

static size_t array_bytes(const struct column_source *from, struct column column) {
	unsigned char room[ROOM];
	size_t sum = ARRAY_HEADER;
	for (size_t i = 0; i < from->n; i++) {
		size_t n = 0;
		const void *value = encode(column.type, (const char *)from->first + i * from->size + column.offset, room, &n);
		sum += ITEM_HEADER + (value ? n : 0);
	}
	return sum;
}

/* One dimension, from 1: dimensions, has nulls, type of the items, length, lower bound; then length and bytes of each. */
void params_column(struct params *p, const struct column_source *from, struct column column) {
	const size_t sum = array_bytes(from, column);
	unsigned char *out = arena_alloc(p->arena, sum), *at = out;
	at = store_u32(at, from->n ? 1 : 0);
	at = store_u32(at, 1);
	at = store_u32(at, oids[column.type].scalar);
	if (!from->n) {
		put(p, oids[column.type].array, out, (size_t)(at - out));
		return;
	}
	at = store_u32(store_u32(at, (uint32_t)from->n), 1);
	for (size_t i = 0; i < from->n; i++) {
		unsigned char room[ROOM];
		size_t n = 0;
		const void *value = encode(column.type, (const char *)from->first + i * from->size + column.offset, room, &n);
		at = store_u32(at, value ? (uint32_t)n : UINT32_MAX);
		if (value && n) {
			memcpy(at, value, n);
			at += n;
		}
	}
	put(p, oids[column.type].array, out, sum);
}

/* How long one record is on the wire, and, if `at` is given, its bytes: the columns' number; type, length and bytes of each. */
static size_t put_record(const struct record_type *type, const char *from, unsigned char *at) {
	size_t sum = 4;
	if (at)
		at = store_u32(at, (uint32_t)type->n);
	for (size_t i = 0; i < type->n; i++) {
		unsigned char room[ROOM];
		size_t n = 0;
		const void *value = encode(type->columns[i].type, from + type->columns[i].offset, room, &n);
		n = value ? n : 0;
		sum += 8 + n;
		if (!at)
			continue;
		at = store_u32(store_u32(at, oids[type->columns[i].type].scalar), value ? (uint32_t)n : UINT32_MAX);
		if (n)
			memcpy(at, value, n);
		at += n;
	}
	return sum;
}

void params_records(struct params *p, const struct column_source *from, const struct record_type *type) {
	size_t sum = ARRAY_HEADER;
	for (size_t i = 0; i < from->n; i++)
		sum += ITEM_HEADER + put_record(type, (const char *)from->first + i * from->size, NULL);
	unsigned char *out = arena_alloc(p->arena, sum), *at = out;
	at = store_u32(at, from->n ? 1 : 0);
	at = store_u32(store_u32(at, 0), type->oid);
	if (from->n)
		at = store_u32(store_u32(at, (uint32_t)from->n), 1);
	for (size_t i = 0; i < from->n; i++) {
		const size_t n = put_record(type, (const char *)from->first + i * from->size, at + ITEM_HEADER);
		at = store_u32(at, (uint32_t)n) + n;
	}
	put(p, 0, out, (size_t)(at - out));
}

void params_texts(struct params *p, const char *const *v, size_t n) {
	const struct column_source from = {v, n, sizeof *v};
	params_column(p, &from, (struct column){COL_TEXT, 0});
}

const char *texts_literal(const struct strs *list, struct arena *a) {
	struct strbuf text;
	if (!list->n)
		return NULL;
	strbuf_init(&text);
	for (size_t i = 0; i < list->n; i++) {
		strbuf_adds(&text, i ? ",\"" : "{\"");
		for (const char *s = list->v[i]; *s; s++) {
			if (*s == '"' || *s == '\\')
				strbuf_addc(&text, '\\');
			strbuf_addc(&text, *s);
		}
		strbuf_addc(&text, '"');
	}
	strbuf_addc(&text, '}');
	const char *literal = arena_strndup(a, text.data, text.len);
	strbuf_fini(&text);
	return literal;
}
