/* migrate: applies the migrations that a database lacks, one transaction each, under an advisory lock. */
#include "daemon/store/migrate.h"

#include "daemon/base/civil.h"
#include "daemon/base/clock.h"

#include "migrations.h"

#include <errno.h>
#include <libpq-fe.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* One lock for all gridd that migrate one database: an arbitrary number, the same for ever. */
#define LOCK_SQL "SELECT pg_advisory_xact_lock(310106101)"

int migrate_newest(void) { return (int)n_migrations; }

static bool ok_status(const PGresult *res) {
	const ExecStatusType status = PQresultStatus(res);
	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

static bool sql_failed(PGconn *conn, const char *what, struct err *e) {
	char line[300];
	(void)snprintf(line, sizeof line, "%s", PQerrorMessage(conn));
	line[strcspn(line, "\n")] = '\0';
	return err_set(e, E_IO, "%s: %s", what, line);
}

static bool run(PGconn *conn, const char *sql, const char *what, struct err *e) {
	PGresult *res = PQexec(conn, sql);
	const bool ok = ok_status(res) || sql_failed(conn, what, e);
	PQclear(res);
	return ok;
}

/* One text by one parameter; '' where there is no row. */
static bool ask(PGconn *conn, const char *sql, const char *param, char out[80], struct err *e) {
	const char *values[] = {param};
	PGresult *res = PQexecParams(conn, sql, 1, NULL, values, NULL, NULL, 0);
	const bool ok = ok_status(res) || sql_failed(conn, "reading meta", e);
	(void)snprintf(out, 80, "%s", ok && PQntuples(res) ? PQgetvalue(res, 0, 0) : "");
	PQclear(res);
	return ok;
}

static bool put_meta(PGconn *conn, const char *key, const char *value, struct err *e) {
	const char *values[] = {key, value};
	PGresult *res = PQexecParams(conn, "INSERT INTO gridd.meta VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2",
	                             2, NULL, values, NULL, NULL, 0);
	const bool ok = ok_status(res) || sql_failed(conn, "writing meta", e);
	PQclear(res);
	return ok;
}

static bool read_version(PGconn *conn, int *version, struct err *e) {
	char text[80];
	*version = 0;
	if (!ask(conn, "SELECT coalesce(to_regclass($1)::text, '')", "gridd.meta", text, e))
		return false;
	if (!text[0])
		return true;
	if (!ask(conn, "SELECT value FROM gridd.meta WHERE key = $1", "schema_version", text, e))
		return false;
	*version = (int)strtol(text, NULL, 10);
	return true;
}

/* What a new database is marked with for its life: its clock, and the key of its keyed hashes. */
static bool mark_new(PGconn *conn, bool test_clock, struct err *e) {
	unsigned char key[32];
	char hex[2 * sizeof key + 1];
	if (RAND_bytes(key, sizeof key) != 1)
		return err_set(e, E_IO, "no random numbers to be had");
	for (size_t i = 0; i < sizeof key; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", key[i]);
	/* A test clock begins at 0: whoever comes first sets it. */
	if (test_clock && !put_meta(conn, "test_now", "0", e))
		return false;
	return put_meta(conn, "clock", test_clock ? "test" : "real", e) && put_meta(conn, "hmac_key", hex, e);
}

static bool apply_one(PGconn *conn, const struct migration *m, bool test_clock, struct err *e) {
	char what[120], number[16];
	(void)snprintf(what, sizeof what, "migration %04d_%s", m->number, m->name);
	(void)snprintf(number, sizeof number, "%d", m->number);
	if (!run(conn, m->sql, what, e))
		return false;
	if (m->number == 1 && !mark_new(conn, test_clock, e))
		return false;
	return put_meta(conn, "schema_version", number, e);
}

/* In one transaction: looks again at the version, because another may have migrated while we waited for the lock. */
static bool step(PGconn *conn, bool test_clock, int *at, struct err *e) {
	if (!run(conn, "BEGIN; SET LOCAL lock_timeout = '10s'; SET LOCAL client_min_messages = warning", "migrating", e))
		return false;
	bool ok = run(conn, LOCK_SQL, "waiting for another migration", e);
	ok = ok &&
	     run(conn, "CREATE SCHEMA IF NOT EXISTS gridd; SET LOCAL search_path = gridd, pg_catalog", "making the schema", e);
	ok = ok && read_version(conn, at, e);
	if (ok && *at < migrate_newest()) {
		ok = apply_one(conn, &migrations[*at], test_clock, e);
		*at += ok;
	}
	struct err ignored;
	if (!ok)
		(void)run(conn, "ROLLBACK", "migrating", &ignored);
	return ok && run(conn, "COMMIT", "migrating", e);
}

static bool check_clock(PGconn *conn, bool test_clock, struct err *e) {
	char clock[80];
	if (!ask(conn, "SELECT value FROM gridd.meta WHERE key = $1", "clock", clock, e))
		return false;
	if (strcmp(clock, test_clock ? "test" : "real") == 0)
		return true;
	if (test_clock)
		return err_set(e, E_CONFIG, "this database runs on real time: --test-clock needs a new one");
	return err_set(e, E_CONFIG, "this database was made for a test clock: start with --test-clock, or use another one");
}

static bool has_cases(PGconn *conn) {
	PGresult *res = PQexec(conn, "SELECT FROM gridd.case_file LIMIT 1");
	const bool has = PQresultStatus(res) == PGRES_TUPLES_OK && PQntuples(res) > 0;
	PQclear(res);
	return has;
}

static _Noreturn void exec_dump(const char *conninfo, const char *file) {
	(void)execlp("pg_dump", "pg_dump", "--format=custom", "--file", file, "--dbname", conninfo, (char *)NULL);
	_exit(127);
}

/* The database as it was, beside its folder: the way back from a migration that went wrong. */
static bool back_up(const char *conninfo, const char *dir, int version, struct err *e) {
	char file[4096];
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return err_sys(e, "cannot make %s", dir);
	(void)snprintf(file, sizeof file, "%s/schema-%04d-%lld.dump", dir, version, (long long)(clock_host_us() / SECOND_US));
	const pid_t pid = fork();
	if (pid < 0)
		return err_sys(e, "cannot start pg_dump");
	if (pid == 0)
		exec_dump(conninfo, file);
	int status = 0;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	return err_set(e, E_IO, "pg_dump could not save the database to %s before migrating it", file);
}

static bool bring_up(PGconn *conn, const char *conninfo, bool test_clock, const char *backup_dir, int *to, struct err *e) {
	const int newest = migrate_newest(), from = *to;
	if (from > newest)
		return err_set(e, E_CONFIG, "the database has schema %d, this gridd knows %d: use the newer gridd", from, newest);
	if (from > 0 && !check_clock(conn, test_clock, e))
		return false;
	if (from > 0 && from < newest && backup_dir && has_cases(conn) && !back_up(conninfo, backup_dir, from, e))
		return false;
	while (*to < newest)
		if (!step(conn, test_clock, to, e))
			return false;
	return check_clock(conn, test_clock, e);
}

bool migrate_run(const char *conninfo, bool test_clock, const char *backup_dir, int *from, int *to, struct err *e) {
	*from = *to = 0;
	PGconn *conn = PQconnectdb(conninfo);
	bool ok = PQstatus(conn) == CONNECTION_OK || sql_failed(conn, "connecting as the schema's owner", e);
	ok = ok && read_version(conn, from, e);
	if (ok) {
		*to = *from;
		ok = bring_up(conn, conninfo, test_clock, backup_dir, to, e);
	}
	PQfinish(conn);
	return ok;
}
