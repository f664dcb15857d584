/* access: turns a peer into a principal, and a principal's roles into yes or no. */
#include "daemon/call/access.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *const role_names[ROLE_COUNT + 1] = {
#define ROLE(symbol, name, what) name,
#include "daemon/call/roles.def"
#undef ROLE
    NULL};

static const struct principal_row *find_row(const struct net_peer *peer, const principal_list *rows) {
	for (size_t i = 0; i < rows->n; i++) {
		const struct principal_row *row = &rows->v[i];
		if (peer->local ? row->has_uid && row->uid == peer->uid
		                : peer->listener_name && strcmp(row->name, peer->listener_name) == 0)
			return row;
	}
	return NULL;
}

void access_identify(const struct net_peer *peer, const principal_list *rows, struct principal *out) {
	const struct principal_row *row = find_row(peer, rows);
	out->roles = row ? row->roles : 0;
	if (row)
		(void)snprintf(out->name, sizeof out->name, "%s", row->name);
	else if (peer->local)
		(void)snprintf(out->name, sizeof out->name, "uid:%u", peer->uid);
	else
		(void)snprintf(out->name, sizeof out->name, "%s", peer->listener_name ? peer->listener_name : "nobody");
	if (peer->local && (peer->uid == 0 || peer->uid == geteuid()))
		out->roles |= ROLE_ADMIN;
	if (out->roles & ROLE_ADMIN)
		out->roles = ROLES_ALL;
}

bool access_allowed(const struct principal *who, unsigned roles, const char *method, struct err *e) {
	if (roles == ROLES_ANYONE || (who->roles & roles))
		return true;
	if (who->roles == 0)
		return err_set(e, E_UNAUTHENTICATED, "%s is not named in the configuration, so it may not call %s", who->name,
		               method);
	char needed[160] = "";
	for (size_t i = 0, used = 0; i < ROLE_COUNT && used < sizeof needed; i++)
		if (roles & (1U << i))
			used += (size_t)snprintf(needed + used, sizeof needed - used, "%s%s", used ? ", " : "", role_names[i]);
	return err_set(e, E_FORBIDDEN, "%s may not call %s; it takes one of: %s", who->name, method, needed);
}
