/* test_err: errors say what happened, fit their buffer, and have their place in the table. */
#include "daemon/base/err.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_texts(void **state) {
	(void)state;
	struct err e;
	assert_false(err_set(&e, E_CONFIG, "unit %s, line %d", "x", 7));
	assert_int_equal(e.code, E_CONFIG);
	assert_string_equal(e.text, "unit x, line 7");
	assert_false(err_wrap(&e, "pack %s", "p"));
	assert_string_equal(e.text, "pack p: unit x, line 7");
	assert_int_equal(e.code, E_CONFIG);
	errno = ENOENT;
	assert_false(err_sys(&e, "%s", "file"));
	assert_int_equal(e.code, E_IO);
	assert_string_equal(e.text, "file: No such file or directory");
}

/* Text that is too long is cut between characters, never within one. */
static void test_cut(void **state) {
	(void)state;
	for (size_t lead = 0; lead < 3; lead++) {
		char text[1000] = "";
		memset(text, 'a', lead);
		while (strlen(text) < 900)
			memcpy(text + strlen(text), "洼", sizeof "洼");
		struct err e;
		assert_false(err_set(&e, E_IO, "%s", text));
		const size_t n = strlen(e.text);
		assert_in_range(n, sizeof e.text - 8, sizeof e.text - 1);
		assert_int_equal((n - lead) % 3, 0);
		assert_false(err_wrap(&e, "more"));
		assert_int_equal((strlen(e.text) - strlen("more: ") - lead) % 3, 0);
	}
}

static void test_table(void **state) {
	(void)state;
	assert_int_equal(err_rpc_code(E_PARSE), -32700);
	assert_int_equal(err_rpc_code(E_IO), 0);
	for (int i = 0; i < E_COUNT; i++) {
		assert_true(strlen(err_reason((enum err_code)i)) > 0);
		assert_true(strlen(err_meaning((enum err_code)i)) > 0);
		for (int k = 0; k < i; k++) {
			assert_string_not_equal(err_reason((enum err_code)i), err_reason((enum err_code)k));
			assert_true(err_rpc_code((enum err_code)i) == 0 ||
			            err_rpc_code((enum err_code)i) != err_rpc_code((enum err_code)k));
		}
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_cut),
	    cmocka_unit_test(test_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
