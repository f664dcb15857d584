/* lifecycle: states, commands and moves, as lifecycle.def lists them. */
#include "daemon/cases/lifecycle.h"

#include "daemon/base/check.h"

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

static const struct {
	const char *method, *event, *zh;
} commands[] = {
#define COMMAND(symbol, method, event, zh, en) {method, event, zh},
#include "daemon/cases/lifecycle.def"
#undef COMMAND
};

/* Sets of states. */
#define IN(symbol) (1U << CASE_##symbol)
enum {
	ANY = (1U << CASE_STATES) - 1,
	LIVE = IN(TRIAGE) | IN(DISPATCHED) | IN(HANDLING) | IN(FINISHED) | IN(SUSPENDED)
};

/* So that a row names a state or one of the three others by one word. */
enum {
#define STATE(symbol, name, zh, final) GOES_##symbol = CASE_##symbol,
#include "daemon/cases/lifecycle.def"
#undef STATE
	GOES_SAME = TO_SAME,
	GOES_PREVIOUS = TO_PREVIOUS,
	GOES_DECIDED = TO_DECIDED
};

static const struct move moves[] = {
#define MOVE(command, from, to, why) {CMD_##command, from, GOES_##to, why},
#include "daemon/cases/lifecycle.def"
#undef MOVE
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

const char *command_method(enum command_kind k) {
	CHECK(k < COMMANDS);
	return commands[k].method;
}

const char *command_event(enum command_kind k) {
	CHECK(k < COMMANDS);
	return commands[k].event;
}

const char *command_zh(enum command_kind k) {
	CHECK(k < COMMANDS);
	return commands[k].zh;
}

const struct move *lifecycle_move(enum case_state from, enum command_kind k) {
	for (size_t i = 0; i < COUNT_OF(moves); i++)
		if (moves[i].command == k && (moves[i].from & (1U << from)))
			return &moves[i];
	return NULL;
}

const struct move *lifecycle_at(size_t i) { return i < COUNT_OF(moves) ? &moves[i] : NULL; }
