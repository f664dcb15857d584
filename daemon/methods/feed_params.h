/* feed_params: which events a reader asks for. */
#ifndef GRIDD_METHODS_FEED_PARAMS_H
#define GRIDD_METHODS_FEED_PARAMS_H

#include "daemon/call/call.h"

struct feed_params {
	struct common_params common; /* first: see call/method.h */
	int64_t after;
	bool has_after;
	struct strs types;
	const char *number; /* of a case */
};

/* No feed comes to that number; a statement can still add to it. */
#define FEED_NUMBER_MAX (INT64_MAX / 2)

/* clang-format off: one row a param. */
#define FEED_FIELDS \
	COMMON_FIELDS, \
	{.name = "after", .type = FT_I64, .offset = offsetof(struct feed_params, after), .max = FEED_NUMBER_MAX, \
	 .present_offset = offsetof(struct feed_params, has_after)}, \
	FIELD_STRS(struct feed_params, types, LIMIT_LIST_ROWS, LIMIT_CODE_BYTES, FIELD_NONEMPTY), \
	{.name = "case", .type = FT_STR, .offset = offsetof(struct feed_params, number), .max = LIMIT_CODE_BYTES, \
	 .present_offset = SIZE_MAX}
/* clang-format on */

/* Spelled out: "clock.*" is all of them; and the id of the case, 0 where none is named. Adds faults. */
void feed_params_read(struct call *c, const struct feed_params *p, struct strs *types, int64_t *case_id);

#endif
