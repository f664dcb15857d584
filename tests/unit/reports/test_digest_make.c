/* test_digest_make: who is overdue by how much, whose time it is, what is counted; cases live through decide() and apply(). */
#include "daemon/reports/digest_make.h"
#include "tests/unit/cases/life.h"

static struct pack *pack;

static int setup(void **state) {
	struct pack_source s;
	struct faults faults;
	struct err e;
	(void)fixture_setup(state);
	faults_init(&faults, &fx.arena);
	assert_true(pack_source_read(SOURCE_DIR "/tests/packs/small", &s, &e));
	assert_true(pack_load(&s, zone_load_file, true, &faults, &pack));
	pack_source_fini(&s);
	return 0;
}

static int teardown(void **state) {
	pack_unref(&pack);
	return fixture_teardown(state);
}

/* A case of the small town: Monday 10:00, office hours 09:00-12:00 and 13:00-17:00, four hours to handle: due at 15:00. */
static struct life *four_hours(void) {
	struct life *l = life_new(&fx.arena, (struct calendar_set *)pack_calendars(pack));
	l->policy.desk = "desk";
	life_limit(l, "handle", "4wh");
	life_limit(l, "verify", "1wh");
	life_limit(l, "dispatch", "30min");
	life_limit(l, "decide", "1wh");
	return l;
}

static struct life *submitted(void) {
	struct life *l = four_hours();
	life_submit(l);
	return l;
}

static struct digest_maker *maker_at(const char *when, const char *since) {
	const struct digest_base base = {.pack = pack,
	                                 .day = "2026-11-23",
	                                 .mark = DIGEST_ON_TIME,
	                                 .at_us = at(when),
	                                 .since_us = at(since),
	                                 .overdue_before = -1};
	return digest_make_start(&base, &fx.arena);
}

static void put(struct digest_maker *m, const char *number, const struct life *l) {
	digest_make_tally(m, l->cr);
	digest_make_case(m, &(struct digest_case){number, l->cr, "task.accepted", l->now_us}, &fx.arena);
}

static const char *const sunday_night = "2026-11-22T22:00:00+08:00", *const monday_night = "2026-11-23T22:00:00+08:00";

static const struct digest *night_of(const struct life *l, const char *when) {
	struct digest_maker *m = maker_at(when, sunday_night);
	put(m, "20261123-0000001", l);
	return digest_make_end(m);
}

static void a_row_says_all_of_it(void **state) {
	(void)state;
	const struct digest *d = night_of(submitted(), monday_night);
	assert_int_equal(d->overdue, 1);
	assert_int_equal(d->fresh, 1);
	const struct digest_row *r = &d->rows.v[0];
	assert_string_equal(r->number, "20261123-0000001");
	assert_string_equal(r->unit, "firm_a");
	assert_string_equal(r->clock, "handle");
	assert_instant(pack_calendars(pack)->zone, r->due_at_us, "2026-11-23T15:00:00+08:00");
	assert_int_equal(r->natural_us, 7 * HOUR_US);
	assert_int_equal(r->worked_us, 2 * HOUR_US);
	assert_string_equal(r->longest, "firm_a");
	assert_int_equal(r->longest_permille, 1000);
	assert_string_equal(r->last_act, "task.accepted");
	assert_true(r->fresh);
	assert_int_equal(d->units.n, 1);
	assert_string_equal(d->units.v[0].unit, "firm_a");
	assert_int_equal(d->units.v[0].longest_us, 2 * HOUR_US);
}

static void due_is_not_overdue(void **state) {
	(void)state;
	const struct life *l = submitted();
	assert_int_equal(night_of(l, "2026-11-23T15:00:00+08:00")->overdue, 0);
	assert_int_equal(night_of(l, "2026-11-23T15:00:00.000001+08:00")->overdue, 1);
}

static void one_that_was_told_before_is_not_fresh(void **state) {
	(void)state;
	struct digest_maker *m = maker_at("2026-11-24T22:00:00+08:00", monday_night);
	put(m, "20261123-0000001", submitted());
	const struct digest *d = digest_make_end(m);
	assert_int_equal(d->overdue, 1);
	assert_int_equal(d->fresh, 0);
	assert_int_equal(d->rows.v[0].worked_us, 9 * HOUR_US);
}

static void an_excuse_leaves_it_out(void **state) {
	(void)state;
	struct life *l = submitted();
	life_fire(l, "2026-11-23T15:00:00+08:00", "clock.breached");
	struct command cmd = life_of_boss(CMD_WAIVE);
	cmd.waive.clock = "handle";
	cmd.waive.reason = "weather";
	life_to(l, "2026-11-23T16:00:00+08:00");
	life_do(l, cmd);
	assert_int_equal(night_of(l, monday_night)->overdue, 0);
}

/* Asked in time, the unit isn't late while it waits; the hour that the centre has to decide runs out at 15:00. */
static void who_waits_for_an_answer_is_not_late(void **state) {
	(void)state;
	struct life *l = submitted();
	struct command cmd = life_of_unit(CMD_ASK, "firm_a");
	cmd.ask.what = ASK_EXTEND;
	cmd.ask.reason = "material";
	cmd.ask.clock = "handle";
	life_to(l, "2026-11-23T14:00:00+08:00");
	life_do(l, cmd);
	const struct digest *d = night_of(l, monday_night);
	assert_int_equal(d->overdue, 1);
	assert_string_equal(d->rows.v[0].clock, "decide");
	assert_string_equal(d->rows.v[0].unit, "desk");
	assert_int_equal(night_of(l, "2026-11-23T15:00:00+08:00")->overdue, 0);
}

static void the_centres_own_time_is_a_units_like_any_other(void **state) {
	(void)state;
	struct life *checked = submitted(), *waiting = four_hours();
	struct command cmd = life_of_unit(CMD_FINISH, "firm_a");
	cmd.finish.result = "solved";
	life_to(checked, "2026-11-23T11:00:00+08:00");
	life_do(checked, cmd);
	waiting->verdict.routed = false;
	life_submit(waiting);
	struct digest_maker *m = maker_at(monday_night, sunday_night);
	put(m, "20261123-0000001", checked);
	put(m, "20261123-0000002", waiting);
	const struct digest *d = digest_make_end(m);
	assert_int_equal(d->overdue, 2);
	assert_int_equal(d->units.n, 1);
	assert_string_equal(d->units.v[0].unit, "desk");
	assert_string_equal(d->rows.v[0].clock, "dispatch"); /* 11.5 h; the other one 4 h of office time */
	assert_string_equal(d->rows.v[1].clock, "verify");
	assert_int_equal(d->rows.v[1].worked_us, 4 * HOUR_US);
	assert_string_equal(d->rows.v[1].longest, "desk");
	assert_int_equal(d->rows.v[1].longest_permille, 5 * 1000 / 6);
}

static void what_is_counted_of_a_case(void **state) {
	(void)state;
	struct life *hung = submitted(), *ordered = submitted();
	struct command cmd = life_of_boss(CMD_SUSPEND);
	cmd.suspend.reason = "season";
	cmd.suspend.until_us = at("2026-11-30T09:00:00+08:00");
	life_do(hung, cmd);
	cmd = life_of_boss(CMD_OPEN_ORDER);
	cmd.open_order.kind = ORDER_LEADER;
	life_do(ordered, cmd);
	struct digest_maker *m = maker_at("2026-11-23T12:00:00+08:00", sunday_night);
	put(m, "20261123-0000001", hung);
	put(m, "20261123-0000002", ordered);
	digest_make_count(m, "housing", 3, 2, 1);
	const struct digest *d = digest_make_end(m);
	assert_int_equal(d->overdue, 0);
	assert_int_equal(d->due_soon, 4);
	assert_int_equal(d->suspended, 3);
	assert_int_equal(d->orders, 2);
	assert_int_equal(d->units.n, 2);
	assert_string_equal(d->units.v[0].unit, "housing"); /* more that runs out soon */
}

static void what_was_done_is_named_up_to_twenty(void **state) {
	(void)state;
	struct digest_maker *m = maker_at(monday_night, sunday_night);
	for (int i = 0; i < DIGEST_NAMED + 5; i++)
		digest_make_noted(m, DIGEST_EXTENDED, arena_printf(&fx.arena, "20261123-%07d", i));
	digest_make_noted(m, DIGEST_SUSPENDED, "20261123-0000001");
	const struct digest *d = digest_make_end(m);
	assert_int_equal(d->extended_today, DIGEST_NAMED + 5);
	assert_int_equal(d->extended.n, DIGEST_NAMED);
	assert_int_equal(d->suspended_today, 1);
	assert_int_equal(d->waived_today, 0);
}

/* The digest keeps nothing of the pack, and pages need none: every code has its name with it. */
static void it_carries_its_names(void **state) {
	(void)state;
	struct strbuf text;
	struct digest again;
	struct err e;
	strbuf_init(&text);
	digest_encode(night_of(submitted(), monday_night), &text);
	if (!digest_decode(text.data, &fx.arena, &again, &e))
		fail_msg("%s", e.text);
	strbuf_fini(&text);
	assert_string_equal(digest_name_of(&again, "unit", "firm_a", PAGE_ZH), "甲物业");
	assert_string_equal(digest_name_of(&again, "unit", "firm_a", PAGE_EN), "Firm A");
	assert_string_equal(digest_name_of(&again, "clock", "handle", PAGE_EN), "handling");
	assert_string_equal(digest_name_of(&again, "event", "task.accepted", PAGE_ZH), "接单");
	assert_string_equal(again.town_zh, "试验镇");
	assert_int_equal(again.offset_s, 8 * 3600);
}

static void the_longest_stands_first(void **state) {
	(void)state;
	struct life *early = submitted(), *late = four_hours();
	late->now_us = at("2026-11-23T10:30:00+08:00");
	life_submit(late);
	struct digest_maker *m = maker_at(monday_night, sunday_night);
	put(m, "20261123-0000003", late);
	put(m, "20261123-0000002", early);
	put(m, "20261123-0000001", early);
	const struct digest *d = digest_make_end(m);
	assert_string_equal(d->rows.v[0].number, "20261123-0000001");
	assert_string_equal(d->rows.v[1].number, "20261123-0000002");
	assert_string_equal(d->rows.v[2].number, "20261123-0000003");
}

static void a_unit_sees_its_own_part(void **state) {
	(void)state;
	struct digest_maker *m = maker_at(monday_night, sunday_night);
	struct strs units = {0};
	struct digest own;
	put(m, "20261123-0000001", submitted());
	digest_make_count(m, "housing", 3, 2, 1);
	digest_make_noted(m, DIGEST_WAIVED, "20261123-0000009");
	const struct digest *d = digest_make_end(m);
	STRS_ADD(&units, &fx.arena, "housing");
	digest_narrow(d, &units, &fx.arena, &own);
	assert_int_equal(own.overdue, 0);
	assert_int_equal(own.due_soon, 3);
	assert_int_equal(own.units.n, 1);
	assert_int_equal(own.waived_today, -1);
	assert_int_equal(own.waived.n, 0);
	assert_int_equal(d->overdue, 1);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_row_says_all_of_it),
	    cmocka_unit_test(due_is_not_overdue),
	    cmocka_unit_test(one_that_was_told_before_is_not_fresh),
	    cmocka_unit_test(an_excuse_leaves_it_out),
	    cmocka_unit_test(who_waits_for_an_answer_is_not_late),
	    cmocka_unit_test(the_centres_own_time_is_a_units_like_any_other),
	    cmocka_unit_test(what_is_counted_of_a_case),
	    cmocka_unit_test(what_was_done_is_named_up_to_twenty),
	    cmocka_unit_test(it_carries_its_names),
	    cmocka_unit_test(the_longest_stands_first),
	    cmocka_unit_test(a_unit_sees_its_own_part),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
