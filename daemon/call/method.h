/* method: what a method is made of. The table is methods.def; one file in daemon/methods for each row.
 *
 * A method is a short staircase of steps. Each step reads what the one before asked for and says what it needs next; the
 * driver (call.c) waits. So a method is read from top to bottom and holds no callback. */
#ifndef GRIDD_CALL_METHOD_H
#define GRIDD_CALL_METHOD_H

#include "daemon/wire/fields.h"

struct call;

enum next {
	NEXT_ANSWER, /* call->result is written, or call->refusal is set */
	NEXT_LOAD,   /* call->load is set: the next step finds call->loaded */
	NEXT_WRITE,  /* call->write is set: the next step finds call->outcome */
	NEXT_AGAIN,  /* what was loaded doesn't fit together any more: back to call->again_step */
	NEXT_WAIT    /* somebody was asked, and will answer by call_on_rows (the next step finds
	              * call->rows) or by call_resume */
};

typedef enum next (*method_step)(struct call *c);

enum { METHOD_STEPS = 6 };

/* What a file in daemon/methods gives. */
struct method_code {
	const struct field *params; /* NULL: takes none but the common ones */
	size_t params_size;
	bool any_town;     /* works without a town (system.*, test.*) */
	bool before_ready; /* answers even while the database is away */
	bool reads_on;     /* its first step looks for further faults of the params, and refuses with all */
	bool positional;   /* takes params as an array too, and reads call->tree itself */
	method_step steps[METHOD_STEPS];
};

/* A row of the table. */
struct method {
	const char *name;
	unsigned roles; /* ROLE_* of call/access.h; ROLES_ANYONE */
	const struct method_code *code;
	const char *summary;
};

/* The params every call may carry stand first in each params struct, so that one table reads all. */
struct common_params {
	const char *town, *auth;
};
struct common_writing {
	const char *town, *auth; /* the same two, at the same place */
	const char *key;
	bool dry_run;
};

#define COMMON_FIELDS                                                                                                       \
	{.name = "town",                                                                                                        \
	 .type = FT_STR,                                                                                                        \
	 .offset = offsetof(struct common_params, town),                                                                        \
	 .max = LIMIT_CODE_BYTES,                                                                                               \
	 .flags = FIELD_CODE,                                                                                                   \
	 .present_offset = SIZE_MAX},                                                                                           \
	{                                                                                                                       \
		.name = "auth", .type = FT_STR, .offset = offsetof(struct common_params, auth), .max = LIMIT_NAME_BYTES,            \
		.present_offset = SIZE_MAX                                                                                          \
	}
#define COMMON_WRITING_FIELDS                                                                                               \
	COMMON_FIELDS,                                                                                                          \
	    {.name = "key",                                                                                                     \
	     .type = FT_STR,                                                                                                    \
	     .offset = offsetof(struct common_writing, key),                                                                    \
	     .max = LIMIT_KEY_BYTES,                                                                                            \
	     .flags = FIELD_NONEMPTY,                                                                                           \
	     .present_offset = SIZE_MAX},                                                                                       \
	{                                                                                                                       \
		.name = "dry_run", .type = FT_BOOL, .offset = offsetof(struct common_writing, dry_run), .present_offset = SIZE_MAX  \
	}

#endif
