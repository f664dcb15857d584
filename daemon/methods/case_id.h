/* case_id: the param `case`: a number as text, or {channel, ref}. */
#ifndef GRIDD_METHODS_CASE_ID_H
#define GRIDD_METHODS_CASE_ID_H

#include "daemon/call/call.h"

struct case_id {
	const char *number;                 /* NULL: by channel and ref */
	const char *channel, *ref;
};

/* Reads the tree of `case` (not NULL); adds faults. */
bool case_id_read(struct call *c, struct json_object *tree, struct case_id *out) MUST_CHECK;
/* For messages: "case 20261123-0000001" or "case hotline12345 HX-1". */
const char *case_id_text(const struct case_id *id, struct arena *a);

#endif
