/* open_cases: a walk past all cases of a town that aren't over, oldest first, a page at a time.
 *
 * What it reads is asked where nobody's case.get waits behind it. A case that is changed meanwhile may be seen as it was. */
#ifndef GRIDD_STORE_OPEN_CASES_H
#define GRIDD_STORE_OPEN_CASES_H

#include "daemon/cases/case.h"
#include "daemon/store/db.h"

struct open_walk;

/* A case that is walked past. It dies with its page. */
struct open_case {
	struct case_rec *cr;
	const char *number, *agg;           /* agg: as it is stored */
};

struct open_walk_hooks {
	void (*on_case)(const struct open_case *c, struct arena *page, void *ctx);
	/* A page is seen: the next one comes after open_walk_next. NULL: it comes at once. */
	void (*on_page)(struct open_walk *w, void *ctx);
	/* Once: all were seen (why NULL), or the database is away. The walk is gone. Not called after open_walk_stop. */
	void (*on_end)(const struct err *why, void *ctx);
	void *ctx;
};

/* Nothing is called from within. page_cases: how many at a time. */
struct open_walk *open_walk_start(struct db *d, const char *town, int32_t page_cases, const struct open_walk_hooks *hooks);
/* Lets go of the page, and asks for the next one. */
void open_walk_next(struct open_walk *w);
/* The walk ends here; *w is NULL afterwards. */
void open_walk_stop(struct open_walk **w);

#endif
