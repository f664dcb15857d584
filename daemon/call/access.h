/* access: who is calling, and which roles that name holds. The role a method asks for is a column of the method table. */
#ifndef GRIDD_CALL_ACCESS_H
#define GRIDD_CALL_ACCESS_H

#include "daemon/base/limits.h"
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

enum { TOKEN_SHA256_BYTES = 32, PRINCIPAL_NAME_BYTES = 63 };

/* A token is "id.secret"; only the SHA-256 of the secret is kept. */
struct token {
	const char *id;
	unsigned char sha256[TOKEN_SHA256_BYTES];
};

/* One row of the config's `principals`: a name, how it is recognised, and what it may. */
struct principal_row {
	const char *name;
	bool has_uid, has_gid;
	unsigned uid, gid;
	LIST_OF(struct token) tokens;
	unsigned roles;
	const char *unit;     /* of a `unit`: it, and what lies below it; NULL: none */
	const char *town;     /* NULL: every town served here */
	struct strs channels; /* of a `platform`: what its submits may name as source.channel; empty: any */
	struct strs acts_for; /* of a `platform`: units in whose name it may act; "*": any */
};

/* The rows, a name once each. generation: another one after each reading of the config. */
typedef struct {
	struct principal_row *v;
	size_t n, cap;
	unsigned generation;
} principal_list;

/* Who a connection is, by value: it holds nothing of the config. Kept with the connection; a call with a token has one of its
 * own. */
struct principal {
	char name[PRINCIPAL_NAME_BYTES + 1]; /* "uid:1000", or what config says */
	unsigned roles;
	char unit[LIMIT_CODE_BYTES + 1], town[LIMIT_CODE_BYTES + 1]; /* "": none, any */
	char token_id[LIMIT_CODE_BYTES + 1];                         /* "": not by a token */
	unsigned char token_sha256[TOKEN_SHA256_BYTES];
	unsigned generation; /* of the rows that say so */
};

/* By peer credentials: root and our own uid are admin; others are what config names them (by uid, else by gid), else nobody
 * (roles 0). Over TCP: the name that config gives the listener. */
void access_identify(const struct net_peer *peer, const principal_list *rows, struct principal *out);
/* By a token "id.secret", compared in constant time. False: E_UNAUTHENTICATED, in one sentence that doesn't say which half was
 * wrong. */
bool access_by_token(const char *token, const principal_list *rows, struct principal *out, struct err *e) MUST_CHECK;
/* Can that be the id of a token? 1 to LIMIT_CODE_BYTES letters, digits or -_+@/. */
bool access_token_id(const char *id);
/* The config may have been read again: whoever that peer or that token is now. A token that is gone makes nobody. */
void access_renew(struct principal *who, const struct net_peer *peer, const principal_list *rows);
/* The row that says more of it (channels, acts_for); NULL: config doesn't name it. Dies with the config: don't keep it. */
const struct principal_row *access_row(const struct principal *who, const principal_list *rows);
/* May it? roles 0 = anyone. On false *e is unauthenticated (no role at all) or forbidden. */
bool access_allowed(const struct principal *who, unsigned roles, const char *method, struct err *e) MUST_CHECK;
/* Is that one of its towns? */
bool access_serves(const struct principal *who, const char *town);

#endif
