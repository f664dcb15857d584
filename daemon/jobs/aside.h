/* aside: work on a thread with a database connection of its own: for what would hold up the loop. */
#ifndef GRIDD_JOBS_ASIDE_H
#define GRIDD_JOBS_ASIDE_H

#include "daemon/call/server.h"
#include "daemon/store/side.h"

struct aside_work {
	/* On the thread; touches only what ctx holds. False: *e says why; E_OVERLOADED (somebody else wrote the same meanwhile) is
	 * tried again on a new connection, three times in all: so it begins its own transaction, and leaves nothing behind. */
	bool (*work)(struct side *s, void *ctx, struct err *e);
	void (*done)(const struct err *why, void *ctx);        /* on the loop, once; why NULL: it went well */
	void *ctx;
	bool gives_way;                     /* to calls: nobody waits for it */
};

/* Never calls done from within. The daemon doesn't end before it (server.asides). */
void aside_run(struct server *sv, const struct aside_work *w);

#endif
