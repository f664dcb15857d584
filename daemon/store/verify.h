/* verify: does the database still say what one writer once put into it? Checks what no foreign key does. */
#ifndef GRIDD_STORE_VERIFY_H
#define GRIDD_STORE_VERIFY_H

#include "daemon/base/list.h"
#include "daemon/cases/decide.h"
#include "daemon/store/db.h"

/* One check of an invariant; bad 0: it holds. */
struct verify_check {
	const char *name;                   /* "feed_chain" */
	int64_t bad;
	const char *examples;               /* JSON array text of at most 5 */
};
typedef LIST_OF(struct verify_check) verify_list;

/* What the pack in force of a town says; false: that town's timers aren't reckoned, and its commands not decided, again. */
struct verify_towns {
	bool (*facts_of)(void *ctx, const char *town, struct facts *out);
	void *ctx;
};

/* Runs every check, one after the other; reads whole tables, beside other work. `done` gets them all, or NULL and why. */
typedef void (*on_verified)(const verify_list *checks, const struct err *why, void *ctx);
void verify_run(struct db *d, const struct verify_towns *towns, struct arena *a, on_verified done, void *ctx);

#endif
