/* case: the aggregate, everything about one reported problem that decisions read. `struct case_rec *cr`.
 *
 * It is the fold of apply() over the case's events and equals what the database holds. No free text, no address, no reporter:
 * those are the private part (struct private_part), kept apart so that they can be erased. Strings are borrowed from the
 * arena the aggregate was built in. */
#ifndef GRIDD_CASES_CASE_H
#define GRIDD_CASES_CASE_H

#include "daemon/cases/lifecycle.h"
#include "daemon/cases/verdict.h"

enum urgency { URGENCY_NORMAL, URGENCY_URGENT, URGENCY_EMERGENCY, URGENCIES };
extern const char *const urgency_names[URGENCIES + 1];

enum task_kind { TASK_LEAD, TASK_ASSIST, TASK_CHECK, TASK_KINDS };
extern const char *const task_kind_names[TASK_KINDS + 1];
enum task_state { TASK_GIVEN, TASK_ACCEPTED, TASK_ARRIVED, TASK_FINISHED, TASK_RETURNED, TASK_WITHDRAWN, TASK_STATES };
extern const char *const task_state_names[TASK_STATES + 1];

/* One stay of a case with one unit. */
struct task {
	int32_t n;                          /* 1, 2, ... within the case */
	const char *unit;
	enum task_kind kind;
	enum task_state state;
	int64_t given_at_us, accepted_at_us, arrived_at_us, ended_at_us;    /* NO_TIME: not (yet) */
	const char *result, *reason;        /* coded */
	bool required;                      /* of an assistant: the lead can't finish while this is open */
	const char *ended_by;               /* the principal who finished or returned it, or took it back; NULL: it is open */
	int32_t returns;                    /* so often its unit gave it back; a refused return counts too */
};

struct mark {
	const char *mark, *value;
	int64_t at_us;
	const char *actor;
};

/* 申请: asked by a unit, decided by a supervisor. A fact beside the state. */
enum request_what { ASK_EXTEND, ASK_SUSPEND, ASK_ASSIST, ASK_WAIVE, REQUEST_WHATS };
extern const char *const request_what_names[REQUEST_WHATS + 1];

struct request {
	int32_t n;                          /* 1, 2, ... within the case; people write "20261123-0000042-R1" */
	enum request_what what;
	const char *unit, *reason;          /* who asks, a coded reason; NULL: none is pending */
	const char *clock;                  /* extend, waive: which one */
	int64_t asked_at_us, until_us;      /* until: a suspension's end; NO_TIME where it has none */
	bool in_time;                       /* asked before the clock was due: its breach waits for the decision */
};

/* 督办单: an order of the supervision office, or of a supervisor, to a unit. */
enum order_kind { ORDER_OVERDUE, ORDER_LEADER, ORDER_KEY, ORDER_KINDS };
extern const char *const order_kind_names[ORDER_KINDS + 1];
enum order_state { ORDER_OPEN, ORDER_REPLIED, ORDER_ACCEPTED, ORDER_EXPIRED, ORDER_LAPSED, ORDER_STATES };
extern const char *const order_state_names[ORDER_STATES + 1];

struct order {
	int32_t n;                          /* 1, 2, ... within the case; people write "20261123-0000042-D1" */
	enum order_kind kind;
	enum order_state state;             /* expired: no accepted reply in time; lapsed: the case ended otherwise */
	const char *unit, *issuer;          /* whom it orders; the principal or unit that issued it */
	const char *grounds;                /* "handle +5wd": the step of the ladder; or a coded reason */
	int64_t opened_at_us, replied_at_us, ended_at_us, due_at_us;
	int32_t refusals;                   /* replies that the issuer did not accept */
	const char *consequence;            /* coded, when it expired */
};

/* A step of the ladder that repeats until somebody acknowledges it. */
struct alarm {
	int32_t step;                       /* index in the case's steps */
	const char *clock;                  /* with task and start: which clock's */
	int32_t task;
	int64_t started_at_us;
	int32_t times;                      /* it was told */
	int64_t next_at_us;                 /* NO_TIME: never again (acknowledged, told often enough, or the clock stopped) */
	int64_t acknowledged_at_us;
};

/* Whose time it is, for the ledger: from here on until the next span. */
struct span {
	int64_t from_us;
	const char *bearer;                 /* a unit; NULL: nobody's (suspended, merged, closed) */
	const char *why;                    /* register triage handling verify suspended merged closed */
};

struct outside_ref {
	const char *channel, *ref;
};

typedef LIST_OF(struct task) task_list;
typedef LIST_OF(struct clock) clock_list;
typedef LIST_OF(struct mark) mark_list;
typedef LIST_OF(struct outside_ref) outside_ref_list;
typedef LIST_OF(struct order) order_list;
typedef LIST_OF(struct alarm) alarm_list;
typedef LIST_OF(struct span) span_list;

struct case_rec {
	int64_t id;                         /* given by the database; 0 before it is stored. Not part of the aggregate's bytes */
	const char *town;
	int32_t version;                    /* = number of events */
	enum case_state state;
	const char *class_code, *condition; /* NULL: not known */
	const char *class_as_sent, *estate_as_sent;   /* what a triage channel sent and the pack doesn't know; else NULL */
	const char *estate, *grid;
	enum urgency urgency;
	bool emergency;
	struct strs tags;
	const char *channel;
	outside_ref_list refs;
	const char *actor;                  /* the principal who submitted it */

	const char *responsible;
	const char *unit;                   /* holds it now: a unit, or the desk in triage */
	int64_t held_since_us;
	const char *proposed;               /* in triage: whom the rule proposes */
	const char *triage_reason, *triage_detail;
	struct strs handlers, assist;
	int32_t chain_at;                   /* index of the present handler in handlers */
	clock_limit_list limits;
	const char *ladder;
	bool ladder_holds;
	ladder_step_list steps;
	struct strs required;               /* of assist: without these the lead can't finish */
	struct strs before_finish, before_pass;       /* marks that must be set before */
	int32_t escalation_level, returns, rounds;
	bool arbitrated;                    /* its present unit was told by an arbitration: it can't return it */
	const char *fault;                  /* of the newest arbitration: whose mistake it was */

	const char *rule_id;
	int32_t pack_version;
	int64_t rule_at_us;

	int64_t observed_at_us, received_at_us, closed_at_us;
	int64_t changed_at_us;              /* the newest event's `at` */
	task_list tasks;
	clock_list clocks;
	mark_list marks;
	const char *result;

	struct request request;             /* the pending one; unit NULL: none */
	int32_t requests;                   /* asked so far */
	int64_t suspended_at_us, suspended_until_us;   /* NO_TIME: it isn't */
	const char *suspended_reason;
	int32_t suspensions;
	enum case_state previous;           /* where it was before it was suspended, merged or closed */
	const char *merged_into;            /* a case's number; NULL: it isn't merged */
	struct strs merged_from;            /* numbers of the cases that go along with this one */
	bool appealed;                      /* an excuse was asked for: once a case */
	order_list orders;
	alarm_list alarms;
	span_list spans;                    /* from received on; the last one is open */
};

struct reporter {
	const char *name, *phone;
	bool confidential;
};

struct attachment {
	const char *uri, *sha256, *media_type, *kind;
	int64_t taken_at_us;
};

struct place {
	double x, y;
	const char *crs;                    /* wgs84, gcj02, bd09, sh2000 (city coordinates, metres); NULL: no place */
};

struct attr {
	const char *name, *value;           /* value as text: "3", "true", "六楼" */
};

typedef LIST_OF(struct attachment) attachment_list;
typedef LIST_OF(struct attr) attr_list;

/* What can be erased. */
struct private_part {
	const char *text, *address;
	struct place place;
	struct reporter reporter;
	attachment_list attachments;
	attr_list attrs;
};

/* The newest clock of that name; NULL: none. */
const struct clock *case_clock(const struct case_rec *cr, const char *name);
/* The clock that runs for the present holder: accept until accepted, then handle; dispatch in triage; verify when finished.
 * NULL: none runs. Its due time is the case's `due_at`. */
const struct clock *case_holder_clock(const struct case_rec *cr);
const struct task *case_task(const struct case_rec *cr, int32_t n);            /* NULL: none */
const struct task *case_lead_task(const struct case_rec *cr);          /* the open lead task; NULL: none */
const struct task *case_last_lead(const struct case_rec *cr);          /* the newest lead task, open or not; NULL: none */
bool task_is_open(const struct task *t);
const struct mark *case_mark(const struct case_rec *cr, const char *mark);     /* the newest of that name; NULL: not set */
const struct order *case_order(const struct case_rec *cr, int32_t n);          /* NULL: none */

#endif
