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
	clock_pause(&c, cals, at("2026-11-20T17:00:00+08:00"), &fx.arena);
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
	clock_pause(&c, cals, at("2026-11-23T09:00:00+08:00"), &fx.arena);
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
	clock_pause(&c, cals, start_us + HOUR_US, &fx.arena);
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
	clock_pause(&c, cals, at("2026-11-23T17:30:00+08:00"), &fx.arena);
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

static void goes_on_with_what_was_left(void **state) {
	(void)state;
	const struct calendar_set *cals = office();
	struct err e;
	struct clock c = started(cals, "10wh", "2026-11-23T10:00:00+08:00");
	c.fired = 5;
	clock_stop(&c, at("2026-11-23T17:00:00+08:00"));
	assert_true(c.breached_at_us == NO_TIME);
	assert_true(clock_go_on(&c, cals, at("2026-11-25T09:00:00+08:00"), &fx.arena, &e));
	assert_int_equal(c.state, CLOCK_RUNNING);
	assert_true(c.stopped_at_us == NO_TIME && c.fired == 5 && c.spent_us == 5 * HOUR_US);
	assert_instant(cals->zone, c.due_at_us, "2026-11-25T16:00:00+08:00");
	assert_int_equal(c.past.n, 1);
	/* Entered earlier than it was stopped, it still can't run twice at once. */
	clock_stop(&c, at("2026-11-25T11:00:00+08:00"));
	assert_true(clock_go_on(&c, cals, at("2026-11-25T10:00:00+08:00"), &fx.arena, &e));
	assert_instant(cals->zone, c.due_at_us, "2026-11-25T16:00:00+08:00");
	assert_true(c.resumed_at_us == at("2026-11-25T11:00:00+08:00"));
}

static void overdue_when_it_stopped_it_stays_so(void **state) {
	(void)state;
	const struct calendar_set *cals = office();
	struct err e;
	struct clock c = started(cals, "4wh", "2026-11-23T10:00:00+08:00");
	const int64_t due_us = c.due_at_us;
	clock_stop(&c, due_us + 1);
	assert_true(c.breached_at_us == due_us && !clock_breach_undone(&c));
	assert_true(clock_go_on(&c, cals, at("2026-11-25T09:00:00+08:00"), &fx.arena, &e));
	assert_true(c.due_at_us == due_us && c.breached_at_us == due_us && !clock_breach_undone(&c));
	/* Stopped at the due time sharp it was in time. */
	struct clock sharp = started(cals, "4wh", "2026-11-23T10:00:00+08:00");
	sharp.breached_at_us = due_us;
	clock_stop(&sharp, due_us);
	assert_true(clock_breach_undone(&sharp));
}

static void a_deadline_from_outside_goes_on_too(void **state) {
	(void)state;
	const struct calendar_set *cals = office();
	struct err e;
	const int64_t start_us = at("2026-11-23T10:00:00+08:00"), due_us = start_us + DAY_US;
	struct clock c = {.name = "handle", .outside = true, .due_at_us = due_us};
	assert_true(clock_start(&c, cals, start_us, &e));
	clock_stop(&c, start_us + HOUR_US);
	assert_true(clock_go_on(&c, cals, start_us + 2 * HOUR_US, &fx.arena, &e));
	assert_true(c.due_at_us == due_us && c.past.n == 0);
	/* Its time goes by whatever we do. */
	assert_true(clock_spent_us(&c, cals, start_us + 3 * HOUR_US) == 3 * HOUR_US);
	assert_true(clock_remaining_us(&c, cals, due_us) == 0);
}

static void copies_dont_share_what_is_past(void **state) {
	(void)state;
	const struct calendar_set *cals = office();
	struct err e;
	struct clock c = started(cals, "10wh", "2026-11-23T10:00:00+08:00");
	clock_pause(&c, cals, at("2026-11-23T11:00:00+08:00"), &fx.arena);
	assert_true(clock_resume(&c, cals, at("2026-11-23T14:00:00+08:00"), &e));
	struct clock one = c, other = c;
	clock_pause(&one, cals, at("2026-11-23T15:00:00+08:00"), &fx.arena);
	clock_pause(&other, cals, at("2026-11-23T16:00:00+08:00"), &fx.arena);
	assert_true(c.past.n == 1 && one.past.n == 2 && other.past.n == 2);
	assert_true(one.past.v[1].to_us == at("2026-11-23T15:00:00+08:00"));
	assert_true(other.past.v[1].to_us == at("2026-11-23T16:00:00+08:00"));
	segment_list pieces = {0};
	clock_worked(&one, cals, at("2026-11-24T16:00:00+08:00"), &fx.arena, &pieces);
	assert_int_equal(pieces.n, 2);
	assert_true(pieces.v[0].to_us == at("2026-11-23T11:00:00+08:00") && pieces.v[1].from_us == at("2026-11-23T14:00:00+08:00"));
}

static void overdue_for_long_an_extension_moves_what_was_due(void **state) {
	(void)state;
	const struct calendar_set *cals = office();
	struct err e;
	struct clock c = started(cals, "2wh", "2026-11-23T08:00:00+08:00");
	clock_pause(&c, cals, at("2026-11-24T10:00:00+08:00"), &fx.arena);
	assert_instant(cals->zone, c.due_at_us, "2026-11-23T10:00:00+08:00");
	assert_true(clock_extend(&c, cals, &e));
	assert_instant(cals->zone, c.due_at_us, "2026-11-23T12:00:00+08:00");
	for (int i = 0; i < 4; i++)
		assert_true(clock_extend(&c, cals, &e));
	assert_true(c.due_at_us == NO_TIME); /* 12 h: more than the 10 that it ran */
	assert_true(clock_resume(&c, cals, at("2026-11-25T08:00:00+08:00"), &e));
	assert_instant(cals->zone, c.due_at_us, "2026-11-25T10:00:00+08:00");
}

static void reckoned_by_a_calendar_that_is_gone(void **state) {
	(void)state;
	const struct calendar_set *cals = office();
	bool put_off;
	struct err e = {0};
	struct clock c = started(cals, "4wh", "2026-11-23T10:00:00+08:00");
	const struct calendar_set *none = arena_new(&fx.arena, struct calendar_set);
	assert_false(clock_reckon(&c, none, c.started_at_us, &put_off, &e));
	assert_non_null(strstr(e.text, "office"));
	assert_instant(cals->zone, c.due_at_us, "2026-11-23T16:00:00+08:00");
	/* What always runs needs none; what has stopped stays. */
	struct clock urgent = started(cals, "4uh", "2026-11-23T10:00:00+08:00");
	assert_true(clock_reckon(&urgent, none, c.started_at_us, &put_off, &e));
	clock_stop(&c, at("2026-11-23T12:00:00+08:00"));
	assert_true(clock_reckon(&c, none, c.started_at_us, &put_off, &e));
}

static void used_up_by_a_change_while_it_rests_it_has_until_closing(void **state) {
	(void)state;
	struct calendar *closed = calendar_new("Asia/Shanghai", "08:00-12:00 14:00-18:00", "");
	calendar_override(closed, date("2026-11-23"), (interval_list){0});
	const struct calendar_set *before = set_of(closed), *after = office();
	bool put_off;
	struct err e = {0};
	struct clock c = started(before, "4wh", "2026-11-23T10:00:00+08:00");
	clock_pause(&c, before, at("2026-11-23T19:00:00+08:00"), &fx.arena);
	assert_true(c.spent_us == 0);
	assert_true(clock_reckon(&c, after, at("2026-11-24T09:00:00+08:00"), &put_off, &e)); /* that day was worked after all */
	assert_true(c.spent_us == 6 * HOUR_US && c.due_at_us == NO_TIME);
	assert_true(clock_resume(&c, after, at("2026-11-24T09:00:00+08:00"), &e));
	assert_instant(after->zone, c.due_at_us, "2026-11-24T18:00:00+08:00");
	assert_true(clock_remaining_us(&c, after, c.due_at_us) == 0);
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
			clock_pause(&c, cals, now_us, &fx.arena);
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
	    cmocka_unit_test(goes_on_with_what_was_left),
	    cmocka_unit_test(overdue_when_it_stopped_it_stays_so),
	    cmocka_unit_test(a_deadline_from_outside_goes_on_too),
	    cmocka_unit_test(copies_dont_share_what_is_past),
	    cmocka_unit_test(overdue_for_long_an_extension_moves_what_was_due),
	    cmocka_unit_test(reckoned_by_a_calendar_that_is_gone),
	    cmocka_unit_test(used_up_by_a_change_while_it_rests_it_has_until_closing),
	    cmocka_unit_test(any_sequence_of_pauses_adds_up),
	};
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
