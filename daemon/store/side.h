/* side: a connection of a thread's own, for what reads much or plans a report. It blocks: never on the loop. */
#ifndef GRIDD_STORE_SIDE_H
#define GRIDD_STORE_SIDE_H

#include "daemon/store/params.h"
#include "daemon/store/rows.h"
#include "daemon/store/statement.h"

struct side;

/* conninfo: db_conninfo. */
bool side_open(const char *conninfo, struct side **out, struct err *e) MUST_CHECK;
void side_close(struct side **s);       /* what wasn't committed is gone */

/* All that is asked until side_commit is of one snapshot (REPEATABLE READ). A serialization failure is E_OVERLOADED: begin
 * again. */
bool side_begin(struct side *s, struct err *e) MUST_CHECK;
bool side_commit(struct side *s, struct err *e) MUST_CHECK;

/* From now on side_stream gives way: where a call came while it worked (asked between rows, on this thread) it rests nine times
 * as long as it worked, and the server, whose rows nobody takes, with it. */
void side_give_way(struct side *s, bool (*called_since)(void *ctx, int64_t mono_us), void *ctx);

/* One statement; all its rows, in the arena. */
bool side_ask(struct side *s, const struct statement *st, const struct params *p, struct arena *a, struct rows **out,
              struct err *e) MUST_CHECK;
/* The same a row at a time: each lives in `a` until the next (which is reset in between). on_row false: stop, the rest isn't
 * read; then *e is as on_row left it. */
typedef bool (*on_side_row)(const struct rows *row, struct arena *a, void *ctx, struct err *e);
bool side_stream(struct side *s, const struct statement *st, const struct params *p, struct arena *a, on_side_row on_row,
                 void *ctx, struct err *e) MUST_CHECK;

#endif
