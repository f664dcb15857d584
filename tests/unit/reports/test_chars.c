/* test_chars: text of others becomes one visible line, is measured as it looks, and escaped for each kind of page. */
#include "daemon/reports/chars.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct strbuf out;

static int up(void **state) {
	(void)state;
	strbuf_init(&out);
	return 0;
}

static int down(void **state) {
	(void)state;
	strbuf_fini(&out);
	return 0;
}

static const char *result(void) {
	strbuf_addc(&out, '\0');
	out.len = 0;
	return out.data;
}

static const char *clean(const char *text, size_t columns) {
	strbuf_clear(&out);
	chars_clean(&out, text, columns);
	return result();
}

static void what_hides_is_shown(void **state) {
	(void)state;
	static const char *const texts[][2] = {
	    {"永和二村 12 号", "永和二村 12 号"},
	    {"a\r\nBcc: x@y", "a[U+000D][U+000A]Bcc: x@y"},
	    {"\x01\x1b[31m\x7f", "[U+0001][U+001B][31m[U+007F]"},
	    {"\xc2\x85\xc2\x9b", "[U+0085][U+009B]"},           /* C1 */
	    {"\xe2\x80\xaegnp.exe", "[U+202E]gnp.exe"},         /* right to left override */
	    {"\xe2\x80\xa8|\xe2\x81\xa6", "[U+2028]|[U+2066]"}, /* line separator, isolate */
	    {"\xe2\x80\x8b\xef\xbb\xbf\xc2\xad", "[U+200B][U+FEFF][U+00AD]"},
	    {"\xf3\xa0\x81\x81", "[U+E0041]"}, /* tag */
	    {"\xff\xc3(\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
	    {"\xc3\xa9 \xf0\x9f\x9a\xa7", "\xc3\xa9 \xf0\x9f\x9a\xa7"},
	    {"", ""},
	};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_string_equal(clean(texts[i][0], 0), texts[i][1]);
	assert_string_equal(clean(NULL, 0), "");
}

static void widths_are_what_is_seen(void **state) {
	(void)state;
	assert_int_equal(chars_width(""), 0);
	assert_int_equal(chars_width("abc-1"), 5);
	assert_int_equal(chars_width("彭浦镇"), 6);
	assert_int_equal(chars_width("（北块）、：【】％"), 18);
	assert_int_equal(chars_width("e\xcc\x81"), 1);        /* combining acute */
	assert_int_equal(chars_width("\xf0\xa0\x80\x80"), 2); /* a rare character, plane 2 */
	assert_int_equal(chars_width("\xf0\x9f\x9a\xa7"), 2); /* construction sign */
	assert_int_equal(chars_width("\xef\xbd\xb1"), 1);     /* half width katakana */
}

static void it_is_cut_at_a_character(void **state) {
	(void)state;
	assert_string_equal(clean("彭浦新村", 8), "彭浦新村");
	assert_string_equal(clean("彭浦新村", 7), "彭浦..");
	assert_string_equal(clean("彭浦新村", 6), "彭浦..");
	assert_string_equal(clean("彭浦新村", 5), "彭..");
	assert_string_equal(clean("abcdef", 5), "abc..");
	assert_string_equal(clean("彭浦", 3), "..");
	assert_string_equal(clean("ab\xe2\x80\xae", 8), "ab.."); /* the sign for it is 8 wide */
}

static void lines_break_where_a_reader_would(void **state) {
	(void)state;
	static const struct {
		const char *text;
		size_t columns;
		const char *first;
	} lines[] = {
	    {"two words", 6, "two "}, /* spaces at the break are the caller's */
	    {"two words", 9, "two words"},
	    {"unbreakable", 4, "unbr"},
	    {"彭浦新村一二", 7, "彭浦新"},
	    {"彭浦新，一", 6, "彭浦"},   /* no line begins with a comma */
	    {"彭浦（北块）", 6, "彭浦"}, /* and none ends with an opening bracket */
	    {"案件 20261123-0000001", 20, "案件 "},
	    {"编号20261123", 8, "编号"},
	    {"彭", 1, "彭"}, /* one at least */
	    {"", 5, ""},
	};
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		const size_t n = chars_line(lines[i].text, lines[i].columns);
		if (n != strlen(lines[i].first))
			fail_msg("%s in %zu: %zu bytes", lines[i].text, lines[i].columns, n);
	}
}

static void html_is_only_text(void **state) {
	(void)state;
	chars_html(&out, "<script>alert('x')</script> \"&amp;\" 彭浦");
	assert_string_equal(result(), "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &quot;&amp;amp;&quot; 彭浦");
}

static void csv_is_no_formula(void **state) {
	(void)state;
	static const char *const fields[][2] = {
	    {"彭浦镇", "彭浦镇"},
	    {"a,b", "\"a,b\""},
	    {"say \"hi\"", "\"say \"\"hi\"\"\""},
	    {"=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\""},
	    {"+1+1", "\"'+1+1\""},
	    {"-2+3", "\"'-2+3\""},
	    {"@SUM(A1)", "\"'@SUM(A1)\""},
	    {"\t=1", "\"'\t=1\""},
	    {"＝1+1", "\"'＝1+1\""},
	    {"-12.5", "-12.5"},
	    {"+3", "+3"},
	    {"-", "-"},
	    {"93.5%", "93.5%"},
	    {"", ""},
	};
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		chars_csv(&out, fields[i][0]);
		assert_string_equal(result(), fields[i][1]);
	}
}

static void file_names_are_tame(void **state) {
	(void)state;
	chars_file_name(&out, "310106101-2026-11");
	assert_string_equal(result(), "310106101-2026-11");
	chars_file_name(&out, "../a b\r\n彭");
	assert_string_equal(result(), "___a_b_____");
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_hides_is_shown),      cmocka_unit_test(widths_are_what_is_seen),
	    cmocka_unit_test(it_is_cut_at_a_character), cmocka_unit_test(lines_break_where_a_reader_would),
	    cmocka_unit_test(html_is_only_text),        cmocka_unit_test(csv_is_no_formula),
	    cmocka_unit_test(file_names_are_tame),
	};
	return cmocka_run_group_tests(tests, up, down);
}
