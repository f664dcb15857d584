/* case_id: the param `case`: a number as text, or {channel, ref}. */
#ifndef GRIDD_METHODS_CASE_ID_H
#define GRIDD_METHODS_CASE_ID_H

#include "daemon/call/call.h"
#include "daemon/store/reader.h"

/* Reads the tree of `case` (not NULL); adds faults. */
bool case_id_read(struct call *c, struct json_object *tree, struct case_name *out) MUST_CHECK;
/* The same for another param that names a case, at that JSON pointer. */
bool case_id_read_at(struct call *c, const char *path, struct json_object *tree, struct case_name *out) MUST_CHECK;
/* For messages: "case 20261123-0000001" or "case hotline12345 HX-1". */
const char *case_id_text(const struct case_name *name, struct arena *a);

#endif
