/* test_db: which databases are refused, and what a test clock does. */
#include "daemon/store/params.h"
#include "statements.h"

#include "harness.h"

static int up(void **state) {
	(void)state;
	return fixture_up_with(true, FIXTURE_EXTRA);
}

static void assert_refused(bool test_clock, bool durable, const char *why) {
	struct harness h;
	harness_open(&h, fixture.app, test_clock, durable);
	RUN_UNTIL(&h, h.refused || db_is_ready(h.db));
	assert_true(h.refused);
	if (!strstr(h.why.text, why))
		fail_msg("refused with: %s", h.why.text);
	harness_stop(&h);
}

static void a_test_clock_needs_its_flag(void **state) {
	(void)state;
	assert_refused(false, false, "--test-clock");
	struct err e = {0};
	int from, to;
	assert_false(migrate_run(fixture.owner, false, NULL, &from, &to, &e));
	assert_non_null(strstr(e.text, "--test-clock"));
}

/* The fixture runs with fsync=off. */
static void a_server_that_forgets_is_refused(void **state) {
	(void)state;
	assert_refused(true, true, "fsync=off");
}

static void an_old_daemon_is_refused(void **state) {
	(void)state;
	(void)fixture_ask(fixture.owner, "UPDATE gridd.meta SET value = '99' WHERE key = 'min_binary'");
	assert_refused(true, false, "newer gridd");
	(void)fixture_ask(fixture.owner, "UPDATE gridd.meta SET value = '1' WHERE key = 'min_binary'");
	(void)fixture_ask(fixture.owner, "UPDATE gridd.meta SET value = '99' WHERE key = 'schema_version'");
	struct err e = {0};
	int from, to;
	assert_false(migrate_run(fixture.owner, true, NULL, &from, &to, &e));
	assert_non_null(strstr(e.text, "newer gridd"));
	char restore[100];
	(void)snprintf(restore, sizeof restore, "UPDATE gridd.meta SET value = '%d' WHERE key = 'schema_version'",
	               migrate_newest());
	(void)fixture_ask(fixture.owner, restore);
}

static void a_database_without_schema_is_refused(void **state) {
	(void)state;
	(void)fixture_ask(fixture.owner, "ALTER SCHEMA gridd RENAME TO elsewhere");
	assert_refused(true, false, "gridd --migrate");
	(void)fixture_ask(fixture.owner, "ALTER SCHEMA elsewhere RENAME TO gridd");
}

static void migrating_again_does_nothing(void **state) {
	(void)state;
	struct err e = {0};
	int from, to;
	assert_true(migrate_run(fixture.owner, true, NULL, &from, &to, &e));
	assert_int_equal(from, migrate_newest());
	assert_int_equal(to, migrate_newest());
}

struct told {
	bool done;
	int64_t now_us;
};

static void on_told(const struct rows *rows, const struct err *why, void *ctx) {
	struct told *t = ctx;
	assert_null(why);
	t->done = true;
	t->now_us = rows_time(rows, 0, 0);
}

static int64_t advance_to(struct harness *h, int64_t at_us) {
	struct told t = {0};
	struct params *p = params_new(&h->arena);
	params_int8(p, at_us);
	db_ask(h->db, &stmt_advance_clock, p, &h->arena, on_told, &t);
	RUN_UNTIL(h, t.done);
	return t.now_us;
}

/* All daemons read the one row, and it never goes back. */
static void a_test_clock_is_one_row(void **state) {
	(void)state;
	struct harness one, two;
	harness_open(&one, fixture.app, true, false);
	harness_open(&two, fixture.app, true, false);
	RUN_UNTIL(&one, db_is_ready(one.db));
	RUN_UNTIL(&two, db_is_ready(two.db));
	const int64_t start_us = db_now_us(one.db), later_us = start_us + 240 * MINUTE_US;
	assert_int_equal(db_now_us(one.db), start_us);
	assert_int_equal(advance_to(&one, later_us), later_us);
	assert_int_equal(advance_to(&one, start_us), later_us);
	db_sample_clock(one.db);
	RUN_UNTIL(&one, db_now_us(one.db) == later_us);
	RUN_UNTIL(&two, db_now_us(two.db) == later_us); /* by itself, within a second */
	harness_stop(&one);
	harness_stop(&two);
}

/* What comes while the database is away is told so from the loop, and at once. */
static void without_a_database_calls_are_unavailable(void **state) {
	(void)state;
	struct harness h;
	struct result r = {0};
	harness_open(&h, "host=/nowhere dbname=gridd user=gridd_app", false, true);
	harness_put(&h, &(struct sample){.key = "k"}, &r);
	assert_false(r.done);
	RUN_UNTIL(&h, r.done && h.lost);
	assert_int_equal(r.err.code, E_UNAVAILABLE);
	struct db_info info;
	db_info(h.db, &info);
	assert_false(info.ready);
	assert_non_null(strstr(info.last_error, "/nowhere"));
	harness_stop(&h);
}

static void a_conninfo_that_is_none_is_refused(void **state) {
	(void)state;
	struct err e = {0};
	struct db *d = NULL;
	struct event_base *base = event_base_new();
	assert_false(db_new(base, &(struct db_config){.conninfo = "host='"}, &(struct db_hooks){0}, &d, &e));
	assert_int_equal(e.code, E_CONFIG);
	event_base_free(base);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_test_clock_needs_its_flag),
	    cmocka_unit_test(a_server_that_forgets_is_refused),
	    cmocka_unit_test(an_old_daemon_is_refused),
	    cmocka_unit_test(a_database_without_schema_is_refused),
	    cmocka_unit_test(migrating_again_does_nothing),
	    cmocka_unit_test(a_test_clock_is_one_row),
	    cmocka_unit_test(without_a_database_calls_are_unavailable),
	    cmocka_unit_test(a_conninfo_that_is_none_is_refused),
	};
	return cmocka_run_group_tests(tests, up, fixture_down);
}
