/* reload: SIGHUP. Config and packs are read again together, off the event loop: all or nothing. */
#ifndef GRIDD_APP_RELOAD_H
#define GRIDD_APP_RELOAD_H

#include "daemon/app/config.h"

#include <event2/event.h>

/* Reads the configuration (same command line) and checks every pack on a thread. done runs on the loop: fresh is the new
 * configuration, the taker's, or NULL: there were faults, which are logged, and the old one stays. */
typedef void (*on_config_reread)(struct config **fresh, void *ctx);
void reload_begin(struct event_base *base, int argc, char **argv, on_config_reread done, void *ctx);

#endif
