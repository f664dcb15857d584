/* server: what every call may reach: the database, the towns with their packs, the method table. Made by app, one a process.
 */
#ifndef GRIDD_CALL_SERVER_H
#define GRIDD_CALL_SERVER_H

#include "daemon/call/access.h"
#include "daemon/call/method.h"
#include "daemon/call/towns.h"
#include "daemon/store/db.h"

struct server {
	struct event_base *base;
	struct db *db;
	struct net *net;
	struct towns *towns;
	const struct method *methods; /* ends with a row whose name is NULL */
	const principal_list *principals;
	bool test_clock;
	bool stopping; /* draining: no new calls */
	int64_t started_mono_us;
	size_t calls; /* in flight */
};

/* Ready: the database is up and every configured town has a pack. Else why not. */
bool server_ready(const struct server *sv, const char **why_not);
size_t server_connections(const struct server *sv);

#endif
