/* lifecycle: the states of a case, as lifecycle.def lists them. */
#include "daemon/cases/lifecycle.h"

#include "daemon/base/check.h"

#include <stddef.h>
#include <string.h>

const char *const state_names[CASE_STATES + 1] = {
#define STATE(symbol, name, zh, final) name,
#include "daemon/cases/lifecycle.def"
#undef STATE
    NULL,
};

static const struct {
	const char *zh;
	bool final;
} states[] = {
#define STATE(symbol, name, zh, final) {zh, final},
#include "daemon/cases/lifecycle.def"
#undef STATE
};

const char *state_name(enum case_state s) {
	CHECK(s < CASE_STATES);
	return state_names[s];
}

const char *state_zh(enum case_state s) {
	CHECK(s < CASE_STATES);
	return states[s].zh;
}

bool state_is_final(enum case_state s) {
	CHECK(s < CASE_STATES);
	return states[s].final;
}

bool state_parse(const char *name, enum case_state *out) {
	for (int i = 0; i < CASE_STATES; i++) {
		if (strcmp(state_names[i], name) == 0) {
			*out = (enum case_state)i;
			return true;
		}
	}
	return false;
}
