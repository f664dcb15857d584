/* fixture: a private PostgreSQL for the tests of one program, thrown away at its end. It is a copy of the one that make_template.c
 * has made for all of them, where GRIDD_TEST_TEMPLATE names it (ctest does); a program run by hand makes its own. */
#ifndef GRIDD_TESTS_STORE_FIXTURE_H
#define GRIDD_TESTS_STORE_FIXTURE_H

#include "daemon/base/check.h"
#include "daemon/base/err.h"
#include "daemon/store/embedded.h"
#include "daemon/store/migrate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those four before it */
#include <cmocka.h>
#include <ftw.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

struct fixture {
	char dir[64];
	struct embedded *pg;
	char app[256], owner[256], super[256]; /* conninfos */
};

__attribute__((unused)) static struct fixture fixture;

/* Loses nothing that a test asks for, and spares the disk: a machine's crash is not what these tests are about. */
#define FIXTURE_EXTRA \
	"fsync=off full_page_writes=off shared_buffers=32MB autovacuum=off max_logical_replication_workers=0 log_min_messages=log"

static inline int fixture_remove(const char *path, const struct stat *st, int kind, struct FTW *ftw) {
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

/* In memory where there is plenty of it, like the clusters of tests/integration/harness.py. */
static inline void fixture_dir(char dir[64]) {
	const char *const memory = "/dev/shm";
	struct statvfs room;
	const bool plenty = access(memory, W_OK) == 0 && statvfs(memory, &room) == 0 &&
	                    (uint64_t)room.f_bavail * room.f_frsize > UINT64_C(8) << 30;
	(void)snprintf(dir, 64, "%s/gridd-test-XXXXXX", plenty ? memory : "/tmp");
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chmod(dir, 0755), 0);
}

static inline void fixture_clear(const char *dir) { (void)nftw(dir, fixture_remove, 16, FTW_DEPTH | FTW_PHYS); }

/* All that lies in one folder, into another. */
static inline void fixture_copy(const char *from, const char *to) {
	char all[512];
	(void)snprintf(all, sizeof all, "%s/.", from);
	const pid_t child = fork();
	if (child == 0) {
		(void)execlp("cp", "cp", "-a", "--sparse=always", all, to, NULL);
		_exit(127);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static inline int fixture_up_with(bool test_clock, const char *extra) {
	struct fixture *f = &fixture;
	struct err e = {0};
	int from, to;
	const char *template = getenv("GRIDD_TEST_TEMPLATE");
	fixture_dir(f->dir);
	if (template && !test_clock)
		fixture_copy(template, f->dir);
	const struct embedded_config cfg = {.dir = f->dir, .extra = extra};
	if (!embedded_start(&cfg, &f->pg, &e))
		fail_msg("%s", e.text);
	(void)snprintf(f->app, sizeof f->app, "%s user=gridd_app", embedded_conninfo(f->pg));
	(void)snprintf(f->owner, sizeof f->owner, "%s user=gridd_owner", embedded_conninfo(f->pg));
	(void)snprintf(f->super, sizeof f->super, "%s user=gridd_super", embedded_conninfo(f->pg));
	if (!migrate_run(f->owner, test_clock, NULL, &from, &to, &e))
		fail_msg("%s", e.text);
	return 0;
}

__attribute__((unused)) static int fixture_up(void **state) {
	(void)state;
	return fixture_up_with(false, FIXTURE_EXTRA);
}

__attribute__((unused)) static int fixture_down(void **state) {
	(void)state;
	embedded_stop(&fixture.pg);
	fixture_clear(fixture.dir);
	return 0;
}

/* One value by plain SQL, in a buffer that the next call reuses; fails the test on an error. */
__attribute__((unused)) static const char *fixture_ask(const char *conninfo, const char *sql) {
	static char out[4096];
	PGconn *conn = PQconnectdb(conninfo);
	PGresult *res = PQexec(conn, sql);
	const ExecStatusType status = PQresultStatus(res);
	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(conn));
	(void)snprintf(out, sizeof out, "%s", status == PGRES_TUPLES_OK && PQntuples(res) ? PQgetvalue(res, 0, 0) : "");
	PQclear(res);
	PQfinish(conn);
	return out;
}

/* The SQLSTATE of a statement that must fail; "" if it doesn't. */
__attribute__((unused)) static const char *fixture_refused(const char *conninfo, const char *sql) {
	static char out[8];
	PGconn *conn = PQconnectdb(conninfo);
	PGresult *res = PQexec(conn, sql);
	const char *code = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	(void)snprintf(out, sizeof out, "%s", code ? code : "");
	PQclear(res);
	PQfinish(conn);
	return out;
}

#endif
