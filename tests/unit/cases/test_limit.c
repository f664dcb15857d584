/* test_limit: limits as people write them. */
#include "tests/unit/cases/fixture.h"

static void reads_and_writes_every_unit(void **state) {
	(void)state;
	static const struct {
		const char *text;
		struct limit limit;
		bool continuous;
	} rows[] = {
	    {"30min", {30, LIMIT_MIN, WD_BY_CALENDAR}, true},
	    {"2uh", {2, LIMIT_UH, WD_BY_CALENDAR}, true},
	    {"4wh", {4, LIMIT_WH, WD_BY_CALENDAR}, false},
	    {"5wd", {5, LIMIT_WD, WD_BY_CALENDAR}, false},
	    {"15nd", {15, LIMIT_ND, WD_BY_CALENDAR}, true},
	    {"5wd/rolling", {5, LIMIT_WD, WD_ROLLING}, false},
	    {"5wd/end_of_day", {5, LIMIT_WD, WD_END_OF_DAY}, false},
	    {"1min", {1, LIMIT_MIN, WD_BY_CALENDAR}, true},
	    {"100000wd/end_of_day", {100000, LIMIT_WD, WD_END_OF_DAY}, false},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct limit l = limit_of(rows[i].text);
		char text[LIMIT_BYTES];
		assert_int_equal(l.amount, rows[i].limit.amount);
		assert_int_equal(l.unit, rows[i].limit.unit);
		assert_int_equal(l.reading, rows[i].limit.reading);
		assert_int_equal(limit_is_continuous(l), rows[i].continuous);
		assert_string_equal(limit_format(l, text), rows[i].text);
	}
}

static void refuses_what_is_no_limit(void **state) {
	(void)state;
	static const struct {
		const char *text, *says;
	} rows[] = {
	    {"", "like 30min"},
	    {"5", "like 30min"},
	    {"wd", "like 30min"},
	    {"5 wd", "like 30min"},
	    {" 5wd", "like 30min"},
	    {"5wd ", "like 30min"},
	    {"5WD", "like 30min"},
	    {"5d", "like 30min"},
	    {"5工作日", "like 30min"},
	    {"-5wd", "like 30min"},
	    {"+5wd", "like 30min"},
	    {"1.5wh", "like 30min"},
	    {"0wd", "from 1"},
	    {"05wd", "leading zero"},
	    {"100001min", "100000"},
	    {"99999999999min", "100000"},
	    {"5wd/", "rolling or"},
	    {"5wd/Rolling", "rolling or"},
	    {"5wd/rolling/x", "rolling"},
	    {"4wh/rolling", "only a limit in wd"},
	    {"2nd/end_of_day", "only a limit in wd"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct limit l;
		struct err e = {0};
		if (limit_parse(rows[i].text, &l, &e))
			fail_msg("'%s' was taken for a limit", rows[i].text);
		assert_int_equal(e.code, E_INVALID_PARAMS);
		if (!strstr(e.text, rows[i].says))
			fail_msg("'%s': %s", rows[i].text, e.text);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_and_writes_every_unit),
	    cmocka_unit_test(refuses_what_is_no_limit),
	};
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
