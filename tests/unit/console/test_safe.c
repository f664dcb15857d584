/* test_safe: no text, however hostile, reaches the terminal raw or moves a column: 100,000 random ones, or as many as the size says. */
#include "clients/gridctl/term/table.h"
#include "clients/gridctl/term/text.h"
#include "daemon/base/check.h"
#include "daemon/base/utf8.h"
#include "tests/unit/size.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <cmocka.h>

enum { MOST_CHARS = 40, MOST_BYTES = MOST_CHARS * 6 + 1 };

static uint64_t dice = 88172645463325252u;

static uint32_t roll(uint32_t below) {
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return (uint32_t)((dice >> 11) % below);
}

static size_t encode(uint32_t c, char *to) {
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	const size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = n; i-- > 1; c >>= 6)
		to[i] = (char)(0x80 | (c & 0x3f));
	to[0] = (char)((n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0) | c);
	return n;
}

/* Controls, direction marks, no-width and combining characters, Chinese, bytes that are none, whole escape sequences. */
static size_t hostile_piece(char *to) {
	static const uint32_t bad[] = {0x1b, 0x07, 0x7f, 0x9b, 0x85, 0x61c, 0x200b, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2066,
	                               0x2069, 0xfeff, 0xad, 0x301, 0xfe0f, 0x1f3fb, 0x1f1e6, 0xe0001, 0xfff9, 0x3164, 0x115f, '\n', '\t', '\r'};
	static const char *const sequences[] = {"\x1b[2J", "\x1b]0;t\x07", "\x1b[31m", ("\xc2\x9b" "1m"), "\xed\xa0\x80", "\xf4\x90\x80\x80"};
	switch (roll(6)) {
	case 0:
		return encode(bad[roll(COUNT_OF(bad))], to);
	case 1:
		to[0] = (char)(1 + roll(255));
		return 1;
	case 2:
		return encode(0x4e00 + roll(0x5000), to);
	case 3: {
		const char *s = sequences[roll(COUNT_OF(sequences))];
		memcpy(to, s, strlen(s));
		return strlen(s);
	}
	case 4:
		return encode(1 + roll(0x10ffff), to);
	default:
		return encode(0x20 + roll(0x5f), to);
	}
}

static void hostile(char text[MOST_BYTES]) {
	size_t n = 0;
	for (uint32_t left = roll(MOST_CHARS); left > 0; left--)
		n += hostile_piece(text + n);
	text[n] = '\0';
}

/* Written from the standards, not from the tables of the code. */
static bool is_forbidden(uint32_t c) {
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x61c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || c == 0xad || (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f) ||
	       wcwidth((wchar_t)c) < 0;
}

static void assert_harmless(const char *text, bool lines) {
	while (*text) {
		uint32_t c = 0;
		const size_t n = utf8_get((const unsigned char *)text, &c);
		assert_true(n > 0);
		assert_false(is_forbidden(c) && !(lines && c == '\n'));
		text += n;
	}
}

static void test_random_texts(void **state) {
	(void)state;
	char text[MOST_BYTES];
	for (int i = test_size(5000, 20000, 100000); i > 0; i--) {
		hostile(text);
		for (int how = SAFE_LINE; how <= SAFE_JSON; how++) {
			struct strbuf safe = {0};
			safe_add(&safe, text, (enum safe_how)how);
			assert_harmless(safe.data ? safe.data : "", how != SAFE_LINE);
			strbuf_fini(&safe);
		}
	}
}

/* Every line of a table is as wide as the others and no wider than the terminal. */
static void assert_lines_up(const char *text, int most) {
	int first = -1;
	while (*text) {
		const size_t n = strcspn(text, "\n");
		char *line = strndup(text, n);
		const int width = text_width(line);
		free(line);
		first = first < 0 ? width : first;
		assert_int_equal(width, first);
		assert_true(most == 0 || width <= most);
		text += n + (text[n] == '\n');
	}
}

static void test_random_tables(void **state) {
	(void)state;
	static const struct column columns[] = {{{"number", "编号"}, COLUMN_RIGHT}, {{"class", "类别"}, COLUMN_CUT},
	                                        {{"place", "小区/地点"}, COLUMN_WRAP}, {{"text", "内容"}, COLUMN_REST}};
	static const int widths[] = {0, 40, 60, 80, 120};
	char text[MOST_BYTES];
	for (int i = test_size(200, 500, 2000); i > 0; i--) {
		struct table t;
		table_init(&t, columns, COUNT_OF(columns));
		for (int r = 0; r < 5; r++) {
			table_row(&t);
			table_cell_int(&t, roll(1000));
			for (size_t c = 1; c < COUNT_OF(columns); c++) {
				hostile(text);
				table_cell(&t, text);
			}
		}
		for (size_t w = 0; w < COUNT_OF(widths); w++) {
			struct strbuf out = {0};
			table_layout(&t, widths[w], &out);
			assert_harmless(out.data, true);
			assert_lines_up(out.data, widths[w]);
			strbuf_fini(&out);
		}
		table_free(&t);
	}
}

static void shows(const char *text, enum safe_how how, const char *as) {
	struct strbuf safe = {0};
	safe_add(&safe, text, how);
	assert_string_equal(safe.data ? safe.data : "", as);
	strbuf_fini(&safe);
}

static void test_signs(void **state) {
	(void)state;
	shows("a\x1b[31mb", SAFE_LINE, "a␛[31mb");
	shows("漏\u202e水", SAFE_LINE, "漏\\u202e水");
	shows("a\u200bb\xff", SAFE_TEXT, "a\\u200bb\\xff");
	shows("e\u0301 \u0301", SAFE_LINE, "e\u0301 \\u0301"); /* an accent needs a letter */
	shows("a\tb\nc", SAFE_TEXT, "a b\nc");
	shows("三楼漏水，电话 021-1234", SAFE_LINE, "三楼漏水，电话 021-1234");
}

int main(void) {
	term_init();
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_texts), cmocka_unit_test(test_random_tables),
	                                   cmocka_unit_test(test_signs)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
