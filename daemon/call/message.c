/* message: starts the calls of a line, a bounded number at a time, and sends their replies in order. */
#include "daemon/call/message.h"

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/call/call_start.h"

#include <stdlib.h>

static void message_free(struct message *m) {
	for (size_t i = 0; i < m->rpc.n; i++)
		strbuf_fini(&m->replies[i]);
	rpc_message_fini(&m->rpc);
	arena_fini(&m->arena);
	conn_unref(&m->conn);
	free(m);
}

/* A batch's replies go out together, in the order of its requests; notifications leave no trace. */
static void send_replies(struct message *m) {
	if (!m->rpc.batch) {
		if (m->replies[0].len)
			conn_send(m->conn, m->replies[0].data, m->replies[0].len);
		return;
	}
	struct strbuf all;
	strbuf_init(&all);
	for (size_t i = 0; i < m->rpc.n; i++)
		if (m->replies[i].len) {
			strbuf_addc(&all, all.len ? ',' : '[');
			strbuf_add(&all, m->replies[i].data, m->replies[i].len);
		}
	if (all.len) {
		strbuf_addc(&all, ']');
		conn_send(m->conn, all.data, all.len);
	}
	strbuf_fini(&all);
}

/* Starts what may run now. A call that ends at once comes back through message_call_done; the flag keeps that from starting
 * a second pump inside this one. */
static void message_pump(struct message *m) {
	if (m->pumping)
		return;
	m->pumping = true;
	while (m->next < m->rpc.n && m->running < LIMIT_CONN_CALLS) {
		const size_t slot = m->next++;
		m->running++;
		conn_call_begun(m->conn);
		call_start(m, slot);
	}
	m->pumping = false;
	if (m->next == m->rpc.n && m->running == 0) {
		send_replies(m);
		message_free(m);
	}
}

void message_call_done(struct message *m, size_t slot) {
	CHECK(m->running > 0);
	m->running--;
	m->reply_bytes += m->replies[slot].len;
	conn_call_ended(m->conn);
	message_pump(m);
}

void message_open(struct server *sv, struct conn *conn, const struct principal *who, const char *line, size_t n) {
	struct message *m = calloc(1, sizeof *m);
	CHECK(m != NULL);
	m->sv = sv;
	m->conn = conn_ref(conn);
	m->who = *who;
	arena_init(&m->arena);
	struct err why = {0};
	if (!rpc_read(line, n, &m->arena, &m->rpc, &why)) {
		struct strbuf reply;
		strbuf_init(&reply);
		rpc_write_error(&reply, NULL, &(struct rpc_error){.err = &why});
		conn_send(conn, reply.data, reply.len);
		strbuf_fini(&reply);
		m->rpc.n = 0;
		message_free(m);
		return;
	}
	m->replies = arena_array(&m->arena, struct strbuf, m->rpc.n);
	message_pump(m);
}
