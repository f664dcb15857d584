/* program: runs one program with a text on its standard input, and says how it ended. Never waits for it. */
#ifndef GRIDD_JOBS_PROGRAM_H
#define GRIDD_JOBS_PROGRAM_H

#include "daemon/base/list.h"

#include <event2/event.h>

struct program;

/* ok: it exited with 0. Else `failure` says why, in one line: how it ended, and the first line that it wrote to standard
 * error. */
typedef void (*on_program_end)(bool ok, const char *failure, void *ctx);

struct program_start {
	struct strs argv;                   /* the first is a path */
	const char *input;
	size_t input_bytes;
	int32_t limit_s;                    /* then it is killed, with all that it started */
	on_program_end done;                /* runs once, from the loop */
	void *ctx;
};

/* Copies what it needs. False: it could not be started, and done isn't called. */
bool program_run(struct event_base *base, const struct program_start *s, struct program **out, struct err *e) MUST_CHECK;
/* Ends it at once; done isn't called. */
void program_kill(struct program **p);

#endif
