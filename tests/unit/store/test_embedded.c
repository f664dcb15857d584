/* test_embedded: the private cluster: made, found again, refused twice, gone when its gridd is killed. */
#include "fixture.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static void is_utf8_and_private(void **state) {
	(void)state;
	assert_string_equal(fixture_ask(fixture.app, "SELECT current_user"), "gridd_app");
	assert_string_equal(fixture_ask(fixture.app, "SHOW server_encoding"), "UTF8");
	assert_string_equal(fixture_ask(fixture.app, "SHOW data_checksums"), "on");
	assert_string_equal(fixture_ask(fixture.app, "SHOW listen_addresses"), "");
	assert_string_equal(fixture_ask(fixture.app, "SELECT datcollate FROM pg_database WHERE datname = 'gridd'"), "C.UTF-8");
}

static void a_second_start_is_refused(void **state) {
	(void)state;
	struct embedded *second = NULL;
	struct err e = {0};
	char pid[32];
	(void)snprintf(pid, sizeof pid, "pid %ld ", (long)getpid());
	assert_false(embedded_start(&(struct embedded_config){.dir = fixture.dir}, &second, &e));
	assert_null(second);
	assert_non_null(strstr(e.text, pid));
	assert_non_null(strstr(e.text, fixture.dir));
}

static void another_version_is_named(void **state) {
	(void)state;
	char dir[64], path[128];
	struct embedded *m = NULL;
	struct err e = {0};
	fixture_dir(dir);
	(void)snprintf(path, sizeof path, "%s/db", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof path, "%s/db/PG_VERSION", dir);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	(void)fputs("9\n", f);
	(void)fclose(f);
	assert_false(embedded_start(&(struct embedded_config){.dir = dir}, &m, &e));
	assert_non_null(strstr(e.text, "PostgreSQL 9"));
	assert_non_null(strstr(e.text, "install postgresql-9"));
	fixture_clear(dir);
}

static void an_unreachable_folder_is_named(void **state) {
	(void)state;
	if (geteuid() != 0)
		skip();
	char dir[64], inner[80];
	struct embedded *m = NULL;
	struct err e = {0};
	fixture_dir(dir);
	assert_int_equal(chmod(dir, 0700), 0);
	(void)snprintf(inner, sizeof inner, "%s/var", dir);
	assert_false(embedded_start(&(struct embedded_config){.dir = inner}, &m, &e));
	assert_non_null(strstr(e.text, "chmod o+x"));
	fixture_clear(dir);
}

/* A socket path has 107 bytes; deeper folders get one under /tmp. */
static void a_deep_folder_works(void **state) {
	(void)state;
	char dir[64], inner[256];
	struct embedded *m = NULL;
	struct err e = {0};
	fixture_dir(dir);
	(void)snprintf(inner, sizeof inner, "%s/%0100d", dir, 0);
	if (!embedded_start(&(struct embedded_config){.dir = inner, .extra = FIXTURE_EXTRA}, &m, &e))
		fail_msg("%s", e.text);
	assert_non_null(strstr(embedded_conninfo(m), "host='/tmp/gridd-"));
	char socket_dir[64];
	assert_int_equal(sscanf(embedded_conninfo(m), "host='%63[^']'", socket_dir), 1);
	embedded_stop(&m);
	assert_int_equal(access(socket_dir, F_OK), -1);
	fixture_clear(dir);
}

/* A process that nobody has waited for yet has no program any more. */
static bool is_running(pid_t pid) {
	char path[64], exe[256];
	(void)snprintf(path, sizeof path, "/proc/%ld/exe", (long)pid);
	return readlink(path, exe, sizeof exe) >= 0;
}

/* In a process of its own: starts a cluster, says its pid, and is killed before it can tidy up. */
static _Noreturn void start_and_hang(const char *dir, int to_parent) {
	struct embedded *m = NULL;
	struct err e = {0};
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!embedded_start(&(struct embedded_config){.dir = dir, .extra = FIXTURE_EXTRA}, &m, &e))
		_exit(1);
	const pid_t pid = embedded_pid(m);
	if (write(to_parent, &pid, sizeof pid) != sizeof pid)
		_exit(1);
	for (;;)
		(void)pause();
}

static void no_orphan_after_a_kill(void **state) {
	(void)state;
	char dir[64];
	int pipe_fds[2];
	pid_t server = 0;
	struct err e = {0};
	struct embedded *m = NULL;
	fixture_dir(dir);
	assert_int_equal(pipe(pipe_fds), 0);
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		start_and_hang(dir, pipe_fds[1]);
	(void)close(pipe_fds[1]);
	assert_int_equal(read(pipe_fds[0], &server, sizeof server), sizeof server);
	(void)close(pipe_fds[0]);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	/* At once, while the orphan may still be shutting down: the next start waits for it. */
	if (!embedded_start(&(struct embedded_config){.dir = dir, .extra = FIXTURE_EXTRA}, &m, &e))
		fail_msg("%s", e.text);
	assert_int_not_equal(embedded_pid(m), server);
	assert_false(is_running(server));
	embedded_stop(&m);
	fixture_clear(dir);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(is_utf8_and_private),      cmocka_unit_test(a_second_start_is_refused),
	    cmocka_unit_test(another_version_is_named), cmocka_unit_test(an_unreachable_folder_is_named),
	    cmocka_unit_test(a_deep_folder_works),      cmocka_unit_test(no_orphan_after_a_kill),
	};
	return cmocka_run_group_tests(tests, fixture_up, fixture_down);
}
