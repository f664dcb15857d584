/* test_give_way: while calls come, what comes by time rests eight times as long as it worked, and a stream nine times. */
#include "daemon/store/side.h"

#include "stored.h"

enum {
	PAIRS = 5,
	TRICKLE_US = 20000, /* between two calls */
	QUIET_US = 150000,  /* then no call counts as coming any more */
	ROWS = 20,
	ROW_US = 6000       /* of work for each: longer than a stream goes on without a rest */
};

static struct harness h;
static struct side *side;
static const struct case_rec *timed; /* the case to which time does something, as it is by now */

static int up(void **state) {
	struct err e = {0};
	if (fixture_up(state) != 0)
		return -1;
	harness_town();
	harness_start(&h);
	struct result r;
	timed = harness_new_case(&h, &(struct sample){.received_at_us = SAMPLE_AT_US}, &r);
	if (!side_open(fixture.app, &side, &e))
		fail_msg("%s", e.text);
	return 0;
}

static int down(void **state) {
	side_close(&side);
	harness_stop(&h);
	return fixture_down(state);
}

/* ---- What comes by time ---- */

static int calls_put, calls_done;

static void on_call(const struct outcome *out, void *ctx) {
	(void)ctx;
	assert_int_equal(out->kind, OUT_STORED);
	calls_done++;
}

static void on_time(const struct outcome *out, void *ctx) {
	int64_t *done_mono_us = ctx;
	assert_int_equal(out->kind, OUT_STORED);
	*done_mono_us = clock_monotonic_us();
}

static void call(void) {
	writer_put(db_writer(h.db), sample_item(&h.arena, &(struct sample){.received_at_us = SAMPLE_AT_US}), on_call, NULL);
	calls_put++;
}

static void put_by_time(int64_t *done_mono_us) {
	struct changes *ch = changes_new(&h.arena, "clock.warned", timed->changed_at_us + MINUTE_US, NO_TIME);
	sample_change(&h.arena, ch, CHANGE_MARK)->mark = (struct mark){"seen", "yes", ch->at_us, "gridd"};
	struct write_item *item = stored_item(&h.arena, timed, NULL, ch);
	item->by_time = true;
	item->principal = NULL;
	timed = item->after;
	writer_put(db_writer(h.db), item, on_time, done_mono_us);
}

/* How long one takes that comes by time; beside calls, one each 20 ms. */
static int64_t time_of_one(bool beside) {
	const int64_t began_us = clock_monotonic_us();
	int64_t done_us = 0, called_us = began_us;
	put_by_time(&done_us);
	while (!done_us) {
		const struct timeval step = {.tv_usec = TRICKLE_US};
		assert_true(clock_monotonic_us() < began_us + 120 * SECOND_US);
		(void)event_base_loopexit(h.base, &step);
		(void)event_base_loop(h.base, EVLOOP_ONCE);
		if (beside && !done_us && clock_monotonic_us() >= called_us + TRICKLE_US) {
			called_us = clock_monotonic_us();
			call();
		}
	}
	return done_us - began_us;
}

/* The second of two begins when the first has rested. */
static double second_by_first(bool beside) {
	const int64_t first_us = time_of_one(beside);
	return (double)time_of_one(beside) / (double)first_us;
}

/* Until no call counts as coming any more, and what rests has rested: then one goes through, and nothing rests for it. */
static void come_to_rest(void) {
	const int64_t until_us = clock_monotonic_us() + QUIET_US;
	RUN_UNTIL(&h, clock_monotonic_us() >= until_us && calls_done == calls_put);
	(void)time_of_one(false);
}

static int by_size(const void *a, const void *b) {
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* A busy machine may hold up a first one, or a second: so of several that in the middle. */
static void beside_calls_it_rests(void **state) {
	(void)state;
	double ratios[PAIRS];
	for (int i = 0; i < PAIRS; i++) {
		come_to_rest();
		call();
		RUN_UNTIL(&h, calls_done == calls_put);
		ratios[i] = second_by_first(true);
	}
	qsort(ratios, PAIRS, sizeof ratios[0], by_size);
	if (ratios[PAIRS / 2] < 4)
		fail_msg("the second came after %.1f times what the first one took, not after eight", ratios[PAIRS / 2]);
}

/* However busy the machine: of several one goes straight on. */
static void goes_straight_on(void (*before)(void)) {
	double best = 1000;
	for (int i = 0; i < PAIRS; i++) {
		before();
		const double ratio = second_by_first(false);
		best = ratio < best ? ratio : best;
	}
	assert_true(best < 4);
}

static void without_calls_it_goes_straight_on(void **state) {
	(void)state;
	goes_straight_on(come_to_rest);
}

static void call_and_forget(void) {
	come_to_rest();
	call();
	RUN_UNTIL(&h, calls_done == calls_put);
	writer_forget_calls(db_writer(h.db));
}

static void awaited_it_goes_straight_on(void **state) {
	(void)state;
	goes_straight_on(call_and_forget);
}

/* ---- Streams ---- */

static const struct statement twenty = {"twenty", "SELECT n FROM generate_series(1, 20) n"};

struct asked {
	int left; /* so often calls come; then no more */
	int n;
};

static bool called_since(void *ctx, int64_t mono_us) {
	struct asked *a = ctx;
	assert_true(mono_us <= clock_monotonic_us() - ROW_US);
	a->n++;
	return a->left-- > 0;
}

static bool work_a_while(const struct rows *row, struct arena *a, void *ctx, struct err *e) {
	const int64_t until_us = clock_monotonic_us() + ROW_US;
	int *rows = ctx;
	(void)row, (void)a, (void)e;
	while (clock_monotonic_us() < until_us)
		;
	(*rows)++;
	return true;
}

static int64_t stream(struct asked *a) {
	struct err e = {0};
	struct arena arena;
	int rows = 0;
	arena_init(&arena);
	side_give_way(side, called_since, a);
	const int64_t began_us = clock_monotonic_us();
	if (!side_stream(side, &twenty, NULL, &arena, work_a_while, &rows, &e))
		fail_msg("%s", e.text);
	assert_int_equal(rows, ROWS);
	arena_fini(&arena);
	return clock_monotonic_us() - began_us;
}

static void a_stream_rests_while_calls_come(void **state) {
	(void)state;
	struct asked always = {.left = ROWS};
	const int64_t took_us = stream(&always);
	assert_int_equal(always.n, ROWS);
	assert_true(took_us >= ROWS * (1 + 9) * ROW_US);
}

static void a_stream_goes_on_once_they_are_over(void **state) {
	(void)state;
	struct asked three = {.left = 3};
	const int64_t took_us = stream(&three);
	assert_int_equal(three.n, ROWS);
	assert_true(took_us >= (ROWS + 3 * 9) * ROW_US);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(beside_calls_it_rests),
	    cmocka_unit_test(without_calls_it_goes_straight_on),
	    cmocka_unit_test(awaited_it_goes_straight_on),
	    cmocka_unit_test(a_stream_rests_while_calls_come),
	    cmocka_unit_test(a_stream_goes_on_once_they_are_over),
	};
	return cmocka_run_group_tests(tests, up, down);
}
