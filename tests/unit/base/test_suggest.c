/* test_suggest: which known word is near a wrong one. */
#include "daemon/base/suggest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *nearest(const char *word, const char *const *known) {
	struct suggest s;
	suggest_start(&s, word);
	for (; *known; known++)
		suggest_offer(&s, *known);
	return s.best;
}

#define NEAREST(word, ...) nearest((word), (const char *const[]){__VA_ARGS__, NULL})

static void test_edits(void **state) {
	(void)state;
	assert_string_equal(NEAREST("estat", "class", "estate", "grid"), "estate");
	assert_string_equal(NEAREST("estatee", "class", "estate", "grid"), "estate");
	assert_string_equal(NEAREST("estete", "class", "estate", "grid"), "estate");
	assert_string_equal(NEAREST("etsate", "class", "estate", "grid"), "estate");
	assert_string_equal(NEAREST("observd_at", "received_at", "observed_at"), "observed_at");
	assert_null(NEAREST("weather", "class", "estate", "grid"));
	/* Three edits of nine characters are near, four are not. */
	assert_string_equal(NEAREST("abcdefxyz", "abcdefghi"), "abcdefghi");
	assert_null(NEAREST("abcdewxyz", "abcdefghi"));
}

static void test_swap_is_one(void **state) {
	(void)state;
	assert_string_equal(NEAREST("gird", "grid"), "grid");
	struct suggest s;
	suggest_start(&s, "gird");
	suggest_offer(&s, "grid");
	assert_int_equal(s.distance, 1);
}

static void test_best_wins(void **state) {
	(void)state;
	assert_string_equal(NEAREST("case.gett", "case.list", "case.get", "case.set"), "case.get");
	/* Of equals the first. */
	assert_string_equal(NEAREST("case.xet", "case.get", "case.set"), "case.get");
}

static void test_spelling(void **state) {
	(void)state;
	struct suggest s;
	suggest_start(&s, "Housing-Office");
	suggest_offer(&s, "housing_office");
	assert_string_equal(s.best, "housing_office");
	assert_int_equal(s.distance, 0);
}

/* Characters are counted, not bytes. */
static void test_chinese(void **state) {
	(void)state;
	assert_string_equal(NEAREST("派出锁", "房管办", "派出所"), "派出所");
	assert_string_equal(NEAREST("出派所", "派出所"), "派出所");
	assert_null(NEAREST("城管队", "派出所"));
	assert_string_equal(NEAREST("漏木", "漏水"), "漏水");
	assert_null(NEAREST("木", "水"));
}

static void test_short_and_long(void **state) {
	(void)state;
	char word[200];
	memset(word, 'a', sizeof word - 1);
	word[sizeof word - 1] = '\0';
	assert_null(NEAREST(word, word, "a"));
	assert_null(NEAREST("", "a", ""));
	assert_null(NEAREST("a", "b", ""));
	assert_string_equal(NEAREST("ab", "b", "cb"), "b");
	assert_null(NEAREST("\xFF\xFE\x80", "abc"));
	word[64] = '\0';
	assert_string_equal(NEAREST(word, word), word);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_edits),    cmocka_unit_test(test_swap_is_one), cmocka_unit_test(test_best_wins),
	    cmocka_unit_test(test_spelling), cmocka_unit_test(test_chinese),     cmocka_unit_test(test_short_and_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
