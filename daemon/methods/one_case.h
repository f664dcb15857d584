/* one_case: the way of a method that reads the aggregate of one case: its param `case`, loading, not found. */
#ifndef GRIDD_METHODS_ONE_CASE_H
#define GRIDD_METHODS_ONE_CASE_H

#include "daemon/cases/case.h"
#include "daemon/methods/case_id.h"

struct one_case_params {
	struct common_params common;
	struct json_object *which;
};

#define ONE_CASE_FIELDS                                                                                                     \
	COMMON_FIELDS,                                                                                                          \
	{                                                                                                                       \
		.name = "case", .type = FT_TREE, .offset = offsetof(struct one_case_params, which), .flags = FIELD_REQUIRED,        \
		.present_offset = SIZE_MAX                                                                                          \
	}

/* Ends a first step: loads the case, or refuses with all faults. */
enum next one_case_load(struct call *c);
/* In the next step; NULL: it isn't there, and c->refusal is set. */
const struct case_rec *one_case_found(struct call *c);

#endif
