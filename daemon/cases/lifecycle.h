/* lifecycle: the states of a case, the commands, and which is possible when: lifecycle.def as C. */
#ifndef GRIDD_CASES_LIFECYCLE_H
#define GRIDD_CASES_LIFECYCLE_H

#include <stdbool.h>
#include <stddef.h>

enum case_state {
#define STATE(symbol, name, zh, final) CASE_##symbol,
#include "daemon/cases/lifecycle.def"
#undef STATE
	CASE_STATES
};

enum command_kind {
#define COMMAND(symbol, method, event, zh, en) CMD_##symbol,
#include "daemon/cases/lifecycle.def"
#undef COMMAND
	COMMANDS
};

/* Where a move leads, besides a state. */
enum move_to { TO_SAME = CASE_STATES, TO_PREVIOUS, TO_DECIDED };

struct move {
	enum command_kind command;
	unsigned from;                      /* bits 1 << enum case_state */
	int to;                             /* enum case_state or enum move_to */
	const char *why;
};

const char *state_name(enum case_state s);
const char *state_zh(enum case_state s);
bool state_is_final(enum case_state s);
bool state_parse(const char *name, enum case_state *out);
/* All names in order, CASE_STATES of them: for tables of params and of JSON. */
extern const char *const state_names[CASE_STATES + 1];

const char *command_method(enum command_kind k);        /* "case.finish"; NULL: not a person's */
const char *command_event(enum command_kind k);         /* "task.finished"; NULL: the decision says */
const char *command_zh(enum command_kind k);

/* The move of that command in that state; NULL: not possible. */
const struct move *lifecycle_move(enum case_state from, enum command_kind k);
/* For docs and tests: the i-th row; NULL past the end. */
const struct move *lifecycle_at(size_t i);

#endif
