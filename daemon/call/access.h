/* access: who is calling, and which roles that name holds. The role a method asks for is a column of the method table. */
#ifndef GRIDD_CALL_ACCESS_H
#define GRIDD_CALL_ACCESS_H

#include "daemon/base/list.h"
#include "daemon/net/net.h"

enum role_bit {
#define ROLE(symbol, name, what) ROLE_NR_##symbol,
#include "daemon/call/roles.def"
#undef ROLE
	ROLE_COUNT
};

enum {
#define ROLE(symbol, name, what) ROLE_##symbol = 1 << ROLE_NR_##symbol,
#include "daemon/call/roles.def"
#undef ROLE
	ROLES_ANYONE = 0,                 /* also who has no role at all: whoever can connect */
	ROLES_ALL = (1 << ROLE_COUNT) - 1 /* anyone who has a role */
};

/* NULL-terminated, in the order of role_bit. */
extern const char *const role_names[ROLE_COUNT + 1];

/* One row of the config's `principals`. */
struct principal_row {
	bool has_uid;
	unsigned uid;
	const char *name;
	unsigned roles;
};
typedef LIST_OF(struct principal_row) principal_list;

/* Who a connection is. Kept with the connection. */
struct principal {
	char name[64]; /* "uid:1000", or what config says */
	unsigned roles;
};

/* By peer credentials: root and our own uid are admin; others are what config names them, else nobody (roles 0). Over TCP:
 * the name that config gives the listener. */
void access_identify(const struct net_peer *peer, const principal_list *rows, struct principal *out);
/* May it? roles 0 = anyone. On false *e is unauthenticated (no role at all) or forbidden. */
bool access_allowed(const struct principal *who, unsigned roles, const char *method, struct err *e) MUST_CHECK;

#endif
