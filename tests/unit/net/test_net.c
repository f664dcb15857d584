/* test_net: real sockets on a real event loop: lines, limits, ends. */
#include "daemon/net/net.h"

#include "daemon/base/clock.h"
#include "daemon/base/limits.h"
#include "daemon/base/strbuf.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

enum { WAIT_SECONDS = 20, HELD = 1000 };

static struct {
	struct event_base *base;
	struct net *net;
	char dir[64], path[96], url[128];
	struct conn *held[HELD];            /* conns of calls that wait, one reference each */
	size_t n_held;
	size_t lines, broken, gone;
	struct strbuf seen;                 /* every line, with a `|` behind it */
	char peer[64];
} t;

/* ---- the daemon's side: `hold` begins a call, `big N` answers with N bytes, all else is echoed ---- */

static void hold(struct conn *c) {
	assert_true(t.n_held < HELD);
	conn_call_begun(c);
	t.held[t.n_held++] = conn_ref(c);
}

static void send_big(struct conn *c, size_t n) {
	char *text = malloc(n);
	assert_non_null(text);
	memset(text, 'x', n);
	conn_send(c, text, n);
	free(text);
}

static void on_line(struct conn *c, char *line, size_t n, void *ctx) {
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

static void on_broken(struct conn *c, const char *hint, void *ctx) {
	(void)ctx;
	t.broken++;
	conn_send(c, hint, strlen(hint));
}

static void on_gone(struct conn *c, void *ctx) {
	(void)ctx;
	assert_true(conn_is_gone(c));
	assert_ptr_equal(conn_user(c), NULL);
	t.gone++;
}

static void release(size_t n, const char *reply) {
	for (; n > 0 && t.n_held > 0; n--) {
		struct conn *c = t.held[--t.n_held];
		if (reply)
			conn_send(c, reply, strlen(reply));
		conn_call_ended(c);
		conn_unref(&c);
		assert_null(c);
	}
}

/* How often the daemon's side called send(): its own definition stands in for the library's. */
static size_t sends;

ssize_t send(int fd, const void *p, size_t n, int flags) {
	sends++;
	return syscall(SYS_sendto, fd, p, n, flags, NULL, 0);
}

/* ---- the loop ---- */

static void turn(void) { (void)event_base_loop(t.base, EVLOOP_NONBLOCK | EVLOOP_ONCE); }

#define WAIT_FOR(condition)                                                            \
	do {                                                                               \
		const int64_t until_us = clock_monotonic_us() + WAIT_SECONDS * INT64_C(1000000); \
		while (!(condition)) {                                                         \
			turn();                                                                    \
			if (clock_monotonic_us() > until_us)                                       \
				fail_msg("waited too long for %s", #condition);                        \
		}                                                                              \
	} while (0)

/* Until nothing more happens: everything sent so far has been worked off. */
static void settle(void) {
	for (int quiet = 0; quiet < 3; quiet++)
		turn();
}

/* ---- the peer's side ---- */

static int connect_peer(void) {
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	memcpy(at.sun_path, t.path, strlen(t.path) + 1);
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

static void put_n(int fd, const char *text, size_t n) {
	for (size_t at = 0; at < n;) {
		const ssize_t sent = write(fd, text + at, n - at);
		assert_true(sent > 0 || errno == EAGAIN);
		at += sent > 0 ? (size_t)sent : 0;
		turn();
	}
}

static void put(int fd, const char *text) { put_n(fd, text, strlen(text)); }

/* True at the end: EOF or reset. */
static bool get(int fd, struct strbuf *to) {
	char *at = strbuf_reserve(to, 65536);
	const ssize_t n = read(fd, at, 65536);
	if (n > 0) {
		to->len += (size_t)n;
		to->data[to->len] = '\0';
	}
	return n == 0 || (n < 0 && errno != EAGAIN);
}

static void expect(int fd, const char *text) {
	struct strbuf got;
	strbuf_init(&got);
	strbuf_adds(&got, "");
	WAIT_FOR(get(fd, &got) || got.len >= strlen(text));
	assert_string_equal(got.data, text);
	strbuf_fini(&got);
}

static void expect_end(int fd, const char *text) {
	struct strbuf got;
	strbuf_init(&got);
	strbuf_adds(&got, "");
	WAIT_FOR(get(fd, &got));
	assert_string_equal(got.data, text);
	strbuf_fini(&got);
	(void)close(fd);
}

/* ---- a net for each test ---- */

static int setup(void **state) {
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

static int teardown(void **state) {
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

static void test_lines(void **state) {
	(void)state;
	const int fd = connect_peer();
	put(fd, "a\n");
	expect(fd, "a\n");
	put(fd, "b\r\n\n\r\nc\nd");
	expect(fd, "b\nc\n");
	put(fd, "d\n");
	expect(fd, "dd\n");
	assert_string_equal(t.seen.data, "a|b|c|dd|");
	char address[32];
	(void)snprintf(address, sizeof address, "uid:%u", getuid());
	assert_string_equal(t.peer, address);
	assert_int_equal(net_conns(t.net), 1);
	(void)close(fd);
	WAIT_FOR(t.gone == 1);
	assert_int_equal(net_conns(t.net), 0);
}

/* Many small replies are one send. */
static void test_one_send(void **state) {
	(void)state;
	const int fd = connect_peer();
	put(fd, "x\n");
	expect(fd, "x\n");
	sends = 0;
	put(fd, "a\nb\nc\nd\ne\nf\ng\nh\n");
	expect(fd, "a\nb\nc\nd\ne\nf\ng\nh\n");
	assert_int_equal(sends, 1);
	put(fd, "hold\nhold\nhold\n");
	WAIT_FOR(t.n_held == 3);
	sends = 0;
	release(3, "r");
	expect(fd, "r\nr\nr\n");
	assert_int_equal(sends, 1);
	(void)close(fd);
}

static void test_long_line(void **state) {
	(void)state;
	const int fd = connect_peer();
	char *line = malloc(LIMIT_LINE_BYTES + 2);
	assert_non_null(line);
	memset(line, 'y', LIMIT_LINE_BYTES);
	line[LIMIT_LINE_BYTES] = '\n';
	line[LIMIT_LINE_BYTES + 1] = '\0';
	for (size_t at = 0; at < LIMIT_LINE_BYTES + 1; at += 1021)
		put_n(fd, line + at, at + 1021 < LIMIT_LINE_BYTES + 1 ? 1021 : LIMIT_LINE_BYTES + 1 - at);
	expect(fd, line);
	assert_int_equal(t.lines, 1);
	free(line);
	(void)close(fd);
}

/* At EOF the rest is a line, calls in flight are answered, then comes the end. */
static void test_half_close(void **state) {
	(void)state;
	const int fd = connect_peer();
	put(fd, "hold\nrest");
	(void)shutdown(fd, SHUT_WR);
	expect(fd, "rest\n");
	settle();
	assert_int_equal(t.gone, 0);
	release(1, "answer");
	expect_end(fd, "answer\n");
	WAIT_FOR(t.gone == 1);
	const int empty = connect_peer();
	put(empty, "\r");
	(void)shutdown(empty, SHUT_WR);
	expect_end(empty, "");
	WAIT_FOR(t.gone == 2);
}

/* More lines than calls in flight are allowed, then EOF: all of them are handed on in the end. */
static void test_calls_limit(void **state) {
	(void)state;
	const int fd = connect_peer();
	for (int i = 0; i < 3 * LIMIT_CONN_CALLS; i++)
		put(fd, "hold\n");
	put(fd, "last");
	(void)shutdown(fd, SHUT_WR);
	WAIT_FOR(t.n_held == LIMIT_CONN_CALLS);
	settle();
	assert_int_equal(t.lines, LIMIT_CONN_CALLS);
	assert_int_equal(conn_calls(t.held[0]), LIMIT_CONN_CALLS);
	release(1, NULL);
	WAIT_FOR(t.n_held == LIMIT_CONN_CALLS);
	settle();
	assert_int_equal(t.lines, LIMIT_CONN_CALLS + 1);
	while (t.n_held > 0) {
		release(LIMIT_CONN_CALLS, NULL);
		settle();
	}
	assert_int_equal(t.lines, 3 * LIMIT_CONN_CALLS + 1);
	expect_end(fd, "last\n");
}

/* A peer that doesn't read its replies isn't read either, and goes on when it does. */
static void test_output_limit(void **state) {
	(void)state;
	const int fd = connect_peer();
	enum { REPLIES = 40, REPLY = 500000 };
	for (int i = 0; i < REPLIES; i++)
		put(fd, "big 500000\n");
	settle();
	assert_in_range(t.lines, LIMIT_CONN_OUTPUT_BYTES / REPLY, LIMIT_CONN_OUTPUT_BYTES / REPLY + 3);
	size_t bytes = 0;
	struct strbuf got;
	strbuf_init(&got);
	while (bytes < (size_t)REPLIES * (REPLY + 1)) {
		WAIT_FOR(get(fd, &got) || got.len > 0);
		bytes += got.len;
		strbuf_clear(&got);
	}
	assert_int_equal(t.lines, REPLIES);
	strbuf_fini(&got);
	(void)close(fd);
}

static void test_foreign(void **state) {
	(void)state;
	const int fd = connect_peer();
	put(fd, "GET / HTTP/1.1\r\nHost: here\r\n\r\n");
	expect(fd, "this is no HTTP server: send JSON-RPC 2.0, one message a line\n");
	put(fd, "more\n");
	expect_end(fd, "");
	WAIT_FOR(t.gone == 1);
	assert_int_equal(t.broken, 1);
	assert_int_equal(t.lines, 0);
}

static void test_endless_line(void **state) {
	(void)state;
	const int fd = connect_peer();
	put(fd, "hold\n");
	WAIT_FOR(t.n_held == 1);
	char *text = malloc(2 * LIMIT_LINE_BYTES);
	assert_non_null(text);
	memset(text, 'z', 2 * LIMIT_LINE_BYTES);
	put_n(fd, text, LIMIT_LINE_BYTES + 1);
	free(text);
	WAIT_FOR(t.broken == 1);
	settle();
	assert_int_equal(t.gone, 0);
	release(1, "late");
	(void)shutdown(fd, SHUT_WR);
	expect_end(fd, "a line without end: one message is at most 1 MiB, and ends in a newline\nlate\n");
}

/* The peer is gone while its call runs: the reply is dropped, and who holds the conn may let go later. */
static void test_peer_gone(void **state) {
	(void)state;
	const int fd = connect_peer();
	put(fd, "hold\nhold\n");
	WAIT_FOR(t.n_held == 2);
	(void)close(fd);
	settle();
	release(1, "nobody hears");
	WAIT_FOR(t.gone == 1);
	assert_true(conn_is_gone(t.held[0]));
	release(1, "nobody hears");
	settle();
	assert_int_equal(t.gone, 1);
	assert_int_equal(net_conns(t.net), 0);
}

static void test_drain(void **state) {
	(void)state;
	const int busy = connect_peer(), idle = connect_peer();
	put(busy, "hold\n");
	WAIT_FOR(t.n_held == 1);
	/* From within a hook, with lines behind it. */
	put(idle, "drain\nnever read\n");
	expect_end(idle, "");
	assert_int_equal(access(t.path, F_OK), -1);
	assert_int_equal(net_conns(t.net), 1);
	put(busy, "never read\n");
	settle();
	release(1, "answer");
	expect_end(busy, "answer\n");
	WAIT_FOR(net_conns(t.net) == 0);
	assert_int_equal(t.lines, 2);
}

/* The net goes while somebody still holds a conn. */
static void test_free_first(void **state) {
	(void)state;
	const int fd = connect_peer();
	put(fd, "hold\n");
	WAIT_FOR(t.n_held == 1);
	net_free(&t.net);
	assert_int_equal(t.gone, 1);
	assert_true(conn_is_gone(t.held[0]));
	release(1, "nobody hears");
	expect_end(fd, "");
}

static void check_refused(const char *url, bool any_address, const char *words) {
	struct err e;
	if (net_listen(t.net, url, NULL, any_address, &e))
		fail_msg("listens on %s", url);
	if (!strstr(e.text, words))
		fail_msg("%s: says \"%s\"", url, e.text);
}

static void test_addresses(void **state) {
	(void)state;
	struct stat st;
	assert_int_equal(stat(t.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0666);
	check_refused(t.url, false, "somebody listens");
	check_refused("unix:", false, "path");
	check_refused("unix:/nowhere/at/all", false, "/nowhere/at/all");
	check_refused("unix:/12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567",
	              false, "at most 107");
	check_refused("unix:/dev/null", false, "no socket");
	check_refused("tcp://", false, "HOST:PORT");
	check_refused("tcp://127.0.0.1", false, "HOST:PORT");
	check_refused("tcp://127.0.0.1:", false, "HOST:PORT");
	check_refused("tcp://127.0.0.1:x", false, "tcp://127.0.0.1:x");
	check_refused("tcp://0.0.0.0:7700", false, "loopback");
	check_refused("tcp://[::]:7700", false, "loopback");
	check_refused("http://127.0.0.1:80", false, "unix:PATH or tcp://HOST:PORT");
}

/* What a daemon that died has left is replaced; what is another's in the end isn't removed. */
static void test_stale(void **state) {
	(void)state;
	char path[128], url[160];
	(void)snprintf(path, sizeof path, "%s/stale", t.dir);
	(void)snprintf(url, sizeof url, "unix:%s", path);
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	memcpy(at.sun_path, path, strlen(path) + 1);
	const int dead = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(dead, (struct sockaddr *)&at, sizeof at), 0);
	(void)close(dead);
	struct err e;
	assert_true(net_listen(t.net, url, NULL, false, &e));
	assert_int_equal(unlink(path), 0);
	const int other = open(path, O_CREAT | O_WRONLY, 0600);
	assert_true(other >= 0);
	(void)close(other);
	net_free(&t.net);
	assert_int_equal(access(path, F_OK), 0);
	(void)unlink(path);
}

static int free_port(void) {
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;
	const int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	(void)close(fd);
	return ntohs(at.sin_port);
}

static void test_tcp(void **state) {
	(void)state;
	char url[64];
	struct err e;
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const int port = free_port();
	at.sin_port = htons((uint16_t)port);
	(void)snprintf(url, sizeof url, "tcp://127.0.0.1:%d", port);
	if (!net_listen(t.net, url, "platform", false, &e))
		fail_msg("%s", e.text);
	const int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	put(fd, "hold\nover tcp\n");
	expect(fd, "over tcp\n");
	const struct net_peer *peer = conn_peer(t.held[0]);
	assert_false(peer->local);
	assert_string_equal(peer->listener_name, "platform");
	assert_int_equal(strncmp(peer->address, "127.0.0.1:", 10), 0);
	(void)close(fd);
}

/* Without descriptors the loop doesn't spin on the waiting peer, and takes it once there are some. */
static void test_no_descriptors(void **state) {
	(void)state;
	struct rlimit old, low;
	const int fd = connect_peer();
	const int next = dup(fd);
	(void)close(next);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	low = old;
	low.rlim_cur = (rlim_t)next;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	int turns = 0;
	for (const int64_t until = clock_monotonic_us() + 50000; clock_monotonic_us() < until; turns++)
		(void)event_base_loop(t.base, EVLOOP_ONCE);
	assert_int_equal(net_conns(t.net), 0);
	assert_in_range(turns, 1, 5);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	put(fd, "late\n");
	expect(fd, "late\n");
	(void)close(fd);
}

static size_t resident_bytes(void) {
	unsigned long size, resident;
	FILE *f = fopen("/proc/self/statm", "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%lu %lu", &size, &resident), 2);
	(void)fclose(f);
	return resident * (size_t)sysconf(_SC_PAGESIZE);
}

#if defined(__SANITIZE_ADDRESS__)
enum { IDLE_BYTES = 32768 };            /* freed memory is kept back, to see it misused */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { IDLE_BYTES = 32768 };
#else
enum { IDLE_BYTES = 4096 };
#endif
#else
enum { IDLE_BYTES = 4096 };
#endif

/* A connection that has nothing to say costs next to nothing, also after it has had something to say. */
static void test_idle_memory(void **state) {
	(void)state;
	enum { PEERS = 2000 };
	static int peers[PEERS];
	char line[8192];
	memset(line, 'i', sizeof line);
	line[sizeof line - 1] = '\n';
	const size_t before = resident_bytes();
	for (int i = 0; i < PEERS; i++) {
		peers[i] = connect_peer();
		turn();
	}
	WAIT_FOR(net_conns(t.net) == PEERS);
	for (int i = 0; i < PEERS; i++) {
		put_n(peers[i], line, 100);
		put_n(peers[i], line + 100, sizeof line - 100);
	}
	WAIT_FOR(t.lines == PEERS);
	settle();
	const size_t each = (resident_bytes() - before) / PEERS;
	print_message("idle_bytes_per_connection=%zu\n", each);
	assert_in_range(each, 0, IDLE_BYTES);
	for (int i = 0; i < PEERS; i++)
		(void)close(peers[i]);
	WAIT_FOR(t.gone == PEERS);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    /* First: what other tests have freed would hide what this one takes. */
	    cmocka_unit_test_setup_teardown(test_idle_memory, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_lines, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_one_send, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_long_line, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_half_close, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_calls_limit, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_output_limit, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_foreign, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_endless_line, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_peer_gone, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_drain, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_free_first, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_addresses, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_stale, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_tcp, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_no_descriptors, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
