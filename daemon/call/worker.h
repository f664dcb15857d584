/* worker: runs one long job on a thread and tells the loop when it is done. */
#ifndef GRIDD_CALL_WORKER_H
#define GRIDD_CALL_WORKER_H

#include "daemon/base/err.h"

#include <event2/event.h>

/* `work` runs on a thread of its own and may touch only what ctx holds; `done` then runs on the loop. */
bool worker_run(struct event_base *base, void (*work)(void *ctx), void (*done)(void *ctx), void *ctx,
                struct err *e) MUST_CHECK;

/* Threads that are at work, or whose end the loop hasn't been told yet: nobody frees what they hold before there are none. */
size_t worker_threads(void);

#endif
