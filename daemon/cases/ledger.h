/* ledger: whose time it was: each instant of a case from receipt to closing belongs to exactly one holder, or to nobody. */
#ifndef GRIDD_CASES_LEDGER_H
#define GRIDD_CASES_LEDGER_H

#include "daemon/cases/case.h"

/* What one holder had the case for, all its stretches together. */
struct holding {
	const char *bearer;                 /* a unit; NULL: nobody (suspended, merged, closed: `why` says) */
	const char *why;                    /* of the first stretch: register triage handling verify ... */
	int64_t first_us;                   /* when it first had it */
	int32_t stretches;
	int64_t natural_us, worked_us;      /* worked: by the calendar of `overall`, else the town's */
};
typedef LIST_OF(struct holding) holding_list;

struct ledger {
	holding_list holdings;              /* in the order in which they first had it */
	int64_t from_us, to_us;             /* received; closed, or until_us while it is open */
	int64_t natural_us, worked_us;      /* the sums of all holdings: natural_us = to_us - from_us */
	const struct holding *longest;      /* of the units, by working time, then natural time; NULL: no unit had it */
};

/* Holdings are by bearer; what is nobody's, by why. */
void ledger_of(const struct case_rec *cr, const struct calendar_set *cals, int64_t until_us, struct arena *a, struct ledger *out);
/* The same of the time between two instants: who had the case while a clock ran. */
void ledger_between(const struct case_rec *cr, const struct calendar_set *cals, struct segment between, struct arena *a,
                    struct ledger *out);
/* Who had it at that instant; NULL: nobody. */
const char *span_bearer_at(const struct case_rec *cr, int64_t at_us);
/* Who bears the time of that clock: whose stay it is; of one that belongs to no stay, who had the case when it was due. NULL:
 * nobody. */
const char *clock_bearer(const struct case_rec *cr, const struct clock *c);

#endif
