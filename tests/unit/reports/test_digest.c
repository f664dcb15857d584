/* test_digest: a night comes back as it was written, byte for byte, and what isn't ours is refused. */
#include "night.h"

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

static char *encoded(const struct digest *d) {
	struct strbuf out;
	strbuf_init(&out);
	digest_encode(d, &out);
	char *text = arena_strdup(&arena, out.data);
	strbuf_fini(&out);
	return text;
}

static struct digest decoded(const char *json) {
	struct digest d;
	struct err e = {0};
	if (!digest_decode(json, &arena, &d, &e))
		fail_msg("%s", e.text);
	return d;
}

static void a_night_comes_back(void **state) {
	(void)state;
	const struct digest d = night(&arena);
	const char *text = encoded(&d);
	const struct digest again = decoded(text);
	assert_string_equal(encoded(&again), text);
	assert_int_equal(again.format, DIGEST_FORMAT);
	assert_string_equal(again.day, "2026-11-23");
	assert_int_equal(again.at_us, NIGHT_AT_US);
	assert_int_equal(again.overdue_before, 1);
	assert_int_equal(again.rows.n, 3);
	assert_int_equal(again.rows.v[0].longest_permille, 935);
	assert_true(again.rows.v[0].emergency && !again.rows.v[0].fresh && again.rows.v[1].fresh);
	assert_int_equal(again.rows.v[2].last_act_at_us, NO_TIME);
	assert_null(again.rows.v[1].estate);
	assert_string_equal(again.extended.v[0], "20261120-0000011");
	assert_int_equal(again.units.v[0].orders, 1);
}

static void an_empty_night_comes_back(void **state) {
	(void)state;
	struct digest d = empty_night();
	d.overdue_before = -1;
	d.mark = DIGEST_RECKONED;
	const struct digest again = decoded(encoded(&d));
	assert_string_equal(encoded(&again), encoded(&d));
	assert_int_equal(again.overdue_before, -1);
	assert_int_equal(again.mark, DIGEST_RECKONED);
	assert_int_equal(again.rows.n, 0);
}

/* Microseconds, what JSON must escape, and the widest numbers. */
static void everything_comes_back_exactly(void **state) {
	(void)state;
	struct digest d = night(&arena);
	d.at_us += 123456;
	d.rows.v[0].number = "a\"b\\c\r\n<\x01>\xc2\x85";
	d.rows.v[0].worked_us = INT64_MAX;
	d.town_en = NULL;
	const struct digest again = decoded(encoded(&d));
	assert_int_equal(again.at_us, d.at_us);
	assert_string_equal(again.rows.v[0].number, d.rows.v[0].number);
	assert_true(again.rows.v[0].worked_us == INT64_MAX);
	assert_null(again.town_en);
}

/* The text with one part of it replaced. */
static const char *changed(const char *text, const char *from, const char *to) {
	const char *at = strstr(text, from);
	assert_non_null(at);
	return arena_printf(&arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static void what_is_not_ours_is_refused(void **state) {
	(void)state;
	static const struct {
		const char *from, *to, *says;
	} wrong[] = {
	    {"\"format\":1", "\"format\":2", "has format 2, this gridd knows 1"},
	    {"\"format\":1,", "", "no format number"},
	    {"\"format\":1", "\"format\":\"1\"", "no format number"},
	    {"\"day\":\"2026-11-23\",", "", "/day must be given"},
	    {"\"mark\":\"on_time\"", "\"mark\":\"early\"", "/mark"},
	    {"\"fresh\":2", "\"fresh\":2,\"stale\":1", "`stale` is not known here"},
	    {"\"longest_permille\":935", "\"longest_permille\":1001", "/rows/0/longest_permille"},
	    {"\"overdue\":3", "\"overdue\":4", "not as many rows"},
	    {"\"code\":\"dog\"", "\"code\":\"zebra\"", "out of order"},
	    {"{", "[{", "not one of ours"},
	};
	const struct digest d = night(&arena);
	const char *text = encoded(&d);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct digest out;
		struct err e = {0};
		assert_false(digest_decode(changed(text, wrong[i].from, wrong[i].to), &arena, &out, &e));
		if (!strstr(e.text, wrong[i].says))
			fail_msg("%s: %s", wrong[i].says, e.text);
	}
}

static void names_are_found_or_the_code_stands(void **state) {
	(void)state;
	struct digest d = night(&arena);
	assert_string_equal(digest_name_of(&d, "unit", "police", PAGE_ZH), "彭浦镇派出所");
	assert_string_equal(digest_name_of(&d, "unit", "police", PAGE_EN), "Pengpu police station");
	assert_string_equal(digest_name_of(&d, "class", "police", PAGE_ZH), "police");
	assert_null(digest_name_of(&d, "estate", NULL, PAGE_ZH));
	d.names.v[0].en = "";
	d.names.v[1].en = NULL;
	assert_string_equal(digest_name_of(&d, "class", "dog", PAGE_EN), "dog");
	assert_string_equal(digest_name_of(&d, "class", "water", PAGE_EN), "water");
	d.names.n = 0;
	assert_string_equal(digest_name_of(&d, "unit", "police", PAGE_ZH), "police");
}

static void every_enum_has_its_name(void **state) {
	(void)state;
	for (int i = 0; i < DIGEST_MARKS; i++)
		assert_non_null(digest_mark_names[i]);
	for (int i = 0; i < PAGE_LANGS; i++)
		assert_non_null(page_lang_names[i]);
	assert_null(digest_mark_names[DIGEST_MARKS]);
	assert_null(page_lang_names[PAGE_LANGS]);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_night_comes_back),
	    cmocka_unit_test(an_empty_night_comes_back),
	    cmocka_unit_test(everything_comes_back_exactly),
	    cmocka_unit_test(what_is_not_ours_is_refused),
	    cmocka_unit_test(names_are_found_or_the_code_stands),
	    cmocka_unit_test(every_enum_has_its_name),
	};
	return cmocka_run_group_tests(tests, up, down);
}
