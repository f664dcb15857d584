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
	event_encode(cmd, ch, "00ff", &out);
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
	const char *text = case_text(&cr);
	if (!case_decode(TOWN, 7, text, &arena, &again, &e))
		fail_msg("%s", e.text);
	assert_string_equal(case_text(again), text);
	assert_string_equal(again->tags.v[again->tags.n - 1], "a\"b\\c");
	assert_string_equal(again->marks.v[0].mark, "contacted");
	assert_int_equal(again->clocks.v[0].due_at_us, NO_TIME);
	assert_true(again->emergency && again->clocks.v[1].outside);
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
	                                    "{\"v\":2}",
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
	};
	return cmocka_run_group_tests(tests, up, down);
}
