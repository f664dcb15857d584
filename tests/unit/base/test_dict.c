/* test_dict: put, get, order, and one pointer for equal texts. */
#include "daemon/base/dict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MANY = 20000 };

static void keeps_what_was_put_first(void **ctx) {
	(void)ctx;
	struct arena a;
	struct dict d;
	int one = 1, two = 2;
	arena_init(&a);
	dict_init(&d, &a);
	assert_null(dict_get(&d, "x"));
	assert_true(dict_put(&d, "x", &one));
	assert_false(dict_put(&d, "x", &two));
	assert_ptr_equal(dict_get(&d, "x"), &one);
	assert_true(dict_put(&d, "", &two));
	assert_ptr_equal(dict_get(&d, ""), &two);
	assert_false(dict_has(&d, "xx"));
	arena_fini(&a);
}

static void grows_and_keeps_the_order(void **ctx) {
	(void)ctx;
	struct arena a;
	struct dict d;
	arena_init(&a);
	dict_init(&d, &a);
	for (size_t i = 0; i < MANY; i++)
		assert_true(dict_put(&d, arena_printf(&a, "key %zu", i), (void *)(i + 1)));
	assert_int_equal(d.n, MANY);
	for (size_t i = 0; i < MANY; i++) {
		char key[24];
		(void)snprintf(key, sizeof key, "key %zu", i);
		assert_ptr_equal(dict_get(&d, key), (void *)(i + 1));
		assert_string_equal(d.entries[i].key, key);
	}
	assert_false(dict_has(&d, "key 20000"));
	arena_fini(&a);
}

static void equal_texts_are_one_pointer(void **ctx) {
	(void)ctx;
	struct arena a;
	struct dict d;
	arena_init(&a);
	dict_init(&d, &a);
	const char *leak = dict_intern(&d, "漏水 and more", strlen("漏水"));
	assert_string_equal(leak, "漏水");
	assert_ptr_equal(dict_intern(&d, "漏水", strlen("漏水")), leak);
	assert_ptr_equal(dict_interned(&d, "漏水"), leak);
	assert_null(dict_interned(&d, "漏"));
	assert_ptr_not_equal(dict_intern(&d, "漏", strlen("漏")), leak);
	arena_fini(&a);
}

int main(void) {
	const struct CMUnitTest all[] = {
	    cmocka_unit_test(keeps_what_was_put_first),
	    cmocka_unit_test(grows_and_keeps_the_order),
	    cmocka_unit_test(equal_texts_are_one_pointer),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
