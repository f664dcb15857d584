/* test_migrate: a database of the first version, with cases in it, becomes one of this version. */
#include "harness.h"
#include "migrations.h"

static char owner[300];

static int up(void **state) {
	if (fixture_up(state) != 0)
		return -1;
	(void)fixture_ask(fixture.super, "CREATE DATABASE old OWNER gridd_owner TEMPLATE template0 ENCODING 'UTF8'");
	(void)snprintf(owner, sizeof owner, "%s dbname=old", fixture.owner);
	return 0;
}

static void run(const char *sql) {
	PGconn *conn = PQconnectdb(owner);
	PGresult *res = PQexec(conn, "CREATE SCHEMA IF NOT EXISTS gridd; SET search_path = gridd, pg_catalog");
	PQclear(res);
	res = PQexec(conn, sql);
	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		fail_msg("%s", PQerrorMessage(conn));
	PQclear(res);
	PQfinish(conn);
}

static void the_first_version_grows_up(void **state) {
	(void)state;
	struct err e = {0};
	int from, to;
	run(migrations[0].sql);
	run("INSERT INTO meta VALUES ('schema_version', '1'), ('clock', 'real'), ('hmac_key', '00');"
	    "INSERT INTO case_file (town, id, number, state, version, escalation_level, returns, received_at, updated_at, agg) "
	    "SELECT 't', i, i::text, 'triage', 1, 0, 0, now(), now(), '{\"v\":1,\"actor\":\"uid:' || i || '\"}' "
	    "FROM generate_series(1, 300) i");
	if (!migrate_run(owner, false, NULL, &from, &to, &e))
		fail_msg("%s", e.text);
	assert_int_equal(from, 1);
	assert_int_equal(to, (int)n_migrations);
	assert_string_equal(fixture_ask(owner, "SELECT count(*) FROM gridd.case_file WHERE submitter = 'uid:' || id"), "300");
	assert_string_equal(fixture_ask(owner, "SELECT value FROM gridd.meta WHERE key = 'min_binary'"), "4");
	assert_string_equal(fixture_ask(owner, "SELECT count(*) FROM gridd.delivery"), "0");
	if (!migrate_run(owner, false, NULL, &from, &to, &e))
		fail_msg("%s", e.text);
	assert_int_equal(from, to);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_first_version_grows_up)};
	return cmocka_run_group_tests(tests, up, fixture_down);
}
