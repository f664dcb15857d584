/* trace: -v: each request as it was sent, and how long its answer took, on stderr. */
#ifndef GRIDCTL_TRACE_H
#define GRIDCTL_TRACE_H

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

/* Tokens are masked. */
void trace_request(struct json_object *request);
void trace_reply(int64_t id, int64_t took_us, size_t bytes);

#endif
