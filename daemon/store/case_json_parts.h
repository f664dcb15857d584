/* case_json_parts: what the files that say how a case, its events and its notices look as JSON share. */
#ifndef GRIDD_STORE_CASE_JSON_PARTS_H
#define GRIDD_STORE_CASE_JSON_PARTS_H

#include "daemon/store/case_json.h"
#include "daemon/store/case_words.h"
#include "daemon/wire/fields.h"
#include "daemon/wire/gate.h"

#include <limits.h>

/* What we wrote ourselves was bounded when it came in. */
enum { ANY_SIZE = INT_MAX };

#define F(label, st, m, ty, ...)                                                                                            \
	{ .name = (label), .type = (ty), .offset = offsetof(st, m), .present_offset = SIZE_MAX, __VA_ARGS__ }
#define STR(label, st, m)           F(label, st, m, FT_STR, .max = ANY_SIZE)
#define I32(label, st, m)           F(label, st, m, FT_I32, .min = INT32_MIN, .max = INT32_MAX, .flags = FIELD_SPARSE)
#define I64(label, st, m)           F(label, st, m, FT_I64, .min = INT64_MIN, .max = INT64_MAX, .flags = FIELD_SPARSE)
#define BOOLEAN(label, st, m)       F(label, st, m, FT_BOOL, .flags = FIELD_SPARSE)
#define TIME(label, st, m)          F(label, st, m, FT_TIME, .min = 0)
#define ENUM(label, st, m, list)    F(label, st, m, FT_ENUM, .names = (list))
/* One whose first name goes without saying. */
#define SPARSE_ENUM(label, st, m, list) F(label, st, m, FT_ENUM, .names = (list), .flags = FIELD_SPARSE)
#define STRS(label, st, m)          F(label, st, m, FT_STRS, .max = ANY_SIZE, .item_max = ANY_SIZE)
#define WORD(label, st, m, how)     F(label, st, m, FT_WORD, .codec = (how))
#define WORDS(label, st, m, how)                                                                                            \
	F(label, st, m, FT_WORDS, .codec = (how), .max = ANY_SIZE, .size = sizeof(*((st *)0)->m.v))
#define OBJECT(label, st, m, table) F(label, st, m, FT_OBJECT, .sub = (table))
#define LIST(label, st, m, table)                                                                                           \
	F(label, st, m, FT_LIST, .sub = (table), .max = ANY_SIZE, .size = sizeof(*((st *)0)->m.v))

/* Parts of an aggregate that also stand alone, in a change. */
extern const struct field task_fields[], clock_fields[], request_fields[], order_fields[], alarm_fields[], notice_fields[];

/* What a table reads, and from what. */
struct reading {
	const char *what;
	const struct field *table;
	struct arena *arena;
};
bool stored_read(const struct reading *r, struct json_object *tree, void *out, struct err *e) MUST_CHECK;
/* The object in `json`; free it with json_object_put. */
bool stored_parse(const char *what, const char *json, struct json_object **tree, struct err *e) MUST_CHECK;
/* Takes the format number `v` out and sees that this program knows it. */
bool stored_format(const char *what, struct json_object *tree, int newest, int *format, struct err *e) MUST_CHECK;
bool stored_foreign(struct err *e, const char *what, const char *why);
/* The text of a member; "" if there is none. */
const char *stored_text(struct json_object *tree, const char *name);

/* An object inside that is only there when it says something: written, and taken out of the tree again before its other
 * members are read. Reading fills in the times of one that isn't there. */
void write_inside(struct json_out *j, const char *name, const struct field *table, const void *in);
bool take_inside(const struct reading *r, struct json_object *tree, const char *name, void *out, struct err *e) MUST_CHECK;

/* ---- Formats of before (lift.c) ---- */

/* Format 1 knew no ledger: whoever held the case is taken to have had it since it was received. */
void lift_case_1(struct case_rec *cr, struct arena *a);
void lift_event_1(struct changes *ch, struct arena *a);

#endif
