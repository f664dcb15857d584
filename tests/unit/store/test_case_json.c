/* test_case_json: what is written is read again the same, and what isn't ours is refused. */
#include "daemon/store/case_json.h"

#include "harness.h"

static struct arena arena;

static int up(void **state) {
	(void)state;
	arena_init(&arena);
	return 0;
}

static int down(void **state) {
	(void)state;
	arena_fini(&arena);
	return 0;
}

static const char *case_text(const struct case_rec *cr) {
	struct strbuf out;
	strbuf_init(&out);
	case_encode(cr, &out);
	const char *text = arena_strdup(&arena, out.data);
	strbuf_fini(&out);
	return text;
}

static const char *event_text(const struct command *cmd, const struct changes *ch) {
	struct strbuf out;
	strbuf_init(&out);
	event_encode(cmd, ch, &(struct event_about){.state = CASE_DISPATCHED, .private_sha256 = "00ff"}, &out);
	const char *text = arena_strdup(&arena, out.data);
	strbuf_fini(&out);
	return text;
}

static struct write_item *item(void) {
	return sample_item(&arena, &(struct sample){.key = "k", .ref = "R-1", .received_at_us = SAMPLE_AT_US + 123456});
}

static void a_case_comes_back(void **state) {
	(void)state;
	struct case_rec *again;
	struct err e = {0};
	const char *text = case_text(item()->after);
	if (!case_decode(TOWN, 7, text, &arena, &again, &e))
		fail_msg("%s", e.text);
	assert_string_equal(case_text(again), text);
	assert_int_equal(again->id, 7);
	assert_string_equal(again->town, TOWN);
	assert_int_equal(again->received_at_us, SAMPLE_AT_US + 123456);
	assert_int_equal(again->closed_at_us, NO_TIME);
	assert_int_equal(again->tasks.v[0].accepted_at_us, NO_TIME);
	assert_int_equal(again->clocks.n, 3);
}

static void every_member_comes_back(void **state) {
	(void)state;
	struct case_rec cr = *item()->after, *again;
	struct err e = {0};
	cr.condition = "2";
	cr.class_as_sent = "漏水";
	cr.estate_as_sent = "永和二村";
	cr.urgency = URGENCY_URGENT;
	cr.emergency = true;
	STRS_ADD(&cr.tags, &arena, "a\"b\\c");
	cr.proposed = "property";
	cr.triage_reason = "cannot_tell";
	cr.triage_detail = "estate.kind";
	cr.returns = 2;
	*LIST_ADD(&cr.marks, &arena) =
	    (struct mark){.mark = "contacted", .value = "yes", .at_us = SAMPLE_AT_US, .actor = "uid:1"};
	cr.closed_at_us = SAMPLE_AT_US;
	cr.result = "done";
	cr.clocks.v[0].state = CLOCK_PAUSED;
	cr.clocks.v[0].due_at_us = NO_TIME;
	cr.clocks.v[1].outside = true;
	cr.clocks.v[1].limit.reading = WD_END_OF_DAY;
	cr.clocks.v[1].until = "contacted";
	cr.clocks.v[1].order = 2;
	cr.clocks.v[1].breached_at_us = SAMPLE_AT_US;
	cr.clocks.v[1].fired = 5;
	cr.clocks.v[1].waived = "flood";
	*LIST_ADD(&cr.clocks.v[1].past, &arena) = (struct segment){SAMPLE_AT_US, SAMPLE_AT_US + 1};
	cr.limits.v[0].from_event = "received";
	cr.limits.v[0].until_mark = "contacted";
	STRS_ADD(&cr.before_finish, &arena, "danger_removed");
	STRS_ADD(&cr.before_pass, &arena, "contacted");
	cr.arbitrated = true;
	cr.fault = "desk";
	cr.request = (struct request){.n = 2, .what = ASK_EXTEND, .unit = "property", .reason = "rain", .clock = "handle",
	                              .asked_at_us = SAMPLE_AT_US, .until_us = NO_TIME, .in_time = true};
	cr.requests = 2;
	cr.suspended_at_us = SAMPLE_AT_US;
	cr.suspended_until_us = SAMPLE_AT_US + DAY_US;
	cr.suspended_reason = "season";
	cr.suspensions = 1;
	cr.previous = CASE_HANDLING;
	cr.merged_into = "20261123-0000001";
	STRS_ADD(&cr.merged_from, &arena, "20261123-0000002");
	cr.appealed = true;
	*LIST_ADD(&cr.orders, &arena) = (struct order){.n = 1, .kind = ORDER_LEADER, .state = ORDER_EXPIRED, .unit = "property",
	                                               .issuer = "supervision", .grounds = "handle +5wd",
	                                               .opened_at_us = SAMPLE_AT_US, .replied_at_us = NO_TIME,
	                                               .ended_at_us = SAMPLE_AT_US, .due_at_us = SAMPLE_AT_US, .refusals = 1,
	                                               .consequence = "notice"};
	*LIST_ADD(&cr.alarms, &arena) = (struct alarm){.step = 1, .clock = "handle", .task = 1, .started_at_us = SAMPLE_AT_US,
	                                               .times = 3, .next_at_us = NO_TIME, .acknowledged_at_us = SAMPLE_AT_US};
	*LIST_ADD(&cr.spans, &arena) = (struct span){SAMPLE_AT_US, NULL, "suspended"};
	const char *text = case_text(&cr);
	if (!case_decode(TOWN, 7, text, &arena, &again, &e))
		fail_msg("%s", e.text);
	assert_string_equal(case_text(again), text);
	assert_string_equal(again->tags.v[again->tags.n - 1], "a\"b\\c");
	assert_string_equal(again->marks.v[0].mark, "contacted");
	assert_int_equal(again->clocks.v[0].due_at_us, NO_TIME);
	assert_true(again->emergency && again->clocks.v[1].outside);
	assert_int_equal(again->clocks.v[1].past.v[0].to_us, SAMPLE_AT_US + 1);
	assert_string_equal(again->limits.v[0].until_mark, "contacted");
	assert_int_equal(again->request.what, ASK_EXTEND);
	assert_true(again->request.in_time);
	assert_int_equal(again->previous, CASE_HANDLING);
	assert_int_equal(again->alarms.v[0].next_at_us, NO_TIME);
	assert_null(again->spans.v[1].bearer);
	assert_string_equal(again->spans.v[1].why, "suspended");
}

/* One change of each kind, with something in every member. */
static struct changes *all_changes(void) {
	struct changes *ch = arena_new(&arena, struct changes);
	struct case_rec cr = *item()->after;
	*ch = (struct changes){.event_type = "case.amended", .at_us = SAMPLE_AT_US, .next_fire_at_us = NO_TIME};
	for (int k = 0; k < CHANGE_KINDS; k++)
		(void)sample_change(&arena, ch, (enum change_kind)k);
	struct change *v = ch->list.v;
	v[CHANGE_OPENED].opened.observed_at_us = v[CHANGE_OPENED].opened.received_at_us = SAMPLE_AT_US;
	v[CHANGE_ROUTED].routed.at_us = SAMPLE_AT_US;
	STRS_ADD(&v[CHANGE_ROUTED].routed.before_finish, &arena, "danger_removed");
	v[CHANGE_STATE].state.state = CASE_SUSPENDED;
	v[CHANGE_STATE].state.previous = CASE_HANDLING;
	v[CHANGE_HELD].held.since_us = SAMPLE_AT_US;
	v[CHANGE_TASK].task = cr.tasks.v[0];
	v[CHANGE_CLOCK].clock = cr.clocks.v[0];
	v[CHANGE_SPAN].span = (struct span){SAMPLE_AT_US, NULL, "suspended"};
	v[CHANGE_AMENDED].amended.class_code = "E70-06";
	v[CHANGE_REF].ref = (struct outside_ref){"hotline", "H-1"};
	v[CHANGE_MARK].mark = (struct mark){.mark = "contacted", .value = "yes", .at_us = SAMPLE_AT_US, .actor = "uid:1"};
	v[CHANGE_COUNTS].counts.returns = 2;
	v[CHANGE_COUNTS].counts.fault = "desk";
	v[CHANGE_REQUEST].request = (struct request){.n = 1, .what = ASK_SUSPEND, .unit = "property", .reason = "season",
	                                             .asked_at_us = SAMPLE_AT_US, .until_us = SAMPLE_AT_US + DAY_US};
	v[CHANGE_SUSPENDED].suspended.since_us = SAMPLE_AT_US;
	v[CHANGE_SUSPENDED].suspended.until_us = NO_TIME;
	v[CHANGE_MERGED].merged.into = "20261123-0000001";
	v[CHANGE_ABSORBED].absorbed.other = "20261123-0000002";
	v[CHANGE_ABSORBED].absorbed.gone = true;
	v[CHANGE_ORDER].order = (struct order){.n = 1, .unit = "property", .issuer = "x", .opened_at_us = SAMPLE_AT_US,
	                                       .due_at_us = NO_TIME, .replied_at_us = NO_TIME, .ended_at_us = NO_TIME};
	v[CHANGE_ALARM].alarm = (struct alarm){.step = 2, .clock = "handle", .started_at_us = SAMPLE_AT_US, .times = 1,
	                                       .next_at_us = SAMPLE_AT_US, .acknowledged_at_us = NO_TIME};
	v[CHANGE_NOTICE].notice = (struct notice){.kind = NOTICE_LEVEL, .unit = "property", .meant = "x", .step = -1,
	                                          .due_at_us = SAMPLE_AT_US, .started_at_us = NO_TIME, .acknowledge = true};
	v[CHANGE_FIRED].fired.clock = "handle";
	v[CHANGE_FIRED].fired.step = -1;
	v[CHANGE_FIRED].fired.due_at_us = SAMPLE_AT_US;
	return ch;
}

static void every_change_comes_back(void **state) {
	(void)state;
	const struct changes *ch = all_changes();
	struct command cmd = {.kind = CMD_NOTE, .at_us = SAMPLE_AT_US};
	struct changes again;
	struct err e = {0};
	const char *text = event_text(&cmd, ch);
	if (!event_decode(text, &arena, &again, &e))
		fail_msg("%s", e.text);
	assert_string_equal(event_text(&cmd, &again), text);
	assert_int_equal(again.list.n, CHANGE_KINDS);
	assert_int_equal(again.list.v[CHANGE_STATE].state.previous, CASE_HANDLING);
	assert_int_equal(again.list.v[CHANGE_FIRED].fired.step, -1);
	assert_true(again.list.v[CHANGE_ABSORBED].absorbed.gone);
	const struct case_rec *before = item()->after;
	assert_string_equal(case_text(apply(before, TOWN, &again, &arena)), case_text(apply(before, TOWN, ch, &arena)));
}

static void every_command_comes_back(void **state) {
	(void)state;
	for (int k = 0; k < COMMANDS; k++) {
		struct command cmd = {.kind = (enum command_kind)k, .actor_unit = "grid_centre", .powers = POWER_SUPERVISOR,
		                      .for_unit = "property", .for_person = "老王", .at_us = SAMPLE_AT_US - 1, .late_entry = true};
		struct changes ch = {.event_type = "case.noted", .at_us = SAMPLE_AT_US, .next_fire_at_us = NO_TIME};
		struct command again;
		struct err e = {0};
		const char *text = event_text(&cmd, &ch);
		if (!event_command_decode(text, &arena, &again, &e))
			fail_msg("%s: %s", text, e.text);
		assert_int_equal(again.kind, k);
		assert_int_equal(again.at_us, cmd.at_us);
		assert_int_equal(again.powers, POWER_SUPERVISOR);
		assert_string_equal(again.for_person, "老王");
		assert_true(again.late_entry);
		assert_string_equal(event_text(&again, &ch), text);
	}
}

static struct command there_and_back(const struct command *cmd) {
	const struct changes ch = {.event_type = "x", .at_us = cmd->at_us, .next_fire_at_us = NO_TIME};
	struct command again;
	struct err e = {0};
	if (!event_command_decode(event_text(cmd, &ch), &arena, &again, &e))
		fail_msg("%s", e.text);
	assert_int_equal(again.at_us, cmd->at_us);
	return again;
}

static void payloads_come_back(void **state) {
	(void)state;
	struct command cmd = {.kind = CMD_ASSIGN, .at_us = SAMPLE_AT_US};
	cmd.assign.unit = "fire_brigade";
	cmd.assign.kind = TASK_CHECK;
	cmd.assign.limit = (struct limit){.amount = 2, .unit = LIMIT_WD, .reading = WD_ROLLING};
	struct command again = there_and_back(&cmd);
	assert_string_equal(again.assign.unit, "fire_brigade");
	assert_int_equal(again.assign.kind, TASK_CHECK);
	assert_memory_equal(&again.assign.limit, &cmd.assign.limit, sizeof cmd.assign.limit);
	cmd = (struct command){.kind = CMD_DECIDE, .at_us = SAMPLE_AT_US};
	cmd.decide.request = 3;
	cmd.decide.grant = true;
	cmd.decide.until_us = NO_TIME;
	again = there_and_back(&cmd);
	assert_int_equal(again.decide.request, 3);
	assert_true(again.decide.grant);
	assert_int_equal(again.decide.until_us, NO_TIME);
	cmd = (struct command){.kind = CMD_DEADLINE, .at_us = SAMPLE_AT_US};
	cmd.deadline = (struct deadline){"contact", SAMPLE_AT_US + DAY_US};
	again = there_and_back(&cmd);
	assert_int_equal(again.deadline.at_us, SAMPLE_AT_US + DAY_US);
	cmd = (struct command){.kind = CMD_MERGE, .at_us = SAMPLE_AT_US};
	cmd.merge.other = "20261123-0000001";
	assert_string_equal(there_and_back(&cmd).merge.other, "20261123-0000001");
	cmd = (struct command){.kind = CMD_ACKNOWLEDGE, .at_us = SAMPLE_AT_US};
	cmd.acknowledge.clock = "handle";
	cmd.acknowledge.started_at_us = SAMPLE_AT_US;
	assert_int_equal(there_and_back(&cmd).acknowledge.started_at_us, SAMPLE_AT_US);
	cmd = (struct command){.kind = CMD_UNTOLD, .at_us = SAMPLE_AT_US};
	cmd.untold.notice = "42-1";
	cmd.untold.channel = "phone";
	again = there_and_back(&cmd);
	assert_string_equal(again.untold.notice, "42-1");
	assert_string_equal(again.untold.channel, "phone");
	assert_null(again.untold.unit);
}

/* What the change `opened` says already isn't written twice, and is there again. */
static void a_submit_comes_back(void **state) {
	(void)state;
	const struct write_item *one = item();
	struct command cmd = *one->cmd, again;
	struct err e = {0};
	cmd.submit.handled = (struct handled){"property", SAMPLE_AT_US, "done"};
	*LIST_ADD(&cmd.submit.deadlines, &arena) = (struct deadline){"handle", SAMPLE_AT_US + DAY_US};
	if (!event_command_decode(event_text(&cmd, one->changes), &arena, &again, &e))
		fail_msg("%s", e.text);
	assert_int_equal(again.kind, CMD_SUBMIT);
	assert_string_equal(again.submit.class_code, "E70-05");
	assert_string_equal(again.submit.ref, "R-1");
	assert_int_equal(again.submit.received_at_us, SAMPLE_AT_US + 123456);
	assert_string_equal(again.submit.handled.unit, "property");
	assert_int_equal(again.submit.deadlines.v[0].at_us, SAMPLE_AT_US + DAY_US);
}

static void a_notice_comes_back(void **state) {
	(void)state;
	const struct notice n = {.kind = NOTICE_EXPIRED, .unit = "leader", .meant = "property", .role = "duty", .channel = "phone",
	                         .to = "021-1", .clock = "supervise", .due_at_us = SAMPLE_AT_US, .step = 2, .task = 1,
	                         .started_at_us = SAMPLE_AT_US, .times = 4, .order = 1, .acknowledge = true};
	struct notice again;
	struct strbuf out;
	struct err e = {0};
	strbuf_init(&out);
	notice_encode(&n, &out);
	if (!notice_decode(out.data, &arena, &again, &e))
		fail_msg("%s", e.text);
	assert_string_equal(again.meant, "property");
	assert_string_equal(again.to, "021-1");
	assert_int_equal(again.kind, NOTICE_EXPIRED);
	assert_int_equal(again.times, 4);
	assert_true(again.acknowledge);
	assert_false(notice_decode("{\"v\":2}", &arena, &again, &e));
	strbuf_fini(&out);
}

static const char *sample_file(const char *name) {
	char path[300];
	char *text = arena_alloc(&arena, 20000);
	(void)snprintf(path, sizeof path, "%s/tests/unit/store/samples/%s", SOURCE_DIR, name);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	text[fread(text, 1, 19999, f)] = '\0';
	(void)fclose(f);
	return text;
}

/* What the first gridd stored: the holder is taken to have had the case since it was received. */
static void format_1_is_lifted(void **state) {
	(void)state;
	struct case_rec *cr;
	struct changes ch;
	struct event_about about;
	struct command cmd;
	struct err e = {0};
	const char *body = sample_file("event.v1.json");
	if (!case_decode(TOWN, 7, sample_file("case.v1.json"), &arena, &cr, &e) || !event_decode(body, &arena, &ch, &e) ||
	    !event_about_decode(body, &arena, &about, &e))
		fail_msg("%s", e.text);
	assert_int_equal(cr->spans.n, 1);
	assert_int_equal(cr->spans.v[0].from_us, SAMPLE_AT_US + 123456);
	assert_string_equal(cr->spans.v[0].bearer, "property");
	assert_string_equal(cr->spans.v[0].why, "handling");
	assert_int_equal(cr->clocks.v[0].breached_at_us, NO_TIME);
	assert_int_equal(cr->suspended_until_us, NO_TIME);
	assert_null(cr->request.unit);
	assert_string_equal(case_text(apply(NULL, TOWN, &ch, &arena)), case_text(cr));
	assert_int_equal(about.state, CASE_DISPATCHED);
	assert_string_equal(about.private_sha256, "00ff");
	assert_false(event_command_decode(body, &arena, &cmd, &e)); /* it kept less than that */
}

/* A plain case pays nothing for what it doesn't have. */
static void a_plain_case_is_not_longer_than_before(void **state) {
	(void)state;
	const struct write_item *one = item();
	const size_t span = strlen(",\"spans\":[\"2026-11-18T11:06:40.123456Z handling property\"]");
	assert_int_equal(strlen(case_text(one->after)), strlen(sample_file("case.v1.json")) + span);
	assert_true(strlen(event_text(one->cmd, one->changes)) < strlen(sample_file("event.v1.json")) + 100);
}

/* The fold of the stored events is the aggregate, byte for byte. */
static void an_event_folds_to_the_case(void **state) {
	(void)state;
	const struct write_item *one = item();
	struct changes ch;
	struct err e = {0};
	if (!event_decode(event_text(one->cmd, one->changes), &arena, &ch, &e))
		fail_msg("%s", e.text);
	assert_string_equal(ch.event_type, "case.submitted");
	assert_int_equal(ch.at_us, one->changes->at_us);
	assert_int_equal(ch.next_fire_at_us, one->changes->next_fire_at_us);
	assert_int_equal(ch.list.n, one->changes->list.n);
	assert_string_equal(event_text(one->cmd, &ch), event_text(one->cmd, one->changes));
	assert_string_equal(case_text(apply(NULL, TOWN, &ch, &arena)), case_text(one->after));
}

static void what_is_not_ours_is_refused(void **state) {
	(void)state;
	static const char *const texts[] = {"",
	                                    "{}",
	                                    "[]",
	                                    "{\"v\":0}",
	                                    "{\"v\":3}",
	                                    "{\"v\":1,\"colour\":\"red\"}",
	                                    "{\"v\":1,\"state\":\"lost\"}",
	                                    "{\"v\":\"1\"}",
	                                    "{\"v\":1",
	                                    "{\"v\":1,\"version\":\"x\"}"};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct case_rec *cr;
		struct err e = {0};
		assert_false(case_decode(TOWN, 1, texts[i], &arena, &cr, &e));
		assert_int_equal(e.code, E_INTERNAL);
		assert_null(cr);
	}
	struct changes ch;
	struct err e = {0};
	assert_false(event_decode("{\"v\":1,\"changes\":[{\"what\":\"painted\"}]}", &arena, &ch, &e));
	assert_false(event_decode("{\"v\":1,\"changes\":[{}]}", &arena, &ch, &e));
	assert_false(event_decode("{\"v\":1}", &arena, &ch, &e));
}

static void a_newer_format_says_so(void **state) {
	(void)state;
	struct case_rec *cr;
	struct err e = {0};
	assert_false(case_decode(TOWN, 1, "{\"v\":99}", &arena, &cr, &e));
	assert_non_null(strstr(e.text, "newer gridd"));
}

static void private_lists_come_back(void **state) {
	(void)state;
	struct private_part p = {0}, again = {0};
	struct strbuf out;
	struct err e = {0};
	*LIST_ADD(&p.attachments, &arena) =
	    (struct attachment){.uri = "https://x/1.jpg", .kind = "before", .taken_at_us = SAMPLE_AT_US};
	*LIST_ADD(&p.attachments, &arena) = (struct attachment){.uri = "https://x/2.jpg", .taken_at_us = NO_TIME};
	*LIST_ADD(&p.attrs, &arena) = (struct attr){"楼层", "六楼"};
	strbuf_init(&out);
	attachments_encode(&p, &out);
	assert_true(attachments_decode(out.data, &arena, &again, &e));
	strbuf_clear(&out);
	attrs_encode(&p, &out);
	assert_true(attrs_decode(out.data, &arena, &again, &e));
	strbuf_fini(&out);
	assert_int_equal(again.attachments.n, 2);
	assert_string_equal(again.attachments.v[0].kind, "before");
	assert_int_equal(again.attachments.v[0].taken_at_us, SAMPLE_AT_US);
	assert_int_equal(again.attachments.v[1].taken_at_us, NO_TIME);
	assert_string_equal(again.attrs.v[0].value, "六楼");
	assert_true(attachments_decode(NULL, &arena, &(struct private_part){0}, &e));
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_case_comes_back),          cmocka_unit_test(every_member_comes_back),
	    cmocka_unit_test(an_event_folds_to_the_case), cmocka_unit_test(what_is_not_ours_is_refused),
	    cmocka_unit_test(a_newer_format_says_so),     cmocka_unit_test(private_lists_come_back),
	    cmocka_unit_test(format_1_is_lifted),         cmocka_unit_test(a_plain_case_is_not_longer_than_before),
	    cmocka_unit_test(every_change_comes_back),    cmocka_unit_test(every_command_comes_back),
	    cmocka_unit_test(payloads_come_back),         cmocka_unit_test(a_submit_comes_back),
	    cmocka_unit_test(a_notice_comes_back),
	};
	return cmocka_run_group_tests(tests, up, down);
}
