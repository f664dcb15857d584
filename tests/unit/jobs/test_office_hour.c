/* test_office_hour: the next full hour at which an office is open. */
#include "daemon/jobs/office_hour.h"
#include "tests/unit/cases/fixture.h"

static void waits_for_the_full_hour_when_it_is_open(void **state) {
	(void)state;
	struct calendar *c = calendar_new("Asia/Shanghai", "08:30-11:30 13:00-17:00", "");
	static const struct {
		const char *from, *to;
	} rows[] = {
	    {"2026-11-23T09:15:00+08:00", "2026-11-23T10:00:00+08:00"}, /* Monday */
	    {"2026-11-23T10:00:00+08:00", "2026-11-23T11:00:00+08:00"}, /* after it, not at it */
	    {"2026-11-23T08:00:00+08:00", "2026-11-23T09:00:00+08:00"}, /* opens at half past */
	    {"2026-11-23T11:10:00+08:00", "2026-11-23T13:00:00+08:00"}, /* lunch */
	    {"2026-11-23T16:30:00+08:00", "2026-11-24T09:00:00+08:00"}, /* closes at 17:00 */
	    {"2026-11-27T18:00:00+08:00", "2026-11-30T09:00:00+08:00"}, /* over the weekend */
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_instant(c->zone, office_hour_after(c, at(rows[i].from)), rows[i].to);
}

static void hours_are_local(void **state) {
	(void)state;
	struct calendar *c = calendar_new("Asia/Kathmandu", "09:00-17:00", ""); /* +05:45 */
	assert_instant(c->zone, office_hour_after(c, at("2026-11-23T10:10:00+05:45")), "2026-11-23T11:00:00+05:45");
}

static void who_never_opens_at_a_full_hour_is_told_at_once(void **state) {
	(void)state;
	const int64_t now_us = at("2026-11-23T10:10:00+08:00");
	assert_int_equal(office_hour_after(calendar_new("Asia/Shanghai", "", ""), now_us), now_us);
	assert_int_equal(office_hour_after(calendar_new("Asia/Shanghai", "09:10-09:50", ""), now_us), now_us);
	assert_int_equal(office_hour_after(NULL, now_us), now_us);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(waits_for_the_full_hour_when_it_is_open), cmocka_unit_test(hours_are_local),
	                                   cmocka_unit_test(who_never_opens_at_a_full_hour_is_told_at_once)};
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
