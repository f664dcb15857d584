/* test_desk: what a desk does: dispatch, assign, arbitrate, verify, reject, reopen. */
#include "tests/unit/cases/play.h"

static struct command assign(const struct play *p, const char *unit, enum task_kind kind) {
	struct command cmd = by_desk(p, CMD_ASSIGN);
	cmd.assign.unit = unit;
	cmd.assign.kind = kind;
	return cmd;
}

static struct command arbitrate(const struct play *p, const char *unit) {
	struct command cmd = by_supervisor(p, CMD_ARBITRATE);
	cmd.arbitrate.unit = unit;
	cmd.arbitrate.fault = "shirked";
	return cmd;
}

static struct command return_by(const struct play *p, const char *unit) {
	struct command cmd = by_unit(p, CMD_RETURN, unit);
	cmd.giving_back.reason = "not_ours";
	return cmd;
}

/* Returned by the only handler at 10:30, half an hour after it was dispatched. */
static struct play *returned(bool accepted) {
	struct play *p = play_new();
	p->verdict.handlers = words("firm_a", NULL, NULL);
	play_does(p, submit_now(p));
	if (accepted)
		play_does(p, by_unit(p, CMD_ACCEPT, "firm_a"));
	play_at(p, "2026-11-23T10:30:00+08:00");
	play_does(p, return_by(p, "firm_a"));
	return p;
}

/* ---- Dispatch ---- */

static void a_yes_sends_it_where_the_rule_says(void **state) {
	(void)state;
	struct play *p = play_triage();
	play_at(p, "2026-11-23T10:05:00+08:00");
	struct command cmd = by_desk(p, CMD_DISPATCH);
	cmd.dispatch.assist = words("c035", "firm_a", NULL);
	play_does(p, cmd);
	assert_string_equal(p->changes.event_type, "case.dispatched");
	assert_held(p, CASE_DISPATCHED, "firm_a");
	assert_span(p, "firm_a", "handling");
	assert_stopped(p, "dispatch", "2026-11-23T10:05:00+08:00");
	assert_due(p, "accept", "2026-11-23T14:05:00+08:00");
	assert_due(p, "handle", "2026-11-26T10:05:00+08:00");
	assert_int_equal(p->cr->tasks.n, 2);
	assert_int_equal(task_n(p, 2, TASK_GIVEN)->kind, TASK_ASSIST);
}

static void another_unit_needs_a_reason(void **state) {
	(void)state;
	struct play *p = play_triage();
	struct command cmd = dispatch_to(p, "property_support");
	cmd.dispatch.explained = false;
	play_refused(p, cmd, E_INVALID_PARAMS, "reason: say why not to firm_a");
	cmd.dispatch.explained = true;
	play_does(p, cmd);
	assert_held(p, CASE_DISPATCHED, "property_support");
	/* It stands in the chain: its return goes on from there. */
	assert_int_equal(p->cr->chain_at, 1);
	play_does(p, return_by(p, "property_support"));
	assert_held(p, CASE_DISPATCHED, "housing_office");
}

static void dispatch_asks_for_a_unit_that_there_is(void **state) {
	(void)state;
	struct play *p = play_new();
	p->verdict.routed = false;
	play_does(p, submit_now(p));
	play_refused(p, by_desk(p, CMD_DISPATCH), E_INVALID_PARAMS, "unit: say to which unit: no rule proposes one");
	play_refused(p, dispatch_to(p, "firm_z"), E_INVALID_PARAMS, "unit: there is no unit firm_z");
	struct command cmd = dispatch_to(p, "squad");
	cmd.dispatch.assist = words("firm_z", NULL, NULL);
	play_refused(p, cmd, E_INVALID_PARAMS, "unit: there is no unit firm_z");
	cmd.dispatch.assist.n = 0;
	cmd.dispatch.explained = false;
	play_does(p, cmd);
	assert_held(p, CASE_DISPATCHED, "squad");
}

static void later_it_is_taken_from_who_has_it(void **state) {
	(void)state;
	struct play *p = play_handling();
	play_refused(p, by_desk(p, CMD_DISPATCH), E_INVALID_PARAMS, "unit: say to which unit");
	play_refused(p, dispatch_to(p, "firm_a"), E_CONFLICT, "firm_a holds it already");
	struct command cmd = dispatch_to(p, "squad");
	cmd.dispatch.explained = false;
	play_refused(p, cmd, E_INVALID_PARAMS, "reason: say why it is taken from firm_a");
	play_at(p, "2026-11-23T11:00:00+08:00");
	play_refused(p, at_time(dispatch_to(p, "squad"), "2026-11-23T09:59:00+08:00"), E_INVALID_PARAMS, "at is before");
	play_does(p, dispatch_to(p, "squad"));
	assert_held(p, CASE_DISPATCHED, "squad");
	const struct task *t = task_n(p, 1, TASK_WITHDRAWN);
	assert_string_equal(t->reason, "redispatched");
	assert_string_equal(t->ended_by, "wang");
	assert_due(p, "handle", "2026-11-26T11:00:00+08:00");
	assert_int_equal(p->cr->returns, 0);
}

static void after_it_is_finished_another_unit_may_get_it(void **state) {
	(void)state;
	struct play *p = play_finished();
	play_does(p, assign(p, "squad", TASK_CHECK));
	play_refused(p, dispatch_to(p, "firm_a"), E_CONFLICT, "verify it, or ask for rework");
	play_does(p, dispatch_to(p, "property_support"));
	assert_held(p, CASE_DISPATCHED, "property_support");
	(void)task_n(p, 1, TASK_FINISHED);
	(void)task_n(p, 2, TASK_WITHDRAWN);
	(void)clock_named(p, "verify", CLOCK_STOPPED);
}

static void a_refused_return_goes_on_where_it_was(void **state) {
	(void)state;
	struct play *p = returned(true);
	play_at(p, "2026-11-23T11:00:00+08:00");
	play_does(p, dispatch_to(p, "firm_a"));
	assert_held(p, CASE_HANDLING, "firm_a");
	assert_int_equal(p->cr->tasks.n, 1);
	const struct task *t = task_n(p, 1, TASK_ACCEPTED);
	assert_null(t->reason);
	assert_int_equal(t->returns, 1);
	assert_int_equal(p->cr->returns, 1);
	/* Half an hour was used up; the half hour at the desk was the desk's. */
	assert_due(p, "handle", "2026-11-26T10:30:00+08:00");
	(void)clock_named(p, "accept", CLOCK_STOPPED);
	assert_stopped(p, "dispatch", "2026-11-23T11:00:00+08:00");
	assert_span(p, "firm_a", "handling");
}

static void a_refused_return_that_was_not_accepted_waits_for_that(void **state) {
	(void)state;
	struct play *p = returned(false);
	play_at(p, "2026-11-23T11:00:00+08:00");
	play_does(p, dispatch_to(p, "firm_a"));
	assert_held(p, CASE_DISPATCHED, "firm_a");
	(void)task_n(p, 1, TASK_GIVEN);
	assert_due(p, "accept", "2026-11-23T14:30:00+08:00");
	assert_due(p, "handle", "2026-11-26T10:30:00+08:00");
}

/* ---- Assign ---- */

static void assistants_get_tasks_of_their_own(void **state) {
	(void)state;
	struct play *p = play_dispatched();
	play_refused(p, assign(p, "firm_a", TASK_ASSIST), E_CONFLICT, "firm_a has a task in this case already");
	play_refused(p, assign(p, "firm_z", TASK_ASSIST), E_INVALID_PARAMS, "there is no unit firm_z");
	play_refused(p, assign(p, "c035", TASK_LEAD), E_INVALID_PARAMS, "kind");
	play_refused(p, assign(p, "c035", TASK_CHECK), E_CONFLICT, "when the lead has finished");
	const size_t clocks = p->cr->clocks.n;
	play_does(p, assign(p, "c035", TASK_ASSIST));
	assert_string_equal(p->changes.event_type, "task.given");
	assert_held(p, CASE_DISPATCHED, "firm_a");
	assert_int_equal(p->cr->clocks.n, clocks);
	play_refused(p, assign(p, "c035", TASK_ASSIST), E_CONFLICT, "has a task");
	p = play_finished();
	play_refused(p, assign(p, "c035", TASK_ASSIST), E_CONFLICT, "nothing left to assist with");
}

static void a_check_on_site_pauses_the_desks_clock(void **state) {
	(void)state;
	struct play *p = play_finished();
	play_refused(p, assign(p, "firm_a", TASK_CHECK), E_CONFLICT, "firm_a finished it: another unit checks");
	play_at(p, "2026-11-23T14:30:00+08:00");
	struct command cmd = assign(p, "squad", TASK_CHECK);
	cmd.assign.limit = limit_of("1wh");
	play_does(p, cmd);
	assert_held(p, CASE_FINISHED, "grid_centre");
	assert_span(p, "squad", "verify");
	(void)clock_named(p, "verify", CLOCK_PAUSED);
	assert_due(p, "handle", "2026-11-23T15:30:00+08:00");
	play_refused(p, verify_by_desk(p, true), E_CONFLICT, "squad is still out");
	play_at(p, "2026-11-23T15:00:00+08:00");
	play_does(p, by_unit(p, CMD_ACCEPT, "squad"));
	play_does(p, by_unit(p, CMD_ARRIVE, "squad"));
	play_does(p, by_unit(p, CMD_FINISH, "squad"));
	assert_span(p, "grid_centre", "verify");
	/* An hour of it had gone: from 11:30 to 12:00 and from 14:00 to 14:30. */
	assert_due(p, "verify", "2026-11-24T12:00:00+08:00");
	play_does(p, verify_by_desk(p, true));
}

static void two_checks_or_one_given_back(void **state) {
	(void)state;
	struct play *p = play_finished();
	play_does(p, assign(p, "squad", TASK_CHECK));
	play_does(p, assign(p, "c035", TASK_CHECK));
	assert_span(p, "c035", "verify");
	play_does(p, return_by(p, "c035"));
	assert_span(p, "squad", "verify");
	(void)clock_named(p, "verify", CLOCK_PAUSED);
	play_does(p, return_by(p, "squad"));
	assert_span(p, "grid_centre", "verify");
	(void)clock_named(p, "verify", CLOCK_RUNNING);
	assert_int_equal(p->cr->returns, 0);
}

/* ---- Arbitrate ---- */

static void an_arbitration_cannot_be_returned(void **state) {
	(void)state;
	struct play *p = play_handling();
	struct command cmd = arbitrate(p, "property_support");
	cmd.arbitrate.fault = NULL;
	play_refused(p, cmd, E_INVALID_PARAMS, "fault");
	play_refused(p, arbitrate(p, "firm_z"), E_INVALID_PARAMS, "no unit firm_z");
	play_does(p, arbitrate(p, "property_support"));
	assert_string_equal(p->changes.event_type, "case.arbitrated");
	assert_held(p, CASE_DISPATCHED, "property_support");
	assert_true(p->cr->arbitrated);
	assert_string_equal(p->cr->fault, "shirked");
	assert_string_equal(task_n(p, 1, TASK_WITHDRAWN)->reason, "arbitrated");
	play_refused(p, return_by(p, "property_support"), E_CONFLICT, "it was arbitrated that property_support handles it");
	/* A later dispatch is no arbitration. */
	play_does(p, dispatch_to(p, "squad"));
	assert_false(p->cr->arbitrated);
	assert_string_equal(p->cr->fault, "shirked");
	play_does(p, return_by(p, "squad"));
}

static void who_has_it_keeps_it(void **state) {
	(void)state;
	struct play *p = play_handling();
	play_does(p, arbitrate(p, "firm_a"));
	assert_held(p, CASE_HANDLING, "firm_a");
	assert_int_equal(p->cr->tasks.n, 1);
	play_refused(p, return_by(p, "firm_a"), E_CONFLICT, "can't be returned");
	p = returned(true);
	play_does(p, arbitrate(p, "firm_a"));
	assert_held(p, CASE_HANDLING, "firm_a");
	assert_int_equal(p->cr->tasks.n, 1);
	assert_true(p->cr->arbitrated);
}

/* ---- Verify ---- */

static void whoever_finished_does_not_verify(void **state) {
	(void)state;
	struct play *p = play_handling();
	struct command finish = for_unit(by_desk(p, CMD_FINISH), "firm_a");
	finish.finish.result = "solved";
	play_does(p, finish);
	play_refused(p, verify_by_desk(p, true), E_FORBIDDEN, "wang finished it: another one verifies");
	struct command other = verify_by_desk(p, true);
	other.actor = "zhao";
	other.actor_unit = "firm_a";
	play_refused(p, other, E_FORBIDDEN, "firm_a finished it: another unit verifies");
	other.actor_unit = "grid_centre";
	play_refused(p, for_unit(other, "firm_a"), E_FORBIDDEN, "another unit verifies");
	play_does(p, other);
	assert_int_equal(p->cr->state, CASE_CLOSED);
}

static void a_pass_closes(void **state) {
	(void)state;
	struct play *p = play_closed();
	assert_string_equal(p->changes.event_type, "case.verified");
	assert_int_equal(p->cr->state, CASE_CLOSED);
	assert_true(p->cr->closed_at_us == p->now_us);
	assert_string_equal(p->cr->result, "solved");
	assert_span(p, NULL, "closed");
	assert_stopped(p, "verify", "2026-11-23T15:00:00+08:00");
	assert_stopped(p, "overall", "2026-11-23T15:00:00+08:00");
	assert_true(p->changes.next_fire_at_us == NO_TIME);
	play_refused(p, verify_by_desk(p, true), E_CONFLICT,
	             "isn't possible while the case is closed (结案), only while it is finished");
	assert_true(strs_has(&p->why.allowed, "case.reopen"));
}

static void a_pass_may_ask_for_marks(void **state) {
	(void)state;
	struct play *p = play_new();
	p->verdict.before_pass = words("satisfaction", NULL, NULL);
	play_does(p, submit_now(p));
	play_does(p, finish_by(p, "firm_a"));
	play_refused(p, verify_by_desk(p, true), E_CONFLICT, "before it passes these marks are set: satisfaction");
	struct command mark = by_desk(p, CMD_MARK);
	mark.mark.mark = "satisfaction";
	mark.mark.value = "fair";
	play_does(p, mark);
	play_does(p, verify_by_desk(p, true));
}

static void rework_goes_on_on_the_same_clock(void **state) {
	(void)state;
	struct play *p = play_finished();
	play_does(p, assign(p, "squad", TASK_CHECK));
	play_at(p, "2026-11-23T15:00:00+08:00");
	play_does(p, verify_by_desk(p, false));
	assert_held(p, CASE_HANDLING, "firm_a");
	assert_span(p, "firm_a", "handling");
	assert_int_equal(p->cr->rounds, 1);
	const struct task *t = task_n(p, 1, TASK_ACCEPTED);
	assert_null(t->result);
	(void)task_n(p, 2, TASK_WITHDRAWN);
	/* Finished from 11:30 to 15:00: an hour and a half of work on top. */
	assert_due(p, "handle", "2026-11-26T11:30:00+08:00");
	(void)clock_named(p, "verify", CLOCK_STOPPED);
	(void)clock_named(p, "accept", CLOCK_STOPPED);
	play_refused(p, at_time(finish_by(p, "firm_a"), "2026-11-23T14:59:00+08:00"), E_INVALID_PARAMS,
	             "at is before the case came to where it is now: 2026-11-23T15:00:00+08:00");
	play_does(p, finish_by(p, "firm_a"));
	assert_due(p, "verify", "2026-11-24T15:00:00+08:00");
}

static void what_was_reached_is_not_waited_for_again(void **state) {
	(void)state;
	struct play *p = play_new();
	add_limit(p, "danger", "4uh", "dispatched", "danger_removed");
	add_limit(p, "report", "4uh", "dispatched", "reported");
	play_does(p, submit_now(p));
	struct command mark = by_unit(p, CMD_MARK, "firm_a");
	mark.mark.mark = "danger_removed";
	play_does(p, mark);
	play_does(p, finish_by(p, "firm_a"));
	(void)clock_named(p, "report", CLOCK_STOPPED);
	play_does(p, verify_by_desk(p, false));
	(void)clock_named(p, "danger", CLOCK_STOPPED);
	assert_due(p, "report", "2026-11-23T14:00:00+08:00");
}

static void what_was_fixed_on_the_spot_is_reworked_too(void **state) {
	(void)state;
	struct play *p = play_new();
	struct command cmd = submit_now(p);
	cmd.submit.handled = (struct handled){.unit = "squad", .at_us = p->now_us, .result = "solved"};
	play_does(p, cmd);
	play_refused(p, command_by(p, CMD_VERIFY, "hotline", NULL), E_FORBIDDEN, "hotline finished it");
	play_does(p, verify_by_desk(p, false));
	assert_held(p, CASE_HANDLING, "squad");
	assert_due(p, "handle", "2026-11-26T10:00:00+08:00");
	assert_null(case_clock(p->cr, "accept"));
}

/* ---- Reject, reopen ---- */

static void rejecting_ends_all(void **state) {
	(void)state;
	struct play *p = play_handling();
	play_does(p, assign(p, "c035", TASK_ASSIST));
	play_refused(p, by_platform(p, CMD_REJECT), E_CONFLICT, "only the centre can reject it now");
	play_does(p, by_desk(p, CMD_REJECT));
	assert_int_equal(p->cr->state, CASE_REJECTED);
	assert_string_equal(task_n(p, 1, TASK_WITHDRAWN)->reason, "rejected");
	(void)task_n(p, 2, TASK_WITHDRAWN);
	assert_span(p, NULL, "closed");
	p = play_dispatched();
	play_does(p, by_platform(p, CMD_REJECT));
	p = play_triage();
	play_does(p, by_platform(p, CMD_REJECT));
	p = play_finished();
	play_refused(p, by_desk(p, CMD_REJECT), E_CONFLICT, "isn't possible while the case is finished");
}

static void reopened_it_is_new_at_the_desk(void **state) {
	(void)state;
	struct play *p = play_closed();
	play_at(p, "2026-12-01T09:00:00+08:00");
	struct command cmd = by_desk(p, CMD_REOPEN);
	cmd.because.reason = "again";
	play_does(p, cmd);
	assert_string_equal(p->changes.event_type, "case.reopened");
	assert_held(p, CASE_TRIAGE, "grid_centre");
	assert_string_equal(p->cr->triage_reason, "reopened");
	assert_string_equal(p->cr->proposed, "firm_a");
	assert_true(p->cr->closed_at_us == NO_TIME);
	assert_due(p, "dispatch", "2026-12-01T09:15:00+08:00");
	/* 160 h; from Monday 10:00 to 15:00 three of them were used up; 7 h on 1 December, 18 days, 6 h on the 28th. */
	assert_due(p, "overall", "2026-12-28T16:00:00+08:00");
	play_does(p, by_desk(p, CMD_DISPATCH));
	assert_held(p, CASE_DISPATCHED, "firm_a");
	assert_int_equal(p->cr->tasks.n, 2);
	assert_due(p, "handle", "2026-12-04T09:00:00+08:00");
}

static void reopened_it_may_go_to_who_had_it(void **state) {
	(void)state;
	struct play *p = play_closed();
	p->policy.reopen_to = CASE_DISPATCHED;
	play_at(p, "2026-12-01T09:00:00+08:00");
	play_does(p, by_desk(p, CMD_REOPEN));
	assert_held(p, CASE_DISPATCHED, "firm_a");
	p = play_triage();
	p->policy.reopen_to = CASE_DISPATCHED;
	play_does(p, by_desk(p, CMD_REJECT));
	play_does(p, by_desk(p, CMD_REOPEN));
	assert_held(p, CASE_TRIAGE, "grid_centre");
	assert_null(p->cr->proposed);
}

static void reopening_has_a_window(void **state) {
	(void)state;
	struct play *p = play_closed();
	play_at(p, "2026-12-23T15:00:00.000001+08:00");
	play_refused(p, by_desk(p, CMD_REOPEN), E_CONFLICT, "it could be reopened until 2026-12-23T15:00:00+08:00");
	p->now_us -= 1;
	play_does(p, by_desk(p, CMD_REOPEN));
	p = play_closed();
	p->policy.reopen_within.amount = 0;
	play_at(p, "2029-01-02T09:00:00+08:00");
	play_does(p, by_desk(p, CMD_REOPEN));
}

static void reopened_it_is_not_overdue_at_birth(void **state) {
	(void)state;
	struct play *p = play_new();
	p->verdict.limits.n = 0;
	add_limit(p, "overall", "1wh", NULL, NULL);
	play_does(p, submit_now(p));
	play_at(p, "2026-11-23T11:30:00+08:00");
	play_does(p, finish_by(p, "firm_a"));
	play_does(p, verify_by_desk(p, true));
	assert_true(clock_overdue(case_clock(p->cr, "overall"), p->now_us, NULL));
	play_does(p, by_desk(p, CMD_REOPEN));
	(void)clock_named(p, "overall", CLOCK_STOPPED);
	for (size_t i = 0; i < p->cr->clocks.n; i++)
		assert_true(p->cr->clocks.v[i].state == CLOCK_STOPPED || p->cr->clocks.v[i].due_at_us > p->now_us);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_yes_sends_it_where_the_rule_says),
	    cmocka_unit_test(another_unit_needs_a_reason),
	    cmocka_unit_test(dispatch_asks_for_a_unit_that_there_is),
	    cmocka_unit_test(later_it_is_taken_from_who_has_it),
	    cmocka_unit_test(after_it_is_finished_another_unit_may_get_it),
	    cmocka_unit_test(a_refused_return_goes_on_where_it_was),
	    cmocka_unit_test(a_refused_return_that_was_not_accepted_waits_for_that),
	    cmocka_unit_test(assistants_get_tasks_of_their_own),
	    cmocka_unit_test(a_check_on_site_pauses_the_desks_clock),
	    cmocka_unit_test(two_checks_or_one_given_back),
	    cmocka_unit_test(an_arbitration_cannot_be_returned),
	    cmocka_unit_test(who_has_it_keeps_it),
	    cmocka_unit_test(whoever_finished_does_not_verify),
	    cmocka_unit_test(a_pass_closes),
	    cmocka_unit_test(a_pass_may_ask_for_marks),
	    cmocka_unit_test(rework_goes_on_on_the_same_clock),
	    cmocka_unit_test(what_was_reached_is_not_waited_for_again),
	    cmocka_unit_test(what_was_fixed_on_the_spot_is_reworked_too),
	    cmocka_unit_test(rejecting_ends_all),
	    cmocka_unit_test(reopened_it_is_new_at_the_desk),
	    cmocka_unit_test(reopened_it_may_go_to_who_had_it),
	    cmocka_unit_test(reopening_has_a_window),
	    cmocka_unit_test(reopened_it_is_not_overdue_at_birth),
	};
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
