/* lifecycle: the states of a case and their names, from lifecycle.def. */
#ifndef GRIDD_CASES_LIFECYCLE_H
#define GRIDD_CASES_LIFECYCLE_H

#include <stdbool.h>

enum case_state {
#define STATE(symbol, name, zh, final) CASE_##symbol,
#include "daemon/cases/lifecycle.def"
#undef STATE
	CASE_STATES
};

const char *state_name(enum case_state s);
const char *state_zh(enum case_state s);
bool state_is_final(enum case_state s);
bool state_parse(const char *name, enum case_state *out);
/* All names in order, CASE_STATES of them: for tables of params and of JSON. */
extern const char *const state_names[CASE_STATES + 1];

#endif
