/* test_net: addresses, listening, and the end of the whole. */
#include "tests/unit/net/harness.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

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
	check_refused(
	    "unix:/12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567",
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

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_drain, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_free_first, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_addresses, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_stale, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_tcp, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_no_descriptors, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
