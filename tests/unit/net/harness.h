/* harness: a net on a Unix socket in a folder of its own, hooks that note what they saw, and peers that talk to it. */
#ifndef GRIDD_TESTS_NET_HARNESS_H
#define GRIDD_TESTS_NET_HARNESS_H

#include "daemon/net/net.h"

#include "daemon/base/clock.h"
#include "daemon/base/limits.h"
#include "daemon/base/strbuf.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

enum { WAIT_SECONDS = 20, HELD = 1000 };

static struct {
	struct event_base *base;
	struct net *net;
	char dir[64], path[96], url[128];
	struct conn *held[HELD]; /* conns of calls that wait, one reference each */
	size_t n_held;
	size_t lines, broken, gone;
	struct strbuf seen; /* every line, with a `|` behind it */
	char peer[64];
} t;

/* ---- the daemon's side: `hold` begins a call, `big N` answers with N bytes, all else is echoed ---- */

static inline void hold(struct conn *c) {
	assert_true(t.n_held < HELD);
	conn_call_begun(c);
	t.held[t.n_held++] = conn_ref(c);
}

static inline void send_big(struct conn *c, size_t n) {
	char *text = malloc(n);
	assert_non_null(text);
	memset(text, 'x', n);
	conn_send(c, text, n);
	free(text);
}

static inline void on_line(struct conn *c, char *line, size_t n, void *ctx) {
	assert_ptr_equal(ctx, &t);
	t.lines++;
	strbuf_add(&t.seen, line, n < 40 ? n : 40);
	strbuf_addc(&t.seen, '|');
	(void)snprintf(t.peer, sizeof t.peer, "%s", conn_peer(c)->address);
	if (n == 4 && memcmp(line, "hold", 4) == 0)
		hold(c);
	else if (n > 4 && memcmp(line, "big ", 4) == 0)
		send_big(c, strtoul(line + 4, NULL, 10));
	else if (n == 5 && memcmp(line, "drain", 5) == 0)
		net_drain(t.net);
	else
		conn_send(c, line, n);
}

static inline void on_broken(struct conn *c, const char *hint, void *ctx) {
	(void)ctx;
	t.broken++;
	conn_send(c, hint, strlen(hint));
}

static inline void on_gone(struct conn *c, void *ctx) {
	(void)ctx;
	assert_true(conn_is_gone(c));
	assert_ptr_equal(conn_user(c), NULL);
	t.gone++;
}

static inline void release(size_t n, const char *reply) {
	for (; n > 0 && t.n_held > 0; n--) {
		struct conn *c = t.held[--t.n_held];
		if (reply)
			conn_send(c, reply, strlen(reply));
		conn_call_ended(c);
		conn_unref(&c);
		assert_null(c);
	}
}

/* ---- the loop ---- */

static inline void turn(void) { (void)event_base_loop(t.base, EVLOOP_NONBLOCK | EVLOOP_ONCE); }

#define WAIT_FOR(condition)                                                                                                 \
	do {                                                                                                                    \
		const int64_t until_us = clock_monotonic_us() + WAIT_SECONDS * INT64_C(1000000);                                    \
		while (!(condition)) {                                                                                              \
			turn();                                                                                                         \
			if (clock_monotonic_us() > until_us)                                                                            \
				fail_msg("waited too long for %s", #condition);                                                             \
		}                                                                                                                   \
	} while (0)

/* Until nothing more happens: everything sent so far has been worked off. */
static inline void settle(void) {
	for (int quiet = 0; quiet < 3; quiet++)
		turn();
}

/* ---- the peer's side ---- */

static inline int connect_peer(void) {
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	memcpy(at.sun_path, t.path, strlen(t.path) + 1);
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

static inline void put_n(int fd, const char *text, size_t n) {
	for (size_t at = 0; at < n;) {
		const ssize_t sent = write(fd, text + at, n - at);
		assert_true(sent > 0 || errno == EAGAIN);
		at += sent > 0 ? (size_t)sent : 0;
		turn();
	}
}

static inline void put(int fd, const char *text) { put_n(fd, text, strlen(text)); }

/* True at the end: EOF or reset. */
static inline bool get(int fd, struct strbuf *to) {
	char *at = strbuf_reserve(to, 65536);
	const ssize_t n = read(fd, at, 65536);
	if (n > 0) {
		to->len += (size_t)n;
		to->data[to->len] = '\0';
	}
	return n == 0 || (n < 0 && errno != EAGAIN);
}

static inline void expect(int fd, const char *text) {
	struct strbuf got;
	strbuf_init(&got);
	strbuf_adds(&got, "");
	WAIT_FOR(get(fd, &got) || got.len >= strlen(text));
	assert_string_equal(got.data, text);
	strbuf_fini(&got);
}

static inline void expect_end(int fd, const char *text) {
	struct strbuf got;
	strbuf_init(&got);
	strbuf_adds(&got, "");
	WAIT_FOR(get(fd, &got));
	assert_string_equal(got.data, text);
	strbuf_fini(&got);
	(void)close(fd);
}

/* ---- a net for each test ---- */

static inline int setup(void **state) {
	(void)state;
	memset(&t, 0, sizeof t);
	(void)snprintf(t.dir, sizeof t.dir, "/tmp/gridd-net-XXXXXX");
	assert_non_null(mkdtemp(t.dir));
	(void)snprintf(t.path, sizeof t.path, "%s/s", t.dir);
	(void)snprintf(t.url, sizeof t.url, "unix:%s", t.path);
	strbuf_init(&t.seen);
	strbuf_adds(&t.seen, "");
	t.base = event_base_new();
	struct err e;
	const struct net_hooks hooks = {on_line, on_broken, on_gone, &t};
	assert_true(net_new(t.base, &hooks, &t.net, &e));
	if (!net_listen(t.net, t.url, NULL, false, &e))
		fail_msg("%s", e.text);
	return 0;
}

static inline int teardown(void **state) {
	(void)state;
	release(HELD, NULL);
	net_free(&t.net);
	assert_null(t.net);
	assert_int_equal(access(t.path, F_OK), -1);
	event_base_free(t.base);
	strbuf_fini(&t.seen);
	assert_int_equal(rmdir(t.dir), 0);
	return 0;
}

#endif
