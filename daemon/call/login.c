/* login: gives a connection another principal. */
#include "daemon/call/login.h"

#include "daemon/base/check.h"
#include "daemon/base/log.h"
#include "daemon/call/message.h"

bool call_login(struct call *c, const char *token, struct err *e) {
	struct principal *now = arena_new(&c->arena, struct principal), *of_conn = conn_user(c->message->conn);
	if (!access_by_token(token, c->sv->principals, now, e)) {
		log_warn("session.refused", "peer", conn_peer(c->message->conn)->address);
		return false;
	}
	log_debug("session.login", "principal", now->name, "token", now->token_id);
	if (of_conn) /* NULL: it hung up meanwhile */
		*of_conn = *now;
	c->who = now;
	return true;
}
