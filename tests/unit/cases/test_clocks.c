/* test_clocks: what a clock says of itself while it runs, rests and after it stopped. Due times: see test_vectors. */
#include "tests/unit/cases/fixture.h"

#include "daemon/cases/clocks.h"

static struct calendar_set *office(void) { return set_of(calendar_new("Asia/Shanghai", "08:00-12:00 14:00-18:00", "")); }

static struct clock started(const struct calendar_set *cals, const char *limit, const char *start) {
	struct clock c = {.name = "handle", .limit = limit_of(limit), .calendar = "office"};
	struct err e = {0};
	if (!clock_start(&c, cals, at(start), &e))
		fail_msg("%s", e.text);
	return c;
}

static void start_fills_the_clock(void **state) {
	(void)state;
	const struct clock c = started(office(), "4wh", "2026-11-23T10:00:00+08:00");
	assert_int_equal(c.state, CLOCK_RUNNING);
	assert_true(c.started_at_us == at("2026-11-23T10:00:00+08:00") && c.resumed_at_us == c.started_at_us);
	assert_true(c.spent_us == 0 && c.rounded_us == 0 && c.extensions == 0 && c.stopped_at_us == NO_TIME);
	assert_true(c.due_at_us == at("2026-11-23T16:00:00+08:00"));
	assert_false(c.outside || c.provisional);
}

static void start_needs_a_calendar_that_opens(void **state) {
	(void)state;
	const struct calendar_set *cals = office();
	struct err e = {0};
	struct clock c = {.name = "handle", .limit = limit_of("4wh"), .calendar = "police"};
	assert_false(clock_start(&c, cals, 0, &e));
	assert_non_null(strstr(e.text, "police"));
	c.calendar = NULL;
	assert_false(clock_start(&c, cals, 0, &e));
	c.limit = limit_of("2uh");
	assert_true(clock_start(&c, cals, 0, &e));
	assert_true(c.due_at_us == 2 * HOUR_US);
	c.calendar = "office";
	c.limit = limit_of("4wh");
	assert_false(clock_start(&c, set_of(calendar_new("Asia/Shanghai", "", "")), 0, &e));
}

static void spent_and_remaining_count_working_time(void **state) {
	(void)state;
	const struct calendar_set *cals = office();
	const struct clock c = started(cals, "4wh", "2026-11-23T10:00:00+08:00");
	static const struct {
		const char *at;
		int64_t spent_minutes;
	} rows[] = {
	    {"2026-11-23T09:00:00+08:00", 0},   {"2026-11-23T10:00:00+08:00", 0},   {"2026-11-23T11:00:00+08:00", 60},
	    {"2026-11-23T13:00:00+08:00", 120}, {"2026-11-23T16:00:00+08:00", 240}, {"2026-11-23T20:00:00+08:00", 360},
	    {"2026-11-24T09:00:00+08:00", 420},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_true(clock_spent_us(&c, cals, at(rows[i].at)) == rows[i].spent_minutes * MINUTE_US);
		assert_true(clock_remaining_us(&c, cals, at(rows[i].at)) == (240 - rows[i].spent_minutes) * MINUTE_US);
	}
}

static void overdue_from_the_first_microsecond(void **state) {
	(void)state;
	const struct calendar_set *cals = office();
	struct clock c = started(cals, "4wh", "2026-11-23T10:00:00+08:00");
	int64_t by_us = -1;
	assert_false(clock_overdue(&c, c.due_at_us, &by_us));
	assert_true(by_us == 0);
	assert_true(clock_overdue(&c, c.due_at_us + 1, &by_us));
	assert_true(by_us == 1);
	/* Natural time: the night counts. */
	assert_true(clock_overdue(&c, at("2026-11-24T16:00:00+08:00"), &by_us));
	assert_true(by_us == DAY_US);
	/* A stopped clock is judged by when it stopped. */
	clock_stop(&c, c.due_at_us);
	assert_false(clock_overdue(&c, at("2026-12-24T16:00:00+08:00"), NULL));
}

static void stop_keeps_what_was_known(void **state) {
	(void)state;
	const struct calendar_set *cals = office();
	struct clock c = started(cals, "4wh", "2026-11-23T10:00:00+08:00");
	const int64_t due_us = c.due_at_us;
	clock_stop(&c, at("2026-11-23T15:00:00+08:00"));
	assert_int_equal(c.state, CLOCK_STOPPED);
	assert_true(c.due_at_us == due_us && c.stopped_at_us == at("2026-11-23T15:00:00+08:00"));
	assert_true(clock_spent_us(&c, cals, at("2026-11-25T15:00:00+08:00")) == 3 * HOUR_US);
	assert_true(clock_remaining_us(&c, cals, at("2026-11-25T15:00:00+08:00")) == HOUR_US);
	segment_list segs = {0};
	assert_true(clock_segments(&c, cals, &fx.arena, &segs));
	assert_int_equal(segs.n, 2);
}

static void no_due_time_while_paused(void **state) {
	(void)state;
	const struct calendar_set *cals = office();
	struct clock c = started(cals, "4wh", "2026-11-20T16:00:00+08:00");
	clock_pause(&c, cals, at("2026-11-20T17:00:00+08:00"));
	assert_int_equal(c.state, CLOCK_PAUSED);
	assert_true(c.due_at_us == NO_TIME);
	assert_true(clock_remaining_us(&c, cals, at("2026-11-30T17:00:00+08:00")) == 3 * HOUR_US);
	assert_false(clock_overdue(&c, at("2027-11-30T17:00:00+08:00"), NULL));
	segment_list segs = {0};
	assert_false(clock_segments(&c, cals, &fx.arena, &segs));
	int64_t at_us;
	assert_false(clock_percent_at(&c, cals, 100, &at_us));
	struct err e;
	struct clock stopped = c;
	assert_true(clock_resume(&c, cals, at("2026-11-23T09:00:00+08:00"), &e));
	assert_instant(cals->zone, c.due_at_us, "2026-11-23T12:00:00+08:00");
	assert_true(clock_spent_us(&c, cals, at("2026-11-23T10:00:00+08:00")) == 2 * HOUR_US);
	/* Stopped while it rests, the rest isn't spent. */
	clock_stop(&stopped, at("2026-11-23T09:00:00+08:00"));
	assert_true(clock_spent_us(&stopped, cals, at("2026-11-24T09:00:00+08:00")) == HOUR_US);
	assert_false(clock_overdue(&stopped, at("2026-11-24T09:00:00+08:00"), NULL));
}

static void extended_while_paused_and_when_overdue(void **state) {
	(void)state;
	const struct calendar_set *cals = office();
	struct err e;
	struct clock c = started(cals, "4wh", "2026-11-23T08:00:00+08:00");
	clock_pause(&c, cals, at("2026-11-23T09:00:00+08:00"));
	assert_true(clock_extend(&c, cals, &e));
	assert_true(c.due_at_us == NO_TIME);
	assert_true(clock_resume(&c, cals, at("2026-11-23T10:00:00+08:00"), &e));
	assert_instant(cals->zone, c.due_at_us, "2026-11-24T09:00:00+08:00");
	/* Granted a day late: the new due time counts from the start, and may lie in the past. */
	struct clock late = started(cals, "4wh", "2026-11-23T08:00:00+08:00");
	assert_true(clock_extend(&late, cals, &e));
	assert_instant(cals->zone, late.due_at_us, "2026-11-23T18:00:00+08:00");
}

static void a_deadline_from_outside_is_never_moved(void **state) {
	(void)state;
	const struct calendar_set *cals = office();
	struct err e;
	const int64_t start_us = at("2026-11-23T10:00:00+08:00"), due_us = at("2026-11-25T10:00:00+08:00");
	struct clock c = {.name = "handle", .outside = true, .due_at_us = due_us};
	assert_true(clock_start(&c, cals, start_us, &e));
	clock_pause(&c, cals, start_us + HOUR_US);
	assert_int_equal(c.state, CLOCK_RUNNING);
	assert_true(clock_resume(&c, cals, start_us + 2 * HOUR_US, &e));
	assert_true(c.due_at_us == due_us && !c.provisional);
	assert_true(clock_spent_us(&c, cals, start_us + 3 * HOUR_US) == 3 * HOUR_US);
	assert_true(clock_remaining_us(&c, cals, due_us + HOUR_US) == -HOUR_US);
	int64_t half_us;
	assert_true(clock_percent_at(&c, cals, 50, &half_us));
	assert_true(half_us == start_us + DAY_US);
	segment_list segs = {0};
	assert_true(clock_segments(&c, cals, &fx.arena, &segs));
	assert_true(segs.n == 1 && segs.v[0].from_us == start_us && segs.v[0].to_us == due_us);
}

static void shares_of_the_budget(void **state) {
	(void)state;
	const struct calendar_set *cals = office();
	struct calendar *by_day_ends = cals->list.v[0];
	struct err e;
	int64_t at_us;
	struct clock c = started(cals, "10wh", "2026-11-23T10:00:00+08:00");
	assert_true(clock_percent_at(&c, cals, 80, &at_us));
	assert_instant(cals->zone, at_us, "2026-11-24T10:00:00+08:00");
	assert_true(clock_percent_at(&c, cals, 100, &at_us));
	assert_true(at_us == c.due_at_us);
	assert_true(clock_percent_at(&c, cals, 50, &at_us));
	assert_instant(cals->zone, at_us, "2026-11-23T17:00:00+08:00");
	/* After a pause, what was used up before it can't come again; what wasn't comes later. */
	clock_pause(&c, cals, at("2026-11-23T17:30:00+08:00"));
	assert_true(clock_resume(&c, cals, at("2026-11-24T10:00:00+08:00"), &e));
	assert_false(clock_percent_at(&c, cals, 50, &at_us));
	assert_true(clock_percent_at(&c, cals, 80, &at_us));
	assert_instant(cals->zone, at_us, "2026-11-24T14:30:00+08:00");
	/* A limit of ends of days: shares of the working time until then, 6 + 8 h. */
	by_day_ends->reading = WD_END_OF_DAY;
	const struct clock day = started(cals, "1wd", "2026-11-23T10:00:00+08:00");
	assert_true(clock_percent_at(&day, cals, 50, &at_us));
	assert_instant(cals->zone, at_us, "2026-11-24T09:00:00+08:00");
}

/* However often it rests: used and left always add up, and the due time is where nothing is left. */
static void any_sequence_of_pauses_adds_up(void **state) {
	(void)state;
	static const char *const limits[] = {"90min", "7uh", "11wh", "2wd/rolling", "2wd/end_of_day", "3nd"};
	const struct calendar_set *cals = office();
	for (int i = 1; i <= test_count(2000); i++) {
		uint64_t seed = 0x9e3779b97f4a7c15u * (uint64_t)i;
		struct err e;
		int64_t now_us = at("2026-11-02T00:00:00+08:00") + random_below(&seed, 20 * DAY_US);
		struct clock c = {
		    .name = "handle", .limit = limit_of(limits[random_below(&seed, COUNT_OF(limits))]), .calendar = "office"};
		assert_true(clock_start(&c, cals, now_us, &e));
		for (int k = 0; k < 5; k++) {
			now_us += random_below(&seed, 2 * DAY_US);
			const int64_t left_us = clock_remaining_us(&c, cals, now_us);
			clock_pause(&c, cals, now_us);
			now_us += random_below(&seed, 2 * DAY_US);
			assert_true(clock_remaining_us(&c, cals, now_us) == left_us);
			const int64_t due_us = c.due_at_us;
			assert_true(clock_resume(&c, cals, now_us, &e));
			/* Rounding up to the end of a day may add, never take. */
			assert_true(clock_remaining_us(&c, cals, now_us) >= left_us);
			if (due_us != NO_TIME)
				assert_true(c.due_at_us == due_us);
			else
				assert_true(c.due_at_us > now_us && clock_remaining_us(&c, cals, c.due_at_us) == 0);
		}
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(start_fills_the_clock),
	    cmocka_unit_test(start_needs_a_calendar_that_opens),
	    cmocka_unit_test(spent_and_remaining_count_working_time),
	    cmocka_unit_test(overdue_from_the_first_microsecond),
	    cmocka_unit_test(stop_keeps_what_was_known),
	    cmocka_unit_test(no_due_time_while_paused),
	    cmocka_unit_test(extended_while_paused_and_when_overdue),
	    cmocka_unit_test(a_deadline_from_outside_is_never_moved),
	    cmocka_unit_test(shares_of_the_budget),
	    cmocka_unit_test(any_sequence_of_pauses_adds_up),
	};
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
