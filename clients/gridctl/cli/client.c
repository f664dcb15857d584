/* client: socket, requests, replies. */
#include "clients/gridctl/cli/client.h"

#include "clients/gridctl/cli/address.h"
#include "clients/gridctl/cli/config.h"
#include "clients/gridctl/cli/trace.h"
#include "clients/gridctl/term/term.h"
#include "clients/gridctl/term/tree.h"
#include "daemon/base/clock.h"
#include "daemon/wire/gate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REPLY_LIMIT_BYTES = 64 << 20, READ_BYTES = 64 << 10 };

void client_init(struct client *c) { *c = (struct client){.fd = -1}; }

void client_close(struct client *c) {
	if (c->fd >= 0)
		(void)close(c->fd);
	strbuf_fini(&c->in);
	*c = (struct client){.fd = -1, .verbose = c->verbose};
}

/* The socket of a daemon started from the source folder: this program lies in build/, the socket in var/ beside it. */
static bool beside_us(char *path, size_t size) {
	static const char tail[] = "/var/gridd.sock";
	const ssize_t n = readlink("/proc/self/exe", path, size - sizeof tail);
	if (n <= 0)
		return false;
	path[n] = '\0';
	for (int up = 0; up < 2; up++) {
		char *slash = strrchr(path, '/');
		if (!slash)
			return false;
		*slash = '\0';
	}
	memcpy(path + strlen(path), tail, sizeof tail);
	return true;
}

bool client_find(const char *given, struct strbuf *url, struct err *e) {
	static const char system_socket[] = "/run/gridd/gridd.sock";
	char beside[4096];
	const char *named = given ? given : config_str("socket");
	if (named && *named) {
		strbuf_adds(url, named);
		return true;
	}
	const bool has_beside = beside_us(beside, sizeof beside);
	struct stat st;
	if (stat(system_socket, &st) == 0)
		strbuf_adds(url, system_socket);
	else if (has_beside && stat(beside, &st) == 0)
		strbuf_adds(url, beside);
	else
		return err_set(e, E_IO, T("no gridd found: nothing at %s%s%s", "找不到 gridd：%s%s%s 都不存在"), system_socket,
		               has_beside ? T(" nor at ", "、") : "", has_beside ? beside : "");
	return true;
}

bool client_open(struct client *c, const char *url, int timeout_s, struct err *e) {
	client_close(c);
	if (!address_connect(url, 0, &c->fd, e))
		return false;
	c->timeout_s = timeout_s;
	return true;
}

static bool send_all(struct client *c, const char *bytes, size_t n, struct err *e) {
	while (n > 0) {
		const ssize_t sent = send(c->fd, bytes, n, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR && (c->patient || !term_interrupted()))
			continue;
		if (sent < 0)
			return err_sys(e, T("sending to gridd", "向 gridd 发送时出错"));
		bytes += sent;
		n -= (size_t)sent;
	}
	return true;
}

bool client_send(struct client *c, const char *method, struct json_object *params, int64_t *id, struct err *e) {
	*id = ++c->last_id;
	struct json_object *request = json_object_new_object();
	json_object_object_add(request, "jsonrpc", json_object_new_string("2.0"));
	json_object_object_add(request, "id", json_object_new_int64(*id));
	json_object_object_add(request, "method", json_object_new_string(method));
	if (params)
		json_object_object_add(request, "params", json_object_get(params));
	if (c->verbose) {
		trace_request(request);
		c->sent_us[*id % CLIENT_TRACED] = clock_monotonic_us();
	}
	struct strbuf line = {0};
	strbuf_adds(&line, json_object_to_json_string_ext(request, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	strbuf_addc(&line, '\n');
	const bool ok = send_all(c, line.data, line.len, e);
	strbuf_fini(&line);
	json_object_put(request);
	return ok;
}

/* Sleeps until there is something to read. Ctrl-C counts only while we sleep or before: none slips in between the look at
 * the flag and the sleep. */
static bool wait_readable(struct client *c, struct err *e) {
	const int n = term_wait(c->fd, c->timeout_s > 0 ? (int64_t)c->timeout_s * 1000 : -1, c->patient);
	if (n == 0)
		return err_set(e, E_IO, T("no reply in time", "等待应答超时"));
	return n > 0 || err_sys(e, T("waiting for gridd", "等待 gridd 应答时出错"));
}

/* Reads what there is into room; false: nothing more will come. */
static bool read_some(struct client *c, struct err *e) {
	char *room = strbuf_reserve(&c->in, READ_BYTES);
	const ssize_t got = wait_readable(c, e) ? recv(c->fd, room, READ_BYTES, 0) : 0;
	if (got > 0) {
		c->in.len += (size_t)got;
		return true;
	}
	if (e->code != E_NONE)
		return false;
	return got < 0 ? err_sys(e, T("reading from gridd", "读取 gridd 应答时出错"))
	               : err_set(e, E_IO, T("gridd closed the connection", "gridd 断开了连接"));
}

/* Reads until a whole line lies at c->in.data + c->used, *n bytes long without its LF. */
static bool read_line(struct client *c, size_t *n, struct err *e) {
	for (;;) {
		const char *from = c->in.data ? c->in.data + c->used : "";
		const size_t have = c->in.len - c->used;
		const char *lf = have > c->looked ? memchr(from + c->looked, '\n', have - c->looked) : NULL;
		if (lf) {
			*n = (size_t)(lf - from);
			return true;
		}
		if (have > REPLY_LIMIT_BYTES)
			return err_set(e, E_IO, T("the peer sent a line that is no reply of gridd's", "对方发来的不是 gridd 的应答"));
		c->looked = have;
		if (c->used > 0) {
			memmove(c->in.data, c->in.data + c->used, have);
			c->in.len = have;
			c->used = 0;
		}
		if (!read_some(c, e))
			return false;
	}
}

static void trace(struct client *c, struct json_object *message, size_t bytes) {
	const int64_t id = tree_int(message, "id");
	int64_t *sent_us = &c->sent_us[id > 0 ? id % CLIENT_TRACED : 0];
	if (id > 0 && *sent_us)
		trace_reply(id, clock_monotonic_us() - *sent_us, bytes);
	*sent_us = 0;
}

bool client_receive(struct client *c, struct json_object **message, struct err *e) {
	size_t n;
	if (!read_line(c, &n, e))
		return false;
	struct gate_fault why;
	const bool ok = gate_parse(c->in.data + c->used, n, message, &why);
	c->used += n + 1;
	c->looked = 0;
	if (ok && c->verbose)
		trace(c, *message, n);
	if (!ok)
		return err_set(e, E_IO, T("the peer's answer is not JSON: %s", "对方的应答不是 JSON：%s"), why.text);
	if (json_object_object_get_ex(*message, "id", NULL) || tree_get(*message, "method"))
		return true;
	json_object_put(*message);
	return err_set(e, E_IO, T("the peer's answer is no JSON-RPC reply", "对方的应答不是 JSON-RPC"));
}

bool client_call(struct client *c, const char *method, struct json_object *params, struct json_object **reply,
                 struct err *e) {
	int64_t id;
	if (!client_send(c, method, params, &id, e))
		return false;
	for (;;) {
		if (!client_receive(c, reply, e))
			return false;
		/* An error with id null: the daemon couldn't read the line at all, so it is ours too. */
		if (tree_get(*reply, "error") || tree_int(*reply, "id") == id)
			return true;
		json_object_put(*reply);
	}
}
