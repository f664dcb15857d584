/* message: one line's worth of calls: a single request or a batch. Owns the parsed tree, the connection's reference and the
 * replies that wait for their order. */
#ifndef GRIDD_CALL_MESSAGE_H
#define GRIDD_CALL_MESSAGE_H

#include "daemon/call/server.h"
#include "daemon/wire/rpc.h"

struct message {
	struct server *sv;
	struct conn *conn;
	struct principal who;
	struct arena arena;
	struct rpc_message rpc;
	struct strbuf *replies; /* one a request; empty for notifications */
	size_t next;            /* the first request not started */
	size_t running;
	size_t reply_bytes;
	bool pumping;
};

/* Takes the line apart and starts its calls; answers the line itself where it is no message. */
void message_open(struct server *sv, struct conn *conn, const struct principal *who, const char *line, size_t n);
/* The call in this slot is done; its reply (if it gets one) is in replies[slot]. May free the message. */
void message_call_done(struct message *m, size_t slot);

#endif
