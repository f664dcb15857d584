/* link: the board's connection. */
#include "clients/gridctl/board/link.h"

#include "clients/gridctl/cli/address.h"
#include "clients/gridctl/term/term.h"
#include "clients/gridctl/term/tree.h"
#include "daemon/base/check.h"
#include "daemon/base/clock.h"
#include "daemon/wire/gate.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINE_LIMIT_BYTES = 64 << 20, READ_BYTES = 64 << 10, READS_AT_ONCE = 16 };

struct waiting {
	struct waiting *next;
	int64_t id;
	struct json_object *params;
	on_answer handler;
};

void link_init(struct link *l) { *l = (struct link){.fd = -1}; }

static void answer_one(struct link *l, struct waiting *w, struct json_object *result, struct json_object *error) {
	const struct answer a = {.params = w->params, .result = result, .error = error};
	w->handler(l->ctx, &a);
	json_object_put(w->params);
	free(w);
}

void link_close(struct link *l) {
	if (l->fd >= 0)
		(void)close(l->fd);
	l->fd = -1;
	l->connected = false;
	strbuf_clear(&l->in);
	strbuf_clear(&l->out);
	l->used = l->looked = l->sent = 0;
	while (l->waiting) {
		struct waiting *w = l->waiting;
		l->waiting = w->next;
		answer_one(l, w, NULL, NULL);
	}
}

bool link_open(struct link *l, const char *url, struct err *e) {
	link_close(l);
	l->heard_us = clock_monotonic_us();
	return address_connect(url, SOCK_NONBLOCK, &l->fd, e);
}

/* ---- Sending ---- */

void link_call(struct link *l, const char *method, struct json_object *params, on_answer handler) {
	struct waiting *w = malloc(sizeof *w);
	CHECK(w != NULL);
	*w = (struct waiting){.next = l->waiting, .id = ++l->last_id, .params = params, .handler = handler};
	l->waiting = w;
	struct json_object *request = json_object_new_object();
	tree_put(request, "jsonrpc", json_object_new_string("2.0"));
	tree_put(request, "id", json_object_new_int64(w->id));
	tree_put(request, "method", json_object_new_string(method));
	tree_put(request, "params", json_object_get(params));
	strbuf_adds(&l->out, json_object_to_json_string_ext(request, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	strbuf_addc(&l->out, '\n');
	json_object_put(request);
}

static bool send_some(struct link *l, struct err *e) {
	while (l->connected && l->sent < l->out.len) {
		const ssize_t n = send(l->fd, l->out.data + l->sent, l->out.len - l->sent, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN || err_sys(e, T("sending to gridd", "向 gridd 发送时出错"));
		l->sent += (size_t)n;
	}
	if (l->sent == l->out.len) {
		strbuf_clear(&l->out);
		l->sent = 0;
	}
	return true;
}

short link_events(const struct link *l) {
	if (l->fd < 0)
		return 0;
	return (short)((l->connected ? POLLIN : 0) | (!l->connected || l->sent < l->out.len ? POLLOUT : 0));
}

/* ---- Receiving ---- */

static struct waiting *take_waiting(struct link *l, int64_t id) {
	for (struct waiting **at = &l->waiting; *at; at = &(*at)->next)
		if ((*at)->id == id) {
			struct waiting *w = *at;
			*at = w->next;
			return w;
		}
	return NULL;
}

static bool take_line(struct link *l, const char *line, size_t n, struct err *e) {
	struct json_object *message;
	struct gate_fault why;
	if (!gate_parse(line, n, &message, &why))
		return err_set(e, E_IO, T("the peer's answer is not JSON: %s", "对方的应答不是 JSON：%s"), why.text);
	const char *method = tree_str(message, "method");
	struct json_object *error = tree_get(message, "error");
	struct waiting *w = method ? NULL : take_waiting(l, tree_int(message, "id"));
	bool ok = true;
	if (method)
		l->on_notice(l->ctx, method, tree_get(message, "params"));
	else if (w)
		answer_one(l, w, error ? NULL : tree_get(message, "result"), error);
	else
		/* The daemon couldn't read a line at all. */
		ok = err_set(e, E_IO, "%s", tree_str(error, "message") ? tree_str(error, "message") : "?");
	json_object_put(message);
	return ok;
}

/* A handler may close the link: then there is no more to take. */
static bool take_lines(struct link *l, struct err *e) {
	while (l->fd >= 0) {
		char *from = l->in.data + l->used;
		const size_t have = l->in.len - l->used;
		char *lf = have > l->looked ? memchr(from + l->looked, '\n', have - l->looked) : NULL;
		if (!lf) {
			l->looked = have;
			break;
		}
		l->used += (size_t)(lf - from) + 1;
		l->looked = 0;
		if (!take_line(l, from, (size_t)(lf - from), e))
			return false;
	}
	if (l->used > 0) {
		memmove(l->in.data, l->in.data + l->used, l->in.len - l->used);
		l->in.len -= l->used;
		l->used = 0;
	}
	return l->in.len <= LINE_LIMIT_BYTES ||
	       err_set(e, E_IO, T("the peer sent a line that is no reply of gridd's", "对方发来的不是 gridd 的应答"));
}

/* Not all at once: keys and the screen want their turn too. */
static bool receive_some(struct link *l, struct err *e) {
	for (int i = 0; i < READS_AT_ONCE && l->fd >= 0; i++) {
		char *room = strbuf_reserve(&l->in, READ_BYTES);
		const ssize_t got = recv(l->fd, room, READ_BYTES, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno == EAGAIN || err_sys(e, T("reading from gridd", "读取 gridd 应答时出错"));
		if (got == 0)
			return err_set(e, E_IO, T("gridd closed the connection", "gridd 断开了连接"));
		l->in.len += (size_t)got;
		l->heard_us = clock_monotonic_us();
		if (!take_lines(l, e))
			return false;
	}
	return true;
}

static bool finish_connecting(struct link *l, struct err *e) {
	int why = 0;
	socklen_t size = sizeof why;
	(void)getsockopt(l->fd, SOL_SOCKET, SO_ERROR, &why, &size);
	errno = why;
	l->connected = why == 0;
	return why == 0 || err_sys(e, T("cannot reach gridd", "连不上 gridd"));
}

bool link_ready(struct link *l, short revents, struct err *e) {
	if (l->fd >= 0 && !l->connected && revents && !finish_connecting(l, e))
		return false;
	if (l->fd >= 0 && l->connected && (revents & (POLLIN | POLLHUP | POLLERR)) && !receive_some(l, e))
		return false;
	return l->fd < 0 || send_some(l, e);
}
