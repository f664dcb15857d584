/* test_decide: what a submit does to a case, as changes and as the aggregate that apply makes of them. */
#include "tests/unit/cases/fixture.h"

#include "daemon/cases/decide.h"

/* Everything a submit needs, for one test to bend. */
struct scene {
	struct verdict verdict;
	struct policy policy;
	struct facts facts;
	struct command cmd;
	int64_t now_us;
	struct changes changes;
	struct refusal why;
	struct case_rec *after;
};

static const char *const observed = "2026-11-23T09:30:00+08:00", *const received = "2026-11-23T09:50:00+08:00",
                         *const now = "2026-11-23T10:00:00+08:00";

static void add_limit(struct scene *s, const char *clock, const char *limit, const char *from_event) {
	*LIST_ADD(&s->verdict.limits, &fx.arena) = (struct clock_limit){
	    .clock = clock, .limit = limit_of(limit), .calendar = "office", .from = "town", .from_event = from_event};
}

/* A leak, routed to the firm with the committee beside it. */
static struct scene *scene_new(void) {
	struct scene *s = arena_new(&fx.arena, struct scene);
	s->now_us = at(now);
	s->verdict = (struct verdict){.routed = true,
	                              .rule_id = "leak-estate",
	                              .responsible = "housing_office",
	                              .ladder = "standard",
	                              .class_code = "E70-05",
	                              .condition = "1",
	                              .estate = "pp-001",
	                              .grid = "310106101035"};
	STRS_ADD(&s->verdict.handlers, &fx.arena, "firm_a");
	STRS_ADD(&s->verdict.handlers, &fx.arena, "property_support");
	STRS_ADD(&s->verdict.assist, &fx.arena, "c035");
	add_limit(s, "discover", "1uh", NULL);
	add_limit(s, "dispatch", "15min", NULL);
	add_limit(s, "accept", "2wh", NULL);
	add_limit(s, "handle", "3wd", NULL);
	add_limit(s, "verify", "1wd", NULL);
	add_limit(s, "overall", "20wd", NULL);
	s->facts = (struct facts){.verdict = &s->verdict,
	                          .calendars = set_of(calendar_new("Asia/Shanghai", "08:00-12:00 14:00-18:00", "")),
	                          .policy = &s->policy,
	                          .pack_version = 7};
	s->policy = (struct policy){.desk = "grid_centre", .late_entry_us = 2 * HOUR_US};
	s->cmd = (struct command){.kind = CMD_SUBMIT, .town = "310106101", .actor = "patrol-app", .at_us = s->now_us};
	s->cmd.submit.channel = "patrol";
	s->cmd.submit.ref = "XC-1";
	s->cmd.submit.observed_at_us = at(observed);
	s->cmd.submit.received_at_us = at(received);
	STRS_ADD(&s->cmd.submit.tags, &fx.arena, "rain");
	return s;
}

static void submit(struct scene *s) {
	if (!decide(NULL, &s->cmd, &s->facts, s->now_us, &fx.arena, &s->changes, &s->why))
		fail_msg("%s", s->why.err.text);
	s->after = apply(NULL, s->cmd.town, &s->changes, &fx.arena);
}

static void assert_clock(const struct scene *s, const char *name, const char *start, const char *due) {
	const struct clock *c = case_clock(s->after, name);
	if (!c)
		fail_msg("no clock %s", name);
	assert_instant(s->facts.calendars->zone, c->started_at_us, start);
	assert_instant(s->facts.calendars->zone, c->due_at_us, due);
}

static void a_routed_case_goes_to_the_first_handler(void **state) {
	(void)state;
	struct scene *s = scene_new();
	submit(s);
	const struct case_rec *cr = s->after;
	assert_string_equal(s->changes.event_type, "case.submitted");
	assert_true(s->changes.at_us == s->now_us);
	assert_int_equal(cr->state, CASE_DISPATCHED);
	assert_int_equal(cr->version, 1);
	assert_string_equal(cr->town, "310106101");
	assert_string_equal(cr->unit, "firm_a");
	assert_string_equal(cr->responsible, "housing_office");
	assert_true(cr->held_since_us == s->now_us && cr->changed_at_us == s->now_us && cr->rule_at_us == s->now_us);
	assert_true(cr->closed_at_us == NO_TIME && cr->observed_at_us == at(observed) && cr->received_at_us == at(received));
	assert_string_equal(cr->class_code, "E70-05");
	assert_string_equal(cr->condition, "1");
	assert_string_equal(cr->estate, "pp-001");
	assert_string_equal(cr->grid, "310106101035");
	assert_string_equal(cr->rule_id, "leak-estate");
	assert_int_equal(cr->pack_version, 7);
	assert_int_equal(cr->urgency, URGENCY_NORMAL);
	assert_true(strs_has(&cr->tags, "rain"));
	assert_string_equal(cr->actor, "patrol-app");
	assert_int_equal(cr->refs.n, 1);
	assert_string_equal(cr->refs.v[0].channel, "patrol");
	assert_string_equal(cr->refs.v[0].ref, "XC-1");
	assert_int_equal(cr->handlers.n, 2);
	assert_int_equal(cr->chain_at, 0);
	assert_int_equal(cr->limits.n, 6);
	assert_null(cr->triage_reason);
	assert_null(cr->proposed);
}

static void dispatch_gives_the_lead_and_the_assist_tasks(void **state) {
	(void)state;
	struct scene *s = scene_new();
	STRS_ADD(&s->verdict.assist, &fx.arena, "firm_a"); /* helps itself: no task */
	submit(s);
	assert_int_equal(s->after->tasks.n, 2);
	const struct task *lead = &s->after->tasks.v[0], *assist = &s->after->tasks.v[1];
	assert_ptr_equal(case_lead_task(s->after), lead);
	assert_int_equal(lead->n, 1);
	assert_int_equal(lead->kind, TASK_LEAD);
	assert_int_equal(lead->state, TASK_GIVEN);
	assert_string_equal(lead->unit, "firm_a");
	assert_true(lead->given_at_us == s->now_us && lead->accepted_at_us == NO_TIME);
	assert_true(lead->arrived_at_us == NO_TIME && lead->ended_at_us == NO_TIME);
	assert_int_equal(assist->n, 2);
	assert_int_equal(assist->kind, TASK_ASSIST);
	assert_string_equal(assist->unit, "c035");
}

static void dispatch_starts_its_clocks(void **state) {
	(void)state;
	struct scene *s = scene_new();
	submit(s);
	assert_int_equal(s->after->clocks.n, 4);
	assert_clock(s, "discover", observed, "2026-11-23T10:30:00+08:00");
	assert_clock(s, "overall", received, "2026-12-21T09:50:00+08:00");
	assert_clock(s, "accept", now, "2026-11-23T12:00:00+08:00");
	assert_clock(s, "handle", now, "2026-11-26T10:00:00+08:00");
	const struct clock *discover = case_clock(s->after, "discover"), *handle = case_clock(s->after, "handle");
	assert_int_equal(discover->state, CLOCK_STOPPED);
	assert_true(discover->stopped_at_us == at(received));
	assert_null(discover->bearer);
	assert_null(case_clock(s->after, "overall")->bearer);
	assert_int_equal(case_clock(s->after, "overall")->task, 0);
	assert_string_equal(handle->bearer, "firm_a");
	assert_int_equal(handle->task, 1);
	assert_string_equal(handle->calendar, "office");
	assert_null(case_clock(s->after, "dispatch"));
	assert_null(case_clock(s->after, "verify"));
	assert_string_equal(case_holder_clock(s->after)->name, "accept");
	assert_true(s->changes.next_fire_at_us == at("2026-11-23T12:00:00+08:00"));
}

static void without_an_accept_limit_handle_is_the_holders(void **state) {
	(void)state;
	struct scene *s = scene_new();
	s->verdict.limits.n = 0;
	submit(s);
	assert_int_equal(s->after->clocks.n, 0);
	assert_null(case_holder_clock(s->after));
	assert_true(s->changes.next_fire_at_us == NO_TIME);
	add_limit(s, "handle", "3wd", NULL);
	submit(s);
	assert_string_equal(case_holder_clock(s->after)->name, "handle");
}

static void an_emergency_is_urgent_and_has_an_arrive_clock(void **state) {
	(void)state;
	struct scene *s = scene_new();
	s->verdict.emergency = s->verdict.propose = true;
	add_limit(s, "arrive", "30min", NULL);
	submit(s);
	assert_int_equal(s->after->state, CASE_DISPATCHED);
	assert_int_equal(s->after->urgency, URGENCY_EMERGENCY);
	assert_true(s->after->emergency);
	assert_clock(s, "arrive", now, "2026-11-23T10:30:00+08:00");
	assert_int_equal(case_clock(s->after, "arrive")->task, 1);
	assert_string_equal(case_clock(s->after, "arrive")->bearer, "firm_a");
}

static void the_given_urgency_stays(void **state) {
	(void)state;
	struct scene *s = scene_new();
	s->cmd.submit.urgency = URGENCY_URGENT;
	submit(s);
	assert_int_equal(s->after->urgency, URGENCY_URGENT);
	assert_false(s->after->emergency);
}

static void assert_at_the_desk(const struct scene *s, const char *reason) {
	const struct case_rec *cr = s->after;
	assert_int_equal(cr->state, CASE_TRIAGE);
	assert_string_equal(cr->unit, "grid_centre");
	assert_string_equal(cr->triage_reason, reason);
	assert_int_equal(cr->tasks.n, 0);
	assert_clock(s, "dispatch", now, "2026-11-23T10:15:00+08:00");
	assert_string_equal(case_clock(cr, "dispatch")->bearer, "grid_centre");
	assert_ptr_equal(case_holder_clock(cr), case_clock(cr, "dispatch"));
	assert_clock(s, "overall", received, "2026-12-21T09:50:00+08:00");
	assert_null(case_clock(cr, "accept"));
	assert_null(case_clock(cr, "handle"));
	assert_true(s->changes.next_fire_at_us == at("2026-11-23T10:15:00+08:00"));
}

static void what_no_rule_can_tell_goes_to_the_desk(void **state) {
	(void)state;
	struct scene *s = scene_new();
	s->verdict.routed = false;
	s->verdict.triage_reason = "cannot_tell";
	s->verdict.triage_detail = "rule leak-estate asks for an estate";
	s->verdict.class_code = NULL;
	s->cmd.submit.class_as_sent = "水管";
	submit(s);
	assert_at_the_desk(s, "cannot_tell");
	assert_string_equal(s->after->triage_detail, "rule leak-estate asks for an estate");
	assert_null(s->after->proposed);
	assert_null(s->after->class_code);
	assert_string_equal(s->after->class_as_sent, "水管");
	assert_string_equal(s->after->rule_id, "leak-estate");
}

static void a_proposed_routing_waits_for_a_yes(void **state) {
	(void)state;
	struct scene *s = scene_new();
	s->verdict.propose = true;
	submit(s);
	assert_at_the_desk(s, "propose");
	assert_string_equal(s->after->proposed, "firm_a");
	assert_string_equal(s->after->responsible, "housing_office");
}

static void without_a_handler_it_goes_to_the_desk(void **state) {
	(void)state;
	struct scene *s = scene_new();
	s->verdict.handlers.n = 0;
	submit(s);
	assert_at_the_desk(s, "no_handler");
	assert_null(s->after->proposed);
}

static void fixed_on_the_spot_waits_for_the_check(void **state) {
	(void)state;
	struct scene *s = scene_new();
	const int64_t handled_us = at("2026-11-23T09:45:00+08:00");
	s->cmd.submit.handled = (struct handled){.unit = "squad", .at_us = handled_us, .result = "solved"};
	submit(s);
	const struct case_rec *cr = s->after;
	assert_int_equal(cr->state, CASE_FINISHED);
	assert_string_equal(cr->unit, "grid_centre");
	assert_string_equal(cr->result, "solved");
	assert_int_equal(cr->tasks.n, 1);
	const struct task *t = &cr->tasks.v[0];
	assert_string_equal(t->unit, "squad");
	assert_int_equal(t->kind, TASK_LEAD);
	assert_int_equal(t->state, TASK_FINISHED);
	assert_true(t->given_at_us == handled_us && t->accepted_at_us == handled_us && t->ended_at_us == handled_us);
	assert_string_equal(t->result, "solved");
	assert_null(case_lead_task(cr));
	assert_clock(s, "verify", now, "2026-11-24T10:00:00+08:00");
	assert_string_equal(case_clock(cr, "verify")->bearer, "grid_centre");
	assert_ptr_equal(case_holder_clock(cr), case_clock(cr, "verify"));
	assert_null(case_clock(cr, "handle"));
	assert_null(case_clock(cr, "accept"));
	assert_true(cr->closed_at_us == NO_TIME);
}

static void a_deadline_is_kept_by_what_was_fixed_in_time(void **state) {
	(void)state;
	struct scene *s = scene_new();
	const int64_t handled_us = at("2026-11-23T09:55:00+08:00");
	s->cmd.submit.handled = (struct handled){.unit = "squad", .at_us = handled_us, .result = "solved"};
	*LIST_ADD(&s->cmd.submit.deadlines, &fx.arena) = (struct deadline){"handle", at("2026-11-23T09:58:00+08:00")};
	submit(s);
	const struct clock *handle = case_clock(s->after, "handle");
	assert_true(handle->stopped_at_us == handled_us);
	assert_false(clock_overdue(handle, s->now_us, NULL));
	assert_string_equal(case_task(s->after, 1)->ended_by, "patrol-app");
}

static void the_time_before_it_was_entered_is_the_desks(void **state) {
	(void)state;
	struct scene *s = scene_new();
	submit(s);
	const span_list *spans = &s->after->spans;
	assert_int_equal(spans->n, 2);
	assert_true(spans->v[0].from_us == at(received) && spans->v[1].from_us == s->now_us);
	assert_string_equal(spans->v[0].bearer, "grid_centre");
	assert_string_equal(spans->v[0].why, "register");
	assert_string_equal(spans->v[1].bearer, "firm_a");
	assert_string_equal(spans->v[1].why, "handling");
}

static void declared_clocks_start_where_they_say(void **state) {
	(void)state;
	struct scene *s = scene_new();
	add_limit(s, "contact", "2uh", "received");
	add_limit(s, "danger", "4uh", "dispatched");
	add_limit(s, "decision", "5wd", "notice_served");
	submit(s);
	assert_clock(s, "contact", received, "2026-11-23T11:50:00+08:00");
	assert_clock(s, "danger", now, "2026-11-23T14:00:00+08:00");
	assert_int_equal(case_clock(s->after, "danger")->task, 1);
	assert_int_equal(case_clock(s->after, "contact")->task, 0);
	assert_string_equal(case_clock(s->after, "danger")->bearer, "firm_a");
	assert_null(case_clock(s->after, "decision"));
	s->verdict.propose = true;
	submit(s);
	assert_non_null(case_clock(s->after, "contact"));
	assert_null(case_clock(s->after, "danger"));
}

static void a_deadline_from_outside_goes_before_our_limit(void **state) {
	(void)state;
	struct scene *s = scene_new();
	const struct deadline deadlines[] = {{"handle", at("2026-11-24T12:00:00+08:00")},
	                                     {"verify", at("2026-11-27T12:00:00+08:00")}};
	s->cmd.submit.deadlines.v = arena_memdup(&fx.arena, deadlines, sizeof deadlines);
	s->cmd.submit.deadlines.n = 2;
	submit(s);
	assert_int_equal(s->after->clocks.n, 5);
	const struct clock *handle = case_clock(s->after, "handle"), *verify = case_clock(s->after, "verify");
	/* A deadline is the case's own, and runs from the start, even where the clock of its name would begin later. */
	assert_clock(s, "handle", received, "2026-11-24T12:00:00+08:00");
	assert_true(handle->outside && handle->limit.amount == 0 && handle->calendar == NULL);
	assert_true(handle->task == 0 && handle->bearer == NULL);
	assert_clock(s, "verify", received, "2026-11-27T12:00:00+08:00");
	assert_true(verify->outside && verify->task == 0 && verify->bearer == NULL);
}

static void a_late_entry_keeps_its_own_time(void **state) {
	(void)state;
	struct scene *s = scene_new();
	s->cmd.at_us = at(received);
	s->cmd.late_entry = true;
	submit(s);
	assert_true(s->changes.at_us == at(received) && s->after->changed_at_us == at(received));
	assert_true(s->after->held_since_us == s->now_us);
	assert_clock(s, "handle", now, "2026-11-26T10:00:00+08:00");
}

static void assert_refused(struct scene *s, const struct case_rec *before, enum err_code code) {
	assert_false(decide(before, &s->cmd, &s->facts, s->now_us, &fx.arena, &s->changes, &s->why));
	assert_int_equal(s->why.err.code, code);
	assert_true(s->why.err.text[0] != '\0');
	assert_int_equal(s->changes.list.n, 0);
	assert_null(s->changes.event_type);
}

static void refuses_times_that_cannot_be(void **state) {
	(void)state;
	struct scene *s = scene_new();
	s->cmd.submit.received_at_us = s->now_us + 1;
	assert_refused(s, NULL, E_INVALID_PARAMS);
	s = scene_new();
	s->cmd.submit.observed_at_us = s->cmd.submit.received_at_us + 1;
	assert_refused(s, NULL, E_INVALID_PARAMS);
	s = scene_new();
	s->cmd.submit.handled = (struct handled){.unit = "squad", .at_us = s->now_us + 1};
	assert_refused(s, NULL, E_INVALID_PARAMS);
	s = scene_new();
	submit(s);
	assert_refused(s, s->after, E_INTERNAL);
	s = scene_new();
	s->verdict.limits.v[3].calendar = "police";
	assert_refused(s, NULL, E_INTERNAL);
}

static void deciding_twice_gives_the_same(void **state) {
	(void)state;
	struct scene *a = scene_new(), *b = scene_new();
	submit(a);
	submit(b);
	assert_int_equal(a->changes.list.n, b->changes.list.n);
	assert_true(a->changes.next_fire_at_us == b->changes.next_fire_at_us);
	for (size_t i = 0; i < a->changes.list.n; i++)
		assert_int_equal(a->changes.list.v[i].kind, b->changes.list.v[i].kind);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_routed_case_goes_to_the_first_handler),
	    cmocka_unit_test(dispatch_gives_the_lead_and_the_assist_tasks),
	    cmocka_unit_test(dispatch_starts_its_clocks),
	    cmocka_unit_test(without_an_accept_limit_handle_is_the_holders),
	    cmocka_unit_test(an_emergency_is_urgent_and_has_an_arrive_clock),
	    cmocka_unit_test(the_given_urgency_stays),
	    cmocka_unit_test(what_no_rule_can_tell_goes_to_the_desk),
	    cmocka_unit_test(a_proposed_routing_waits_for_a_yes),
	    cmocka_unit_test(without_a_handler_it_goes_to_the_desk),
	    cmocka_unit_test(fixed_on_the_spot_waits_for_the_check),
	    cmocka_unit_test(a_deadline_is_kept_by_what_was_fixed_in_time),
	    cmocka_unit_test(the_time_before_it_was_entered_is_the_desks),
	    cmocka_unit_test(declared_clocks_start_where_they_say),
	    cmocka_unit_test(a_deadline_from_outside_goes_before_our_limit),
	    cmocka_unit_test(a_late_entry_keeps_its_own_time),
	    cmocka_unit_test(refuses_times_that_cannot_be),
	    cmocka_unit_test(deciding_twice_gives_the_same),
	};
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
