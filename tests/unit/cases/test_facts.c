/* test_facts: what is told about a case: corrections, numbers, marks, notes, deadlines from outside. */
#include "tests/unit/cases/play.h"

static struct command amend(const struct play *p, bool reroute) {
	struct command cmd = by_desk(p, CMD_AMEND);
	cmd.amend.class_code = "E70-06";
	cmd.amend.condition = "2";
	cmd.amend.estate = "pp-002";
	cmd.amend.grid = "310106101036";
	cmd.amend.urgency = URGENCY_URGENT;
	cmd.amend.tags = words("rain", NULL, NULL);
	cmd.amend.reroute = reroute;
	return cmd;
}

static struct command mark(struct command cmd, const char *name, const char *value) {
	cmd.mark.mark = name;
	cmd.mark.value = value;
	return cmd;
}

static struct command deadline(const struct play *p, const char *clock, const char *when) {
	struct command cmd = by_platform(p, CMD_DEADLINE);
	cmd.deadline = (struct deadline){clock, at(when)};
	return cmd;
}

/* Another rule says: the squad, with the committee beside it, in one day. */
static void other_rule(struct play *p) {
	p->verdict.handlers = words("squad", NULL, NULL);
	p->verdict.assist = words("c035", NULL, NULL);
	p->verdict.rule_id = "illegal-structure";
	p->verdict.limits = (clock_limit_list){0};
	add_limit(p, "accept", "1wh", NULL, NULL);
	add_limit(p, "handle", "1wd", NULL, NULL);
	add_limit(p, "dispatch", "15min", NULL, NULL);
}

/* ---- Amend ---- */

static void what_was_wrong_is_put_right(void **state) {
	(void)state;
	struct play *p = play_handling();
	other_rule(p);
	play_does(p, amend(p, false));
	assert_string_equal(p->changes.event_type, "case.amended");
	assert_held(p, CASE_HANDLING, "firm_a");
	assert_string_equal(p->cr->class_code, "E70-06");
	assert_string_equal(p->cr->condition, "2");
	assert_string_equal(p->cr->estate, "pp-002");
	assert_string_equal(p->cr->grid, "310106101036");
	assert_int_equal(p->cr->urgency, URGENCY_URGENT);
	assert_true(strs_has(&p->cr->tags, "rain"));
	assert_string_equal(p->cr->rule_id, "leak-estate");
	assert_due(p, "handle", "2026-11-26T10:00:00+08:00");
	p = play_finished();
	play_does(p, amend(p, false));
	assert_held(p, CASE_FINISHED, "grid_centre");
	play_refused(p, amend(p, true), E_CONFLICT, "it can't be sent elsewhere while it is finished");
}

static void rerouted_it_goes_where_the_rules_send_it(void **state) {
	(void)state;
	struct play *p = play_handling();
	other_rule(p);
	play_at(p, "2026-11-23T11:00:00+08:00");
	play_does(p, amend(p, true));
	assert_held(p, CASE_DISPATCHED, "squad");
	assert_string_equal(p->cr->rule_id, "illegal-structure");
	assert_string_equal(task_n(p, 1, TASK_WITHDRAWN)->reason, "rerouted");
	assert_int_equal(task_n(p, 3, TASK_GIVEN)->kind, TASK_ASSIST);
	assert_due(p, "accept", "2026-11-23T12:00:00+08:00");
	assert_due(p, "handle", "2026-11-24T11:00:00+08:00");
	assert_int_equal(p->cr->chain_at, 0);
	/* Once more: the helpers of the rule before are called back, and an arbitration is over. */
	struct command arbitrate = by_supervisor(p, CMD_ARBITRATE);
	arbitrate.arbitrate.unit = "squad";
	arbitrate.arbitrate.fault = "shirked";
	play_does(p, arbitrate);
	p->verdict.assist.n = 0;
	play_does(p, amend(p, true));
	assert_string_equal(task_n(p, 3, TASK_WITHDRAWN)->reason, "rerouted");
	assert_int_equal(task_n(p, 4, TASK_GIVEN)->kind, TASK_LEAD);
	assert_false(p->cr->arbitrated);
}

static void rerouted_at_the_desk_it_keeps_the_desks_clock(void **state) {
	(void)state;
	struct play *p = play_triage();
	play_at(p, "2026-11-23T10:10:00+08:00");
	play_does(p, amend(p, true));
	assert_held(p, CASE_TRIAGE, "grid_centre");
	assert_due(p, "dispatch", "2026-11-23T10:15:00+08:00");
	p->verdict.propose = false;
	play_does(p, amend(p, true));
	assert_held(p, CASE_DISPATCHED, "firm_a");
	assert_stopped(p, "dispatch", "2026-11-23T10:10:00+08:00");
}

static void an_emergency_is_one_from_then_on(void **state) {
	(void)state;
	struct play *p = play_triage();
	p->verdict.emergency = true;
	p->verdict.estate = "pp-003";
	play_does(p, amend(p, true));
	assert_int_equal(p->cr->urgency, URGENCY_EMERGENCY);
	assert_string_equal(p->cr->estate, "pp-003");
	assert_held(p, CASE_DISPATCHED, "firm_a");
	assert_int_equal(notice_n(p, 0)->kind, NOTICE_TASK);
	assert_string_equal(notice_n(p, 0)->unit, "firm_a");
}

static void no_way_to_reroute_without_a_verdict(void **state) {
	(void)state;
	struct play *p = play_handling();
	p->facts.verdict = NULL;
	play_refused(p, amend(p, true), E_INTERNAL, "without a verdict");
}

/* ---- Link, note, urge ---- */

static void further_numbers_are_linked_once(void **state) {
	(void)state;
	struct play *p = play_closed();
	struct command cmd = by_platform(p, CMD_LINK);
	cmd.link = (struct outside_ref){"hotline12345", "SH-77"};
	play_does(p, cmd);
	assert_int_equal(p->cr->refs.n, 2);
	assert_string_equal(p->cr->refs.v[1].ref, "SH-77");
	play_refused(p, cmd, E_CONFLICT, "hotline12345 SH-77 is this case already");
	cmd.link.channel = "patrol";
	play_does(p, cmd);
}

static void a_note_changes_nothing(void **state) {
	(void)state;
	struct play *p = play_closed();
	play_does(p, by_unit(p, CMD_NOTE, "firm_a"));
	assert_int_equal(p->changes.list.n, 0);
	assert_string_equal(p->changes.event_type, "case.noted");
	assert_true(p->changes.next_fire_at_us == NO_TIME);
	play_does(p, by_desk(p, CMD_REVEAL));
	assert_int_equal(p->changes.list.n, 0);
	assert_string_equal(p->changes.event_type, "case.revealed");
}

static void whoever_holds_it_is_urged(void **state) {
	(void)state;
	struct play *p = play_handling();
	play_does(p, by_desk(p, CMD_URGE));
	assert_int_equal(p->changes.list.n, 1);
	const struct notice *n = notice_n(p, 0);
	assert_int_equal(n->kind, NOTICE_URGE);
	assert_string_equal(n->unit, "firm_a");
	assert_string_equal(n->clock, "handle");
	assert_int_equal(n->task, 1);
	assert_int_equal(n->step, -1);
	assert_instant(p->facts.calendars->zone, n->due_at_us, "2026-11-26T10:00:00+08:00");
	p = play_finished();
	play_does(p, by_desk(p, CMD_URGE));
	assert_string_equal(notice_n(p, 0)->unit, "grid_centre");
	p = play_closed();
	play_refused(p, by_desk(p, CMD_URGE), E_CONFLICT, "while the case is closed");
}

/* ---- Marks ---- */

static void a_mark_stops_one_clock_and_starts_another(void **state) {
	(void)state;
	struct play *p = play_new();
	add_limit(p, "contact", "2uh", "received", "contacted");
	add_limit(p, "danger", "4uh", "dispatched", "danger_removed");
	add_limit(p, "repair", "2wd", "danger_removed", NULL);
	play_does(p, submit_now(p));
	play_at(p, "2026-11-23T11:00:00+08:00");
	play_does(p, at_time(mark(by_platform(p, CMD_MARK), "contacted", NULL), "2026-11-23T10:40:00+08:00"));
	assert_string_equal(p->changes.event_type, "case.marked");
	assert_stopped(p, "contact", "2026-11-23T10:40:00+08:00");
	assert_true(case_mark(p->cr, "contacted")->at_us == at("2026-11-23T10:40:00+08:00"));
	assert_string_equal(case_mark(p->cr, "contacted")->actor, "hotline");
	assert_due(p, "danger", "2026-11-23T14:00:00+08:00");
	assert_null(case_clock(p->cr, "repair"));
	play_does(p, mark(by_unit(p, CMD_MARK, "firm_a"), "danger_removed", NULL));
	assert_stopped(p, "danger", "2026-11-23T11:00:00+08:00");
	assert_due(p, "repair", "2026-11-25T11:00:00+08:00");
	assert_string_equal(case_clock(p->cr, "repair")->bearer, "firm_a");
	play_refused(p, mark(by_unit(p, CMD_MARK, "firm_a"), "danger_removed", NULL), E_CONFLICT,
	             "danger_removed was marked already: 2026-11-23T11:00:00+08:00");
	/* The next unit's danger is removed already. */
	play_does(p, dispatch_to(p, "squad"));
	(void)clock_named(p, "danger", CLOCK_STOPPED);
}

static void a_judgement_may_change(void **state) {
	(void)state;
	struct play *p = play_closed();
	play_does(p, mark(by_desk(p, CMD_MARK), "satisfaction", "poor"));
	play_refused(p, mark(by_desk(p, CMD_MARK), "satisfaction", "poor"), E_CONFLICT, "was marked already");
	play_does(p, mark(by_desk(p, CMD_MARK), "satisfaction", "fair"));
	assert_string_equal(case_mark(p->cr, "satisfaction")->value, "fair");
	assert_int_equal(p->cr->marks.n, 2);
	play_does(p, by_desk(p, CMD_REOPEN));
	play_does(p, by_desk(p, CMD_REJECT));
	play_refused(p, mark(by_desk(p, CMD_MARK), "satisfaction", "poor"), E_CONFLICT, "while the case is rejected");
}

static void another_judgement_starts_no_second_clock(void **state) {
	(void)state;
	struct play *p = play_new();
	add_limit(p, "decision", "2wd", "heard", NULL);
	play_does(p, submit_now(p));
	play_does(p, mark(by_desk(p, CMD_MARK), "heard", "in_part"));
	const size_t clocks = p->cr->clocks.n;
	play_at(p, "2026-11-23T11:00:00+08:00");
	play_does(p, mark(by_desk(p, CMD_MARK), "heard", "fully"));
	assert_int_equal(p->cr->clocks.n, clocks);
	assert_due(p, "decision", "2026-11-25T10:00:00+08:00");
}

static void while_it_is_suspended_a_mark_starts_nothing_that_runs(void **state) {
	(void)state;
	struct play *p = play_new();
	add_limit(p, "repair", "2wd", "danger_removed", NULL);
	play_does(p, submit_now(p));
	struct command suspend = by_supervisor(p, CMD_SUSPEND);
	suspend.suspend.until_us = at("2026-12-30T10:00:00+08:00");
	play_does(p, suspend);
	play_does(p, mark(by_unit(p, CMD_MARK, "firm_a"), "danger_removed", NULL));
	(void)clock_named(p, "repair", CLOCK_PAUSED);
	play_at(p, "2026-11-24T10:00:00+08:00");
	play_does(p, by_supervisor(p, CMD_RESUME));
	assert_due(p, "repair", "2026-11-26T10:00:00+08:00");
}

/* ---- Deadlines from outside ---- */

static void only_who_set_a_deadline_moves_it(void **state) {
	(void)state;
	struct play *p = play_new();
	struct command cmd = submit_now(p);
	*LIST_ADD(&cmd.submit.deadlines, &fx.arena) = (struct deadline){"handle", at("2026-11-24T12:00:00+08:00")};
	play_does(p, cmd);
	play_refused(p, deadline(p, "accept", "2026-11-25T12:00:00+08:00"), E_CONFLICT,
	             "no deadline from outside runs for accept");
	play_refused(p, deadline(p, "handle", "2026-11-24T12:00:00+08:00"), E_CONFLICT,
	             "due at 2026-11-24T12:00:00+08:00 already");
	play_refused(p, deadline(p, "handle", "2026-11-23T10:00:00+08:00"), E_INVALID_PARAMS, "handle began at");
	play_does(p, deadline(p, "handle", "2026-11-25T12:00:00+08:00"));
	assert_string_equal(p->changes.event_type, "case.deadline_set");
	assert_due(p, "handle", "2026-11-25T12:00:00+08:00");
	assert_true(case_clock(p->cr, "handle")->outside);
	/* Nothing of ours does. */
	struct command suspend = by_supervisor(p, CMD_SUSPEND);
	suspend.suspend.until_us = at("2026-12-30T10:00:00+08:00");
	play_does(p, suspend);
	assert_due(p, "handle", "2026-11-25T12:00:00+08:00");
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_wrong_is_put_right),
	    cmocka_unit_test(rerouted_it_goes_where_the_rules_send_it),
	    cmocka_unit_test(rerouted_at_the_desk_it_keeps_the_desks_clock),
	    cmocka_unit_test(an_emergency_is_one_from_then_on),
	    cmocka_unit_test(no_way_to_reroute_without_a_verdict),
	    cmocka_unit_test(further_numbers_are_linked_once),
	    cmocka_unit_test(a_note_changes_nothing),
	    cmocka_unit_test(whoever_holds_it_is_urged),
	    cmocka_unit_test(a_mark_stops_one_clock_and_starts_another),
	    cmocka_unit_test(a_judgement_may_change),
	    cmocka_unit_test(another_judgement_starts_no_second_clock),
	    cmocka_unit_test(while_it_is_suspended_a_mark_starts_nothing_that_runs),
	    cmocka_unit_test(only_who_set_a_deadline_moves_it),
	};
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
