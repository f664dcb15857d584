/* decide: decide() and apply(), the two pure functions that all of gridd is built around.
 *
 * decide(aggregate, command, facts, now) -> changes | refusal, apply(aggregate, changes) -> aggregate. No socket, no SQL, no
 * clock reading, no allocation beyond the arena. They serve live work, the timekeeper, dry_run, explain, tests and replay. */
#ifndef GRIDD_CASES_DECIDE_H
#define GRIDD_CASES_DECIDE_H

#include "daemon/cases/command.h"
#include "daemon/cases/policy.h"
#include "daemon/cases/roster.h"

/* What had to be looked up before. */
struct facts {
	const struct verdict *verdict;      /* of a submit, and of an amend with reroute; else NULL */
	const struct calendar_set *calendars;
	const struct policy *policy;
	const struct roster *roster;
	int32_t pack_version;
	const char *number;                 /* of the case; NULL for a submit */
};

enum change_kind {
	CHANGE_OPENED,                      /* class, place codes, urgency, tags, channel, ref, times */
	CHANGE_ROUTED,                      /* responsible, handlers, assist, limits, ladder, rule, emergency */
	CHANGE_TRIAGED,                     /* reason, detail, proposed */
	CHANGE_STATE,
	CHANGE_HELD,                        /* unit, since */
	CHANGE_TASK,                        /* a task as it now is (by n) */
	CHANGE_CLOCK,                       /* a clock as it now is (by name, task and start: the next dispatch clock is another) */
	CHANGE_SPAN,                        /* whose time it is from here on */
	CHANGE_AMENDED,                     /* class, condition, estate, grid, urgency, tags as they now are */
	CHANGE_REF,                         /* one more outside number */
	CHANGE_MARK,
	CHANGE_COUNTS,                      /* chain_at, returns, rounds, escalation level, and the arbitration */
	CHANGE_REQUEST,                     /* the pending request; unit NULL: none any more */
	CHANGE_SUSPENDED,                   /* until and why; since NO_TIME: not any more */
	CHANGE_MERGED,                      /* into which case (NULL: none any more) */
	CHANGE_ABSORBED,                    /* which case came along, or went */
	CHANGE_ORDER,                       /* a supervision order as it now is (by n) */
	CHANGE_ALARM,                       /* a repeating step as it now is (by step, clock, task and start) */
	CHANGE_NOTICE,                      /* somebody is told: a row of the outbox; nothing of the case changes */
	CHANGE_FIRED,                       /* which clock, and what of it: for readers of the event; nothing of the case changes */
	CHANGE_KINDS
};
extern const char *const change_kind_names[CHANGE_KINDS + 1];

/* What a notice is about. */
enum notice_kind {
	NOTICE_TASK,                        /* an emergency was dispatched: go */
	NOTICE_REMIND,                      /* 提醒: before it is due */
	NOTICE_OVERDUE,                     /* at the breach */
	NOTICE_LEVEL,                       /* 升级 */
	NOTICE_URGE,                        /* 催办 */
	NOTICE_ORDER,                       /* 督办单 */
	NOTICE_EXPIRED,                     /* an order without an accepted reply: 通报 */
	NOTICE_KINDS
};
extern const char *const notice_kind_names[NOTICE_KINDS + 1];

struct notice {
	enum notice_kind kind;
	const char *unit;                   /* who is told; it was meant for `meant` if nobody there was on duty */
	const char *meant;
	const char *role, *channel, *to;    /* the contact on duty; channel NULL: nobody is, anywhere up */
	const char *clock;                  /* which clock's matter; NULL: none */
	int64_t due_at_us;
	int32_t step;                       /* of the case's ladder; -1: none */
	int32_t task;                       /* with `clock` and `started_at_us`: for the acknowledgement */
	int64_t started_at_us;
	int32_t times;                      /* 1, 2, ...: of a repeating step */
	int32_t order;                      /* of NOTICE_ORDER and NOTICE_EXPIRED */
	bool acknowledge;                   /* it repeats until acknowledged */
};

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
			struct strs handlers, assist, required, before_finish, before_pass;
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
			enum case_state state, previous;
			const char *result;         /* kept beside, may be NULL */
		} state;
		struct {
			const char *unit;
			int64_t since_us;
		} held;
		struct task task;
		struct clock clock;
		struct span span;
		struct {
			const char *class_code, *condition, *estate, *grid;
			enum urgency urgency;
			struct strs tags;
		} amended;
		struct outside_ref ref;
		struct mark mark;
		struct {
			int32_t chain_at, returns, rounds, escalation_level;
			bool arbitrated;
			const char *fault;
		} counts;
		struct request request;
		struct {
			int64_t since_us, until_us;
			const char *reason;
		} suspended;
		struct {
			const char *into;
		} merged;
		struct {
			const char *other;
			bool gone;
		} absorbed;
		struct order order;
		struct alarm alarm;
		struct notice notice;
		struct {
			const char *clock;
			int32_t task, step;         /* step -1: the due time itself */
			int64_t due_at_us;
			const char *bearer;
			int64_t before_us;          /* of clock.moved: when it was due before; else NO_TIME */
			bool put_off;               /* of clock.moved: it would have been over at once, and has until the office closes */
		} fired;
	};
};

struct changes {
	const char *event_type;
	int64_t at_us;                      /* the event's `at` */
	LIST_OF(struct change) list;
	int64_t next_fire_at_us;            /* for `timer`; NO_TIME = nothing is left to fire (stored as infinity) */
	int64_t now_us;                     /* when it was decided, and by which pack: enough to decide it again */
	int32_t pack_version;
};

struct refusal {
	struct err err;                     /* E_CONFLICT, E_INVALID_PARAMS, E_FORBIDDEN ... */
	const char *state;                  /* for a conflict: what it is now; NULL otherwise */
	struct strs allowed;                /* for a conflict: methods that are possible in that state */
};

/* `before` is NULL for a submit, else unchanged. now_us >= the case's last event (the caller sees to it). On false *why is
 * filled and *out is empty. */
bool decide(const struct case_rec *before, const struct command *cmd, const struct facts *facts, int64_t now_us,
            struct arena *a, struct changes *out, struct refusal *why) MUST_CHECK;

/* Builds the aggregate after: `before` (NULL: a new one) is not touched; what it has is shared, not copied. */
struct case_rec *apply(const struct case_rec *before, const char *town, const struct changes *ch, struct arena *a);

/* What time alone does next to a case. */
enum firing_kind {
	FIRING_CORRECTION,                  /* a breach that was told is none: what stopped the clock was entered late */
	FIRING_RESUME,                      /* the end of a suspension */
	FIRING_BREACH,                      /* a clock's due time has passed */
	FIRING_STEP,                        /* a step of the ladder, for the first time */
	FIRING_ALARM,                       /* a repeating step, again */
	FIRING_ORDER                        /* a supervision order's time has run out */
};

struct firing {
	enum firing_kind kind;
	int64_t at_us;
	size_t clock;                       /* index in the case's clocks; of a resume 0 */
	int32_t step;                       /* of the ladder; -1: none */
	size_t which;                       /* index of the alarm, or of the order; else 0 */
};

/* The earliest thing left to fire, oldest first; of two at one instant the lower kind. False: never. One that lies in the past
 * has not fired yet: what CMD_FIRE does is exactly this. */
bool case_next_firing(const struct case_rec *cr, const struct calendar_set *cals, struct firing *out);
/* Its time; NO_TIME: never. */
int64_t case_next_fire_us(const struct case_rec *cr, const struct calendar_set *cals);

#endif
