/* test_json_out: commas, escapes, numbers and the canonical form. */
#include "daemon/wire/json_out.h"

#include "daemon/base/civil.h"
#include "daemon/wire/gate.h"

#include <float.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct strbuf text;
static struct json_out j;

static int setup(void **state) {
	(void)state;
	strbuf_init(&text);
	jout_init(&j, &text);
	return 0;
}

static int teardown(void **state) {
	(void)state;
	strbuf_fini(&text);
	return 0;
}

static void test_commas(void **state) {
	(void)state;
	jout_object(&j);
	jout_kv_int(&j, "a", -1);
	jout_key(&j, "b");
	jout_array(&j);
	jout_object(&j);
	jout_end_object(&j);
	jout_array(&j);
	jout_end_array(&j);
	jout_null(&j);
	jout_bool(&j, false);
	jout_str(&j, NULL);
	jout_raw(&j, "{\"x\":1}");
	jout_rawn(&j, "77", 1);
	jout_end_array(&j);
	jout_kv_bool(&j, "c", true);
	jout_kv_opt(&j, "left out", NULL);
	jout_kv_opt(&j, "d", "");
	jout_kv_str(&j, "e", NULL);
	jout_end_object(&j);
	assert_string_equal(text.data, "{\"a\":-1,\"b\":[{},[],null,false,null,{\"x\":1},7],\"c\":true,\"d\":\"\",\"e\":null}");
}

static void test_escapes(void **state) {
	(void)state;
	jout_strn(&j, "a\0b\x01\x1f\x7f\"\\/\b\t\n\f\r低😀", 21);
	assert_string_equal(text.data, "\"a\\u0000b\\u0001\\u001f\\u007f\\\"\\\\/\\b\\t\\n\\f\\r低😀\"");
}

/* Whatever bytes a string holds, what is written is sound JSON. */
static void test_broken_utf8(void **state) {
	(void)state;
	jout_str(&j, "a\xE4\xBD z \xFF\xC0\xAF\xED\xA0\x80");
	assert_string_equal(
	    text.data,
	    "\"a\xEF\xBF\xBD\xEF\xBF\xBD z \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
	struct gate_fault why;
	assert_true(gate_check(text.data, text.len, &why));
}

static void check_num(double v, const char *expected) {
	strbuf_clear(&text);
	jout_init(&j, &text);
	jout_num(&j, v);
	assert_string_equal(text.data, expected);
}

static void test_numbers(void **state) {
	(void)state;
	check_num(0.1, "0.1");
	check_num(1.0 / 3.0, "0.3333333333333333");
	check_num(121.4486, "121.4486");
	check_num(-0.0, "-0");
	check_num(5e-324, "4.94065645841247e-324");
	check_num(DBL_MAX, "1.7976931348623157e+308");
	check_num(9007199254740993.0, "9007199254740992");
	strbuf_clear(&text);
	jout_init(&j, &text);
	jout_int(&j, INT64_MIN);
	assert_string_equal(text.data, "-9223372036854775808");
}

static void test_times(void **state) {
	(void)state;
	jout_object(&j);
	jout_kv_time(&j, "a", 0, 8 * 3600);
	jout_kv_time(&j, "b", NO_TIME, 0);
	jout_kv_time(&j, "c", 1, 0);
	jout_end_object(&j);
	assert_string_equal(text.data, "{\"a\":\"1970-01-01T08:00:00+08:00\",\"c\":\"1970-01-01T00:00:00.000001Z\"}");
}

/* Two bodies are the same when their members are, in any order; what is skipped is skipped at the top only. */
static void test_canonical(void **state) {
	(void)state;
	static const char *const skip[] = {"key", "auth", NULL};
	static const char body[] =
	    "{\"text\":\"\\u6f0f\",\"key\":\"k\",\"n\":[{\"z\":1.50,\"key\":2}],\"auth\":null,\"a\":-0.0}";
	struct json_object *tree;
	struct gate_fault why;
	assert_true(gate_parse(body, sizeof body - 1, &tree, &why));
	jout_canonical(&j, tree, skip);
	json_object_put(tree);
	assert_string_equal(text.data, "{\"a\":-0.0,\"n\":[{\"key\":2,\"z\":1.50}],\"text\":\"漏\"}");
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_commas, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_escapes, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_broken_utf8, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_numbers, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_times, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_canonical, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
