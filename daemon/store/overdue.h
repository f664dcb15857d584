/* overdue: what a digest is made of, read as of an instant: the cases that had run out, counts by unit, what was done since the
 * night before. For threads (store/side.h): it blocks.
 *
 * Any instant that has passed: a case that didn't change since is read as it is stored, one that did is folded from its events up
 * to then. So it costs what changed since, and whether it is asked at the hour or days later makes no difference to what it says. */
#ifndef GRIDD_STORE_OVERDUE_H
#define GRIDD_STORE_OVERDUE_H

#include "daemon/cases/case.h"
#include "daemon/store/side.h"

enum overdue_noted { NOTED_EXTENDED, NOTED_SUSPENDED, NOTED_WAIVED, NOTED_LATE, NOTED };

struct overdue_ask {
	const char *town;
	int64_t at_us;
	int64_t soon_us;                    /* clocks that run out before this are counted as soon */
	int64_t since_us;                   /* what was done is looked for from after this on */
	int64_t late_entry_us;              /* entered so much later than it happened: late */
};

/* A case that may be overdue: whose clock and by how much is the caller's to reckon. Dies with the call. */
struct overdue_case {
	const char *number;
	const struct case_rec *cr;
	const char *last_act;               /* type of the newest event by a person; NULL: none */
	int64_t last_act_at_us;
	bool changed;                       /* since then: the counts by unit leave it out, so count it from here */
};
struct overdue_unit {
	const char *unit;
	int64_t due_soon, suspended, orders;       /* as reports/digest.h has them */
};
struct overdue_hooks {
	void (*on_case)(const struct overdue_case *c, struct arena *a, void *ctx);     /* a: of this case */
	void (*on_unit)(const struct overdue_unit *u, void *ctx);
	void (*on_noted)(enum overdue_noted what, const char *number, void *ctx);
	/* Between two cases: true: break off, with E_UNAVAILABLE. */
	bool (*stop)(void *ctx);
	void *ctx;
};
/* Inside side_begin .. side_commit. */
bool overdue_read(struct side *s, const struct overdue_ask *ask, const struct overdue_hooks *hooks, struct err *e) MUST_CHECK;
/* Notices of that town that were given up, or wait for longer than an hour, by now. */
bool overdue_undelivered(struct side *s, const char *town, int64_t *out, struct err *e) MUST_CHECK;

#endif
