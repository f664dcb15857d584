/* fold_walk: the cases of a town as they were at an instant: folds their events as far as they were recorded by then, and shows
 * each event on the way, and each case at its end. For threads (store/side.h): it blocks. */
#ifndef GRIDD_STORE_FOLD_WALK_H
#define GRIDD_STORE_FOLD_WALK_H

#include "daemon/cases/decide.h"
#include "daemon/store/side.h"

struct fold_ask {
	const char *town;
	int64_t as_of_us;                   /* events recorded up to here */
	int64_t closed_from_us;             /* cases that were over before are left out, if nobody acted on them since */
	int64_t due_from_us;                /* but not those of them that had a clock due then or later; NO_TIME: those too */
	int64_t received_before_us;         /* cases received at or after are left out */
	bool (*stop)(void *ctx);            /* asked between two cases, with the hooks' ctx: break off, E_UNAVAILABLE; may be NULL */
	/* Or, where this is given: of all cases those that changed after as_of_us, and no others; they have an event recorded later,
	 * behind this number (0: the walk is by the members above). */
	int64_t changed_behind_seq;
};

/* What it belongs to lives until the next case. */
struct folded {
	int64_t id;
	const char *number;
	const struct case_rec *cr;          /* after the newest event seen */
};
struct fold_event {
	struct folded now;
	const struct case_rec *before;      /* NULL: there was no case before it */
	const struct changes *changes;
	const char *type, *actor;
	int64_t seq, at_us, recorded_at_us;
	int32_t version;
};
struct fold_hooks {
	void (*on_event)(const struct fold_event *ev, void *ctx);      /* may be NULL */
	void (*on_case)(const struct folded *c, void *ctx);            /* may be NULL */
	void *ctx;
};
/* Inside side_begin .. side_commit. By case id, each case's events by version. A case of which no event was recorded by then isn't
 * shown. False also for an event that isn't one of ours. */
bool fold_walk(struct side *s, const struct fold_ask *ask, const struct fold_hooks *hooks, struct err *e) MUST_CHECK;

#endif
