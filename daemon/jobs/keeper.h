/* keeper: keeps the delivery worker running: a process of its own, gridd's own program with `--worker`. It is started again when it
 * ends, after 1 s, doubling to 1 min, and ends with gridd, even when gridd is killed. */
#ifndef GRIDD_JOBS_KEEPER_H
#define GRIDD_JOBS_KEEPER_H

#include "daemon/call/server.h"

struct keeper;

struct keeper_config {
	struct event_base *base;
	int argc;                           /* gridd's own command line: the worker reads the same config */
	char **argv;
	const char *conninfo;               /* of the embedded database; NULL: the config file names one. Borrowed */
};

struct keeper *keeper_new(const struct keeper_config *cfg);
/* Kills what is left of the worker, and waits for that. */
void keeper_free(struct keeper **k);
/* Shall there be one? Any number of times. */
void keeper_want(struct keeper *k, bool wanted);
/* Config was read again: the worker shall do so too. */
void keeper_reload(struct keeper *k);
/* A child has ended (SIGCHLD). */
void keeper_child_ended(struct keeper *k);
/* It shall come to its end. */
void keeper_stop(struct keeper *k);
bool keeper_is_idle(const struct keeper *k);           /* no worker is left */
void keeper_info(const struct keeper *k, struct worker_info *out);

#endif
