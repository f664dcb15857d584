/* test_calendar: working time over lunch, nights, holidays and changes of the clocks; and what must hold of any count. */
#include "tests/unit/cases/fixture.h"

static void opens_and_closes(void **state) {
	(void)state;
	struct calendar *c = calendar_new("Asia/Shanghai", "08:30-11:30 13:00-17:30", "");
	calendar_override(c, date("2026-02-14"), hours("08:30-11:30"));
	calendar_override(c, date("2026-11-24"), hours(""));
	static const struct {
		const char *instant;
		bool open;
	} rows[] = {
	    {"2026-11-23T08:29:59.999999+08:00", false}, {"2026-11-23T08:30:00+08:00", true},
	    {"2026-11-23T11:29:59.999999+08:00", true},  {"2026-11-23T11:30:00+08:00", false},
	    {"2026-11-23T13:00:00+08:00", true},         {"2026-11-23T17:30:00+08:00", false},
	    {"2026-11-22T10:00:00+08:00", false},        {"2026-11-24T10:00:00+08:00", false},
	    {"2026-02-14T10:00:00+08:00", true},         {"2026-02-14T14:00:00+08:00", false},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (calendar_is_open(c, at(rows[i].instant)) != rows[i].open)
			fail_msg("%s", rows[i].instant);
	assert_true(calendar_is_workday(c, date("2026-11-23")));
	assert_false(calendar_is_workday(c, date("2026-11-22")));
	assert_false(calendar_is_workday(c, date("2026-11-24")));
	assert_true(calendar_is_workday(c, date("2026-02-14")));
	assert_non_null(calendar_find(set_of(c), "office"));
	assert_null(calendar_find(set_of(c), "police"));
}

static void next_open_is_the_rest_of_the_piece(void **state) {
	(void)state;
	struct calendar *c = calendar_new("Asia/Shanghai", "08:30-11:30 13:00-17:30", "");
	static const struct {
		const char *from, *open, *close;
	} rows[] = {
	    {"2026-11-23T10:00:00+08:00", "2026-11-23T10:00:00+08:00", "2026-11-23T11:30:00+08:00"},
	    {"2026-11-23T11:30:00+08:00", "2026-11-23T13:00:00+08:00", "2026-11-23T17:30:00+08:00"},
	    {"2026-11-20T17:30:00+08:00", "2026-11-23T08:30:00+08:00", "2026-11-23T11:30:00+08:00"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct segment s;
		assert_true(calendar_next_open(c, at(rows[i].from), &s));
		assert_instant(c->zone, s.from_us, rows[i].open);
		assert_instant(c->zone, s.to_us, rows[i].close);
	}
}

static void a_calendar_without_hours_never_opens(void **state) {
	(void)state;
	struct calendar *c = calendar_new("Asia/Shanghai", "", "");
	const int64_t from_us = at("2026-11-23T10:00:00+08:00");
	struct segment s;
	int64_t due_us;
	assert_false(calendar_next_open(c, from_us, &s));
	assert_false(calendar_add(c, from_us, 1, &due_us, NULL, NULL));
	assert_false(calendar_end_of_day(c, from_us, 1, &due_us));
	assert_false(calendar_close_of_day(c, from_us, &due_us));
	assert_int_equal(calendar_worked_us(c, from_us, from_us + 1000 * DAY_US), 0);
	/* More than 20 years of an hour a day. */
	struct calendar *hour = calendar_new("Asia/Shanghai", "09:00-10:00", "");
	assert_false(calendar_add(hour, from_us, 6000 * HOUR_US, &due_us, NULL, NULL));
	assert_true(calendar_add(hour, from_us, 5000 * HOUR_US, &due_us, NULL, NULL));
}

static void ends_of_days(void **state) {
	(void)state;
	struct calendar *c = calendar_new("Asia/Shanghai", "08:30-11:30 13:00-17:30", "");
	static const struct {
		const char *from;
		int32_t n;
		const char *end;
	} rows[] = {
	    {"2026-11-23T10:00:00+08:00", 0, "2026-11-23T17:30:00+08:00"},
	    {"2026-11-23T20:00:00+08:00", 0, "2026-11-23T17:30:00+08:00"},
	    {"2026-11-22T10:00:00+08:00", 0, "2026-11-23T17:30:00+08:00"},
	    {"2026-11-23T10:00:00+08:00", 1, "2026-11-24T17:30:00+08:00"},
	    {"2026-11-22T10:00:00+08:00", 1, "2026-11-23T17:30:00+08:00"},
	    {"2026-11-20T10:00:00+08:00", 5, "2026-11-27T17:30:00+08:00"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		int64_t end_us;
		assert_true(calendar_end_of_day(c, at(rows[i].from), rows[i].n, &end_us));
		assert_instant(c->zone, end_us, rows[i].end);
	}
}

static void close_of_the_day_that_holds_an_instant(void **state) {
	(void)state;
	struct calendar *office = calendar_new("Asia/Shanghai", "08:30-11:30 13:00-17:30", "");
	struct calendar *night = calendar_new("Asia/Shanghai", "22:00-06:00", "");
	const struct {
		const struct calendar *c;
		const char *from, *close;
	} rows[] = {
	    {office, "2026-11-23T07:00:00+08:00", "2026-11-23T17:30:00+08:00"},
	    {office, "2026-11-23T11:30:00+08:00", "2026-11-23T17:30:00+08:00"},
	    {office, "2026-11-23T17:30:00+08:00", "2026-11-23T17:30:00+08:00"},
	    {office, "2026-11-23T17:30:00.000001+08:00", "2026-11-24T17:30:00+08:00"},
	    {office, "2026-11-20T18:00:00+08:00", "2026-11-23T17:30:00+08:00"},
	    {night, "2026-11-21T02:00:00+08:00", "2026-11-21T06:00:00+08:00"},
	    {night, "2026-11-21T06:00:00+08:00", "2026-11-21T06:00:00+08:00"},
	    {night, "2026-11-21T07:00:00+08:00", "2026-11-24T06:00:00+08:00"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		int64_t close_us;
		assert_true(calendar_close_of_day(rows[i].c, at(rows[i].from), &close_us));
		assert_instant(rows[i].c->zone, close_us, rows[i].close);
	}
}

/* A night shift runs into the early shift of the next day: the hour from 05:00 to 06:00 is one hour. */
static void hours_of_two_days_that_overlap_count_once(void **state) {
	(void)state;
	struct calendar *c = calendar_new("Asia/Shanghai", "05:00-09:00 22:00-06:00", "");
	const int64_t from_us = at("2026-11-23T22:00:00+08:00");
	assert_true(calendar_worked_us(c, from_us, at("2026-11-24T09:00:00+08:00")) == 11 * HOUR_US);
	segment_list segs = {0};
	int64_t due_us;
	assert_true(calendar_add(c, from_us, 11 * HOUR_US, &due_us, &fx.arena, &segs));
	assert_instant(c->zone, due_us, "2026-11-24T09:00:00+08:00");
	assert_int_equal(segs.n, 2);
	assert_instant(c->zone, segs.v[0].to_us, "2026-11-24T06:00:00+08:00");
	assert_instant(c->zone, segs.v[1].from_us, "2026-11-24T06:00:00+08:00");
}

static void published_days(void **state) {
	(void)state;
	struct calendar *c = calendar_new("Asia/Shanghai", "08:30-17:30", "");
	assert_false(calendar_is_provisional(c, date("9999-12-31")));
	c->known_from_day = date("2024-01-01");
	c->known_until_day = date("2026-12-31");
	assert_true(calendar_is_provisional(c, date("2023-12-31")));
	assert_false(calendar_is_provisional(c, date("2024-01-01")));
	assert_false(calendar_is_provisional(c, date("2026-12-31")));
	assert_true(calendar_is_provisional(c, date("2027-01-01")));
}

/* Five kinds of office in three zones, with holidays and part-days strewn in by the seed. */
static struct calendar *any_calendar(uint64_t *seed) {
	static const char *const zones[] = {"Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"};
	static const char *const weeks[][2] = {{"08:30-11:30 13:00-17:30", ""},
	                                       {"00:00-24:00", "00:00-24:00"},
	                                       {"22:00-06:00", "10:00-12:00"},
	                                       {"05:00-09:00 21:00-06:00", ""},
	                                       {"01:30-02:15 02:20-03:10", "01:00-02:30 20:00-23:59"}};
	const char *const *week = weeks[random_below(seed, COUNT_OF(weeks))];
	struct calendar *c = calendar_new(zones[random_below(seed, COUNT_OF(zones))], week[0], week[1]);
	int32_t day = date("2026-01-01");
	for (int i = 0; i < 40; i++) {
		day += 1 + (int32_t)random_below(seed, 20);
		calendar_override(c, day, hours(i % 3 ? "" : i % 2 ? "09:00-12:00" : "23:00-01:00"));
	}
	return c;
}

static int64_t add_us(const struct calendar *c, int64_t from_us, int64_t budget_us) {
	int64_t due_us;
	assert_true(calendar_add(c, from_us, budget_us, &due_us, NULL, NULL));
	return due_us;
}

static void segments_hold_the_budget(const struct calendar *c, int64_t from_us, int64_t budget_us, int64_t due_us) {
	struct arena a;
	arena_init(&a);
	segment_list segs = {0};
	int64_t again_us, sum_us = 0, end_us = from_us;
	assert_true(calendar_add(c, from_us, budget_us, &again_us, &a, &segs));
	assert_true(again_us == due_us && segs.n > 0);
	for (size_t i = 0; i < segs.n; i++) {
		assert_true(segs.v[i].from_us >= end_us && segs.v[i].to_us > segs.v[i].from_us);
		assert_true(calendar_is_open(c, segs.v[i].from_us) && calendar_is_open(c, segs.v[i].to_us - 1));
		end_us = segs.v[i].to_us;
		sum_us += segs.v[i].to_us - segs.v[i].from_us;
	}
	assert_true(sum_us == budget_us && end_us == due_us);
	arena_fini(&a);
}

static void a_count_holds(const struct calendar *c, uint64_t *seed) {
	const int64_t from_us = at("2025-12-01T00:00:00Z") + random_below(seed, 450 * DAY_US);
	const int64_t a_us = 1 + random_below(seed, 60 * HOUR_US), b_us = 1 + random_below(seed, 60 * HOUR_US);
	const int64_t due_us = add_us(c, from_us, a_us);
	/* What is added has been worked; and a microsecond less isn't enough. */
	assert_true(calendar_worked_us(c, from_us, due_us) == a_us);
	assert_true(calendar_worked_us(c, from_us, due_us - 1) == a_us - 1);
	/* In two steps as in one. */
	assert_true(add_us(c, due_us, b_us) == add_us(c, from_us, a_us + b_us));
	/* More budget, or a later start, never ends earlier. */
	assert_true(add_us(c, from_us, a_us + 1) > due_us);
	assert_true(add_us(c, from_us + random_below(seed, 5 * DAY_US), a_us) >= due_us);
	/* Worked time adds up over any instant between. */
	const int64_t between_us = from_us + random_below(seed, due_us - from_us);
	assert_true(calendar_worked_us(c, from_us, between_us) + calendar_worked_us(c, between_us, due_us) == a_us);
	segments_hold_the_budget(c, from_us, a_us, due_us);
}

static void any_count_holds(void **state) {
	(void)state;
	for (int i = 1; i <= test_count(300); i++) {
		uint64_t seed = 0x9e3779b97f4a7c15u * (uint64_t)i;
		const struct calendar *c = any_calendar(&seed);
		for (int k = 0; k < 20; k++)
			a_count_holds(c, &seed);
		if (i % 100 == 0)
			arena_reset(&fx.arena);
	}
}

/* Working time by asking for every minute whether the office is open: slow, and without the walk over pieces. */
static void agrees_with_counting_minutes(void **state) {
	(void)state;
	for (int i = 1; i <= test_count(20); i++) {
		uint64_t seed = 0x2545f4914f6cdd1du * (uint64_t)i;
		const struct calendar *c = any_calendar(&seed);
		const int64_t from_us = at("2026-01-01T00:00:00Z") + random_below(&seed, 430 * 24 * 60) * MINUTE_US;
		int64_t sum_us = 0;
		for (int64_t at_us = from_us; at_us < from_us + 3 * DAY_US; at_us += MINUTE_US)
			sum_us += calendar_is_open(c, at_us) ? MINUTE_US : 0;
		assert_true(calendar_worked_us(c, from_us, from_us + 3 * DAY_US) == sum_us);
		segment_list pieces = {0};
		calendar_pieces(c, from_us, from_us + 3 * DAY_US, &fx.arena, &pieces);
		for (size_t k = 0; k < pieces.n; k++) {
			assert_true(pieces.v[k].from_us >= (k ? pieces.v[k - 1].to_us : from_us) && pieces.v[k].from_us < pieces.v[k].to_us);
			sum_us -= pieces.v[k].to_us - pieces.v[k].from_us;
		}
		assert_true(sum_us == 0 && (pieces.n == 0 || pieces.v[pieces.n - 1].to_us <= from_us + 3 * DAY_US));
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(opens_and_closes),
	    cmocka_unit_test(next_open_is_the_rest_of_the_piece),
	    cmocka_unit_test(a_calendar_without_hours_never_opens),
	    cmocka_unit_test(ends_of_days),
	    cmocka_unit_test(close_of_the_day_that_holds_an_instant),
	    cmocka_unit_test(hours_of_two_days_that_overlap_count_once),
	    cmocka_unit_test(published_days),
	    cmocka_unit_test(any_count_holds),
	    cmocka_unit_test(agrees_with_counting_minutes),
	};
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
