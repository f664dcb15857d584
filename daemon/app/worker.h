/* worker: `gridd --worker`: the process that delivers notices, put together. */
#ifndef GRIDD_APP_WORKER_H
#define GRIDD_APP_WORKER_H

#include "daemon/app/config.h"

/* Delivers until SIGTERM or SIGINT; returns the exit code. argc and argv are read again at SIGHUP. */
int worker_serve(struct config *cfg, int argc, char **argv);

#endif
