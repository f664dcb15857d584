/* plan_json: how a report's figures look as JSON in `occurrence.plan`: tables of wire/fields.h, and the one way to read them.
 *
 * A table's member names are those of the JSON. We wrote these texts ourselves, so sizes aren't bounded a second time; all else
 * is strict: a member that is unknown, missing or of another type makes the whole text foreign. */
#ifndef GRIDD_REPORTS_PLAN_JSON_H
#define GRIDD_REPORTS_PLAN_JSON_H

#include "daemon/wire/fields.h"

#include <limits.h>

#define PLAN_(label, st, m, ty, ...)                                                                                        \
	{ .name = (label), .type = (ty), .offset = offsetof(st, m), .present_offset = SIZE_MAX, __VA_ARGS__ }
#define PLAN_TEXT(label, st, m)        PLAN_(label, st, m, FT_STR, .max = INT_MAX, .flags = FIELD_REQUIRED)
#define PLAN_TEXT_OPT(label, st, m)    PLAN_(label, st, m, FT_STR, .max = INT_MAX)
#define PLAN_COUNT(label, st, m)       PLAN_(label, st, m, FT_I64, .max = INT64_MAX, .flags = FIELD_REQUIRED)
#define PLAN_INT(label, st, m, lo, hi) PLAN_(label, st, m, FT_I64, .min = (lo), .max = (hi), .flags = FIELD_REQUIRED)
#define PLAN_FLAG(label, st, m)        PLAN_(label, st, m, FT_BOOL, .flags = FIELD_SPARSE)
#define PLAN_TIME(label, st, m)        PLAN_(label, st, m, FT_TIME, .flags = FIELD_REQUIRED)
#define PLAN_TIME_OPT(label, st, m)    PLAN_(label, st, m, FT_TIME)
#define PLAN_ENUM(label, st, m, list)  PLAN_(label, st, m, FT_ENUM, .names = (list), .flags = FIELD_REQUIRED)
#define PLAN_STRS(label, st, m)        PLAN_(label, st, m, FT_STRS, .max = INT_MAX, .item_max = INT_MAX)
#define PLAN_OBJECT(label, st, m, table) PLAN_(label, st, m, FT_OBJECT, .sub = (table))
#define PLAN_LIST(label, st, m, table)                                                                                      \
	PLAN_(label, st, m, FT_LIST, .sub = (table), .max = INT_MAX, .size = sizeof(*((st *)0)->m.v))

/* One kind of plan. Its number `format` is a member like others, from 1. */
struct plan_kind {
	const char *what;                   /* "digest": for messages */
	const struct field *table;
	int newest;                         /* format that this program knows */
};

void plan_write(const struct plan_kind *kind, const void *in, struct strbuf *out);
/* Into a zeroed struct; strings live in `a`. A newer format is refused by its number, before anything else is looked at. */
bool plan_read(const struct plan_kind *kind, const char *json, struct arena *a, void *out, struct err *e) MUST_CHECK;
bool plan_foreign(const struct plan_kind *kind, struct err *e, const char *why);       /* false, always */

#endif
