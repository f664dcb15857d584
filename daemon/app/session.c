/* session: gives each connection its principal, and its lines to message_open. */
#include "daemon/app/session.h"

#include "daemon/base/check.h"
#include "daemon/base/log.h"
#include "daemon/call/message.h"

#include <stdlib.h>

/* The principal is found at the first line: most connections of a port scan never send one. It is looked up again when
 * config was read again. */
static const struct principal *principal_of(struct conn *c, const struct server *sv) {
	struct principal *who = conn_user(c);
	if (who) {
		access_renew(who, conn_peer(c), sv->principals);
		return who;
	}
	who = calloc(1, sizeof *who);
	CHECK(who != NULL);
	access_identify(conn_peer(c), sv->principals, who);
	conn_set_user(c, who);
	return who;
}

static void on_session_line(struct conn *c, char *line, size_t n, void *ctx) {
	struct server *sv = ctx;
	message_open(sv, c, principal_of(c, sv), line, n);
}

static void on_session_broken(struct conn *c, const char *hint, void *ctx) {
	(void)ctx;
	struct err e = {0};
	struct strbuf reply;
	(void)err_set(&e, E_PARSE, "%s", hint);
	log_debug("conn.broken", "peer", conn_peer(c)->address, "why", hint);
	strbuf_init(&reply);
	rpc_write_error(&reply, NULL, &(struct rpc_error){.err = &e});
	conn_send(c, reply.data, reply.len);
	strbuf_fini(&reply);
}

static void on_session_gone(struct conn *c, void *ctx) {
	struct server *sv = ctx;
	if (sv->jobs.forget)
		sv->jobs.forget(sv->jobs.ctx, c);
	free(conn_user(c));
	conn_set_user(c, NULL);
}

struct net_hooks session_hooks(struct server *sv) {
	return (struct net_hooks){
	    .on_line = on_session_line, .on_broken = on_session_broken, .on_gone = on_session_gone, .ctx = sv};
}
