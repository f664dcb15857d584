/* test_merge: two reports of one thing: merged, taken apart again, answered when the other one closes. */
#include "tests/unit/cases/play.h"

static const char *const parent = "20261123-0000002";

static struct command about(struct command cmd, const char *other) {
	cmd.merge.other = other;
	return cmd;
}

static struct play *with_contact_and_deadline(void) {
	struct play *p = play_new();
	add_limit(p, "contact", "2uh", "received", "contacted");
	struct command cmd = submit_now(p);
	*LIST_ADD(&cmd.submit.deadlines, &fx.arena) = (struct deadline){"answer", at("2026-11-27T12:00:00+08:00")};
	play_does(p, cmd);
	play_does(p, by_unit(p, CMD_ACCEPT, "firm_a"));
	return p;
}

static void merged_its_own_handling_stands_still(void **state) {
	(void)state;
	struct play *p = with_contact_and_deadline();
	play_at(p, "2026-11-23T10:30:00+08:00");
	play_does(p, about(by_desk(p, CMD_MERGE), parent));
	assert_string_equal(p->changes.event_type, "case.merged");
	assert_int_equal(p->cr->state, CASE_MERGED);
	assert_string_equal(p->cr->merged_into, parent);
	assert_span(p, NULL, "merged");
	assert_string_equal(task_n(p, 1, TASK_WITHDRAWN)->reason, "merged");
	(void)clock_named(p, "handle", CLOCK_STOPPED);
	(void)clock_named(p, "overall", CLOCK_PAUSED);
	/* What its own reporter was promised goes on. */
	assert_due(p, "contact", "2026-11-23T12:00:00+08:00");
	assert_due(p, "answer", "2026-11-27T12:00:00+08:00");
	struct command mark = by_platform(p, CMD_MARK);
	mark.mark.mark = "contacted";
	play_does(p, mark);
	assert_stopped(p, "contact", "2026-11-23T10:30:00+08:00");
	play_refused(p, about(by_desk(p, CMD_MERGE), parent), E_CONFLICT, "while the case is merged");
}

static void taken_back_it_is_where_it_was(void **state) {
	(void)state;
	struct play *p = with_contact_and_deadline();
	struct command assign = by_desk(p, CMD_ASSIGN);
	assign.assign.unit = "c035";
	assign.assign.kind = TASK_ASSIST;
	assign.assign.limit = limit_of("1wd");
	play_does(p, assign);
	play_at(p, "2026-11-23T11:00:00+08:00");
	play_does(p, about(by_desk(p, CMD_MERGE), parent));
	assert_string_equal(task_n(p, 2, TASK_WITHDRAWN)->reason, "merged");
	play_at(p, "2026-11-24T11:00:00+08:00");
	play_does(p, about(by_desk(p, CMD_UNMERGE), parent));
	assert_held(p, CASE_HANDLING, "firm_a");
	assert_span(p, "firm_a", "handling");
	assert_null(p->cr->merged_into);
	(void)task_n(p, 1, TASK_ACCEPTED);
	(void)task_n(p, 2, TASK_GIVEN);
	const struct clock *c = case_holder_clock(p->cr);
	assert_string_equal(c->name, "handle");
	assert_instant(p->facts.calendars->zone, c->due_at_us, "2026-11-27T10:00:00+08:00");
	assert_due(p, "overall", "2026-12-22T10:00:00+08:00");
	(void)clock_named(p, "accept", CLOCK_STOPPED);
}

static void from_the_desk_too(void **state) {
	(void)state;
	struct play *p = play_triage();
	play_at(p, "2026-11-23T10:05:00+08:00");
	play_does(p, about(by_desk(p, CMD_MERGE), parent));
	(void)clock_named(p, "dispatch", CLOCK_PAUSED);
	play_at(p, "2026-11-23T11:00:00+08:00");
	play_refused(p, at_time(by_desk(p, CMD_UNMERGE), "2026-11-23T10:04:00+08:00"), E_INVALID_PARAMS, "at is before");
	play_does(p, about(by_desk(p, CMD_UNMERGE), parent));
	assert_held(p, CASE_TRIAGE, "grid_centre");
	assert_due(p, "dispatch", "2026-11-23T11:10:00+08:00");
}

static void what_was_withdrawn_before_stays_withdrawn(void **state) {
	(void)state;
	struct play *p = play_handling();
	play_does(p, dispatch_to(p, "squad"));
	play_does(p, about(by_desk(p, CMD_MERGE), parent));
	play_does(p, about(by_desk(p, CMD_UNMERGE), parent));
	assert_held(p, CASE_DISPATCHED, "squad");
	(void)task_n(p, 1, TASK_WITHDRAWN);
	(void)task_n(p, 2, TASK_GIVEN);
	(void)clock_named(p, "accept", CLOCK_RUNNING);
}

static void when_the_parent_closes_the_child_is_answered(void **state) {
	(void)state;
	struct play *p = with_contact_and_deadline();
	play_does(p, about(by_desk(p, CMD_MERGE), parent));
	play_at(p, "2026-11-24T10:00:00+08:00");
	play_does(p, about(by_desk(p, CMD_ANSWER), parent));
	assert_string_equal(p->changes.event_type, "case.answered");
	assert_held(p, CASE_FINISHED, "grid_centre");
	assert_span(p, "grid_centre", "verify");
	assert_due(p, "verify", "2026-11-25T10:00:00+08:00");
	assert_due(p, "overall", "2026-12-22T10:00:00+08:00");
	assert_due(p, "answer", "2026-11-27T12:00:00+08:00");
	assert_string_equal(p->cr->merged_into, parent);
	/* Whoever merged it may verify it: nobody finished it. */
	struct play closed = *p;
	play_does(&closed, verify_by_desk(&closed, true));
	play_does(p, verify_by_desk(p, false));
	assert_held(p, CASE_HANDLING, "firm_a");
	assert_due(p, "handle", "2026-11-27T10:00:00+08:00");
}

static void answered_from_the_desk_it_cannot_be_reworked(void **state) {
	(void)state;
	struct play *p = play_triage();
	play_does(p, about(by_desk(p, CMD_MERGE), parent));
	play_does(p, about(by_desk(p, CMD_ANSWER), parent));
	(void)clock_named(p, "dispatch", CLOCK_STOPPED);
	play_refused(p, verify_by_desk(p, false), E_CONFLICT, "no unit has worked on it");
	struct command cmd = dispatch_to(p, "squad");
	play_does(p, cmd);
	assert_held(p, CASE_DISPATCHED, "squad");
}

static void only_the_stays_of_this_merge_come_back(void **state) {
	(void)state;
	struct play *p = play_handling();
	play_does(p, about(by_desk(p, CMD_MERGE), parent));
	play_does(p, about(by_desk(p, CMD_ANSWER), parent));
	play_does(p, dispatch_to(p, "squad"));
	play_at(p, "2026-11-23T11:00:00+08:00");
	play_does(p, about(by_desk(p, CMD_MERGE), "20261123-0000003"));
	play_does(p, about(by_desk(p, CMD_UNMERGE), "20261123-0000003"));
	assert_held(p, CASE_DISPATCHED, "squad");
	(void)task_n(p, 1, TASK_WITHDRAWN);
}

static void an_order_goes_on_in_a_merged_case(void **state) {
	(void)state;
	struct play *p = play_handling();
	struct command order = by_inspector(p, CMD_OPEN_ORDER);
	order.open_order.kind = ORDER_KEY;
	play_does(p, order);
	play_does(p, about(by_desk(p, CMD_MERGE), parent));
	assert_due(p, "supervise", "2026-11-30T10:30:00+08:00");
}

static void the_parent_knows_who_goes_along(void **state) {
	(void)state;
	struct play *p = play_handling();
	play_refused(p, about(by_desk(p, CMD_ABSORB), "20261123-0000001"), E_INVALID_PARAMS, "into itself");
	play_does(p, about(by_desk(p, CMD_ABSORB), "20261123-0000003"));
	play_does(p, about(by_desk(p, CMD_ABSORB), "20261123-0000004"));
	assert_string_equal(p->changes.event_type, "case.absorbed");
	assert_held(p, CASE_HANDLING, "firm_a");
	assert_int_equal(p->cr->merged_from.n, 2);
	play_refused(p, about(by_desk(p, CMD_ABSORB), "20261123-0000004"), E_CONFLICT, "goes along with this case already");
	play_does(p, about(by_desk(p, CMD_RELEASE), "20261123-0000003"));
	assert_int_equal(p->cr->merged_from.n, 1);
	assert_string_equal(p->cr->merged_from.v[0], "20261123-0000004");
	play_refused(p, about(by_desk(p, CMD_RELEASE), "20261123-0000003"), E_CONFLICT, "doesn't go along");
	/* No chains: whoever has others with him goes nowhere. */
	play_refused(p, about(by_desk(p, CMD_MERGE), parent), E_CONFLICT, "20261123-0000004 goes along with this case");
}

static void nothing_goes_along_with_what_is_over_or_merged(void **state) {
	(void)state;
	struct play *p = play_closed();
	play_refused(p, about(by_desk(p, CMD_ABSORB), parent), E_CONFLICT, "while the case is closed");
	p = play_handling();
	play_does(p, about(by_desk(p, CMD_MERGE), parent));
	play_refused(p, about(by_desk(p, CMD_ABSORB), "20261123-0000003"), E_CONFLICT, "while the case is merged");
	p = play_handling();
	play_refused(p, about(by_desk(p, CMD_MERGE), "20261123-0000001"), E_INVALID_PARAMS, "into itself");
}

static void opened_again_it_goes_alone(void **state) {
	(void)state;
	struct play *p = play_handling();
	play_does(p, about(by_desk(p, CMD_ABSORB), "20261123-0000003"));
	play_does(p, finish_by(p, "firm_a"));
	play_does(p, verify_by_desk(p, true));
	assert_int_equal(p->cr->merged_from.n, 1);
	play_does(p, by_desk(p, CMD_REOPEN));
	assert_int_equal(p->cr->merged_from.n, 0);
	p = play_handling();
	play_does(p, about(by_desk(p, CMD_MERGE), parent));
	play_does(p, about(by_desk(p, CMD_ANSWER), parent));
	play_does(p, verify_by_desk(p, true));
	assert_string_equal(p->cr->merged_into, parent);
	play_does(p, by_desk(p, CMD_REOPEN));
	assert_null(p->cr->merged_into);
}

static void a_case_takes_so_many(void **state) {
	(void)state;
	struct play *p = play_handling();
	for (int i = 0; i < 50; i++)
		play_does(p, about(by_desk(p, CMD_ABSORB), arena_printf(&fx.arena, "20261123-00001%02d", i)));
	play_refused(p, about(by_desk(p, CMD_ABSORB), parent), E_CONFLICT, "50 cases go along with this one");
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(merged_its_own_handling_stands_still),
	    cmocka_unit_test(taken_back_it_is_where_it_was),
	    cmocka_unit_test(from_the_desk_too),
	    cmocka_unit_test(what_was_withdrawn_before_stays_withdrawn),
	    cmocka_unit_test(when_the_parent_closes_the_child_is_answered),
	    cmocka_unit_test(answered_from_the_desk_it_cannot_be_reworked),
	    cmocka_unit_test(only_the_stays_of_this_merge_come_back),
	    cmocka_unit_test(an_order_goes_on_in_a_merged_case),
	    cmocka_unit_test(the_parent_knows_who_goes_along),
	    cmocka_unit_test(nothing_goes_along_with_what_is_over_or_merged),
	    cmocka_unit_test(opened_again_it_goes_alone),
	    cmocka_unit_test(a_case_takes_so_many),
	};
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
