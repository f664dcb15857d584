/* session: between connections and calls: who a connection is, and what is said to one that speaks another language. */
#ifndef GRIDD_APP_SESSION_H
#define GRIDD_APP_SESSION_H

#include "daemon/call/server.h"

/* The hooks to give to net_new; ctx is the server. */
struct net_hooks session_hooks(struct server *sv);

#endif
