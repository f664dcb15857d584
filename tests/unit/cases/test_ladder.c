/* test_ladder: what fires next, and when: due times, shares, steps after due, holding, pauses, requests that wait. */
#include "tests/unit/cases/life.h"

static struct life *with(const char *clock, const char *limit) {
	struct life *l = life_new(&fx.arena, life_office());
	life_limit(l, clock, limit);
	return l;
}

static struct firing next_of(const struct life *l) {
	struct firing f;
	if (!case_next_firing(l->cr, l->facts.calendars, &f))
		fail_msg("nothing is left to fire");
	return f;
}

static void assert_next(const struct life *l, enum firing_kind kind, const char *when, int32_t step) {
	const struct firing f = next_of(l);
	assert_instant(l->facts.calendars->zone, f.at_us, when);
	assert_int_equal(f.kind, kind);
	assert_int_equal(f.step, step);
}

static void nothing_without_a_clock(void **state) {
	(void)state;
	struct life *l = life_new(&fx.arena, life_office());
	life_submit(l);
	struct firing f;
	assert_false(case_next_firing(l->cr, l->facts.calendars, &f));
	assert_true(case_next_fire_us(l->cr, l->facts.calendars) == NO_TIME && l->ch.next_fire_at_us == NO_TIME);
}

static void shares_then_due_then_steps_after_it(void **state) {
	(void)state;
	struct life *l = with("handle", "2wd");
	life_step(l, "handle +1wd", STEP_LEVEL, "supervision")->level = 1;
	life_step(l, "handle 80%", STEP_REMIND, "unit");
	life_step(l, "handle", STEP_NOTIFY, "unit");
	life_step(l, "handle 50%", STEP_REMIND, "unit");
	life_step(l, "accept 50%", STEP_REMIND, "unit");
	life_submit(l);
	assert_next(l, FIRING_STEP, "2026-11-24T10:00:00+08:00", 3);
	life_fire(l, "2026-11-24T10:00:00+08:00", "clock.warned");
	life_fire(l, "2026-11-24T16:48:00+08:00", "clock.warned");   /* 12.8 h: 6 + 6.8 */
	assert_next(l, FIRING_BREACH, "2026-11-25T10:00:00+08:00", -1);
	life_fire(l, "2026-11-25T10:00:00+08:00", "clock.breached"); /* the breach goes before the step of its own instant */
	assert_next(l, FIRING_STEP, "2026-11-25T10:00:00+08:00", 2);
	life_fire(l, "2026-11-25T10:00:00+08:00", "clock.escalated");
	life_fire(l, "2026-11-26T10:00:00+08:00", "clock.escalated");
	assert_true(l->ch.next_fire_at_us == NO_TIME);
}

static void two_steps_of_one_instant_both_fire(void **state) {
	(void)state;
	struct life *l = with("handle", "10wh");
	life_step(l, "handle 50%", STEP_REMIND, "unit");
	life_step(l, "handle 50%", STEP_REMIND, "grid_centre");
	life_submit(l);
	assert_next(l, FIRING_STEP, "2026-11-23T17:00:00+08:00", 0);
	life_fire(l, "2026-11-23T17:00:00+08:00", "clock.warned");
	assert_next(l, FIRING_STEP, "2026-11-23T17:00:00+08:00", 1);
	life_fire(l, "2026-11-23T17:00:00+08:00", "clock.warned");
	assert_next(l, FIRING_BREACH, "2026-11-24T12:00:00+08:00", -1);
}

static void what_is_held_waits_for_opening(void **state) {
	(void)state;
	struct life *l = with("handle", "10uh");
	life_step(l, "handle 90%", STEP_REMIND, "unit");
	life_step(l, "handle +4uh", STEP_NOTIFY, "unit");
	l->verdict.ladder_holds = true;
	life_submit(l);
	/* 19:00 is held; the due time itself, 20:00, isn't a step: it is what it is. */
	assert_next(l, FIRING_BREACH, "2026-11-23T20:00:00+08:00", -1);
	life_fire(l, "2026-11-23T20:00:00+08:00", "clock.breached");
	/* 19:00 and 24:00: both at opening, never at midnight. */
	life_fire(l, "2026-11-24T08:00:00+08:00", "clock.warned");
	life_fire(l, "2026-11-24T08:00:00+08:00", "clock.escalated");
	l = with("handle", "10uh");
	life_step(l, "handle 90%", STEP_REMIND, "unit");
	life_submit(l);
	assert_next(l, FIRING_STEP, "2026-11-23T19:00:00+08:00", 0);
}

static void each_clock_fires_for_itself(void **state) {
	(void)state;
	/* A later stage with a shorter limit doesn't take the place of the earlier one. */
	struct life *l = with("overall", "3wh");
	life_limit(l, "handle", "1wh");
	life_limit(l, "accept", "30min");
	l->verdict.handlers.n = 1;
	life_submit(l);
	life_fire(l, "2026-11-23T10:30:00+08:00", "clock.breached");
	assert_true(life_clock(l, "accept")->breached_at_us == at("2026-11-23T10:30:00+08:00"));
	life_fire(l, "2026-11-23T11:00:00+08:00", "clock.breached");
	assert_true(life_clock(l, "handle")->breached_at_us == at("2026-11-23T11:00:00+08:00"));
	life_fire(l, "2026-11-23T15:00:00+08:00", "clock.breached");
	assert_true(life_clock(l, "overall")->breached_at_us == at("2026-11-23T15:00:00+08:00"));
	assert_true(l->ch.next_fire_at_us == NO_TIME);
}

static void a_stopped_clock_is_silent(void **state) {
	(void)state;
	struct life *l = with("accept", "2wh");
	life_limit(l, "handle", "2wd");
	life_step(l, "accept 50%", STEP_REMIND, "unit");
	life_step(l, "accept +1wh", STEP_NOTIFY, "unit");
	life_submit(l);
	life_do(l, life_of_unit(CMD_ACCEPT, "firm_a"));
	assert_next(l, FIRING_BREACH, "2026-11-25T10:00:00+08:00", -1);
}

static struct command suspend_until(const char *when) {
	struct command cmd = life_of_boss(CMD_SUSPEND);
	cmd.suspend.reason = "season";
	cmd.suspend.until_us = at(when);
	return cmd;
}

static void a_resume_doesnt_fire_what_has_passed(void **state) {
	(void)state;
	struct life *l = with("handle", "2wd");
	life_step(l, "handle 50%", STEP_REMIND, "unit");
	life_step(l, "handle 80%", STEP_REMIND, "unit");
	life_submit(l);
	life_do(l, life_of_unit(CMD_ACCEPT, "firm_a"));
	life_fire(l, "2026-11-24T10:00:00+08:00", "clock.warned");
	life_to(l, "2026-11-24T11:00:00+08:00");
	life_do(l, suspend_until("2026-11-30T09:00:00+08:00"));
	assert_int_equal(l->cr->state, CASE_SUSPENDED);
	assert_next(l, FIRING_RESUME, "2026-11-30T09:00:00+08:00", -1);
	life_fire(l, "2026-11-30T09:00:00+08:00", "case.resumed");
	assert_int_equal(l->cr->state, CASE_HANDLING);
	/* 9 h of 16 were used; 80 % are 12.8 h. The half isn't told again. */
	assert_next(l, FIRING_STEP, "2026-11-30T14:48:00+08:00", 1);
}

static void what_was_passed_unfired_before_a_pause_never_comes(void **state) {
	(void)state;
	struct life *l = with("handle", "2wd");
	life_step(l, "handle 50%", STEP_REMIND, "unit");
	life_submit(l);
	life_do(l, life_of_unit(CMD_ACCEPT, "firm_a"));
	life_to(l, "2026-11-24T11:00:00+08:00"); /* the reminder of 10:00 wasn't sent: nobody was there to */
	life_do(l, suspend_until("2026-11-30T09:00:00+08:00"));
	life_fire(l, "2026-11-30T09:00:00+08:00", "case.resumed");
	assert_next(l, FIRING_BREACH, "2026-11-30T18:00:00+08:00", -1);
}

static void steps_after_due_come_when_the_clock_goes_on(void **state) {
	(void)state;
	struct life *l = with("handle", "1wh");
	life_step(l, "handle +1wd", STEP_NOTIFY, "unit");
	life_submit(l);
	life_do(l, life_of_unit(CMD_ACCEPT, "firm_a"));
	life_fire(l, "2026-11-23T11:00:00+08:00", "clock.breached");
	life_do(l, suspend_until("2026-11-30T09:00:00+08:00"));
	/* Hung up it isn't told; nor is it lost. */
	life_fire(l, "2026-11-30T09:00:00+08:00", "case.resumed");
	life_fire(l, "2026-11-30T09:00:00+08:00", "clock.escalated");
}

static void a_breach_that_was_missed_before_a_pause_is_told(void **state) {
	(void)state;
	struct life *l = with("handle", "1wh");
	life_submit(l);
	life_do(l, life_of_unit(CMD_ACCEPT, "firm_a"));
	life_to(l, "2026-11-23T15:00:00+08:00");
	life_do(l, suspend_until("2026-11-30T09:00:00+08:00"));
	assert_next(l, FIRING_BREACH, "2026-11-23T11:00:00+08:00", -1);
}

static struct command ask_extension(void) {
	struct command cmd = life_of_unit(CMD_ASK, "firm_a");
	cmd.ask.what = ASK_EXTEND;
	cmd.ask.reason = "parts";
	cmd.ask.until_us = NO_TIME;
	return cmd;
}

static struct command answer(const struct life *l, bool grant) {
	struct command cmd = life_of_boss(CMD_DECIDE);
	cmd.decide.request = l->cr->request.n;
	cmd.decide.grant = grant;
	cmd.decide.until_us = NO_TIME;
	return cmd;
}

static struct life *asked_in_time(void) {
	struct life *l = with("handle", "4wh");
	life_limit(l, "decide", "1wd");
	life_step(l, "handle 50%", STEP_REMIND, "unit");
	life_step(l, "handle", STEP_NOTIFY, "unit");
	life_submit(l);
	life_do(l, life_of_unit(CMD_ACCEPT, "firm_a"));
	life_do(l, ask_extension());
	return l;
}

static void a_request_in_time_makes_the_breach_wait(void **state) {
	(void)state;
	struct life *l = asked_in_time();
	assert_true(l->cr->request.in_time);
	life_fire(l, "2026-11-23T12:00:00+08:00", "clock.warned"); /* shares go on */
	assert_next(l, FIRING_BREACH, "2026-11-24T10:00:00+08:00", -1);
	assert_string_equal(l->cr->clocks.v[next_of(l).clock].name, "decide");
}

static void refused_it_fires_as_of_the_due_time(void **state) {
	(void)state;
	struct life *l = asked_in_time();
	life_fire(l, "2026-11-23T12:00:00+08:00", "clock.warned");
	life_to(l, "2026-11-23T17:00:00+08:00");
	life_do(l, answer(l, false));
	life_fire(l, "2026-11-23T16:00:00+08:00", "clock.breached");
	assert_true(l->ch.at_us == at("2026-11-23T16:00:00+08:00"));
	assert_true(life_clock(l, "handle")->breached_at_us == at("2026-11-23T16:00:00+08:00"));
	life_fire(l, "2026-11-23T16:00:00+08:00", "clock.escalated");
}

static void granted_it_never_was(void **state) {
	(void)state;
	struct life *l = asked_in_time();
	life_fire(l, "2026-11-23T12:00:00+08:00", "clock.warned");
	life_to(l, "2026-11-23T17:00:00+08:00");
	life_do(l, answer(l, true));
	assert_int_equal(life_clock(l, "handle")->extensions, 1);
	assert_next(l, FIRING_BREACH, "2026-11-24T10:00:00+08:00", -1);
	assert_true(life_clock(l, "handle")->breached_at_us == NO_TIME);
}

static void asked_too_late_it_doesnt_wait(void **state) {
	(void)state;
	struct life *l = with("handle", "4wh");
	life_submit(l);
	life_do(l, life_of_unit(CMD_ACCEPT, "firm_a"));
	life_to(l, "2026-11-23T16:30:00+08:00"); /* overdue, and not told yet */
	struct command cmd = life_of_unit(CMD_ASK, "firm_a");
	cmd.ask.what = ASK_SUSPEND;
	cmd.ask.reason = "season";
	cmd.ask.until_us = at("2026-12-23T10:00:00+08:00");
	life_do(l, cmd);
	assert_false(l->cr->request.in_time);
	life_fire(l, "2026-11-23T16:00:00+08:00", "clock.breached");
}

static void closed_before_the_correction_it_is_silent(void **state) {
	(void)state;
	struct life *l = with("handle", "4wh");
	life_submit(l);
	life_do(l, life_of_unit(CMD_ACCEPT, "firm_a"));
	life_fire(l, "2026-11-23T16:00:00+08:00", "clock.breached");
	life_to(l, "2026-11-23T16:10:00+08:00");
	struct command cmd = life_of_unit(CMD_FINISH, "firm_a");
	cmd.finish.result = "solved";
	cmd.late_entry = true;
	cmd.at_us = at("2026-11-23T16:00:00+08:00"); /* sharp: in time */
	life_do(l, cmd);
	assert_next(l, FIRING_CORRECTION, "2026-11-23T16:00:00+08:00", -1);
	cmd = life_of_boss(CMD_VERIFY);
	cmd.verify.pass = true;
	life_do(l, cmd);
	assert_true(l->ch.next_fire_at_us == NO_TIME);
}

static void final_cases_never_fire(void **state) {
	(void)state;
	struct life *l = with("handle", "4wh");
	life_limit(l, "overall", "20wd");
	life_submit(l);
	struct command cmd = life_of_boss(CMD_REJECT);
	cmd.because.reason = "not_a_case";
	life_do(l, cmd);
	assert_int_equal(l->cr->state, CASE_REJECTED);
	assert_true(l->ch.next_fire_at_us == NO_TIME);
}

static void a_note_doesnt_restart_the_ladder(void **state) {
	(void)state;
	struct life *l = with("handle", "2wd");
	life_step(l, "handle 80%", STEP_REMIND, "unit");
	life_step(l, "handle +1wd", STEP_NOTIFY, "unit");
	life_submit(l);
	const int64_t next_us = l->ch.next_fire_at_us;
	life_to(l, "2026-11-24T11:00:00+08:00");
	life_do(l, life_of_unit(CMD_NOTE, "firm_a"));
	assert_true(l->ch.next_fire_at_us == next_us);
}

static void a_deadline_from_outside_fires_too(void **state) {
	(void)state;
	struct life *l = with("overall", "20wd");
	life_step(l, "handle 50%", STEP_REMIND, "unit");
	struct command cmd = life_submit_cmd(l);
	*LIST_ADD(&cmd.submit.deadlines, &fx.arena) = (struct deadline){"handle", at("2026-11-25T10:00:00+08:00")};
	life_do(l, cmd);
	life_fire(l, "2026-11-24T10:00:00+08:00", "clock.warned"); /* half of the natural time */
	life_fire(l, "2026-11-25T10:00:00+08:00", "clock.breached");
	assert_string_equal(l->ch.list.v[1].fired.bearer, "firm_a");
}

static void a_deadline_that_was_over_when_it_came(void **state) {
	(void)state;
	struct life *l = with("overall", "20wd");
	struct command cmd = life_submit_cmd(l);
	*LIST_ADD(&cmd.submit.deadlines, &fx.arena) = (struct deadline){"handle", at("2026-11-20T10:00:00+08:00")};
	life_do(l, cmd);
	life_fire(l, life_start, "clock.breached"); /* not before the case was there */
}

static void a_limit_taken_away_clears_overdue(void **state) {
	(void)state;
	/* A deadline that its sender moves to later: the mark of the breach is taken back, and the new time counts. */
	struct life *l = with("overall", "20wd");
	struct command cmd = life_submit_cmd(l);
	*LIST_ADD(&cmd.submit.deadlines, &fx.arena) = (struct deadline){"handle", at("2026-11-24T10:00:00+08:00")};
	life_do(l, cmd);
	life_fire(l, "2026-11-24T10:00:00+08:00", "clock.breached");
	struct command later = life_of_boss(CMD_DEADLINE);
	later.powers |= POWER_PLATFORM;
	later.deadline = (struct deadline){"handle", at("2026-11-26T10:00:00+08:00")};
	life_do(l, later);
	life_fire(l, "2026-11-24T10:00:00+08:00", "clock.corrected");
	assert_true(life_clock(l, "handle")->breached_at_us == NO_TIME);
	assert_false(clock_overdue(life_clock(l, "handle"), l->now_us, NULL));
	life_fire(l, "2026-11-26T10:00:00+08:00", "clock.breached");
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_without_a_clock),
	    cmocka_unit_test(shares_then_due_then_steps_after_it),
	    cmocka_unit_test(two_steps_of_one_instant_both_fire),
	    cmocka_unit_test(what_is_held_waits_for_opening),
	    cmocka_unit_test(each_clock_fires_for_itself),
	    cmocka_unit_test(a_stopped_clock_is_silent),
	    cmocka_unit_test(a_resume_doesnt_fire_what_has_passed),
	    cmocka_unit_test(what_was_passed_unfired_before_a_pause_never_comes),
	    cmocka_unit_test(steps_after_due_come_when_the_clock_goes_on),
	    cmocka_unit_test(a_breach_that_was_missed_before_a_pause_is_told),
	    cmocka_unit_test(a_request_in_time_makes_the_breach_wait),
	    cmocka_unit_test(refused_it_fires_as_of_the_due_time),
	    cmocka_unit_test(granted_it_never_was),
	    cmocka_unit_test(asked_too_late_it_doesnt_wait),
	    cmocka_unit_test(closed_before_the_correction_it_is_silent),
	    cmocka_unit_test(final_cases_never_fire),
	    cmocka_unit_test(a_note_doesnt_restart_the_ladder),
	    cmocka_unit_test(a_deadline_from_outside_fires_too),
	    cmocka_unit_test(a_deadline_that_was_over_when_it_came),
	    cmocka_unit_test(a_limit_taken_away_clears_overdue),
	};
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
