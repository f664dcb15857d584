/* feed: asks for a town's events. */
#include "daemon/store/feed.h"

#include "daemon/base/limits.h"
#include "statements.h"

/* Numbers looked at for one answer: a reader who may see few of them moves on through the rest at this pace. */
enum { FEED_LOOK = 4 * LIMIT_FEED_ROWS };

void feed_read(struct db *d, const struct feed_ask *ask, struct arena *a, on_rows done, void *ctx) {
	const bool picky = (ask->scope && !ask->scope->all) || ask->types.n;
	struct params *p = params_new(a);
	params_text(p, ask->town);
	params_int8(p, ask->after);
	scope_params(p, ask->scope);
	if (ask->types.n)
		params_texts(p, ask->types.v, ask->types.n);
	else
		params_null(p);
	params_int8(p, ask->case_id ? ask->case_id : NO_INT);
	params_int4(p, ask->limit);
	params_int4(p, picky ? FEED_LOOK : ask->limit);
	db_ask(d, &stmt_feed_read, p, a, done, ctx);
}

void feed_heads(struct db *d, struct arena *a, on_rows done, void *ctx) {
	db_ask(d, &stmt_feed_heads, params_new(a), a, done, ctx);
}
