/* test_notices: who is on duty, who stands above, who is told. */
#include "tests/unit/cases/play.h"

static const char *const by_day = "2026-11-23T10:00:00+08:00", *const at_lunch = "2026-11-23T12:30:00+08:00",
                         *const by_night = "2026-11-23T23:00:00+08:00";

static const char *duty(const struct play *p, const char *unit, const char *when) {
	const struct contact *c = roster_on_duty(&p->roster, p->facts.calendars, unit, at(when));
	return c ? c->role : "nobody";
}

static void duty_follows_the_office_hours(void **state) {
	(void)state;
	const struct play *p = play_new();
	assert_string_equal(duty(p, "housing_office", by_day), "office");
	assert_string_equal(duty(p, "housing_office", at_lunch), "watch");
	assert_string_equal(duty(p, "housing_office", by_night), "watch");
	assert_string_equal(duty(p, "property_support", by_day), "office");
	assert_string_equal(duty(p, "property_support", by_night), "nobody");
	assert_string_equal(duty(p, "night_watch", by_day), "nobody");
	assert_string_equal(duty(p, "night_watch", by_night), "watch");
	assert_string_equal(duty(p, "firm_a", by_night), "duty");
	assert_string_equal(duty(p, "town_gov", by_day), "nobody");
	assert_string_equal(duty(p, "firm_z", by_day), "nobody");
}

static bool find_police(const void *pack, const char *id, struct roster_unit *out) {
	if (!play_find(pack, id, out))
		return false;
	out->calendar = "police";
	return true;
}

static void a_unit_may_have_its_own_hours(void **state) {
	(void)state;
	struct play *p = play_new();
	struct calendar *police = calendar_new("Asia/Shanghai", "00:00-24:00", "00:00-24:00");
	struct calendar_set *set = set_of(calendar_new("Asia/Shanghai", "08:00-12:00 14:00-18:00", ""));
	police->id = "police";
	*LIST_ADD(&set->list, &fx.arena) = police;
	p->facts.calendars = set;
	p->roster.find = find_police;
	assert_string_equal(duty(p, "housing_office", by_night), "office");
}

static void who_stands_above_whom(void **state) {
	(void)state;
	const struct roster *r = &play_new()->roster;
	assert_string_equal(roster_leader(r, "housing_office"), "deputy_head");
	assert_string_equal(roster_leader(r, "property_support"), "housing_office");
	assert_null(roster_leader(r, "c035"));
	assert_null(roster_leader(r, "firm_z"));
	assert_true(roster_within(r, "property_support", "housing_office"));
	assert_true(roster_within(r, "property_support", "town_gov"));
	assert_true(roster_within(r, "firm_a", "firm_a"));
	assert_false(roster_within(r, "housing_office", "property_support"));
	assert_false(roster_within(r, "firm_a", "housing_office"));
	assert_false(roster_within(r, "firm_z", "town_gov"));
}

static bool find_circle(const void *pack, const char *id, struct roster_unit *out) {
	(void)pack;
	*out = (struct roster_unit){.id = id, .parent = "b", .leader = "b"};
	return true;
}

static void a_circle_of_leaders_ends(void **state) {
	(void)state;
	struct play *p = play_dispatched();
	p->roster.find = find_circle;
	assert_false(roster_within(&p->roster, "a", "c"));
	play_does(p, by_desk(p, CMD_URGE));
	assert_null(notice_n(p, 0)->channel);
	assert_string_equal(notice_n(p, 0)->unit, "firm_a");
	assert_null(notice_n(p, 0)->meant);
	assert_null(notice_n(p, 1));
}

static void urged(struct play *p, const char *unit, const char *when) {
	play_at(p, when);
	play_does(p, dispatch_to(p, unit));
	play_does(p, by_desk(p, CMD_URGE));
}

static void nobody_on_duty_goes_up_at_once(void **state) {
	(void)state;
	struct play *p = play_triage();
	urged(p, "property_support", by_night);
	const struct notice *n = notice_n(p, 0);
	assert_string_equal(n->unit, "housing_office");
	assert_string_equal(n->meant, "property_support");
	assert_string_equal(n->role, "watch");
	assert_string_equal(n->channel, "phone");
	assert_string_equal(n->to, "3");
	p = play_triage();
	urged(p, "property_support", by_day);
	assert_string_equal(notice_n(p, 0)->unit, "property_support");
	assert_null(notice_n(p, 0)->meant);
	p = play_triage();
	urged(p, "nobody_there", by_day);
	assert_string_equal(notice_n(p, 0)->unit, "nobody_there");
	assert_null(notice_n(p, 0)->channel);
	assert_null(notice_n(p, 0)->role);
}

static void in_an_emergency_everybody_sent_is_told(void **state) {
	(void)state;
	struct play *p = play_new();
	p->verdict.emergency = true;
	p->verdict.assist = words("squad", "c035", NULL);
	play_does(p, submit_now(p));
	assert_string_equal(notice_n(p, 0)->unit, "firm_a");
	assert_string_equal(notice_n(p, 1)->unit, "squad");
	assert_string_equal(notice_n(p, 2)->unit, "c035");
	assert_null(notice_n(p, 3));
	struct command assign = by_desk(p, CMD_ASSIGN);
	assign.assign.unit = "housing_office";
	assign.assign.kind = TASK_ASSIST;
	play_does(p, assign);
	assert_string_equal(notice_n(p, 0)->unit, "housing_office");
	play_does(p, for_unit(finish_by(p, "town_gov"), "squad"));
	play_does(p, finish_by(p, "housing_office"));
	play_does(p, finish_by(p, "firm_a"));
	play_does(p, verify_by_desk(p, false));
	assert_string_equal(notice_n(p, 0)->unit, "firm_a");
	p = play_dispatched();
	assert_null(notice_n(p, 0));
}

/* Due at noon; a step at its half tells these words. */
static const struct notice *fired(struct play *p, struct strs to, size_t n) {
	struct ladder_step *step = LIST_ADD(&p->verdict.steps, &fx.arena);
	*step = (struct ladder_step){.clock = "accept", .percent = 50, .act = STEP_REMIND, .to = to};
	play_does(p, submit_now(p));
	play_at(p, "2026-11-23T11:00:00+08:00");
	struct command cmd = command_by(p, CMD_FIRE, "gridd", NULL);
	play_does(p, cmd);
	assert_string_equal(p->changes.event_type, "clock.warned");
	return notice_n(p, n);
}

static void a_step_tells_each_once(void **state) {
	(void)state;
	struct play *p = play_new();
	/* The leader of the firm is the housing office. */
	assert_string_equal(fired(p, words("unit", "unit.leader", "housing_office"), 0)->unit, "firm_a");
	assert_string_equal(notice_n(p, 1)->unit, "housing_office");
	assert_null(notice_n(p, 2));
	assert_int_equal(notice_n(p, 0)->kind, NOTICE_REMIND);
	assert_string_equal(notice_n(p, 0)->clock, "accept");
}

static void a_step_knows_the_desk_and_the_office(void **state) {
	(void)state;
	struct play *p = play_new();
	p->policy.supervision = "squad";
	assert_string_equal(fired(p, words("desk", "supervision", "deputy_head"), 0)->unit, "grid_centre");
	assert_string_equal(notice_n(p, 1)->unit, "squad");
	assert_string_equal(notice_n(p, 2)->unit, "deputy_head");
	p = play_new();
	p->policy.supervision = NULL;
	assert_string_equal(fired(p, words("supervision", NULL, NULL), 0)->unit, "supervision");
}

static void a_helpers_clock_is_the_helpers_matter(void **state) {
	(void)state;
	struct play *p = play_new();
	struct ladder_step *step = LIST_ADD(&p->verdict.steps, &fx.arena);
	*step = (struct ladder_step){.clock = "handle", .percent = 50, .act = STEP_REMIND, .to = words("unit", NULL, NULL)};
	play_does(p, submit_now(p));
	struct command assign = by_desk(p, CMD_ASSIGN);
	assign.assign.unit = "c035";
	assign.assign.kind = TASK_ASSIST;
	assign.assign.limit = limit_of("1wh");
	play_does(p, assign);
	play_at(p, "2026-11-23T10:30:00+08:00");
	play_does(p, command_by(p, CMD_FIRE, "gridd", NULL));
	assert_string_equal(notice_n(p, 0)->unit, "c035");
	assert_int_equal(notice_n(p, 0)->task, 2);
}

static void whoever_has_no_leader_has_none_told(void **state) {
	(void)state;
	struct play *p = play_new();
	p->verdict.handlers = words("c035", NULL, NULL);
	assert_string_equal(fired(p, words("unit.leader", "desk", NULL), 0)->unit, "grid_centre");
	assert_null(notice_n(p, 1));
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(duty_follows_the_office_hours),
	    cmocka_unit_test(a_unit_may_have_its_own_hours),
	    cmocka_unit_test(who_stands_above_whom),
	    cmocka_unit_test(a_circle_of_leaders_ends),
	    cmocka_unit_test(nobody_on_duty_goes_up_at_once),
	    cmocka_unit_test(in_an_emergency_everybody_sent_is_told),
	    cmocka_unit_test(a_step_tells_each_once),
	    cmocka_unit_test(a_step_knows_the_desk_and_the_office),
	    cmocka_unit_test(a_helpers_clock_is_the_helpers_matter),
	    cmocka_unit_test(whoever_has_no_leader_has_none_told),
	};
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
