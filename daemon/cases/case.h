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
};

struct mark {
	const char *mark, *value;
	int64_t at_us;
	const char *actor;
};

struct outside_ref {
	const char *channel, *ref;
};

typedef LIST_OF(struct task) task_list;
typedef LIST_OF(struct clock) clock_list;
typedef LIST_OF(struct mark) mark_list;
typedef LIST_OF(struct outside_ref) outside_ref_list;

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
	int32_t escalation_level, returns, rounds;

	const char *rule_id;
	int32_t pack_version;
	int64_t rule_at_us;

	int64_t observed_at_us, received_at_us, closed_at_us;
	int64_t changed_at_us;              /* the newest event's `at` */
	task_list tasks;
	clock_list clocks;
	mark_list marks;
	const char *result;
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
const struct task *case_lead_task(const struct case_rec *cr);          /* the open lead task; NULL: none */

#endif
