/* daemon: one running gridd, put together: the electrician's plan. Contains no decision. */
#ifndef GRIDD_APP_DAEMON_H
#define GRIDD_APP_DAEMON_H

#include "daemon/app/config.h"

/* Serves until SIGTERM or SIGINT; returns the exit code. argc and argv are read again at SIGHUP. */
int daemon_run(struct config *cfg, int argc, char **argv);
/* gridd --migrate. */
int daemon_migrate(const struct config *cfg);

#endif
