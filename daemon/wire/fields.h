/* fields: a table says how a C struct looks as JSON; one table reads (strictly, all faults at once) and writes.
 *
 *     static const struct field reporter_fields[] = {
 *         FIELD_STR(struct reporter, name, LIMIT_NAME_BYTES, 0),
 *         FIELD_BOOL(struct reporter, confidential, 0),
 *         FIELD_END};
 *
 * Reading: unknown members are faults with the nearest known name; null counts as left out; strings and lists are copied into
 * the arena. What is left out keeps what the caller put there before (so: defaults), only that fields_read sets times to NO_TIME
 * by fields_init. */
#ifndef GRIDD_WIRE_FIELDS_H
#define GRIDD_WIRE_FIELDS_H

#include "daemon/base/civil.h"
#include "daemon/base/faults.h"
#include "daemon/wire/json_out.h"

enum field_type {
	FT_END,
	FT_STR,                             /* const char *; max = bytes */
	FT_I32, FT_I64,                     /* min, max = range */
	FT_F64,
	FT_BOOL,
	FT_TIME,                            /* int64_t microseconds; RFC 3339 text */
	FT_ENUM,                            /* an int-sized enum; names = NULL-terminated list in enum order */
	FT_STRS,                            /* struct strs; max = items, item_max = bytes each */
	FT_OBJECT,                          /* a struct inside; sub = its table */
	FT_LIST,                            /* LIST_OF(struct); sub = its table, size = sizeof the item; max = items */
	FT_WORD,                            /* a small struct that goes as one word: codec */
	FT_WORDS,                           /* LIST_OF(small struct), each a word: codec, size; max = items */
	FT_TREE                             /* struct json_object *, borrowed from the params: read only; type checked by the owner */
};

enum field_flags {
	FIELD_REQUIRED = 1,
	FIELD_NONEMPTY = 2,                 /* a string of at least one character; a list of at least one item */
	FIELD_CODE = 4,                     /* a string of printable characters without spaces: ids, codes */
	FIELD_NAME = 16,                    /* a string of printable characters, spaces only between them: a code or a name */
	FIELD_SPARSE = 8                    /* writing leaves out 0, false and the first name of an enum */
};

/* How a small struct becomes a word and back. The word holds nothing that JSON must escape. */
struct word_codec {
	bool (*read)(const char *word, struct arena *a, void *out, struct err *e);
	bool (*write)(const void *in, struct strbuf *to);      /* false: nothing written, left out */
};

struct field {
	const char *name;
	enum field_type type;
	unsigned flags;
	size_t offset;
	int64_t min, max;
	int64_t item_max;
	const char *const *names;
	const struct word_codec *codec;
	const struct field *sub;
	size_t size;
	size_t present_offset;              /* of a bool that reading sets when the member was there; SIZE_MAX: none */
};

#define FIELD_(st, m, ty, ...) \
	{ .name = #m, .type = (ty), .offset = offsetof(st, m), .present_offset = SIZE_MAX, __VA_ARGS__ }
#define FIELD_STR(st, m, bytes, fl) FIELD_(st, m, FT_STR, .max = (bytes), .flags = (fl))
#define FIELD_I32(st, m, lo, hi, fl) FIELD_(st, m, FT_I32, .min = (lo), .max = (hi), .flags = (fl))
#define FIELD_I64(st, m, lo, hi, fl) FIELD_(st, m, FT_I64, .min = (lo), .max = (hi), .flags = (fl))
#define FIELD_F64(st, m, fl) FIELD_(st, m, FT_F64, .flags = (fl))
#define FIELD_BOOL(st, m, fl) FIELD_(st, m, FT_BOOL, .flags = (fl))
#define FIELD_TIME(st, m, fl) FIELD_(st, m, FT_TIME, .flags = (fl))
#define FIELD_ENUM(st, m, na, fl) FIELD_(st, m, FT_ENUM, .names = (na), .flags = (fl))
#define FIELD_STRS(st, m, items, bytes, fl) FIELD_(st, m, FT_STRS, .max = (items), .item_max = (bytes), .flags = (fl))
#define FIELD_OBJECT(st, m, table, fl) FIELD_(st, m, FT_OBJECT, .sub = (table), .flags = (fl))
#define FIELD_LIST(st, m, table, items, fl) \
	FIELD_(st, m, FT_LIST, .sub = (table), .max = (items), .size = sizeof(*((st *)0)->m.v), .flags = (fl))
#define FIELD_TREE(st, m, fl) FIELD_(st, m, FT_TREE, .flags = (fl))
#define FIELD_END { .name = NULL, .type = FT_END }

/* Times to NO_TIME, all else as it is. Call on a zeroed struct before reading. */
void fields_init(const struct field *table, void *out);
/* Reads object `tree` (NULL: as if empty). `path` is the JSON pointer of the object ("/params"). False if faults were added.
 * Strings that a peer chose are cut in messages. */
bool fields_read(const struct field *table, struct json_object *tree, const char *path, struct arena *a, void *out,
                 struct faults *faults) MUST_CHECK;
/* Writes the members of `in` inside an open object, in the table's order; NULL strings, NO_TIME and empty lists are left out,
 * enums go as their names, times with offset_s. false and 0 are written. */
void fields_write(const struct field *table, const void *in, int32_t offset_s, struct json_out *j);

#endif
