/* test_timers: what is due comes oldest first; a lease has one holder at a time. */
#include "daemon/store/case_json.h"
#include "daemon/store/timers.h"
#include "statements.h"

#include "stored.h"

static struct harness h;
enum { CASES = 12 };
static char numbers[CASES][32];

static int up(void **state) {
	if (fixture_up(state) != 0)
		return -1;
	harness_town();
	harness_start(&h);
	for (int i = 0; i < CASES; i++) { /* the first one fires last */
		struct result r;
		harness_write(&h, &(struct sample){.received_at_us = SAMPLE_AT_US + (CASES - i) * HOUR_US}, &r);
		(void)snprintf(numbers[i], sizeof numbers[i], "%s", r.number);
	}
	return 0;
}

static int down(void **state) {
	harness_stop(&h);
	return fixture_down(state);
}

struct answer_of {
	bool done;
	const struct rows *rows;
};

static void on_answer_of(const struct rows *rows, const struct err *why, void *ctx) {
	struct answer_of *got = ctx;
	if (why)
		fail_msg("%s", why->text);
	*got = (struct answer_of){true, rows};
}

static const struct rows *due(int64_t now_us, int64_t since_us, int32_t limit) {
	struct answer_of got = {0};
	timers_due(h.db, now_us, since_us, limit, &h.arena, on_answer_of, &got);
	RUN_UNTIL(&h, got.done);
	return got.rows;
}

static int64_t next(void) {
	struct answer_of got = {0};
	timers_next(h.db, &h.arena, on_answer_of, &got);
	RUN_UNTIL(&h, got.done);
	assert_int_equal(got.rows->n, 1);
	return rows_time(got.rows, 0, 0);
}

static bool take(const char *job, const char *holder) {
	struct answer_of got = {0};
	lease_take(h.db, job, holder, &h.arena, on_answer_of, &got);
	RUN_UNTIL(&h, got.done);
	return rows_bool(got.rows, 0, 0);
}

/* Fires an hour after it was received: case i at SAMPLE + (CASES - i + 1) h. */
static int64_t fires_at(int i) { return SAMPLE_AT_US + (CASES - i + 1) * HOUR_US; }

static void what_is_due_comes_oldest_first(void **state) {
	(void)state;
	const struct rows *rows = due(fires_at(CASES - 4), 0, 100);
	assert_int_equal(rows->n, 4);
	for (size_t i = 0; i < 4; i++) {
		struct case_rec *cr;
		struct err e;
		assert_string_equal(rows_text(rows, i, TIMER_NUMBER), numbers[CASES - 1 - i]);
		assert_int_equal(rows_time(rows, i, TIMER_FIRE_AT), fires_at(CASES - 1 - (int)i));
		assert_string_equal(rows_text(rows, i, TIMER_TOWN), TOWN);
		assert_int_equal(rows_int(rows, i, TIMER_FAILURES), 0);
		assert_true(case_decode(TOWN, rows_int(rows, i, TIMER_CASE), rows_text(rows, i, TIMER_AGG), &h.arena, &cr, &e));
	}
	assert_int_equal(due(fires_at(CASES - 4) - 1, 0, 100)->n, 3);          /* not a microsecond early */
	assert_int_equal(due(fires_at(0), 0, 5)->n, 5);
	assert_int_equal(due(fires_at(0), fires_at(2), 100)->n, 3);
	assert_int_equal(next(), fires_at(CASES - 1));
}

static void what_failed_is_put_off(void **state) {
	(void)state;
	struct answer_of got = {0};
	const int64_t id = rows_int(due(fires_at(CASES - 1), 0, 1), 0, TIMER_CASE);
	timers_put_off(h.db, id, fires_at(CASES - 2) + 1, 3, &h.arena, on_answer_of, &got);
	RUN_UNTIL(&h, got.done);
	const struct rows *rows = due(fires_at(0), 0, 2);
	assert_string_equal(rows_text(rows, 0, TIMER_NUMBER), numbers[CASES - 2]);
	assert_string_equal(rows_text(rows, 1, TIMER_NUMBER), numbers[CASES - 1]);
	assert_int_equal(rows_int(rows, 1, TIMER_FAILURES), 3);
	/* a later time that somebody else has set stays */
	got.done = false;
	timers_put_off(h.db, id, fires_at(CASES - 1), 9, &h.arena, on_answer_of, &got);
	RUN_UNTIL(&h, got.done);
	assert_int_equal(rows_time(due(fires_at(0), 0, 2), 1, TIMER_FIRE_AT), fires_at(CASES - 2) + 1);
	/* a command on the case starts afresh */
	struct result r;
	harness_store(&h, plain_item(&h, harness_case(&h, numbers[CASES - 1]), NULL), &r);
	assert_int_equal(count("SELECT sum(failures) FROM timer"), 0);
}

static void nothing_left_is_no_time(void **state) {
	(void)state;
	(void)fixture_ask(fixture.owner, "UPDATE gridd.timer SET fire_at = 'infinity'");
	assert_int_equal(next(), NO_TIME);
	assert_int_equal(due(INT64_C(4000000000) * SECOND_US, 0, 100)->n, 0);
}

static void a_lease_has_one_holder(void **state) {
	(void)state;
	assert_true(take("timekeeper", "one"));
	assert_true(take("timekeeper", "one"));
	assert_false(take("timekeeper", "two"));
	assert_true(take("auditor", "two"));
	assert_int_equal(count("SELECT count(*) FROM lease WHERE until BETWEEN clock_timestamp() + interval '1 s' AND "
	                       "clock_timestamp() + interval '3 s'"),
	                 2);
	(void)fixture_ask(fixture.owner, "UPDATE gridd.lease SET until = clock_timestamp() - interval '1 ms'");
	assert_true(take("timekeeper", "two"));
	assert_false(take("timekeeper", "one"));
	lease_give_up(h.db, "timekeeper", "one"); /* isn't his */
	assert_false(take("timekeeper", "one"));
	lease_give_up(h.db, "timekeeper", "two");
	assert_true(take("timekeeper", "one"));
}

/* No plan may read the table, however small it is today. */
static void due_timers_are_found_by_their_index(void **state) {
	(void)state;
	(void)fixture_ask(fixture.owner, "ANALYZE gridd.timer");
	PGconn *conn = PQconnectdb(fixture.app);
	PQclear(PQexec(conn, "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off"));
	PQclear(PQprepare(conn, stmt_timers_due.name, stmt_timers_due.sql, 0, NULL));
	PGresult *res = PQexec(conn, "EXPLAIN EXECUTE timers_due ('2100-01-01', '1970-01-01', 100)");
	assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
	bool by_index = false;
	for (int i = 0; i < PQntuples(res); i++) {
		by_index = by_index || strstr(PQgetvalue(res, i, 0), "timer_fire");
		assert_null(strstr(PQgetvalue(res, i, 0), "Seq Scan"));
	}
	assert_true(by_index);
	PQclear(res);
	PQfinish(conn);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_due_comes_oldest_first),
	    cmocka_unit_test(what_failed_is_put_off),
	    cmocka_unit_test(due_timers_are_found_by_their_index),
	    cmocka_unit_test(nothing_left_is_no_time),
	    cmocka_unit_test(a_lease_has_one_holder),
	};
	return cmocka_run_group_tests(tests, up, down);
}
