/* digest_make: makes a night's digest of aggregates, counts and a pack. Pure: nothing is asked, the instant is given.
 *
 * Overdue is a case whose holder's running clock is past due, unless that overdue is excused. A unit that asked in time isn't late
 * while it waits for the decision: then it is the centre's clock `decide` that counts, if that is past due. */
#ifndef GRIDD_REPORTS_DIGEST_MAKE_H
#define GRIDD_REPORTS_DIGEST_MAKE_H

#include "daemon/cases/case.h"
#include "daemon/reports/digest.h"
#include "daemon/rules/pack.h"

struct digest_base {
	const struct pack *pack;            /* borrowed until the end; the digest keeps nothing of it */
	const char *day;
	enum digest_mark mark;
	int64_t at_us, since_us;            /* the figures are of; the night before */
	int64_t overdue_before, undelivered;       /* -1: not known */
};

/* Clocks that run out within this are `due_soon`. */
#define DIGEST_SOON_US DAY_US

struct digest_maker;
/* Makes it in that arena; so is what comes of it. */
struct digest_maker *digest_make_start(const struct digest_base *base, struct arena *a);

struct digest_case {
	const char *number;
	const struct case_rec *cr;
	const char *last_act;               /* NULL: none */
	int64_t last_act_at_us;
};
/* Adds a row, if the case is overdue. scratch: for reckoning, may be reset afterwards. */
void digest_make_case(struct digest_maker *m, const struct digest_case *c, struct arena *scratch);
/* Counts what digest_make_count was not told of that case: soon due, suspended, orders. */
void digest_make_tally(struct digest_maker *m, const struct case_rec *cr);
/* Adds to a unit's line. */
void digest_make_count(struct digest_maker *m, const char *unit, int64_t due_soon, int64_t suspended, int64_t orders);

enum digest_noted { DIGEST_EXTENDED, DIGEST_SUSPENDED, DIGEST_WAIVED, DIGEST_LATE_ENTRY };
/* A case of which that was recorded since the night before; each case once. */
void digest_make_noted(struct digest_maker *m, enum digest_noted what, const char *number);

/* Sorts, adds up, and gives names to all codes. */
const struct digest *digest_make_end(struct digest_maker *m);

/* The part of it that is about those units: their lines and rows, and the figures made of them. What is only counted for the whole
 * town becomes -1 or empty. */
void digest_narrow(const struct digest *d, const struct strs *units, struct arena *a, struct digest *out);

#endif
