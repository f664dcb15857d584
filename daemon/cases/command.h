/* command: what somebody, or time, wants done to a case. One accepted command = one event = version + 1. */
#ifndef GRIDD_CASES_COMMAND_H
#define GRIDD_CASES_COMMAND_H

#include "daemon/cases/case.h"

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

struct cmd_dispatch {
	const char *unit;                   /* NULL: whom the rule proposes */
	struct strs assist;
	bool explained;                     /* a reason was given; needed when it isn't the one proposed */
};

struct cmd_assign {
	const char *unit;
	enum task_kind kind;                /* TASK_ASSIST or TASK_CHECK */
	struct limit limit;                 /* of its `handle`; amount 0: none */
};

struct cmd_verify {
	bool pass;                          /* else rework */
	const char *method;                 /* site, photo, phone; NULL */
};

struct cmd_ask {
	enum request_what what;
	const char *reason, *clock;         /* clock NULL: `handle`; waive: the newest one that is overdue */
	int64_t until_us;
};

struct cmd_decide {
	int32_t request;
	bool grant;
	int64_t until_us;                   /* NO_TIME: as asked */
};

/* All of what a case is afterwards; `private_too`: address, place or attributes were amended as well. */
struct cmd_amend {
	const char *class_code, *condition, *estate, *grid;
	enum urgency urgency;
	struct strs tags;
	bool reroute, private_too;
};

struct cmd_open_order {
	const char *unit;                   /* NULL: who holds the case */
	enum order_kind kind;
	struct limit within;                /* amount 0: as the town says */
	const char *reason;
};

/* Reasons are codes of the pack. What people write freely (notes, demands, replies) is no part of a command: it is private. */
struct command {
	enum command_kind kind;
	const char *town;
	const char *actor;                  /* the principal's name; "gridd" for time */
	const char *actor_unit;             /* the unit he belongs to; NULL */
	unsigned powers;                    /* POWER_* */
	const char *for_unit, *for_person;  /* acting in a unit's name; NULL */
	int64_t at_us;                      /* when it happened; = now where not given */
	bool late_entry;                    /* `at` was given */
	union {
		struct cmd_submit submit;
		struct cmd_dispatch dispatch;
		struct cmd_assign assign;
		struct { const char *reason; } giving_back;      /* return */
		struct { const char *result; } finish;
		struct cmd_verify verify;
		struct cmd_ask ask;
		struct cmd_decide decide;
		struct { const char *reason; int64_t until_us; } suspend;
		struct { const char *unit, *fault; } arbitrate;
		struct { const char *clock, *reason; } waive;
		struct cmd_amend amend;
		struct outside_ref link;
		struct { const char *mark, *value; } mark;
		struct deadline deadline;
		struct { const char *reason; } because;          /* reject, reopen, reveal */
		struct { const char *other; } merge;             /* merge, absorb, release, answer: the other case's number */
		struct cmd_open_order open_order;
		struct { int32_t order; bool accepted; } order;  /* reply_order, accept_order */
		struct { int32_t step; const char *clock; int32_t task; int64_t started_at_us; } acknowledge;
		struct { const char *notice, *unit, *channel; } untold;   /* "42-1": the event that it tells of, and its place there */
	};
};

/* What an actor may besides acting for his own unit. */
enum power { POWER_PLATFORM = 1, POWER_DISPATCHER = 2, POWER_SUPERVISOR = 4, POWER_INSPECTOR = 8 };

/* In whose name: for_unit, else the actor's own unit; NULL: nobody's. */
const char *command_unit(const struct command *cmd);

#endif
