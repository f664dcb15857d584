/* test_two_writers: two daemons write the same keys, and commands on the same cases, in opposite orders. */

#include "harness.h"
#include "tests/unit/size.h"

enum { CASES = 60, KEYS = 50 };

static int rounds;

static struct harness one, two;

static int up(void **state) {
	if (fixture_up(state) != 0)
		return -1;
	rounds = test_size(5, 12, 40);
	harness_town();
	harness_start(&one);
	harness_start(&two);
	return 0;
}

static int down(void **state) {
	harness_stop(&one);
	harness_stop(&two);
	return fixture_down(state);
}

static long count(const char *sql) { return strtol(fixture_ask(fixture.owner, sql), NULL, 10); }

static void turn(struct harness *h) { (void)event_base_loop(h->base, EVLOOP_ONCE | EVLOOP_NONBLOCK); }

#define RUN_BOTH_UNTIL(condition)                                                                                           \
	do {                                                                                                                    \
		const int64_t until_us_ = clock_monotonic_us() + 60 * SECOND_US;                                                    \
		while (!(condition)) {                                                                                              \
			assert_true(clock_monotonic_us() < until_us_);                                                                  \
			turn(&one);                                                                                                     \
			turn(&two);                                                                                                     \
		}                                                                                                                   \
	} while (0)

static bool all_done(const struct result *r, size_t n) {
	for (size_t i = 0; i < n; i++)
		if (!r[i].done)
			return false;
	return true;
}

static void assert_feed_is_whole(void) {
	assert_int_equal(count("SELECT max(seq) - count(*) FROM gridd.case_event"), 0);
	assert_int_equal(count("SELECT count(*) FROM (SELECT hash, gridd.event_chain(decode(repeat('00', 32), 'hex'), "
	                       "gridd.event_frame(town, seq, case_id, version, at, body_sha256)) OVER (ORDER BY seq) AS again "
	                       "FROM gridd.case_event) x WHERE hash <> again"),
	                 0);
	assert_int_equal(
	    count("SELECT count(*) FROM gridd.case_event e, gridd.town_feed f WHERE e.seq = f.seq AND e.hash = f.hash"), 1);
}

/* Each key is sent by both, at once, by the second in the opposite order. */
static void a_key_on_two_daemons_is_one_case(void **state) {
	(void)state;
	static struct result a[KEYS], b[KEYS];
	for (int round = 0; round < rounds; round++) {
		memset(a, 0, sizeof a);
		memset(b, 0, sizeof b);
		for (int i = 0; i < KEYS; i++) {
			const int back = KEYS - 1 - i;
			const char *there = arena_printf(&one.arena, "%d-%d", round, i);
			const char *here = arena_printf(&two.arena, "%d-%d", round, back);
			harness_put(&one, &(struct sample){.key = there, .ref = there}, &a[i]);
			harness_put(&two, &(struct sample){.key = here, .ref = here}, &b[back]);
		}
		RUN_BOTH_UNTIL(all_done(a, KEYS) && all_done(b, KEYS));
		for (int i = 0; i < KEYS; i++) {
			assert_string_equal(a[i].number, b[i].number);
			assert_int_equal(a[i].seq, b[i].seq);
			assert_int_equal((a[i].kind == OUT_STORED) + (b[i].kind == OUT_STORED), 1);
			assert_int_equal((a[i].kind == OUT_REPLAYED) + (b[i].kind == OUT_REPLAYED), 1);
		}
		arena_reset(&one.arena);
		arena_reset(&two.arena);
	}
	assert_int_equal(count("SELECT count(*) FROM gridd.case_file"), rounds * KEYS);
	assert_feed_is_whole();
}

/* The next command on a case: the same aggregate, one version on, under a key of its own. */
static void put_next(struct harness *h, int64_t id, int32_t version, const char *key, struct result *r) {
	struct write_item *item = sample_item(&h->arena, &(struct sample){.key = key, .received_at_us = SAMPLE_AT_US});
	struct case_rec *after = arena_memdup(&h->arena, item->after, sizeof *item->after);
	after->id = id;
	after->version = version + 1;
	item->after = after;
	item->priv = NULL;
	writer_put(db_writer(h->db), item, on_harness_written, r);
}

/* Both try to take each of the cases one version on, in opposite orders, with different keys. One of the two does. */
static void the_version_guard_lets_one_through(void **state) {
	(void)state;
	static struct result a[CASES], b[CASES];
	int64_t ids[CASES];
	char sql[100];
	for (int i = 0; i < CASES; i++) { /* ids have gaps: a replayed call has taken one too */
		(void)snprintf(sql, sizeof sql, "SELECT id FROM gridd.case_file ORDER BY id OFFSET %d LIMIT 1", i);
		ids[i] = count(sql);
	}
	const long before = count("SELECT count(*) FROM gridd.case_event");
	for (int32_t version = 1; version <= rounds; version++) {
		memset(a, 0, sizeof a);
		memset(b, 0, sizeof b);
		for (int i = 0; i < CASES; i++) {
			const int back = CASES - 1 - i;
			put_next(&one, ids[i], version, arena_printf(&one.arena, "a-%d-%d", version, i), &a[i]);
			put_next(&two, ids[back], version, arena_printf(&two.arena, "b-%d-%d", version, back), &b[back]);
		}
		RUN_BOTH_UNTIL(all_done(a, CASES) && all_done(b, CASES));
		for (int i = 0; i < CASES; i++) {
			const bool a_first = a[i].kind == OUT_STORED && b[i].kind == OUT_VERSION_CONFLICT;
			const bool b_first = b[i].kind == OUT_STORED && a[i].kind == OUT_VERSION_CONFLICT;
			if (!a_first && !b_first)
				fail_msg("case %d version %d: outcomes %d %s, %d %s", i, version, a[i].kind, a[i].err.text, b[i].kind,
				         b[i].err.text);
		}
		arena_reset(&one.arena);
		arena_reset(&two.arena);
	}
	assert_int_equal(count("SELECT count(*) FROM gridd.case_event") - before, CASES * rounds);
	assert_int_equal(count("SELECT sum(version - 1) FROM gridd.case_file"), CASES * rounds);
	assert_int_equal(count("SELECT count(*) FROM gridd.call_key WHERE key ~ '^[ab]-'"), CASES * rounds);
	assert_int_equal(count("SELECT deadlocks FROM pg_stat_database WHERE datname = 'gridd'"), 0);
	assert_feed_is_whole();
}

/* A hint, so it may come late, but not never; and far fewer of them than of commits. */
static void the_other_daemon_hears_of_new_events(void **state) {
	(void)state;
	enum { N = 300 };
	struct result r;
	one.feed_hints = two.feed_hints = 0;
	const int64_t from_us = clock_monotonic_us();
	for (int i = 0; i < N; i++)
		harness_write(&one, &(struct sample){.key = arena_printf(&one.arena, "hint-%d", i)}, &r);
	RUN_BOTH_UNTIL(one.feed_hints > 0 && two.feed_hints > 0);
	const int64_t tenths = (clock_monotonic_us() - from_us) / 100000;
	assert_true(two.feed_hints <= tenths + 2);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_key_on_two_daemons_is_one_case),
	    cmocka_unit_test(the_version_guard_lets_one_through),
	    cmocka_unit_test(the_other_daemon_hears_of_new_events),
	};
	return cmocka_run_group_tests(tests, up, down);
}
