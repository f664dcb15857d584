/* test_order: supervision orders: opened, replied to, accepted or not, lapsed. */
#include "tests/unit/cases/play.h"

static struct command open_order(struct command cmd, const char *unit, enum order_kind kind) {
	cmd.open_order.unit = unit;
	cmd.open_order.kind = kind;
	cmd.open_order.reason = "leader_order";
	return cmd;
}

static struct command reply_by(const struct play *p, const char *unit) {
	struct command cmd = by_unit(p, CMD_REPLY_ORDER, unit);
	cmd.order.order = (int32_t)p->cr->orders.n;
	return cmd;
}

static struct command judged(struct command cmd, int32_t order, bool accepted) {
	cmd.order.order = order;
	cmd.order.accepted = accepted;
	return cmd;
}

/* A leader's order to the firm, since 10:30, by the inspector Lin. */
static struct play *ordered(void) {
	struct play *p = play_handling();
	play_does(p, open_order(by_inspector(p, CMD_OPEN_ORDER), NULL, ORDER_LEADER));
	return p;
}

static const struct order *order_n(const struct play *p, int32_t n, enum order_state state) {
	const struct order *o = case_order(p->cr, n);
	assert_non_null(o);
	assert_string_equal(order_state_names[o->state], order_state_names[state]);
	return o;
}

static void an_order_has_its_own_clock(void **state) {
	(void)state;
	struct play *p = ordered();
	assert_string_equal(p->changes.event_type, "supervision.opened");
	assert_held(p, CASE_HANDLING, "firm_a");
	const struct order *o = order_n(p, 1, ORDER_OPEN);
	assert_string_equal(o->unit, "firm_a");
	assert_string_equal(o->issuer, "lin");
	assert_string_equal(o->grounds, "leader_order");
	assert_instant(p->facts.calendars->zone, o->due_at_us, "2026-11-30T10:30:00+08:00");
	assert_due(p, "supervise", "2026-11-30T10:30:00+08:00");
	const struct clock *c = case_clock(p->cr, "supervise");
	assert_int_equal(c->order, 1);
	assert_int_equal(c->task, 0);
	assert_string_equal(c->bearer, "firm_a");
	/* The unit is told, and who stands above it. */
	assert_string_equal(notice_n(p, 0)->unit, "firm_a");
	assert_string_equal(notice_n(p, 1)->unit, "housing_office");
	assert_null(notice_n(p, 2));
	assert_int_equal(notice_n(p, 0)->kind, NOTICE_ORDER);
	assert_int_equal(notice_n(p, 0)->order, 1);
	assert_true(notice_n(p, 0)->due_at_us == o->due_at_us);
}

static void the_limit_is_the_orders_the_cases_or_the_towns(void **state) {
	(void)state;
	struct play *p = play_new();
	add_limit(p, "supervise", "2wd", NULL, NULL);
	play_does(p, submit_now(p));
	play_does(p, open_order(by_inspector(p, CMD_OPEN_ORDER), NULL, ORDER_KEY));
	assert_due(p, "supervise", "2026-11-25T10:00:00+08:00");
	struct command cmd = open_order(by_inspector(p, CMD_OPEN_ORDER), "squad", ORDER_KEY);
	cmd.open_order.within = limit_of("3wh");
	play_does(p, cmd);
	assert_due(p, "supervise", "2026-11-23T15:00:00+08:00");
	assert_string_equal(order_n(p, 2, ORDER_OPEN)->unit, "squad");
	p = play_dispatched();
	play_does(p, cmd);
	assert_due(p, "supervise", "2026-11-23T15:00:00+08:00");
	p = play_dispatched();
	p->policy.order_within.amount = 0;
	play_does(p, open_order(by_inspector(p, CMD_OPEN_ORDER), NULL, ORDER_KEY));
	assert_null(case_clock(p->cr, "supervise"));
	assert_true(order_n(p, 1, ORDER_OPEN)->due_at_us == NO_TIME);
}

static void one_order_about_an_overdue_is_enough(void **state) {
	(void)state;
	struct play *p = play_handling();
	play_refused(p, open_order(by_inspector(p, CMD_OPEN_ORDER), "firm_z", ORDER_KEY), E_INVALID_PARAMS, "no unit firm_z");
	play_does(p, open_order(by_inspector(p, CMD_OPEN_ORDER), NULL, ORDER_OVERDUE));
	play_refused(p, open_order(by_inspector(p, CMD_OPEN_ORDER), "firm_a", ORDER_OVERDUE), E_CONFLICT,
	             "order D1 about an overdue goes to firm_a already");
	play_does(p, open_order(by_inspector(p, CMD_OPEN_ORDER), "squad", ORDER_OVERDUE));
	play_does(p, open_order(by_inspector(p, CMD_OPEN_ORDER), "firm_a", ORDER_LEADER));
	play_does(p, open_order(by_inspector(p, CMD_OPEN_ORDER), "c035", ORDER_LEADER));
	play_does(p, open_order(by_inspector(p, CMD_OPEN_ORDER), "c035", ORDER_OVERDUE));
}

static void the_unit_replies_and_the_issuer_accepts(void **state) {
	(void)state;
	struct play *p = ordered();
	play_refused(p, reply_by(p, "squad"), E_FORBIDDEN, "order D1 goes to firm_a: that unit replies");
	play_refused(p, by_platform(p, CMD_REPLY_ORDER), E_NOT_FOUND, "there is no order D0");
	play_refused(p, judged(by_inspector(p, CMD_ACCEPT_ORDER), 1, true), E_CONFLICT, "order D1 is open");
	play_at(p, "2026-11-24T10:30:00+08:00");
	play_does(p, reply_by(p, "firm_a"));
	assert_string_equal(p->changes.event_type, "supervision.replied");
	assert_true(order_n(p, 1, ORDER_REPLIED)->replied_at_us == p->now_us);
	(void)clock_named(p, "supervise", CLOCK_RUNNING);
	play_refused(p, reply_by(p, "firm_a"), E_CONFLICT, "order D1 is replied");
	play_refused(p, judged(by_supervisor(p, CMD_ACCEPT_ORDER), 1, true), E_FORBIDDEN, "was issued by lin");
	play_at(p, "2026-11-24T11:00:00+08:00");
	play_does(p, judged(by_inspector(p, CMD_ACCEPT_ORDER), 1, true));
	assert_string_equal(p->changes.event_type, "supervision.judged");
	assert_true(order_n(p, 1, ORDER_ACCEPTED)->ended_at_us == p->now_us);
	assert_stopped(p, "supervise", "2026-11-24T11:00:00+08:00");
	assert_held(p, CASE_HANDLING, "firm_a");
}

static void a_refused_reply_leaves_the_order_open(void **state) {
	(void)state;
	struct play *p = ordered();
	play_does(p, for_unit(judged(by_desk(p, CMD_REPLY_ORDER), 1, false), "firm_a"));
	play_does(p, judged(by_inspector(p, CMD_ACCEPT_ORDER), 1, false));
	const struct order *o = order_n(p, 1, ORDER_OPEN);
	assert_int_equal(o->refusals, 1);
	assert_true(o->replied_at_us == NO_TIME && o->ended_at_us == NO_TIME);
	assert_due(p, "supervise", "2026-11-30T10:30:00+08:00");
	play_does(p, reply_by(p, "firm_a"));
	play_does(p, judged(by_inspector(p, CMD_ACCEPT_ORDER), 1, true));
}

static void expired(struct play *p) {
	play_at(p, "2026-12-01T09:00:00+08:00");
	while (p->cr->orders.v[0].state != ORDER_EXPIRED)
		play_does(p, command_by(p, CMD_FIRE, "gridd", NULL));
}

static void after_it_expired_a_reply_still_ends_it(void **state) {
	(void)state;
	struct play *p = ordered();
	expired(p);
	assert_string_equal(order_n(p, 1, ORDER_EXPIRED)->consequence, "criticism");
	play_refused(p, judged(by_inspector(p, CMD_ACCEPT_ORDER), 1, true), E_CONFLICT, "order D1 is expired, without a reply");
	struct command reply = for_unit(judged(by_desk(p, CMD_REPLY_ORDER), 1, false), "firm_a");
	play_does(p, reply);
	play_refused(p, reply, E_CONFLICT, "order D1 is expired, and was replied to");
	play_does(p, judged(by_inspector(p, CMD_ACCEPT_ORDER), 1, false));
	assert_int_equal(order_n(p, 1, ORDER_EXPIRED)->refusals, 1);
	(void)clock_named(p, "supervise", CLOCK_RUNNING);
	play_does(p, reply);
	play_does(p, judged(by_inspector(p, CMD_ACCEPT_ORDER), 1, true));
	assert_string_equal(order_n(p, 1, ORDER_ACCEPTED)->consequence, "criticism");
	assert_stopped(p, "supervise", "2026-12-01T09:00:00+08:00");
}

static void what_the_office_issued_any_inspector_accepts(void **state) {
	(void)state;
	struct play *p = play_handling();
	struct command cmd = open_order(by_inspector(p, CMD_OPEN_ORDER), NULL, ORDER_KEY);
	cmd.actor = "supervision"; /* as a step of the ladder does it */
	play_does(p, cmd);
	play_does(p, reply_by(p, "firm_a"));
	play_refused(p, judged(by_supervisor(p, CMD_ACCEPT_ORDER), 1, true), E_FORBIDDEN, "was issued by supervision");
	play_does(p, judged(by_inspector(p, CMD_ACCEPT_ORDER), 1, true));
}

static void each_order_stops_its_own_clock(void **state) {
	(void)state;
	struct play *p = ordered();
	play_does(p, open_order(by_inspector(p, CMD_OPEN_ORDER), "squad", ORDER_KEY));
	play_does(p, judged(by_unit(p, CMD_REPLY_ORDER, "firm_a"), 1, false));
	play_does(p, judged(by_inspector(p, CMD_ACCEPT_ORDER), 1, true));
	for (size_t i = 0; i < p->cr->clocks.n; i++)
		if (p->cr->clocks.v[i].order)
			assert_int_equal(p->cr->clocks.v[i].state, p->cr->clocks.v[i].order == 1 ? CLOCK_STOPPED : CLOCK_RUNNING);
}

static void the_ordered_unit_can_neither_pause_nor_extend_it(void **state) {
	(void)state;
	struct play *p = ordered();
	struct command ask = by_unit(p, CMD_ASK, "firm_a");
	ask.ask.what = ASK_EXTEND;
	ask.ask.clock = "supervise";
	play_refused(p, ask, E_CONFLICT, "no clock supervise runs for firm_a");
	struct command suspend = by_supervisor(p, CMD_SUSPEND);
	suspend.suspend.until_us = at("2026-12-30T10:00:00+08:00");
	play_does(p, suspend);
	assert_due(p, "supervise", "2026-11-30T10:30:00+08:00");
	play_does(p, by_supervisor(p, CMD_RESUME));
	struct command give_back = by_unit(p, CMD_RETURN, "firm_a");
	give_back.giving_back.reason = "not_ours";
	play_does(p, give_back);
	assert_due(p, "supervise", "2026-11-30T10:30:00+08:00");
}

static void with_the_case_an_order_lapses_but_not_a_reply(void **state) {
	(void)state;
	struct play *p = ordered();
	play_does(p, open_order(by_inspector(p, CMD_OPEN_ORDER), "squad", ORDER_KEY));
	play_does(p, reply_by(p, "squad"));
	play_does(p, finish_by(p, "firm_a"));
	play_does(p, verify_by_desk(p, true));
	assert_true(order_n(p, 1, ORDER_LAPSED)->ended_at_us == p->now_us);
	(void)order_n(p, 2, ORDER_REPLIED);
	(void)clock_named(p, "supervise", CLOCK_STOPPED);
	play_does(p, judged(by_inspector(p, CMD_ACCEPT_ORDER), 2, true));
	play_refused(p, judged(by_inspector(p, CMD_ACCEPT_ORDER), 1, true), E_CONFLICT, "order D1 is lapsed");
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_order_has_its_own_clock),
	    cmocka_unit_test(the_limit_is_the_orders_the_cases_or_the_towns),
	    cmocka_unit_test(one_order_about_an_overdue_is_enough),
	    cmocka_unit_test(the_unit_replies_and_the_issuer_accepts),
	    cmocka_unit_test(a_refused_reply_leaves_the_order_open),
	    cmocka_unit_test(after_it_expired_a_reply_still_ends_it),
	    cmocka_unit_test(what_the_office_issued_any_inspector_accepts),
	    cmocka_unit_test(each_order_stops_its_own_clock),
	    cmocka_unit_test(the_ordered_unit_can_neither_pause_nor_extend_it),
	    cmocka_unit_test(with_the_case_an_order_lapses_but_not_a_reply),
	};
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
