/* policy: the rules of the house, the same for all cases of a town: from town.yaml of the pack in force. */
#ifndef GRIDD_CASES_POLICY_H
#define GRIDD_CASES_POLICY_H

#include "daemon/cases/case.h"

struct policy {
	const char *desk;                   /* where cases are dispatched and verified: the grid centre */
	const char *calendar;               /* the town's own */
	int64_t late_entry_us;              /* what happened longer ago needs a supervisor to enter */
	int32_t returns;                    /* the so-many-th return goes to return_desks[0], each further one to the next; 0:
	                                     * all go to the desk */
	struct strs return_desks;           /* "grid_supervisor", "joint_meeting": units */
	int32_t extensions;                 /* granted at most, for each clock; default 2 */
	int32_t suspend_days;               /* at most; default 365 */
	struct limit reopen_within;         /* from closing; amount 0: for ever */
	enum case_state reopen_to;          /* CASE_TRIAGE, or CASE_DISPATCHED to the unit that had it */
	const char *supervision;            /* the unit that issues the orders of the ladder */
	struct limit order_within;          /* limit of `supervise` where neither order nor case says; amount 0: none */
	const char *consequence;            /* code of what follows an expired order */
	struct strs suspend_runs;           /* clocks that a suspension doesn't pause; default: discover, dispatch, decide, supervise */
	clock_limit_list limits;            /* those of the town, for clocks that the case's own limits lack */
};

#endif
