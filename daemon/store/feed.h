/* feed: a town's events in commit order, numbered without a gap. */
#ifndef GRIDD_STORE_FEED_H
#define GRIDD_STORE_FEED_H

#include "daemon/store/db.h"
#include "daemon/store/reader.h"

/* Columns of feed_read: those of reader_history (enum event_row), and the newest number of the town. */
enum { FEED_HEAD = EVENT_ROW_COLUMNS };

struct feed_ask {
	const char *town;
	int64_t after;
	int32_t limit;
	const struct scope *scope;          /* NULL: all */
	struct strs types;                  /* any of these; empty: all */
	int64_t case_id;                    /* 0: of all cases */
};
/* The events after that number which lie in the scope, at most `limit`; the last row of the answer is none, has no case
 * (EVENT_CASE NULL), and says how far was looked (EVENT_SEQ: so that a reader with a small scope still moves on) and where the
 * town's feed ends (FEED_HEAD). */
void feed_read(struct db *d, const struct feed_ask *ask, struct arena *a, on_rows done, void *ctx);
/* The newest number of each town: town, seq. */
void feed_heads(struct db *d, struct arena *a, on_rows done, void *ctx);

#endif
