/* test_civil: dates and instants, against the C library's own and known ones. */
#include "daemon/base/civil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* Every day of four centuries and its neighbours, against gmtime. */
static void test_days(void **state) {
	(void)state;
	for (int32_t day = -150000; day <= 150000; day++) {
		const time_t at = (time_t)day * 86400;
		struct tm tm;
		assert_non_null(gmtime_r(&at, &tm));
		const struct civil_date d = civil_from_day(day);
		assert_int_equal(d.year, tm.tm_year + 1900);
		assert_int_equal(d.month, tm.tm_mon + 1);
		assert_int_equal(d.day, tm.tm_mday);
		assert_int_equal(civil_to_day(d), day);
		assert_int_equal(civil_weekday(day), (tm.tm_wday + 6) % 7);
	}
}

static void test_far_days(void **state) {
	(void)state;
	assert_int_equal(civil_to_day((struct civil_date){1, 1, 1}), -719162);
	assert_int_equal(civil_to_day((struct civil_date){9999, 12, 31}), 2932896);
	for (int32_t day = -719162; day <= 2932896; day += 97)
		assert_int_equal(civil_to_day(civil_from_day(day)), day);
}

static void test_parse_date(void **state) {
	(void)state;
	static const char *const wrong[] = {
	    "",           "2026-11-2",  "2026-11-234", "2026-11-23 ", " 2026-11-23", "2026/11/23",
	    "2026-13-01", "2026-00-01", "2026-02-29",  "1900-02-29",  "2026-04-31",  "2026-01-32",
	    "2026-01-00", "0000-01-01", "26-11-23",    "+026-11-23",  "2026-1-123",  "20261123",
	};
	int32_t day = 7;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		if (civil_parse_date(wrong[i], &day))
			fail_msg("%s was taken", wrong[i]);
		assert_int_equal(day, 7);
	}
	assert_true(civil_parse_date("2026-11-23", &day));
	assert_int_equal(day, 20780);
	assert_true(civil_parse_date("2000-02-29", &day));
	assert_true(civil_parse_date("9999-12-31", &day));
}

static void check_time(const char *text, int64_t expected_us) {
	int64_t at_us = 0;
	struct err e;
	if (!rfc3339_parse(text, &at_us, &e))
		fail_msg("%s: %s", text, e.text);
	if (at_us != expected_us)
		fail_msg("%s: %lld, not %lld", text, (long long)at_us, (long long)expected_us);
}

static void test_parse_time(void **state) {
	(void)state;
	check_time("1970-01-01T00:00:00Z", 0);
	check_time("1970-01-01t08:00:00+08:00", 0);
	check_time("1969-12-31T16:00:00.000001-08:00", 1);
	check_time("1970-01-01T00:00:00.5z", 500000);
	check_time("1970-01-01T00:00:00.1234567890Z", 123456);
	check_time("1970-01-01T00:00:00-00:00", 0);
	check_time("1969-12-31T23:59:59.999999Z", -1);
	check_time("2026-11-23T08:30:00+08:00", INT64_C(1795393800) * SECOND_US);
	check_time("2026-11-23T06:15:00+05:45", INT64_C(1795393800) * SECOND_US);
	check_time("2016-12-31T23:59:60Z", INT64_C(1483228799) * SECOND_US + 999999);
	check_time("2017-01-01T07:59:60.3+08:00", INT64_C(1483228799) * SECOND_US + 999999);
	check_time("1900-01-01T00:00:00+08:00", INT64_C(-2209017600) * SECOND_US);
	check_time("9999-12-31T23:59:59Z", INT64_C(253402300799) * SECOND_US);
}

static void check_refused(const char *text, const char *words) {
	int64_t at_us = 42;
	struct err e;
	if (rfc3339_parse(text, &at_us, &e))
		fail_msg("%s was taken", text);
	if (!strstr(e.text, words))
		fail_msg("%s: says \"%s\"", text, e.text);
	assert_int_equal(e.code, E_INVALID_PARAMS);
	assert_int_equal(at_us, 42);
}

static void test_refused_times(void **state) {
	(void)state;
	check_refused("2026-11-23T08:30:00", "without an offset");
	check_refused("2026-11-23T08:30:00.25", "without an offset");
	check_refused("2026-11-23", "time of day");
	check_refused("2026-11-23 08:30:00Z", "time of day");
	check_refused("2026-11-23T24:00:00Z", "time of day");
	check_refused("2026-11-23T08:60:00Z", "time of day");
	check_refused("2026-11-23T08:30:61Z", "time of day");
	check_refused("2026-11-23T08:30Z", "time of day");
	check_refused("2026-11-23T08:30:00.Z", "time of day");
	check_refused("2026-11-23T8:30:00Z", "time of day");
	check_refused("2026-11-23T08:30:00+0800", "offset is wrong");
	check_refused("2026-11-23T08:30:00+08", "offset is wrong");
	check_refused("2026-11-23T08:30:00+24:00", "offset is wrong");
	check_refused("2026-11-23T08:30:00+08:60", "offset is wrong");
	check_refused("2026-11-23T08:30:00Z ", "offset is wrong");
	check_refused("2026-11-23T08:30:00 Z", "offset is wrong");
	check_refused("2026-02-30T08:30:00Z", "date is wrong");
	check_refused("", "date is wrong");
	check_refused("now", "date is wrong");
	check_refused("1899-12-31T23:59:59Z", "1900..9999");
	check_refused("9999-12-31T23:59:59-00:01", "1900..9999");
	check_refused("2026-11-23T08:30:60Z", "leap second");
	check_refused("2016-12-31T23:59:60+08:00", "leap second");
}

static void check_format(int64_t at_us, int32_t offset_s, const char *expected) {
	char text[RFC3339_BYTES];
	int64_t back_us;
	struct err e;
	assert_string_equal(rfc3339_format(at_us, offset_s, text), expected);
	assert_true(rfc3339_parse(text, &back_us, &e));
	assert_true(back_us == at_us);
}

static void test_format(void **state) {
	(void)state;
	check_format(0, 0, "1970-01-01T00:00:00Z");
	check_format(0, 8 * 3600, "1970-01-01T08:00:00+08:00");
	check_format(-1, 0, "1969-12-31T23:59:59.999999Z");
	check_format(1, -5 * 3600, "1969-12-31T19:00:00.000001-05:00");
	check_format(INT64_C(1795393800) * SECOND_US + 500000, 20700, "2026-11-23T06:15:00.500000+05:45");
	check_format(0, -1800, "1969-12-31T23:30:00-00:30");
	/* Shanghai's local mean time had seconds: the minute is written, and the instant stays exact. */
	check_format(0, 8 * 3600 + 343, "1970-01-01T08:05:00+08:05");
	/* Nonsense still fits the buffer. */
	char text[RFC3339_BYTES];
	assert_true(strlen(rfc3339_format(INT64_MIN, INT32_MIN, text)) < RFC3339_BYTES);
	assert_true(strlen(rfc3339_format(INT64_MAX, INT32_MAX, text)) < RFC3339_BYTES);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_days),       cmocka_unit_test(test_far_days),      cmocka_unit_test(test_parse_date),
	    cmocka_unit_test(test_parse_time), cmocka_unit_test(test_refused_times), cmocka_unit_test(test_format),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
