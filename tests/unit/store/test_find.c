/* test_find: the ends of case numbers, as ids to probe. */
#include "daemon/store/find.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void reads(const char *text, const char *day, int64_t first_id, int64_t step) {
	struct arena a;
	struct number_tail tail;
	arena_init(&a);
	assert_true(number_tail_read(text, &a, &tail));
	assert_string_equal(tail.day, day);
	assert_int_equal(tail.first_id, first_id);
	assert_int_equal(tail.step, step);
	arena_fini(&a);
}

static void ends_are_read(void **ctx) {
	(void)ctx;
	reads("7", "", 7, 10);
	reads("42", "", 42, 100);
	reads("0000042", "", 42, 10000000);
	reads("12345678", "", 12345678, 100000000);
	reads("1124-42", "1124", 42, 100);
	reads("-042", "", 42, 1000);
	reads("20261124-0000042", "20261124", 42, INT64_MAX);
	reads("000000000000000042", "", 42, 1000000000000000000);
}

static void what_is_no_end(void **ctx) {
	(void)ctx;
	static const char *const wrong[] = {"", "-", "4-", "a", "4a", "4 2", "+4", "--4", "1-2-3", "120261124-0000042", "0000000000000000042", "４２"};
	struct arena a;
	struct number_tail tail;
	arena_init(&a);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_false(number_tail_read(wrong[i], &a, &tail));
	arena_fini(&a);
}

static void few_digits_are_short_in_a_large_town(void **ctx) {
	(void)ctx;
	const struct number_tail one = {.first_id = 7, .step = 10}, whole = {.first_id = 42, .step = INT64_MAX};
	assert_false(number_tail_is_short(&one, 0));
	assert_false(number_tail_is_short(&one, 199999));
	assert_true(number_tail_is_short(&one, 200007));
	assert_false(number_tail_is_short(&whole, INT64_MAX));
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(ends_are_read), cmocka_unit_test(what_is_no_end),
	                                   cmocka_unit_test(few_digits_are_short_in_a_large_town)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
