/* schema: a table of fields as JSON Schema, for programs that want to know what a method takes. */
#ifndef GRIDD_WIRE_SCHEMA_H
#define GRIDD_WIRE_SCHEMA_H

#include "daemon/wire/fields.h"

/* What one field takes: `{"type":"string","maxLength":64}`. Sizes of strings are bytes, which JSON Schema has no word for: as
 * characters they are an upper bound. */
void schema_field(const struct field *f, struct json_out *j);

#endif
