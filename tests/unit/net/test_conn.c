/* test_conn: lines in, replies out, limits and ends of a connection. */
#include "tests/unit/net/harness.h"

#include "daemon/net/conn.h"

#include <sys/syscall.h>

static size_t resident_bytes(void) {
	unsigned long size, resident;
	FILE *f = fopen("/proc/self/statm", "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%lu %lu", &size, &resident), 2);
	(void)fclose(f);
	return resident * (size_t)sysconf(_SC_PAGESIZE);
}

#if defined(__SANITIZE_ADDRESS__)
enum { IDLE_BYTES = 32768 }; /* freed memory is kept back, to see it misused */
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

/* How often the daemon's side called send(): its own definition stands in for the library's. */
static size_t sends;

ssize_t send(int fd, const void *p, size_t n, int flags) {
	sends++;
	return syscall(SYS_sendto, fd, p, n, flags, NULL, 0);
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

/* One that never reads is given up, also with a call running. */
static void test_stalled(void **state) {
	(void)state;
	const int fd = connect_peer();
	t.net->stall_limit = (struct timeval){.tv_usec = 20000};
	put(fd, "hold\nbig 3000000\n");
	WAIT_FOR(t.gone == 1);
	assert_true(conn_is_gone(t.held[0]));
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
	    cmocka_unit_test_setup_teardown(test_stalled, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_foreign, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_endless_line, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_peer_gone, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
