/* gate: the strict reading of one JSON text, in front of json-c, which is no validator.
 *
 * Refuses what RFC 8259 refuses, and by policy: bytes that aren't UTF-8 (Unicode table 3-7), `\u0000`, lone surrogates,
 * duplicate keys in one object, integers outside int64, numbers outside double, depth > LIMIT_JSON_DEPTH. One pass, no
 * allocation for ordinary lines. */
#ifndef GRIDD_WIRE_GATE_H
#define GRIDD_WIRE_GATE_H

#include "daemon/base/err.h"

#include <json-c/json.h>
#include <stddef.h>

struct gate_fault {
	size_t offset;                      /* of the byte where it went wrong */
	char text[200];                     /* one sentence; says so when the bytes are valid GB18030 instead */
};

bool gate_check(const char *text, size_t n, struct gate_fault *why) MUST_CHECK;
/* Checks, then parses. The tree is the caller's (json_object_put). Scalars are allowed at the top. */
bool gate_parse(const char *text, size_t n, struct json_object **out, struct gate_fault *why) MUST_CHECK;

#endif
