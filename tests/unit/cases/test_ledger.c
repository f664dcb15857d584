/* test_ledger: each second of a case belongs to exactly one holder, and the sum is exact. */
#include "tests/unit/cases/life.h"

static struct ledger ledger_until(const struct life *l, const char *when) {
	struct ledger out;
	ledger_of(l->cr, l->facts.calendars, at(when), &fx.arena, &out);
	return out;
}

static void assert_holding(const struct ledger *g, size_t i, const char *bearer, const char *why, int64_t natural_minutes,
                           int64_t worked_minutes) {
	assert_true(i < g->holdings.n);
	const struct holding *h = &g->holdings.v[i];
	if (bearer)
		assert_string_equal(h->bearer, bearer);
	else
		assert_null(h->bearer);
	assert_string_equal(h->why, why);
	assert_int_equal(h->natural_us, natural_minutes * MINUTE_US);
	assert_int_equal(h->worked_us, worked_minutes * MINUTE_US);
}

static struct life *handled(void) {
	struct life *l = life_new(&fx.arena, life_office());
	life_limit(l, "handle", "3wd");
	life_limit(l, "overall", "20wd");
	life_submit(l);
	life_to(l, "2026-11-23T11:00:00+08:00");
	life_do(l, life_of_unit(CMD_ACCEPT, "firm_a"));
	return l;
}

static void an_open_case_is_its_holders_until_now(void **state) {
	(void)state;
	struct life *l = handled();
	const struct ledger g = ledger_until(l, "2026-11-23T15:00:00+08:00");
	assert_int_equal(g.holdings.n, 1);
	assert_holding(&g, 0, "firm_a", "handling", 300, 180);
	assert_true(g.natural_us == g.to_us - g.from_us && g.from_us == at(life_start));
	assert_ptr_equal(g.longest, &g.holdings.v[0]);
}

static void what_was_received_earlier_is_the_centres(void **state) {
	(void)state;
	struct life *l = life_new(&fx.arena, life_office());
	struct command cmd = life_submit_cmd(l);
	cmd.submit.received_at_us = cmd.submit.observed_at_us = at("2026-11-23T09:00:00+08:00");
	life_do(l, cmd);
	const struct ledger g = ledger_until(l, "2026-11-23T10:30:00+08:00");
	assert_int_equal(g.holdings.n, 2);
	assert_holding(&g, 0, "grid_centre", "register", 60, 60);
	assert_holding(&g, 1, "firm_a", "handling", 30, 30);
}

static void a_whole_life_adds_up(void **state) {
	(void)state;
	struct life *l = handled();
	struct command cmd = life_of_boss(CMD_SUSPEND);
	cmd.suspend.reason = "season";
	cmd.suspend.until_us = at("2026-11-30T08:00:00+08:00");
	life_to(l, "2026-11-23T17:00:00+08:00");
	life_do(l, cmd);
	life_fire(l, "2026-11-30T08:00:00+08:00", "case.resumed");
	life_to(l, "2026-11-30T09:00:00+08:00");
	cmd = life_of_unit(CMD_RETURN, "firm_a");
	cmd.giving_back.reason = "not_ours";
	life_do(l, cmd);
	life_to(l, "2026-11-30T12:00:00+08:00");
	cmd = life_of_unit(CMD_FINISH, "support");
	cmd.finish.result = "solved";
	life_do(l, cmd);
	life_to(l, "2026-11-30T15:00:00+08:00");
	cmd = life_of_boss(CMD_VERIFY);
	cmd.verify.pass = true;
	life_do(l, cmd);
	assert_int_equal(l->cr->state, CASE_CLOSED);
	const struct ledger g = ledger_until(l, "2026-12-24T15:00:00+08:00"); /* closed: nothing grows any more */
	assert_int_equal(g.holdings.n, 4);
	assert_holding(&g, 0, "firm_a", "handling", 420 + 60, 300 + 60);
	assert_holding(&g, 1, NULL, "suspended", 7 * 1440 - 540, 60 + 4 * 480);
	assert_holding(&g, 2, "support", "handling", 180, 180);
	assert_holding(&g, 3, "grid_centre", "verify", 180, 60);
	assert_int_equal(g.holdings.v[0].stretches, 2);
	assert_true(g.to_us == l->cr->closed_at_us && g.natural_us == g.to_us - g.from_us);
	assert_true(g.worked_us == calendar_worked_us(l->facts.calendars->of_town, g.from_us, g.to_us));
	assert_string_equal(g.longest->bearer, "firm_a");
}

static void between_two_instants(void **state) {
	(void)state;
	struct life *l = handled();
	struct command cmd = life_of_unit(CMD_RETURN, "firm_a");
	cmd.giving_back.reason = "not_ours";
	life_to(l, "2026-11-23T16:00:00+08:00");
	life_do(l, cmd);
	struct ledger g;
	ledger_between(l->cr, l->facts.calendars, (struct segment){at("2026-11-23T15:00:00+08:00"), at("2026-11-23T18:00:00+08:00")},
	               &fx.arena, &g);
	assert_int_equal(g.holdings.n, 2);
	assert_holding(&g, 0, "firm_a", "handling", 60, 60);
	assert_holding(&g, 1, "support", "handling", 120, 120);
	assert_string_equal(g.longest->bearer, "support");
}

static void what_lies_outside_is_left_out(void **state) {
	(void)state;
	struct life *l = handled();
	struct command cmd = life_of_unit(CMD_RETURN, "firm_a");
	cmd.giving_back.reason = "not_ours";
	life_to(l, "2026-11-23T16:00:00+08:00");
	life_do(l, cmd);
	struct ledger g;
	ledger_between(l->cr, l->facts.calendars, (struct segment){at("2026-11-23T11:00:00+08:00"), at("2026-11-23T15:00:00+08:00")},
	               &fx.arena, &g);
	assert_int_equal(g.holdings.n, 1);
	assert_holding(&g, 0, "firm_a", "handling", 240, 120);
}

static void nobodys_time_is_told_apart_by_why(void **state) {
	(void)state;
	struct life *l = handled();
	struct command cmd = life_of_boss(CMD_SUSPEND);
	cmd.suspend.reason = "season";
	cmd.suspend.until_us = at("2026-11-23T12:00:00+08:00");
	life_do(l, cmd);
	life_fire(l, "2026-11-23T12:00:00+08:00", "case.resumed");
	cmd = life_of_boss(CMD_MERGE);
	cmd.merge.other = "20261123-0000009";
	life_do(l, cmd);
	const struct ledger g = ledger_until(l, "2026-11-23T15:00:00+08:00");
	assert_int_equal(g.holdings.n, 3);
	assert_holding(&g, 0, "firm_a", "handling", 60, 60);
	assert_holding(&g, 1, NULL, "suspended", 60, 60);
	assert_holding(&g, 2, NULL, "merged", 180, 60);
	assert_string_equal(g.longest->bearer, "firm_a"); /* nobody isn't a unit */
}

static void whose_time_a_clock_is(void **state) {
	(void)state;
	struct life *l = life_new(&fx.arena, life_office());
	life_limit(l, "handle", "3wd");
	life_limit(l, "overall", "20wd");
	struct command cmd = life_submit_cmd(l);
	*LIST_ADD(&cmd.submit.deadlines, &fx.arena) = (struct deadline){"arrive", at("2026-11-23T12:00:00+08:00")};
	life_do(l, cmd);
	assert_string_equal(clock_bearer(l->cr, life_clock(l, "handle")), "firm_a");
	assert_null(clock_bearer(l->cr, life_clock(l, "overall")));
	assert_string_equal(clock_bearer(l->cr, life_clock(l, "arrive")), "firm_a");
	assert_null(span_bearer_at(l->cr, at("2026-11-23T09:59:59+08:00")));
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_open_case_is_its_holders_until_now), cmocka_unit_test(what_was_received_earlier_is_the_centres),
	    cmocka_unit_test(a_whole_life_adds_up),                  cmocka_unit_test(between_two_instants),
	    cmocka_unit_test(what_lies_outside_is_left_out),         cmocka_unit_test(nobodys_time_is_told_apart_by_why),
	    cmocka_unit_test(whose_time_a_clock_is),
	};
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
