/* test_work: what a unit does with its task: accept, arrive, return, finish; the lead and who helps it. */
#include "tests/unit/cases/play.h"

static struct command return_by(const struct play *p, const char *unit) {
	struct command cmd = by_unit(p, CMD_RETURN, unit);
	cmd.giving_back.reason = "not_ours";
	return cmd;
}

/* Dispatched with the committee beside the firm, both with a limit of their own. */
static struct play *with_assistant(void) {
	struct play *p = play_handling();
	struct command cmd = by_desk(p, CMD_ASSIGN);
	cmd.assign.unit = "c035";
	cmd.assign.kind = TASK_ASSIST;
	cmd.assign.limit = limit_of("1wd");
	play_does(p, cmd);
	return p;
}

/* ---- Accept, arrive ---- */

static void accepting_takes_the_case_up(void **state) {
	(void)state;
	struct play *p = play_dispatched();
	play_at(p, "2026-11-23T10:30:00+08:00");
	play_does(p, by_unit(p, CMD_ACCEPT, "firm_a"));
	assert_string_equal(p->changes.event_type, "task.accepted");
	assert_held(p, CASE_HANDLING, "firm_a");
	assert_span(p, "firm_a", "handling");
	assert_int_equal(p->cr->spans.n, 1);
	assert_true(task_n(p, 1, TASK_ACCEPTED)->accepted_at_us == p->now_us);
	assert_stopped(p, "accept", "2026-11-23T10:30:00+08:00");
	assert_due(p, "handle", "2026-11-26T10:00:00+08:00");
	assert_string_equal(case_holder_clock(p->cr)->name, "handle");
	play_refused(p, by_unit(p, CMD_ACCEPT, "firm_a"), E_CONFLICT, "has accepted already: 2026-11-23T10:30:00+08:00");
}

static void arriving_accepts(void **state) {
	(void)state;
	struct play *p = play_new();
	add_limit(p, "arrive", "30min", NULL, NULL);
	play_does(p, submit_now(p));
	play_at(p, "2026-11-23T10:20:00+08:00");
	play_does(p, by_unit(p, CMD_ARRIVE, "firm_a"));
	assert_held(p, CASE_HANDLING, "firm_a");
	const struct task *t = task_n(p, 1, TASK_ARRIVED);
	assert_true(t->accepted_at_us == p->now_us && t->arrived_at_us == p->now_us);
	assert_stopped(p, "accept", "2026-11-23T10:20:00+08:00");
	assert_stopped(p, "arrive", "2026-11-23T10:20:00+08:00");
	play_refused(p, by_unit(p, CMD_ARRIVE, "firm_a"), E_CONFLICT, "has arrived already");
	play_refused(p, by_unit(p, CMD_ACCEPT, "firm_a"), E_CONFLICT, "has accepted already");
}

static void only_who_has_a_task_acts(void **state) {
	(void)state;
	struct play *p = play_dispatched();
	play_refused(p, by_unit(p, CMD_ACCEPT, "squad"), E_CONFLICT, "squad has no open task in this case: firm_a holds it");
	assert_string_equal(p->why.state, "dispatched");
	assert_true(strs_has(&p->why.allowed, "case.return") && !strs_has(&p->why.allowed, "case.verify"));
	play_refused(p, by_desk(p, CMD_ACCEPT), E_CONFLICT, "say for {unit}");
	play_refused(p, by_platform(p, CMD_ACCEPT), E_INVALID_PARAMS, "for: say in which unit's name");
	play_refused(p, for_unit(by_unit(p, CMD_ACCEPT, "squad"), "firm_a"), E_FORBIDDEN, "squad-app may not act for firm_a");
	play_does(p, for_unit(by_desk(p, CMD_ACCEPT), "firm_a"));
	assert_held(p, CASE_HANDLING, "firm_a");
}

static void a_unit_acts_for_those_below_it(void **state) {
	(void)state;
	struct play *p = play_triage();
	play_does(p, dispatch_to(p, "property_support"));
	play_does(p, by_unit(p, CMD_ACCEPT, "housing_office"));
	assert_int_equal(task_n(p, 1, TASK_ACCEPTED)->kind, TASK_LEAD);
	play_does(p, for_unit(by_unit(p, CMD_ARRIVE, "housing_office"), "property_support"));
	play_refused(p, for_unit(by_unit(p, CMD_RETURN, "property_support"), "housing_office"), E_FORBIDDEN, "may not act for");
	/* Of two below it the lead's. */
	play_does(p, dispatch_to(p, "squad"));
	struct command beside = by_desk(p, CMD_ASSIGN);
	beside.assign.unit = "property_support";
	beside.assign.kind = TASK_ASSIST;
	play_does(p, beside);
	play_does(p, dispatch_to(p, "night_watch"));
	play_does(p, by_unit(p, CMD_ACCEPT, "housing_office"));
	assert_int_equal(task_n(p, 4, TASK_ACCEPTED)->kind, TASK_LEAD);
	/* Its own task goes before that of a unit below. */
	struct command assign = by_desk(p, CMD_ASSIGN);
	assign.assign.unit = "housing_office";
	assign.assign.kind = TASK_ASSIST;
	play_does(p, assign);
	play_does(p, by_unit(p, CMD_ACCEPT, "housing_office"));
	(void)task_n(p, 5, TASK_ACCEPTED);
}

static void a_late_entry_counts_from_when_it_happened(void **state) {
	(void)state;
	struct play *p = play_dispatched();
	play_at(p, "2026-11-23T11:50:00+08:00");
	play_refused(p, at_time(by_unit(p, CMD_ACCEPT, "firm_a"), "2026-11-23T12:00:00+08:00"), E_INVALID_PARAMS, "future");
	play_refused(p, at_time(by_unit(p, CMD_ACCEPT, "firm_a"), "2026-11-23T09:59:00+08:00"), E_INVALID_PARAMS, "received");
	play_does(p, at_time(by_unit(p, CMD_ARRIVE, "firm_a"), "2026-11-23T10:40:00+08:00"));
	assert_true(p->changes.at_us == at("2026-11-23T10:40:00+08:00"));
	assert_stopped(p, "accept", "2026-11-23T10:40:00+08:00");
	play_refused(p, at_time(finish_by(p, "firm_a"), "2026-11-23T10:39:00+08:00"), E_INVALID_PARAMS,
	             "before the task of firm_a was arrived at: 2026-11-23T10:40:00+08:00");
	play_at(p, "2026-11-23T14:30:00+08:00");
	play_refused(p, at_time(finish_by(p, "firm_a"), "2026-11-23T12:00:00+08:00"), E_FORBIDDEN, "entered by a supervisor");
	struct command late = for_unit(by_supervisor(p, CMD_FINISH), "firm_a");
	late.finish.result = "solved";
	play_does(p, at_time(late, "2026-11-23T12:00:00+08:00"));
	assert_stopped(p, "handle", "2026-11-23T12:00:00+08:00");
	assert_true(p->cr->held_since_us == at("2026-11-23T12:00:00+08:00"));
	assert_due(p, "verify", "2026-11-24T12:00:00+08:00");
}

static void before_the_task_was_given_is_a_fault(void **state) {
	(void)state;
	struct play *p = play_dispatched();
	play_at(p, "2026-11-23T11:00:00+08:00");
	play_does(p, dispatch_to(p, "squad"));
	play_at(p, "2026-11-23T11:10:00+08:00");
	play_refused(p, at_time(by_unit(p, CMD_ACCEPT, "squad"), "2026-11-23T10:50:00+08:00"), E_INVALID_PARAMS,
	             "before the task of squad was given: 2026-11-23T11:00:00+08:00");
}

/* ---- Return ---- */

static void a_return_goes_to_the_next_of_the_chain(void **state) {
	(void)state;
	struct play *p = play_handling();
	play_at(p, "2026-11-23T11:00:00+08:00");
	play_does(p, return_by(p, "firm_a"));
	assert_string_equal(p->changes.event_type, "task.returned");
	assert_held(p, CASE_DISPATCHED, "property_support");
	assert_span(p, "property_support", "handling");
	assert_int_equal(p->cr->returns, 1);
	assert_int_equal(p->cr->chain_at, 1);
	const struct task *t = task_n(p, 1, TASK_RETURNED);
	assert_string_equal(t->reason, "not_ours");
	assert_string_equal(t->ended_by, "firm_a-app");
	assert_int_equal(t->returns, 1);
	(void)task_n(p, 2, TASK_GIVEN);
	/* The next one starts with a full limit. */
	assert_due(p, "accept", "2026-11-23T15:00:00+08:00");
	assert_due(p, "handle", "2026-11-26T11:00:00+08:00");
	assert_int_equal(case_clock(p->cr, "handle")->task, 2);
	assert_string_equal(case_clock(p->cr, "handle")->bearer, "property_support");
}

static void at_the_end_of_the_chain_the_desk_decides(void **state) {
	(void)state;
	struct play *p = play_new();
	p->verdict.handlers = words("firm_a", "property_support", NULL);
	play_does(p, submit_now(p));
	play_does(p, return_by(p, "firm_a"));
	play_at(p, "2026-11-23T10:10:00+08:00");
	play_does(p, return_by(p, "property_support"));
	assert_held(p, CASE_TRIAGE, "grid_centre");
	assert_span(p, "grid_centre", "triage");
	assert_string_equal(p->cr->triage_reason, "returned");
	assert_string_equal(p->cr->triage_detail, "not_ours");
	assert_null(p->cr->proposed);
	assert_due(p, "dispatch", "2026-11-23T10:25:00+08:00");
}

static void whoever_was_sent_here_by_hand_has_no_chain(void **state) {
	(void)state;
	struct play *p = play_dispatched();
	play_does(p, dispatch_to(p, "squad"));
	play_does(p, return_by(p, "squad"));
	assert_held(p, CASE_TRIAGE, "grid_centre");
}

static void returns_climb_the_desks(void **state) {
	(void)state;
	struct play *p = play_dispatched();
	play_does(p, return_by(p, "firm_a"));
	play_does(p, return_by(p, "property_support"));
	assert_held(p, CASE_DISPATCHED, "housing_office");
	play_does(p, return_by(p, "housing_office"));
	assert_held(p, CASE_TRIAGE, "grid_supervisor");
	assert_string_equal(p->cr->triage_reason, "bounced");
	assert_string_equal(case_clock(p->cr, "dispatch")->bearer, "grid_supervisor");
	play_does(p, dispatch_to(p, "squad"));
	play_does(p, return_by(p, "squad"));
	assert_held(p, CASE_TRIAGE, "joint_meeting");
	play_does(p, dispatch_to(p, "c035"));
	play_does(p, return_by(p, "c035"));
	assert_held(p, CASE_TRIAGE, "joint_meeting");
	assert_int_equal(p->cr->returns, 5);
}

static void a_second_return_by_one_unit_climbs_at_once(void **state) {
	(void)state;
	struct play *p = play_new();
	p->verdict.handlers = words("firm_a", NULL, NULL);
	play_does(p, submit_now(p));
	play_does(p, return_by(p, "firm_a"));
	assert_held(p, CASE_TRIAGE, "grid_centre");
	play_does(p, dispatch_to(p, "firm_a"));
	play_does(p, return_by(p, "firm_a"));
	assert_held(p, CASE_TRIAGE, "grid_supervisor");
	assert_int_equal(p->cr->returns, 2);
	assert_int_equal(p->cr->tasks.n, 1);
}

static void without_a_limit_of_returns_all_go_to_the_desk(void **state) {
	(void)state;
	struct play *p = play_new();
	p->verdict.handlers = words("firm_a", NULL, NULL);
	p->policy.returns = 0;
	play_does(p, submit_now(p));
	for (int i = 0; i < 4; i++) {
		play_does(p, return_by(p, "firm_a"));
		assert_held(p, CASE_TRIAGE, "grid_centre");
		play_does(p, dispatch_to(p, "firm_a"));
	}
}

static void what_was_asked_for_ends_with_the_stay(void **state) {
	(void)state;
	struct play *p = play_handling();
	struct command ask = by_unit(p, CMD_ASK, "firm_a");
	ask.ask.what = ASK_EXTEND;
	ask.ask.reason = "material";
	play_does(p, ask);
	assert_non_null(p->cr->request.unit);
	struct play sent_on = *p;
	play_does(&sent_on, dispatch_to(&sent_on, "squad"));
	assert_null(sent_on.cr->request.unit);
	play_does(p, return_by(p, "firm_a"));
	assert_null(p->cr->request.unit);
	assert_int_equal(clock_named(p, "decide", CLOCK_STOPPED)->task, 0);
}

/* ---- Finish ---- */

static void finishing_hands_back_to_the_desk(void **state) {
	(void)state;
	struct play *p = play_finished();
	assert_string_equal(p->changes.event_type, "task.finished");
	assert_held(p, CASE_FINISHED, "grid_centre");
	assert_span(p, "grid_centre", "verify");
	assert_string_equal(p->cr->result, "solved");
	const struct task *t = task_n(p, 1, TASK_FINISHED);
	assert_string_equal(t->result, "solved");
	assert_string_equal(t->ended_by, "firm_a-app");
	assert_null(t->reason);
	assert_stopped(p, "handle", "2026-11-23T11:30:00+08:00");
	assert_due(p, "verify", "2026-11-24T11:30:00+08:00");
	assert_string_equal(case_clock(p->cr, "verify")->bearer, "grid_centre");
	play_refused(p, finish_by(p, "firm_a"), E_CONFLICT, "firm_a has no open task");
}

static void finishing_accepts(void **state) {
	(void)state;
	struct play *p = play_dispatched();
	struct command cmd = by_unit(p, CMD_FINISH, "firm_a");
	play_refused(p, cmd, E_INVALID_PARAMS, "result");
	play_does(p, finish_by(p, "firm_a"));
	assert_true(task_n(p, 1, TASK_FINISHED)->accepted_at_us == p->now_us);
	assert_stopped(p, "accept", "2026-11-23T10:00:00+08:00");
}

static void marks_may_be_asked_for_before(void **state) {
	(void)state;
	struct play *p = play_new();
	p->verdict.before_finish = words("danger_removed", "photo", NULL);
	play_does(p, submit_now(p));
	play_refused(p, finish_by(p, "firm_a"), E_CONFLICT, "danger_removed, photo");
	struct command mark = by_unit(p, CMD_MARK, "firm_a");
	mark.mark.mark = "danger_removed";
	play_does(p, mark);
	play_refused(p, finish_by(p, "firm_a"), E_CONFLICT, "are set: photo");
	mark.mark.mark = "photo";
	play_does(p, mark);
	play_does(p, finish_by(p, "firm_a"));
}

static void deadlines_from_outside_end_with_the_work(void **state) {
	(void)state;
	struct play *p = play_new();
	const struct deadline deadline = {"handle", at("2026-11-23T12:00:00+08:00")};
	struct command cmd = submit_now(p);
	*LIST_ADD(&cmd.submit.deadlines, &fx.arena) = deadline;
	play_does(p, cmd);
	/* A return doesn't touch it: it is the case's own. */
	play_does(p, return_by(p, "firm_a"));
	assert_true(clock_named(p, "handle", CLOCK_RUNNING)->outside);
	play_does(p, finish_by(p, "property_support"));
	assert_stopped(p, "handle", "2026-11-23T10:00:00+08:00");
	play_does(p, verify_by_desk(p, false));
	assert_due(p, "handle", "2026-11-23T12:00:00+08:00");
}

/* ---- Who helps ---- */

static void the_lead_finishes_last(void **state) {
	(void)state;
	struct play *p = with_assistant();
	play_refused(p, finish_by(p, "firm_a"), E_CONFLICT, "c035 must have finished before the lead");
	play_at(p, "2026-11-23T11:00:00+08:00");
	play_does(p, by_unit(p, CMD_ACCEPT, "c035"));
	play_does(p, by_unit(p, CMD_ARRIVE, "c035"));
	assert_held(p, CASE_HANDLING, "firm_a");
	assert_string_equal(case_holder_clock(p->cr)->bearer, "firm_a");
	play_does(p, by_unit(p, CMD_FINISH, "c035"));
	assert_held(p, CASE_HANDLING, "firm_a");
	assert_span(p, "firm_a", "handling");
	const struct clock *own = clock_named(p, "handle", CLOCK_STOPPED);
	assert_int_equal(own->task, 2);
	assert_instant(p->facts.calendars->zone, own->due_at_us, "2026-11-24T10:30:00+08:00");
	assert_int_equal(case_holder_clock(p->cr)->task, 1);
	play_does(p, finish_by(p, "firm_a"));
}

/* Those whom the rule names are told, and may help; the lead needn't wait, unless the rule says so. */
static void only_who_is_required_is_waited_for(void **state) {
	(void)state;
	struct play *p = play_new();
	p->verdict.assist = words("c035", "squad", NULL);
	p->verdict.required = words("squad", NULL, NULL);
	play_does(p, submit_now(p));
	assert_false(task_n(p, 2, TASK_GIVEN)->required);
	assert_true(task_n(p, 3, TASK_GIVEN)->required);
	play_refused(p, finish_by(p, "firm_a"), E_CONFLICT, "squad must have finished before the lead");
	play_does(p, by_unit(p, CMD_FINISH, "squad"));
	play_does(p, finish_by(p, "firm_a"));
	assert_string_equal(task_n(p, 2, TASK_WITHDRAWN)->reason, "lead_finished");
}

static void whoever_was_only_told_may_be_required(void **state) {
	(void)state;
	struct play *p = play_new();
	p->verdict.assist = words("c035", NULL, NULL);
	play_does(p, submit_now(p));
	struct command cmd = by_desk(p, CMD_ASSIGN);
	cmd.assign.unit = "c035";
	cmd.assign.kind = TASK_ASSIST;
	cmd.assign.limit = limit_of("1wd");
	play_does(p, cmd);
	assert_int_equal(p->cr->tasks.n, 2);
	assert_true(task_n(p, 2, TASK_GIVEN)->required);
	assert_int_equal(case_clock(p->cr, "handle")->task, 2);
	play_refused(p, cmd, E_CONFLICT, "c035 has a task in this case already");
	play_refused(p, finish_by(p, "firm_a"), E_CONFLICT, "c035 must have finished");
}

static void a_helper_may_give_back_too(void **state) {
	(void)state;
	struct play *p = with_assistant();
	play_does(p, return_by(p, "c035"));
	assert_held(p, CASE_HANDLING, "firm_a");
	assert_string_equal(task_n(p, 2, TASK_RETURNED)->reason, "not_ours");
	assert_int_equal(p->cr->returns, 0);
	play_does(p, finish_by(p, "firm_a"));
}

static void helpers_stay_when_the_lead_goes(void **state) {
	(void)state;
	struct play *p = with_assistant();
	play_does(p, return_by(p, "firm_a"));
	assert_held(p, CASE_DISPATCHED, "property_support");
	(void)task_n(p, 2, TASK_GIVEN);
	play_does(p, by_unit(p, CMD_ACCEPT, "c035"));
	assert_held(p, CASE_DISPATCHED, "property_support");
	/* Who helped may become the lead: one task a unit. */
	play_does(p, dispatch_to(p, "c035"));
	assert_string_equal(task_n(p, 2, TASK_WITHDRAWN)->reason, "leads");
	assert_int_equal(task_n(p, 4, TASK_GIVEN)->kind, TASK_LEAD);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(accepting_takes_the_case_up),
	    cmocka_unit_test(arriving_accepts),
	    cmocka_unit_test(only_who_has_a_task_acts),
	    cmocka_unit_test(a_unit_acts_for_those_below_it),
	    cmocka_unit_test(a_late_entry_counts_from_when_it_happened),
	    cmocka_unit_test(before_the_task_was_given_is_a_fault),
	    cmocka_unit_test(a_return_goes_to_the_next_of_the_chain),
	    cmocka_unit_test(at_the_end_of_the_chain_the_desk_decides),
	    cmocka_unit_test(whoever_was_sent_here_by_hand_has_no_chain),
	    cmocka_unit_test(returns_climb_the_desks),
	    cmocka_unit_test(a_second_return_by_one_unit_climbs_at_once),
	    cmocka_unit_test(without_a_limit_of_returns_all_go_to_the_desk),
	    cmocka_unit_test(what_was_asked_for_ends_with_the_stay),
	    cmocka_unit_test(finishing_hands_back_to_the_desk),
	    cmocka_unit_test(finishing_accepts),
	    cmocka_unit_test(marks_may_be_asked_for_before),
	    cmocka_unit_test(deadlines_from_outside_end_with_the_work),
	    cmocka_unit_test(the_lead_finishes_last),
	    cmocka_unit_test(only_who_is_required_is_waited_for),
	    cmocka_unit_test(whoever_was_only_told_may_be_required),
	    cmocka_unit_test(a_helper_may_give_back_too),
	    cmocka_unit_test(helpers_stay_when_the_lead_goes),
	};
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
