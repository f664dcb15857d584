/* test_clock: case time follows the database's samples, never ahead and never back. */
#include "daemon/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_runs(void **state) {
	(void)state;
	struct case_clock c = {0};
	assert_false(case_clock_ready(&c));
	assert_int_equal(case_clock_sample(&c, 1000000, 50, false), 0);
	assert_true(case_clock_ready(&c));
	assert_int_equal(case_clock_now(&c, 50), 1000000);
	assert_int_equal(case_clock_now(&c, 150), 1000100);
}

/* A later sample that is behind what was said already: time stands until the database has caught up. */
static void test_never_back(void **state) {
	(void)state;
	struct case_clock c = {0};
	(void)case_clock_sample(&c, 1000000, 0, false);
	assert_int_equal(case_clock_now(&c, 500), 1000500);
	assert_int_equal(case_clock_sample(&c, 1000400, 500, false), -100);
	assert_int_equal(case_clock_now(&c, 500), 1000500);
	assert_int_equal(case_clock_now(&c, 550), 1000500);
	assert_int_equal(case_clock_now(&c, 700), 1000600);
}

static void test_jump(void **state) {
	(void)state;
	struct case_clock c = {0};
	(void)case_clock_sample(&c, 1000000, 0, false);
	assert_int_equal(case_clock_sample(&c, 9000000, 100, false), 7999900);
	assert_int_equal(case_clock_now(&c, 100), 9000000);
}

static void test_frozen(void **state) {
	(void)state;
	struct case_clock c = {0};
	(void)case_clock_sample(&c, 1000000, 0, true);
	assert_int_equal(case_clock_now(&c, 5000000), 1000000);
	assert_int_equal(case_clock_sample(&c, 2000000, 6000000, true), 1000000);
	assert_int_equal(case_clock_now(&c, 7000000), 2000000);
}

static void test_host(void **state) {
	(void)state;
	const int64_t first = clock_monotonic_us();
	assert_true(clock_monotonic_us() >= first);
	assert_true(clock_host_us() > INT64_C(1700000000) * 1000000);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_runs),   cmocka_unit_test(test_never_back), cmocka_unit_test(test_jump),
	    cmocka_unit_test(test_frozen), cmocka_unit_test(test_host),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
