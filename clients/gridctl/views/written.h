/* written: what came of a writing call, in words. */
#ifndef GRIDCTL_WRITTEN_H
#define GRIDCTL_WRITTEN_H

#include "daemon/base/strbuf.h"

#include <json-c/json.h>

/* "handling, held by firm_a, due 2026-11-24 17:00", and what was made beside it. */
void written_add(struct strbuf *out, struct json_object *result);
/* Of a dry run: "triage → dispatched, held by roads". */
void written_add_move(struct strbuf *out, struct json_object *result);

#endif
