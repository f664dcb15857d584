/* decide: decide() and apply(), the two pure functions that all of gridd is built around.
 *
 * decide(aggregate, command, facts, now) -> changes | refusal, apply(aggregate, changes) -> aggregate. No socket, no SQL, no
 * clock reading, no allocation beyond the arena. They serve live work, the timekeeper, dry_run, explain, tests and replay. */
#ifndef GRIDD_CASES_DECIDE_H
#define GRIDD_CASES_DECIDE_H

#include "daemon/cases/command.h"

/* What had to be looked up before. */
struct facts {
	const struct verdict *verdict;      /* of a submit (later: amend with reroute, dispatch) */
	const struct calendar_set *calendars;
	int32_t pack_version;
	const char *desk;                   /* the town's triage desk */
};

enum change_kind {
	CHANGE_OPENED,                      /* class, place codes, urgency, tags, channel, ref, times */
	CHANGE_ROUTED,                      /* responsible, handlers, assist, limits, ladder, rule, emergency */
	CHANGE_TRIAGED,                     /* reason, detail, proposed */
	CHANGE_STATE,
	CHANGE_HELD,                        /* unit, since */
	CHANGE_TASK,                        /* a task as it now is (by n) */
	CHANGE_CLOCK,                       /* a clock as it now is (by name, task and start: the next dispatch clock is another) */
	CHANGE_KINDS
};
extern const char *const change_kind_names[CHANGE_KINDS + 1];

struct change {
	enum change_kind kind;
	union {
		struct {
			const char *class_code, *condition, *class_as_sent, *estate_as_sent, *estate, *grid;
			enum urgency urgency;
			struct strs tags;
			const char *channel, *ref, *actor;
			int64_t observed_at_us, received_at_us, clock_ahead_seconds;
		} opened;
		struct {
			const char *responsible;
			struct strs handlers, assist;
			bool emergency, ladder_holds;
			const char *ladder;
			ladder_step_list steps;
			clock_limit_list limits;
			const char *rule_id;
			int32_t pack_version;
			int64_t at_us;
		} routed;
		struct {
			const char *reason, *detail, *proposed;
		} triaged;
		struct {
			enum case_state state;
			const char *result;         /* kept beside, may be NULL */
		} state;
		struct {
			const char *unit;
			int64_t since_us;
		} held;
		struct task task;
		struct clock clock;
	};
};

struct changes {
	const char *event_type;
	int64_t at_us;                      /* the event's `at` */
	LIST_OF(struct change) list;
	int64_t next_fire_at_us;            /* for `timer`; NO_TIME = nothing is left to fire (stored as infinity) */
};

struct refusal {
	struct err err;                     /* E_CONFLICT, E_INVALID_PARAMS, ... */
	const char *state;                  /* for a conflict: what it is now; NULL otherwise */
};

/* `before` is NULL for a submit, else unchanged. now_us >= the case's last event (the caller sees to it). On false *why is
 * filled and *out is empty. */
bool decide(const struct case_rec *before, const struct command *cmd, const struct facts *facts, int64_t now_us,
            struct arena *a, struct changes *out, struct refusal *why) MUST_CHECK;

/* Builds the aggregate after: `before` (NULL: a new one) is not touched; what it has is shared, not copied. */
struct case_rec *apply(const struct case_rec *before, const char *town, const struct changes *ch, struct arena *a);

/* When does something happen next to this case by time alone? The earliest due time, or step of the ladder, of its running
 * clocks that lies after after_us; NO_TIME: never. Repeats of a step aren't counted: they hang on an acknowledgement. */
int64_t case_next_fire_us(const struct case_rec *cr, const struct calendar_set *cals, int64_t after_us);

#endif
