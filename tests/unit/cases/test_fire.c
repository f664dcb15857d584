/* test_fire: what happens when time fires: marks, notices, levels, orders, repeats, the next handler; and moved due times. */
#include "tests/unit/cases/life.h"

static struct life *with(const char *clock, const char *limit) {
	struct life *l = life_new(&fx.arena, life_office());
	life_limit(l, clock, limit);
	return l;
}

static const struct change *change_of(const struct life *l, enum change_kind kind) {
	for (size_t i = 0; i < l->ch.list.n; i++)
		if (l->ch.list.v[i].kind == kind)
			return &l->ch.list.v[i];
	fail_msg("no change of that kind");
	return NULL;
}

static void assert_refused(struct life *l, struct command cmd, enum err_code code) {
	const struct case_rec *before = l->cr;
	assert_false(life_try(l, cmd));
	assert_int_equal(l->why.err.code, code);
	assert_ptr_equal(l->cr, before);
	assert_int_equal(l->ch.list.n, 0);
}

static void nothing_fires_early(void **state) {
	(void)state;
	struct life *l = with("handle", "4wh");
	life_submit(l);
	assert_refused(l, life_time(), E_CONFLICT);
	l->now_us = at("2026-11-23T16:00:00+08:00") - 1;
	assert_refused(l, life_time(), E_CONFLICT);
	l->now_us++;
	life_do(l, life_time());
	assert_refused(l, life_time(), E_CONFLICT);
}

static void a_breach_marks_the_clock_once(void **state) {
	(void)state;
	struct life *l = with("handle", "4wh");
	life_submit(l);
	const int32_t version = l->cr->version;
	l->now_us = at("2026-11-24T09:00:00+08:00"); /* told late, it is of its own time */
	life_do(l, life_time());
	assert_string_equal(l->ch.event_type, "clock.breached");
	assert_instant(l->facts.calendars->zone, l->ch.at_us, "2026-11-23T16:00:00+08:00");
	assert_true(life_clock(l, "handle")->breached_at_us == l->ch.at_us && l->cr->changed_at_us == l->ch.at_us);
	assert_int_equal(l->cr->version, version + 1);
	const struct change *fired = change_of(l, CHANGE_FIRED);
	assert_string_equal(fired->fired.clock, "handle");
	assert_string_equal(fired->fired.bearer, "firm_a");
	assert_int_equal(fired->fired.step, -1);
	assert_int_equal(fired->fired.task, 1);
	assert_true(fired->fired.due_at_us == l->ch.at_us && fired->fired.before_us == NO_TIME);
	assert_int_equal(l->cr->state, CASE_DISPATCHED);
}

static void a_step_tells_those_it_names(void **state) {
	(void)state;
	struct life *l = with("handle", "10wh");
	life_step(l, "handle 50%", STEP_REMIND, "unit");
	life_step(l, "handle", STEP_NOTIFY, "unit.leader desk");
	life_step(l, "handle +1wd", STEP_LEVEL, "supervision")->level = 2;
	life_step(l, "handle +2wd", STEP_LEVEL, "supervision")->level = 1;
	life_submit(l);
	life_fire(l, "2026-11-23T17:00:00+08:00", "clock.warned");
	assert_int_equal(life_told(l, "firm_a", NOTICE_REMIND), 1);
	assert_int_equal(life_changes(l, CHANGE_NOTICE), 1);
	const struct change *n = change_of(l, CHANGE_NOTICE);
	assert_string_equal(n->notice.clock, "handle");
	assert_true(n->notice.due_at_us == at("2026-11-24T12:00:00+08:00") && n->notice.step == 0 && !n->notice.acknowledge);
	assert_int_equal(life_clock(l, "handle")->fired, 1);
	life_fire(l, "2026-11-24T12:00:00+08:00", "clock.breached");
	assert_int_equal(life_changes(l, CHANGE_NOTICE), 0);
	life_fire(l, "2026-11-24T12:00:00+08:00", "clock.escalated");
	assert_int_equal(life_told(l, "firm_head", NOTICE_OVERDUE), 1);
	assert_int_equal(life_told(l, "grid_centre", NOTICE_OVERDUE), 1);
	life_fire(l, "2026-11-25T12:00:00+08:00", "clock.escalated");
	assert_int_equal(life_told(l, "supervision", NOTICE_LEVEL), 1);
	assert_int_equal(l->cr->escalation_level, 2);
	life_fire(l, "2026-11-26T12:00:00+08:00", "clock.escalated");
	assert_int_equal(l->cr->escalation_level, 2);
	assert_int_equal(life_clock(l, "handle")->fired, 15);
}

static void accept_ran_out_so_the_next_one_gets_it(void **state) {
	(void)state;
	struct life *l = with("accept", "2wh");
	life_limit(l, "handle", "3wd");
	life_submit(l);
	l->now_us = at("2026-11-23T12:00:05+08:00");
	life_do(l, life_time());
	assert_string_equal(l->ch.event_type, "clock.breached");
	assert_true(l->ch.at_us == l->now_us); /* nobody gets a case before it was known to be his */
	assert_int_equal(l->cr->state, CASE_DISPATCHED);
	assert_string_equal(l->cr->unit, "support");
	assert_int_equal(l->cr->chain_at, 1);
	assert_int_equal(l->cr->tasks.n, 2);
	assert_int_equal(l->cr->tasks.v[0].state, TASK_WITHDRAWN);
	assert_string_equal(l->cr->tasks.v[0].reason, "not_accepted");
	assert_int_equal(l->cr->returns, 0);
	const struct change *fired = change_of(l, CHANGE_FIRED);
	assert_string_equal(fired->fired.bearer, "firm_a");
	assert_true(fired->fired.due_at_us == at("2026-11-23T12:00:00+08:00"));
	assert_instant(l->facts.calendars->zone, life_clock(l, "handle")->due_at_us, "2026-11-26T12:00:00+08:00");
	/* On to the last of the chain, and there it stays. */
	life_fire(l, "2026-11-23T16:00:00+08:00", "clock.breached");
	assert_string_equal(l->cr->unit, "housing");
	life_fire(l, "2026-11-23T18:00:00+08:00", "clock.breached");
	assert_string_equal(l->cr->unit, "housing");
	assert_int_equal(l->cr->tasks.n, 3);
}

static void an_emergency_stays_and_everybody_is_told(void **state) {
	(void)state;
	struct life *l = with("accept", "30min");
	life_step(l, "accept", STEP_NOTIFY, "unit grid_centre");
	l->verdict.emergency = true;
	life_submit(l);
	life_fire(l, "2026-11-23T10:30:00+08:00", "clock.breached");
	assert_string_equal(l->cr->unit, "firm_a");
	life_fire(l, "2026-11-23T10:30:00+08:00", "clock.escalated");
	assert_int_equal(life_told(l, "firm_a", NOTICE_OVERDUE), 1);
	assert_int_equal(life_told(l, "grid_centre", NOTICE_OVERDUE), 1);
}

static struct life *repeating(void) {
	struct life *l = with("accept", "30min");
	struct ladder_step *s = life_step(l, "accept", STEP_NOTIFY, "unit c035");
	s->repeat = limit_of("10min");
	s->repeat_max = 2;
	l->verdict.emergency = true;
	life_submit(l);
	life_fire(l, "2026-11-23T10:30:00+08:00", "clock.breached");
	life_fire(l, "2026-11-23T10:30:00+08:00", "clock.escalated");
	assert_true(change_of(l, CHANGE_NOTICE)->notice.acknowledge);
	return l;
}

static void it_repeats_and_then_goes_up(void **state) {
	(void)state;
	struct life *l = repeating();
	life_fire(l, "2026-11-23T10:40:00+08:00", "notice.repeated");
	assert_int_equal(life_told(l, "firm_a", NOTICE_OVERDUE) + life_told(l, "c035", NOTICE_OVERDUE), 2);
	assert_int_equal(change_of(l, CHANGE_NOTICE)->notice.times, 2);
	life_fire(l, "2026-11-23T10:50:00+08:00", "notice.repeated");
	life_fire(l, "2026-11-23T11:00:00+08:00", "notice.repeated");
	assert_int_equal(life_told(l, "firm_a", NOTICE_OVERDUE), 0);
	assert_int_equal(life_told(l, "firm_head", NOTICE_OVERDUE), 1);
	assert_int_equal(l->cr->alarms.v[0].times, 4);
	assert_true(l->cr->alarms.v[0].next_at_us == NO_TIME && l->ch.next_fire_at_us == NO_TIME);
}

static struct command acknowledgement(const struct life *l) {
	struct command cmd = life_of_unit(CMD_ACKNOWLEDGE, "firm_a");
	cmd.acknowledge.clock = "accept";
	cmd.acknowledge.task = 1;
	cmd.acknowledge.started_at_us = life_clock(l, "accept")->started_at_us;
	return cmd;
}

static void acknowledged_it_is_silent(void **state) {
	(void)state;
	struct life *l = repeating();
	life_do(l, acknowledgement(l));
	assert_string_equal(l->ch.event_type, "notice.acknowledged");
	assert_true(l->cr->alarms.v[0].acknowledged_at_us == l->now_us && l->ch.next_fire_at_us == NO_TIME);
	assert_refused(l, acknowledgement(l), E_CONFLICT);
	struct command other = acknowledgement(l);
	other.acknowledge.step = 7;
	assert_refused(l, other, E_CONFLICT);
}

static void it_is_silent_when_its_clock_stops(void **state) {
	(void)state;
	struct life *l = repeating();
	life_to(l, "2026-11-23T10:35:00+08:00");
	life_do(l, life_of_unit(CMD_ACCEPT, "firm_a"));
	assert_true(l->ch.next_fire_at_us == NO_TIME);
}

static void missed_repeats_are_not_made_up_for(void **state) {
	(void)state;
	struct life *l = repeating();
	l->now_us = at("2026-11-23T15:00:00+08:00"); /* nobody was there for hours */
	life_do(l, life_time());
	assert_string_equal(l->ch.event_type, "notice.repeated");
	assert_instant(l->facts.calendars->zone, l->ch.next_fire_at_us, "2026-11-23T15:10:00+08:00");
}

static struct life *supervised(void) {
	struct life *l = with("handle", "1wh");
	life_step(l, "handle +1wd", STEP_SUPERVISE, "supervision");
	life_step(l, "handle +2wd", STEP_SUPERVISE, "supervision");
	life_submit(l);
	life_do(l, life_of_unit(CMD_ACCEPT, "firm_a"));
	life_fire(l, "2026-11-23T11:00:00+08:00", "clock.breached");
	life_fire(l, "2026-11-24T11:00:00+08:00", "clock.escalated");
	return l;
}

static void a_step_opens_one_order_at_a_time(void **state) {
	(void)state;
	struct life *l = supervised();
	assert_int_equal(l->cr->orders.n, 1);
	const struct order *o = &l->cr->orders.v[0];
	assert_int_equal(o->kind, ORDER_OVERDUE);
	assert_int_equal(o->state, ORDER_OPEN);
	assert_string_equal(o->unit, "firm_a");
	assert_string_equal(o->issuer, "supervision");
	assert_string_equal(o->grounds, "handle +1wd");
	assert_true(o->opened_at_us == at("2026-11-24T11:00:00+08:00"));
	assert_instant(l->facts.calendars->zone, life_clock(l, "supervise")->due_at_us, "2026-12-01T11:00:00+08:00");
	assert_int_equal(life_told(l, "firm_a", NOTICE_ORDER), 1);
	assert_int_equal(life_told(l, "supervision", NOTICE_ORDER), 1);
	life_fire(l, "2026-11-25T11:00:00+08:00", "clock.escalated");
	assert_int_equal(l->cr->orders.n, 1);
	assert_int_equal(life_told(l, "supervision", NOTICE_ORDER), 1);
}

static void an_order_that_expires_is_made_known(void **state) {
	(void)state;
	struct life *l = supervised();
	life_fire(l, "2026-11-25T11:00:00+08:00", "clock.escalated");
	life_fire(l, "2026-12-01T11:00:00+08:00", "supervision.expired");
	const struct order *o = &l->cr->orders.v[0];
	assert_int_equal(o->state, ORDER_EXPIRED);
	assert_string_equal(o->consequence, "criticism");
	assert_true(o->ended_at_us == l->ch.at_us && life_clock(l, "supervise")->breached_at_us == l->ch.at_us);
	assert_int_equal(life_told(l, "firm_a", NOTICE_EXPIRED), 1);
	assert_int_equal(life_told(l, "firm_head", NOTICE_EXPIRED), 1);
	assert_int_equal(life_told(l, "supervision", NOTICE_EXPIRED), 1);
	assert_true(l->ch.next_fire_at_us == NO_TIME);
}

static void a_suspension_doesnt_stop_an_order(void **state) {
	(void)state;
	struct life *l = supervised();
	struct command cmd = life_of_boss(CMD_SUSPEND);
	cmd.suspend.reason = "season";
	cmd.suspend.until_us = at("2026-12-30T09:00:00+08:00");
	life_do(l, cmd);
	life_fire(l, "2026-12-01T11:00:00+08:00", "supervision.expired");
	life_fire(l, "2026-12-30T09:00:00+08:00", "case.resumed");
	assert_int_equal(l->cr->state, CASE_HANDLING);
}

static struct command finish_at(const struct life *l, const char *when) {
	struct command cmd = life_of_unit(CMD_FINISH, "firm_a");
	cmd.finish.result = "solved";
	cmd.late_entry = when != NULL;
	cmd.at_us = when ? at(when) : l->now_us;
	return cmd;
}

static void a_late_entry_takes_the_mark_back(void **state) {
	(void)state;
	struct life *l = with("handle", "4wh");
	life_submit(l);
	life_do(l, life_of_unit(CMD_ACCEPT, "firm_a"));
	life_fire(l, "2026-11-23T16:00:00+08:00", "clock.breached");
	life_to(l, "2026-11-23T17:00:00+08:00");
	life_do(l, finish_at(l, "2026-11-23T15:50:00+08:00"));
	life_fire(l, "2026-11-23T16:00:00+08:00", "clock.corrected");
	assert_true(life_clock(l, "handle")->breached_at_us == NO_TIME);
	assert_true(change_of(l, CHANGE_FIRED)->fired.due_at_us == at("2026-11-23T16:00:00+08:00"));
	assert_int_equal(l->cr->state, CASE_FINISHED);
}

static void finished_too_late_it_is_breached_though_nobody_told(void **state) {
	(void)state;
	struct life *l = with("handle", "4wh");
	life_submit(l);
	life_do(l, life_of_unit(CMD_ACCEPT, "firm_a"));
	l->now_us = at("2026-11-23T16:00:01+08:00"); /* faster than the timekeeper */
	life_do(l, finish_at(l, NULL));
	assert_true(life_clock(l, "handle")->breached_at_us == at("2026-11-23T16:00:00+08:00"));
	assert_true(l->ch.next_fire_at_us == NO_TIME);
}

static void a_suspension_ends_when_it_says(void **state) {
	(void)state;
	struct life *l = with("handle", "4wh");
	life_submit(l);
	struct command cmd = life_of_boss(CMD_SUSPEND);
	cmd.suspend.reason = "season";
	cmd.suspend.until_us = at("2026-12-01T09:00:00+08:00");
	life_do(l, cmd);
	l->now_us = at("2026-12-01T09:30:00+08:00");
	life_do(l, life_time());
	assert_instant(l->facts.calendars->zone, l->ch.at_us, "2026-12-01T09:00:00+08:00");
	assert_int_equal(l->cr->state, CASE_DISPATCHED);
	assert_true(l->cr->suspended_until_us == NO_TIME);
	assert_instant(l->facts.calendars->zone, life_clock(l, "handle")->due_at_us, "2026-12-01T15:00:00+08:00");
	const struct span *last = &l->cr->spans.v[l->cr->spans.n - 1];
	assert_string_equal(last->bearer, "firm_a");
	assert_true(last->from_us == at("2026-12-01T09:00:00+08:00"));
}

/* ---- Calendars that change ---- */

static struct command moved(void) { return (struct command){.kind = CMD_MOVE, .actor = "gridd"}; }

static struct calendar *closed_on(const char *first, int days) {
	struct calendar *c = calendar_new("Asia/Shanghai", "08:00-12:00 14:00-18:00", "");
	for (int i = 0; i < days; i++)
		calendar_override(c, date(first) + i, (interval_list){0});
	return c;
}

static void a_holiday_moves_what_is_open(void **state) {
	(void)state;
	struct life *l = with("handle", "2wd");
	life_limit(l, "overall", "1wd");
	life_submit(l);
	assert_refused(l, moved(), E_CONFLICT);
	l->facts.calendars = set_of(closed_on("2026-11-25", 2));
	life_do(l, moved());
	assert_string_equal(l->ch.event_type, "clock.moved");
	assert_int_equal(life_changes(l, CHANGE_CLOCK), 1);
	const struct change *c = change_of(l, CHANGE_FIRED);
	assert_true(c->fired.before_us == at("2026-11-25T10:00:00+08:00") && !c->fired.put_off);
	assert_true(c->fired.due_at_us == at("2026-11-27T10:00:00+08:00"));
	assert_true(life_clock(l, "handle")->due_at_us == c->fired.due_at_us);
	assert_refused(l, moved(), E_CONFLICT);
}

static void what_would_be_over_at_once_is_put_off(void **state) {
	(void)state;
	struct life *l = life_new(&fx.arena, set_of(closed_on("2026-11-24", 1)));
	life_limit(l, "handle", "1wd");
	life_submit(l);
	assert_instant(l->facts.calendars->zone, life_clock(l, "handle")->due_at_us, "2026-11-25T10:00:00+08:00");
	life_to(l, "2026-11-24T15:00:00+08:00");
	l->facts.calendars = life_office(); /* the closure of that day is taken back: it would have been due at 10:00 */
	life_do(l, moved());
	assert_true(change_of(l, CHANGE_FIRED)->fired.put_off);
	assert_instant(l->facts.calendars->zone, life_clock(l, "handle")->due_at_us, "2026-11-24T18:00:00+08:00");
	assert_refused(l, moved(), E_CONFLICT);
}

static void a_due_time_becomes_certain(void **state) {
	(void)state;
	struct calendar *c = calendar_new("Asia/Shanghai", "08:00-12:00 14:00-18:00", "");
	c->known_until_day = date("2026-11-24");
	struct life *l = life_new(&fx.arena, set_of(c));
	life_limit(l, "handle", "3wd");
	life_submit(l);
	assert_true(life_clock(l, "handle")->provisional);
	l->facts.calendars = life_office();
	life_do(l, moved());
	assert_false(life_clock(l, "handle")->provisional);
}

static void a_breach_is_taken_back_if_the_day_was_none(void **state) {
	(void)state;
	struct life *l = with("handle", "1wd");
	life_submit(l);
	life_do(l, life_of_unit(CMD_ACCEPT, "firm_a"));
	life_fire(l, "2026-11-24T10:00:00+08:00", "clock.breached");
	life_to(l, "2026-11-24T17:00:00+08:00");
	l->facts.calendars = set_of(closed_on("2026-11-24", 1)); /* a closure told in the afternoon */
	life_do(l, moved());
	life_fire(l, "2026-11-24T10:00:00+08:00", "clock.corrected");
	assert_true(l->ch.at_us == l->now_us);
	life_fire(l, "2026-11-25T10:00:00+08:00", "clock.breached");
}

static void another_ladder_doesnt_tell_the_same_again(void **state) {
	(void)state;
	struct life *l = with("overall", "2wd");
	life_limit(l, "handle", "3wd");
	life_step(l, "overall 50%", STEP_REMIND, "unit");
	life_step(l, "overall 80%", STEP_REMIND, "unit");
	life_submit(l);
	life_fire(l, "2026-11-24T10:00:00+08:00", "clock.warned");
	l->verdict.steps = (ladder_step_list){0};
	life_step(l, "handle 50%", STEP_REMIND, "unit");
	life_step(l, "overall 80%", STEP_NOTIFY, "unit");
	life_step(l, "overall 50%", STEP_NOTIFY, "unit");
	struct command cmd = life_of_boss(CMD_AMEND);
	cmd.amend.class_code = "E70-06";
	cmd.amend.reroute = true;
	life_do(l, cmd);
	assert_int_equal(life_clock(l, "overall")->fired, 4);
	life_fire(l, "2026-11-24T16:48:00+08:00", "clock.warned");
	assert_int_equal(life_clock(l, "overall")->fired, 6);
	life_fire(l, "2026-11-25T10:00:00+08:00", "clock.breached");
}

static void what_repeats_ends_with_its_ladder(void **state) {
	(void)state;
	struct life *l = with("overall", "1wh");
	struct ladder_step *s = life_step(l, "overall", STEP_NOTIFY, "unit");
	s->repeat = limit_of("10min");
	s->repeat_max = 9;
	life_submit(l);
	life_fire(l, "2026-11-23T11:00:00+08:00", "clock.breached");
	life_fire(l, "2026-11-23T11:00:00+08:00", "clock.escalated");
	l->verdict.steps = (ladder_step_list){0};
	struct command cmd = life_of_boss(CMD_AMEND);
	cmd.amend.class_code = "E70-06";
	cmd.amend.reroute = true;
	life_do(l, cmd);
	assert_true(l->ch.next_fire_at_us == NO_TIME);
}

static void a_repair_changes_nothing_but_the_timer(void **state) {
	(void)state;
	struct life *l = with("handle", "2wd");
	life_submit(l);
	const int64_t next_us = l->ch.next_fire_at_us;
	life_do(l, (struct command){.kind = CMD_REPAIR, .actor = "gridd"});
	assert_string_equal(l->ch.event_type, "timer.repaired");
	assert_int_equal(l->ch.list.n, 0);
	assert_true(l->ch.next_fire_at_us == next_us);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_fires_early),
	    cmocka_unit_test(a_breach_marks_the_clock_once),
	    cmocka_unit_test(a_step_tells_those_it_names),
	    cmocka_unit_test(accept_ran_out_so_the_next_one_gets_it),
	    cmocka_unit_test(an_emergency_stays_and_everybody_is_told),
	    cmocka_unit_test(it_repeats_and_then_goes_up),
	    cmocka_unit_test(acknowledged_it_is_silent),
	    cmocka_unit_test(it_is_silent_when_its_clock_stops),
	    cmocka_unit_test(missed_repeats_are_not_made_up_for),
	    cmocka_unit_test(a_step_opens_one_order_at_a_time),
	    cmocka_unit_test(an_order_that_expires_is_made_known),
	    cmocka_unit_test(a_suspension_doesnt_stop_an_order),
	    cmocka_unit_test(a_late_entry_takes_the_mark_back),
	    cmocka_unit_test(finished_too_late_it_is_breached_though_nobody_told),
	    cmocka_unit_test(a_suspension_ends_when_it_says),
	    cmocka_unit_test(a_holiday_moves_what_is_open),
	    cmocka_unit_test(what_would_be_over_at_once_is_put_off),
	    cmocka_unit_test(a_due_time_becomes_certain),
	    cmocka_unit_test(a_breach_is_taken_back_if_the_day_was_none),
	    cmocka_unit_test(another_ladder_doesnt_tell_the_same_again),
	    cmocka_unit_test(what_repeats_ends_with_its_ladder),
	    cmocka_unit_test(a_repair_changes_nothing_but_the_timer),
	};
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
