/* event_types: every type that an event can have. */
#ifndef GRIDD_CALL_EVENT_TYPES_H
#define GRIDD_CALL_EVENT_TYPES_H

#include "daemon/base/list.h"

#include <stdbool.h>

/* The i-th; NULL past the end. */
const char *event_type_at(size_t i);
/* Adds the types that a word means: one, or all of a group ("clock.*"). False: none; *nearest: the most similar, or NULL. */
bool event_types_add(const char *word, struct strs *to, struct arena *a, const char **nearest);

#endif
