/* test_request: what a unit asks for and a supervisor decides: extension, suspension, assistance, excuse. */
#include "tests/unit/cases/play.h"

static struct command ask(const struct play *p, enum request_what what) {
	struct command cmd = by_unit(p, CMD_ASK, "firm_a");
	cmd.ask.what = what;
	cmd.ask.reason = "material";
	cmd.ask.until_us = NO_TIME;
	return cmd;
}

static struct command ask_suspend(const struct play *p, const char *until) {
	struct command cmd = ask(p, ASK_SUSPEND);
	cmd.ask.until_us = at(until);
	return cmd;
}

static struct command decided(struct command cmd, int32_t request, bool grant) {
	cmd.decide.request = request;
	cmd.decide.grant = grant;
	cmd.decide.until_us = NO_TIME;
	return cmd;
}

static struct command decide_by_supervisor(const struct play *p, bool grant) {
	return decided(by_supervisor(p, CMD_DECIDE), p->cr->requests, grant);
}

static struct command suspend_until(const struct play *p, const char *until) {
	struct command cmd = by_supervisor(p, CMD_SUSPEND);
	cmd.suspend.reason = "season";
	cmd.suspend.until_us = at(until);
	return cmd;
}

static struct command waive(struct command cmd, const char *clock) {
	cmd.waive.clock = clock;
	cmd.waive.reason = "weather";
	return cmd;
}

static void extend_once(struct play *p) {
	play_does(p, ask(p, ASK_EXTEND));
	play_does(p, decide_by_supervisor(p, true));
}

/* Handling is due on Thursday the 26th at 10:00; now it is Thursday noon. */
static struct play *overdue(void) {
	struct play *p = play_handling();
	play_at(p, "2026-11-26T12:00:00+08:00");
	return p;
}

/* ---- Asking ---- */

static void a_request_waits_for_a_decision(void **state) {
	(void)state;
	struct play *p = play_handling();
	play_does(p, ask(p, ASK_EXTEND));
	assert_string_equal(p->changes.event_type, "request.asked");
	assert_held(p, CASE_HANDLING, "firm_a");
	const struct request *r = &p->cr->request;
	assert_int_equal(r->n, 1);
	assert_string_equal(r->unit, "firm_a");
	assert_string_equal(r->reason, "material");
	assert_string_equal(r->clock, "handle");
	assert_true(r->in_time && r->asked_at_us == p->now_us);
	assert_due(p, "decide", "2026-11-24T10:30:00+08:00");
	assert_string_equal(case_clock(p->cr, "decide")->bearer, "grid_centre");
	play_refused(p, ask(p, ASK_ASSIST), E_CONFLICT, "request R1 of firm_a waits for a decision");
}

static void only_the_lead_asks(void **state) {
	(void)state;
	struct play *p = play_handling();
	struct command assign = by_desk(p, CMD_ASSIGN);
	assign.assign.unit = "c035";
	assign.assign.kind = TASK_ASSIST;
	play_does(p, assign);
	struct command cmd = ask(p, ASK_EXTEND);
	cmd.actor_unit = "c035";
	play_refused(p, cmd, E_CONFLICT, "c035 only helps: the lead asks, firm_a");
	cmd.actor_unit = "squad";
	play_refused(p, cmd, E_CONFLICT, "squad has no open task");
	play_does(p, for_unit(ask(p, ASK_EXTEND), "firm_a"));
}

static void an_extension_is_asked_for_in_time(void **state) {
	(void)state;
	struct play *p = overdue();
	play_refused(p, ask(p, ASK_EXTEND), E_CONFLICT, "handle was due at 2026-11-26T10:00:00+08:00: what is overdue isn't");
	struct command cmd = ask(p, ASK_EXTEND);
	cmd.ask.clock = "accept";
	play_refused(p, cmd, E_CONFLICT, "no clock accept runs for firm_a");
	cmd.ask.clock = "overall";
	play_refused(p, cmd, E_CONFLICT, "no clock overall runs for firm_a");
	/* Exactly at the due time it is in time; entered later, too. */
	play_does(p, at_time(ask(p, ASK_EXTEND), "2026-11-26T10:00:00+08:00"));
	assert_true(p->cr->request.in_time);
}

static void a_deadline_from_outside_is_not_extended(void **state) {
	(void)state;
	struct play *p = play_new();
	struct command cmd = submit_now(p);
	*LIST_ADD(&cmd.submit.deadlines, &fx.arena) = (struct deadline){"handle", at("2026-11-27T12:00:00+08:00")};
	play_does(p, cmd);
	play_refused(p, ask(p, ASK_EXTEND), E_CONFLICT, "was set from outside");
}

static void a_suspension_has_an_end(void **state) {
	(void)state;
	struct play *p = play_handling();
	play_refused(p, ask(p, ASK_SUSPEND), E_INVALID_PARAMS, "until: say until when");
	play_refused(p, ask_suspend(p, "2026-11-23T10:30:00+08:00"), E_INVALID_PARAMS, "until: that is over");
	play_refused(p, ask_suspend(p, "2027-11-23T10:30:01+08:00"), E_INVALID_PARAMS, "365 days at most");
	play_does(p, ask_suspend(p, "2027-11-23T10:30:00+08:00"));
}

static void an_excuse_needs_an_overdue_and_comes_once(void **state) {
	(void)state;
	struct play *p = play_handling();
	play_refused(p, ask(p, ASK_WAIVE), E_CONFLICT, "no clock of firm_a is overdue");
	p = overdue();
	play_does(p, ask(p, ASK_WAIVE));
	assert_string_equal(p->cr->request.clock, "handle");
	play_does(p, decide_by_supervisor(p, false));
	assert_null(case_clock(p->cr, "handle")->waived);
	play_refused(p, ask(p, ASK_WAIVE), E_CONFLICT, "once a case");
}

static void an_excuse_may_be_asked_for_afterwards(void **state) {
	(void)state;
	struct play *p = overdue();
	play_does(p, finish_by(p, "firm_a"));
	play_refused(p, ask(p, ASK_EXTEND), E_CONFLICT, "only an excuse can be asked for while the case is finished");
	play_does(p, verify_by_desk(p, true));
	struct command other = ask(p, ASK_WAIVE);
	other.actor_unit = "squad";
	play_refused(p, other, E_CONFLICT, "squad never had this case");
	play_does(p, ask(p, ASK_WAIVE));
	assert_null(case_clock(p->cr, "decide"));
	assert_true(p->changes.next_fire_at_us == NO_TIME);
	play_does(p, decide_by_supervisor(p, true));
	assert_string_equal(case_clock(p->cr, "handle")->waived, "material");
}

/* ---- Deciding ---- */

static void a_granted_extension_adds_the_limit_again(void **state) {
	(void)state;
	struct play *p = play_handling();
	play_does(p, ask(p, ASK_EXTEND));
	play_refused(p, decided(by_desk(p, CMD_DECIDE), 1, true), E_FORBIDDEN, "a supervisor decides this");
	struct command own = decided(by_supervisor(p, CMD_DECIDE), 1, true);
	own.actor_unit = "firm_a";
	play_refused(p, own, E_FORBIDDEN, "firm_a asked: another one decides");
	play_refused(p, decided(by_supervisor(p, CMD_DECIDE), 2, true), E_NOT_FOUND, "there is no request R2");
	play_at(p, "2026-11-23T11:00:00+08:00");
	play_refused(p, at_time(decide_by_supervisor(p, true), "2026-11-23T10:29:00+08:00"), E_INVALID_PARAMS, "before it was");
	play_does(p, decide_by_supervisor(p, true));
	assert_string_equal(p->changes.event_type, "request.decided");
	assert_null(p->cr->request.unit);
	assert_int_equal(p->cr->requests, 1);
	assert_due(p, "handle", "2026-12-01T10:00:00+08:00");
	assert_stopped(p, "decide", "2026-11-23T11:00:00+08:00");
	play_refused(p, decide_by_supervisor(p, true), E_CONFLICT, "request R1 doesn't wait for a decision any more");
}

static void extensions_have_a_limit_and_refusals_do_not_count(void **state) {
	(void)state;
	struct play *p = play_handling();
	extend_once(p);
	play_does(p, ask(p, ASK_EXTEND));
	play_does(p, decide_by_supervisor(p, false));
	assert_due(p, "handle", "2026-12-01T10:00:00+08:00");
	extend_once(p);
	assert_due(p, "handle", "2026-12-04T10:00:00+08:00");
	play_refused(p, ask(p, ASK_EXTEND), E_CONFLICT, "handle was extended 2 times: more isn't granted");
	assert_int_equal(p->cr->requests, 3);
}

static void granted_after_the_due_time_it_never_was(void **state) {
	(void)state;
	struct play *p = play_handling();
	play_does(p, ask(p, ASK_EXTEND));
	play_at(p, "2026-11-26T12:00:00+08:00");
	play_does(p, decide_by_supervisor(p, true));
	assert_due(p, "handle", "2026-12-01T10:00:00+08:00");
	assert_true(case_clock(p->cr, "handle")->breached_at_us == NO_TIME);
}

static void finished_meanwhile_the_extension_still_decides(void **state) {
	(void)state;
	struct play *p = play_handling();
	play_does(p, ask(p, ASK_EXTEND));
	struct play early = *p;
	play_does(&early, finish_by(&early, "firm_a"));
	assert_null(early.cr->request.unit);
	play_at(p, "2026-11-26T12:00:00+08:00");
	play_does(p, finish_by(p, "firm_a"));
	assert_non_null(p->cr->request.unit);
	struct play refused = *p;
	play_does(&refused, decide_by_supervisor(&refused, false));
	assert_true(clock_overdue(clock_named(&refused, "handle", CLOCK_STOPPED), refused.now_us, NULL));
	play_does(p, decide_by_supervisor(p, true));
	const struct clock *c = clock_named(p, "handle", CLOCK_STOPPED);
	assert_false(clock_overdue(c, p->now_us, NULL));
	assert_instant(p->facts.calendars->zone, c->due_at_us, "2026-12-01T10:00:00+08:00");
	assert_true(c->breached_at_us == NO_TIME);
}

static void a_granted_suspension_counts_from_when_it_was_asked_for(void **state) {
	(void)state;
	struct play *p = play_handling();
	play_does(p, ask_suspend(p, "2026-12-30T10:00:00+08:00"));
	play_at(p, "2026-11-26T12:00:00+08:00");
	struct command cmd = decide_by_supervisor(p, true);
	cmd.decide.until_us = at("2026-12-10T10:00:00+08:00");
	play_does(p, cmd);
	assert_held(p, CASE_SUSPENDED, "firm_a");
	assert_span(p, NULL, "suspended");
	assert_true(p->cr->suspended_until_us == cmd.decide.until_us);
	assert_string_equal(p->cr->suspended_reason, "material");
	const struct clock *c = clock_named(p, "handle", CLOCK_PAUSED);
	assert_true(c->due_at_us == NO_TIME);
	play_at(p, "2026-12-01T09:00:00+08:00");
	play_does(p, by_supervisor(p, CMD_RESUME));
	/* Half an hour was used up when it was asked for. */
	assert_due(p, "handle", "2026-12-04T08:30:00+08:00");
	play_refused(p, ask_suspend(p, "2026-12-30T10:00:00+08:00"), E_CONFLICT, "was suspended before");
}

static void help_is_only_noted(void **state) {
	(void)state;
	struct play *p = play_handling();
	play_does(p, ask(p, ASK_ASSIST));
	assert_null(p->cr->request.clock);
	play_does(p, decide_by_supervisor(p, true));
	assert_held(p, CASE_HANDLING, "firm_a");
	assert_int_equal(p->cr->tasks.n, 1);
}

/* ---- Without being asked ---- */

static void suspending_stops_time_and_resuming_starts_it(void **state) {
	(void)state;
	struct play *p = play_handling();
	play_does(p, suspend_until(p, "2026-12-30T10:00:00+08:00"));
	assert_string_equal(p->changes.event_type, "case.suspended");
	assert_held(p, CASE_SUSPENDED, "firm_a");
	(void)clock_named(p, "handle", CLOCK_PAUSED);
	(void)clock_named(p, "overall", CLOCK_PAUSED);
	struct play *q = play_handling();
	struct command own = suspend_until(q, "2026-12-30T10:00:00+08:00");
	own.actor_unit = "firm_a";
	play_refused(q, own, E_FORBIDDEN, "nobody decides on his own unit's time: firm_a holds the case");
	assert_true(p->changes.next_fire_at_us == at("2026-12-30T10:00:00+08:00"));
	play_refused(p, finish_by(p, "firm_a"), E_CONFLICT, "while the case is suspended");
	play_at(p, "2026-11-24T10:30:00+08:00");
	play_does(p, by_supervisor(p, CMD_RESUME));
	assert_held(p, CASE_HANDLING, "firm_a");
	assert_span(p, "firm_a", "handling");
	assert_true(p->cr->suspended_at_us == NO_TIME && p->cr->suspended_until_us == NO_TIME);
	assert_null(p->cr->suspended_reason);
	assert_due(p, "handle", "2026-11-27T10:00:00+08:00");
	/* A supervisor may do so again. */
	play_does(p, suspend_until(p, "2026-12-30T10:00:00+08:00"));
	assert_int_equal(p->cr->suspensions, 2);
	play_does(p, by_desk(p, CMD_REJECT));
	assert_true(p->cr->suspended_at_us == NO_TIME);
}

static void before_suspending_what_was_asked_is_decided(void **state) {
	(void)state;
	struct play *p = play_handling();
	play_does(p, ask(p, ASK_EXTEND));
	play_refused(p, suspend_until(p, "2026-12-30T10:00:00+08:00"), E_CONFLICT, "decide it first");
	play_refused(p, suspend_until(p, "2026-11-23T10:00:00+08:00"), E_CONFLICT, "decide it first");
	play_does(p, decide_by_supervisor(p, false));
	play_refused(p, suspend_until(p, "2026-11-23T10:00:00+08:00"), E_INVALID_PARAMS, "until");
	play_refused(p, by_supervisor(p, CMD_RESUME), E_CONFLICT, "isn't possible while the case is handling");
}

static void an_excuse_is_a_flag_over_the_fact(void **state) {
	(void)state;
	struct play *p = play_handling();
	play_refused(p, waive(by_supervisor(p, CMD_WAIVE), "handle"), E_CONFLICT, "no clock handle is overdue");
	p = overdue();
	struct command own = waive(by_supervisor(p, CMD_WAIVE), "handle");
	own.actor_unit = "firm_a";
	play_refused(p, own, E_FORBIDDEN, "nobody decides on his own unit's time: that is firm_a's");
	play_does(p, waive(by_supervisor(p, CMD_WAIVE), "handle"));
	const struct clock *c = clock_named(p, "handle", CLOCK_RUNNING);
	assert_string_equal(c->waived, "weather");
	assert_true(clock_overdue(c, p->now_us, NULL));
	play_refused(p, waive(by_supervisor(p, CMD_WAIVE), "handle"), E_CONFLICT, "not excused yet");
}

static void the_centres_time_is_the_supervision_offices_to_excuse(void **state) {
	(void)state;
	struct play *p = play_triage();
	play_at(p, "2026-11-23T10:30:00+08:00");
	play_refused(p, waive(by_supervisor(p, CMD_WAIVE), "dispatch"), E_FORBIDDEN, "dispatch is the centre's own time");
	play_does(p, waive(by_inspector(p, CMD_WAIVE), "dispatch"));
	assert_string_equal(case_clock(p->cr, "dispatch")->waived, "weather");
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_request_waits_for_a_decision),
	    cmocka_unit_test(only_the_lead_asks),
	    cmocka_unit_test(an_extension_is_asked_for_in_time),
	    cmocka_unit_test(a_deadline_from_outside_is_not_extended),
	    cmocka_unit_test(a_suspension_has_an_end),
	    cmocka_unit_test(an_excuse_needs_an_overdue_and_comes_once),
	    cmocka_unit_test(an_excuse_may_be_asked_for_afterwards),
	    cmocka_unit_test(a_granted_extension_adds_the_limit_again),
	    cmocka_unit_test(extensions_have_a_limit_and_refusals_do_not_count),
	    cmocka_unit_test(granted_after_the_due_time_it_never_was),
	    cmocka_unit_test(finished_meanwhile_the_extension_still_decides),
	    cmocka_unit_test(a_granted_suspension_counts_from_when_it_was_asked_for),
	    cmocka_unit_test(help_is_only_noted),
	    cmocka_unit_test(suspending_stops_time_and_resuming_starts_it),
	    cmocka_unit_test(before_suspending_what_was_asked_is_decided),
	    cmocka_unit_test(an_excuse_is_a_flag_over_the_fact),
	    cmocka_unit_test(the_centres_time_is_the_supervision_offices_to_excuse),
	};
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
