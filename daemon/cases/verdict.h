/* verdict: what the rule table says about a case: who is responsible, who handles it in which order, within which limits.
 *
 * Made by daemon/rules (match), copied into the case by decide(): a live case never reads an old pack. Strings and lists live
 * in the arena of the call, or in the pack. */
#ifndef GRIDD_CASES_VERDICT_H
#define GRIDD_CASES_VERDICT_H

#include "daemon/cases/clocks.h"

enum { LADDER_STEPS = 30 };             /* at most, so that one number remembers which have fired */

/* A limit as it holds for one case. */
struct clock_limit {
	const char *clock;
	struct limit limit;
	const char *calendar;               /* the rule's, else the class's, else the unit's, else the town's */
	const char *from;                   /* where it is written: "rule leak-estate", "class E70-05", "condition 2", "town" */
	const char *status;                 /* sourced, illustrative, ...; may be NULL */
	const char *source;                 /* may be NULL */
	const char *from_event;             /* of a declared clock: what starts it: "received", "dispatched" or a mark's id; NULL
	                                     * for the clocks built in */
	const char *until_mark;             /* of a declared clock: the mark that stops it; NULL for the clocks built in */
};
typedef LIST_OF(struct clock_limit) clock_limit_list;

enum step_act { STEP_REMIND, STEP_NOTIFY, STEP_LEVEL, STEP_SUPERVISE };

struct ladder_step {
	const char *clock;                  /* whose due time it hangs on */
	int32_t percent;                    /* of the budget used: 1..100; 100 with no offset = at the breach */
	struct limit offset;                /* after the due time; amount 0 = none */
	enum step_act act;
	int32_t level;                      /* of STEP_LEVEL: the escalation level; else 0 */
	struct strs to;                     /* unit, unit.leader, desk, supervision, or a unit's id */
	struct limit repeat;                /* until acknowledged; amount 0 = once */
	int32_t repeat_max;                 /* so often; then once more, to the leaders of those it told */
};
typedef LIST_OF(struct ladder_step) ladder_step_list;

struct verdict {
	bool routed;                        /* false: to the triage desk, with triage_reason */
	const char *triage_reason;          /* code: no_class unknown_class cannot_tell no_rule no_limit no_handler ... */
	const char *triage_detail;          /* one sentence for the dispatcher; holds no text of the reporter's */
	const char *rule_id;                /* the rule that matched or could not tell; NULL: none */
	const char *rule_file;              /* where it stands, "rules/estates.yaml" */
	int rule_line;
	const char *responsible;            /* 责任主体 */
	struct strs handlers;               /* 处置主体, in order; the first is dispatched to */
	struct strs assist;
	bool propose;                       /* waits in triage for a person's yes */
	bool emergency;
	const char *ladder;
	bool ladder_holds;                  /* steps outside working hours wait for opening */
	ladder_step_list steps;
	struct strs required;               /* of assist: without these the lead can't finish; the others are told, and may help */
	struct strs before_finish, before_pass;     /* marks that must be set before the lead finishes, before it passes */
	clock_limit_list limits;            /* those of the town too (discover, dispatch, overall, ...): also when not routed */
	/* The place and class as they were understood, for the case's own columns. */
	const char *class_code, *class_group, *condition, *estate, *grid;   /* each NULL: not known */
	const char *estate_from;            /* "param", "address: 永和路300弄", ...: how the estate was found; NULL: it wasn't */
};

const struct clock_limit *verdict_limit(const struct verdict *v, const char *clock);   /* NULL: none */

#endif
