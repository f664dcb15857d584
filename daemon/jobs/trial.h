/* trial: tries a channel: puts a test notice into the outbox and looks what becomes of it. */
#ifndef GRIDD_JOBS_TRIAL_H
#define GRIDD_JOBS_TRIAL_H

#include "daemon/call/server.h"

/* As struct job_doors says. done is called within about 65 s; should no worker take the notice within 5 s, it says so. */
typedef void (*on_channel_tried)(bool ok, const char *failure, void *call);
void trial_begin(struct server *sv, const struct channel_test *what, on_channel_tried done, void *call);

#endif
