/* command: what somebody, or time, wants done to a case. One accepted command = one event = version + 1. */
#ifndef GRIDD_CASES_COMMAND_H
#define GRIDD_CASES_COMMAND_H

#include "daemon/cases/case.h"

enum command_kind { CMD_SUBMIT };

struct handled {                        /* fixed on the spot */
	const char *unit;                   /* NULL: not */
	int64_t at_us;
	const char *result;
};

struct deadline {
	const char *clock;
	int64_t at_us;
};

typedef LIST_OF(struct deadline) deadline_list;

struct cmd_submit {
	const char *class_code, *condition; /* as the pack knows them; NULL: not given or not known */
	const char *class_as_sent, *estate_as_sent;
	enum urgency urgency;
	struct strs tags;
	const char *channel, *ref;
	int64_t observed_at_us;             /* = received_at_us where not given */
	int64_t received_at_us;
	int64_t clock_ahead_seconds;             /* observed_at was so much in the future and is taken as now; 0: it wasn't */
	deadline_list deadlines;
	struct handled handled;
};

struct command {
	enum command_kind kind;
	const char *town;
	const char *actor;                  /* the principal's name */
	const char *for_unit, *for_person;  /* acting in a unit's name; NULL */
	const char *note_sha256;            /* salted hash of a note, whose text is private; NULL: no note */
	int64_t at_us;                      /* when it happened; = now where not given */
	union {
		struct cmd_submit submit;
	};
};

const char *command_event_type(enum command_kind kind);     /* "case.submitted" */

#endif
