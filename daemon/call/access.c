/* access: turns a peer or a token into a principal, and a principal's roles into yes or no. */
#include "daemon/call/access.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *const role_names[ROLE_COUNT + 1] = {
#define ROLE(symbol, name, what) name,
#include "daemon/call/roles.def"
#undef ROLE
    NULL};

/* What a token's id is made of: nothing that YAML, JSON or a shell would ask to be quoted. */
static const char token_id_bytes[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+@/";

static const struct principal_row *by_name(const char *name, const principal_list *rows) {
	for (size_t i = 0; name && i < rows->n; i++)
		if (strcmp(rows->v[i].name, name) == 0)
			return &rows->v[i];
	return NULL;
}

/* A user's own row comes before one of his group. */
static const struct principal_row *by_credentials(const struct net_peer *peer, const principal_list *rows) {
	const struct principal_row *of_group = NULL;
	for (size_t i = 0; i < rows->n; i++) {
		const struct principal_row *row = &rows->v[i];
		if (row->has_uid && row->uid == peer->uid)
			return row;
		if (!of_group && row->has_gid && row->gid == peer->gid)
			of_group = row;
	}
	return of_group;
}

static void take_row(struct principal *who, const struct principal_row *row) {
	(void)snprintf(who->name, sizeof who->name, "%s", row->name);
	(void)snprintf(who->unit, sizeof who->unit, "%s", row->unit ? row->unit : "");
	(void)snprintf(who->town, sizeof who->town, "%s", row->town ? row->town : "");
	who->roles = row->roles & ROLE_ADMIN ? ROLES_ALL : row->roles;
}

void access_identify(const struct net_peer *peer, const principal_list *rows, struct principal *out) {
	const struct principal_row *row = peer->local ? by_credentials(peer, rows) : by_name(peer->listener_name, rows);
	*out = (struct principal){.generation = rows->generation};
	if (row)
		take_row(out, row);
	else if (peer->local)
		(void)snprintf(out->name, sizeof out->name, "uid:%u", peer->uid);
	else
		(void)snprintf(out->name, sizeof out->name, "%s", peer->listener_name ? peer->listener_name : "nobody");
	if (peer->local && (peer->uid == 0 || peer->uid == geteuid()))
		out->roles = ROLES_ALL;
}

bool access_token_id(const char *id) {
	const size_t n = strlen(id);
	return n > 0 && n <= LIMIT_CODE_BYTES && strspn(id, token_id_bytes) == n;
}

/* Every row is looked at, and every secret compared, whatever the token: time tells nothing. */
static const struct principal_row *by_secret(const char *id, const unsigned char sha256[TOKEN_SHA256_BYTES],
                                             const principal_list *rows) {
	const struct principal_row *found = NULL;
	for (size_t i = 0; i < rows->n; i++)
		for (size_t k = 0; k < rows->v[i].tokens.n; k++) {
			const struct token *t = &rows->v[i].tokens.v[k];
			const bool secret = CRYPTO_memcmp(t->sha256, sha256, TOKEN_SHA256_BYTES) == 0;
			if (secret && strcmp(t->id, id) == 0)
				found = &rows->v[i];
		}
	return found;
}

bool access_by_token(const char *token, const principal_list *rows, struct principal *out, struct err *e) {
	*out = (struct principal){.generation = rows->generation};
	const char *dot = strchr(token, '.');
	const size_t n = dot ? (size_t)(dot - token) : 0;
	const char *secret = dot ? dot + 1 : token;
	(void)SHA256((const unsigned char *)secret, strlen(secret), out->token_sha256);
	if (n < sizeof out->token_id)
		memcpy(out->token_id, token, n);
	const struct principal_row *row = by_secret(out->token_id, out->token_sha256, rows);
	if (!row || n == 0 || n >= sizeof out->token_id)
		return err_set(e, E_UNAUTHENTICATED, "the token is not one that this gridd knows");
	take_row(out, row);
	return true;
}

void access_renew(struct principal *who, const struct net_peer *peer, const principal_list *rows) {
	if (who->generation == rows->generation)
		return;
	if (!who->token_id[0]) {
		access_identify(peer, rows, who);
		return;
	}
	const struct principal_row *row = by_secret(who->token_id, who->token_sha256, rows);
	who->generation = rows->generation;
	who->roles = 0;
	if (row)
		take_row(who, row);
}

const struct principal_row *access_row(const struct principal *who, const principal_list *rows) {
	return by_name(who->name, rows);
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

bool access_serves(const struct principal *who, const char *town) {
	return !who->town[0] || strcmp(who->town, town) == 0;
}
