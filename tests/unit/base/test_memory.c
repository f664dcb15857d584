/* test_memory: arenas, lists and growing buffers. */
#include "daemon/base/faults.h"
#include "daemon/base/limits.h"
#include "daemon/base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static int setup(void **state) {
	(void)state;
	arena_init(&arena);
	return 0;
}

static int teardown(void **state) {
	(void)state;
	arena_fini(&arena);
	return 0;
}

/* Every piece is aligned, zeroed, and nobody else's. */
static void test_arena_pieces(void **state) {
	(void)state;
	enum { PIECES = 2000 };
	static unsigned char *pieces[PIECES];
	for (size_t i = 0; i < PIECES; i++) {
		const size_t size = i * i % 977;
		pieces[i] = arena_alloc(&arena, size);
		assert_int_equal((uintptr_t)pieces[i] % 16, 0);
		for (size_t k = 0; k < size; k++)
			assert_int_equal(pieces[i][k], 0);
		memset(pieces[i], (int)(i % 251) + 1, size);
	}
	for (size_t i = 0; i < PIECES; i++)
		for (size_t k = 0; k < i * i % 977; k++)
			assert_int_equal(pieces[i][k], i % 251 + 1);
}

/* A large piece has a block to itself: the small ones before and after it lie side by side. */
static void test_arena_large(void **state) {
	(void)state;
	const char *before = arena_strdup(&arena, "before");
	char *large = arena_alloc(&arena, 3 << 20);
	memset(large, 'x', 3 << 20);
	const char *small = arena_strdup(&arena, "small");
	assert_true(arena_size(&arena) >= 3 << 20);
	assert_string_equal(small, "small");
	assert_ptr_equal(small, before + 16);
}

/* Many small ones: large blocks, zeroed, and little more than was asked for. */
static void test_arena_many(void **state) {
	(void)state;
	enum { MANY = 12000, SIZE = 1024 };
	for (int i = 0; i < MANY; i++) {
		char *piece = arena_alloc(&arena, SIZE);
		assert_true(piece[0] == 0 && memcmp(piece, piece + 1, SIZE - 1) == 0);
		memset(piece, 'x', SIZE);
	}
	assert_true(arena_size(&arena) >= (size_t)MANY * SIZE && arena_size(&arena) <= (size_t)MANY * SIZE * 3 / 2);
	arena_reset(&arena);
	assert_true(arena_size(&arena) <= 257 * 1024);
	for (int i = 0; i < 200; i++) {
		const char *piece = arena_alloc(&arena, SIZE);
		assert_true(piece[0] == 0 && memcmp(piece, piece + 1, SIZE - 1) == 0);
	}
}

static void test_arena_reset(void **state) {
	(void)state;
	for (int i = 0; i < 100; i++)
		memset(arena_alloc(&arena, 10000), 'y', 10000);
	memset(arena_alloc(&arena, 3 << 20), 'y', 3 << 20);
	arena_reset(&arena);
	const size_t kept = arena_size(&arena);
	assert_in_range(kept, 100000, 300000); /* neither the first, small one nor the one of unusual size */
	const unsigned char *again = arena_alloc(&arena, 100000);
	assert_int_equal(arena_size(&arena), kept);
	for (size_t i = 0; i < 100000; i++)
		assert_int_equal(again[i], 0);
	arena_reset(&arena);
	assert_int_equal(arena_size(&arena), kept);
}

static void test_arena_strings(void **state) {
	(void)state;
	assert_null(arena_strdup(&arena, NULL));
	assert_string_equal(arena_strdup(&arena, ""), "");
	assert_string_equal(arena_strndup(&arena, "abcdef", 3), "abc");
	assert_memory_equal(arena_memdup(&arena, "a\0b", 3), "a\0b", 3);
	char long_text[5000];
	memset(long_text, 'z', sizeof long_text - 1);
	long_text[sizeof long_text - 1] = '\0';
	const char *printed = arena_printf(&arena, "%s-%d", long_text, 7);
	assert_int_equal(strlen(printed), sizeof long_text + 1);
	assert_string_equal(printed + sizeof long_text - 1, "-7");
}

static void test_list(void **state) {
	(void)state;
	struct pair {
		int64_t a;
		char b;
	};
	LIST_OF(struct pair) pairs = {0};
	for (int i = 0; i < 1000; i++) {
		struct pair *p = LIST_ADD(&pairs, &arena);
		assert_int_equal(p->a, 0);
		*p = (struct pair){i, (char)(i % 100)};
	}
	assert_int_equal(pairs.n, 1000);
	for (int i = 0; i < 1000; i++)
		assert_true(pairs.v[i].a == i && pairs.v[i].b == i % 100);
	struct strs words = {0};
	assert_false(strs_has(&words, "a"));
	STRS_ADD(&words, &arena, "a");
	STRS_ADD(&words, &arena, "b");
	assert_true(strs_has(&words, "b"));
	assert_false(strs_has(&words, "ab"));
	struct strs two = {0};
	LIST_ROOM(&two, 2, &arena);
	assert_true(two.n == 0 && two.cap == 2);
	for (int i = 0; i < 3; i++)
		STRS_ADD(&two, &arena, "c");
	assert_true(two.n == 3 && strcmp(two.v[2], "c") == 0);
}

static void test_faults(void **state) {
	(void)state;
	struct faults f;
	faults_init(&f, &arena);
	for (int i = 0; i < LIMIT_FAULTS + 5; i++)
		faults_at(&f, "/params/x", "type", "number %d", i);
	assert_int_equal(f.total, LIMIT_FAULTS + 5);
	assert_int_equal(f.list.n, LIMIT_FAULTS);
	assert_string_equal(f.list.v[3].message, "number 3");
	assert_string_equal(f.list.v[3].path, "/params/x");
	assert_null(f.list.v[3].file);
}

static void test_strbuf(void **state) {
	(void)state;
	struct strbuf s;
	strbuf_init(&s);
	assert_null(s.data);
	strbuf_adds(&s, "a");
	strbuf_addc(&s, 'b');
	strbuf_add(&s, "c\0d", 3);
	strbuf_printf(&s, "%05d", 42);
	assert_int_equal(s.len, 10);
	assert_memory_equal(s.data, "abc\0d00042", 11);
	char *room = strbuf_reserve(&s, 100000);
	memset(room, 'r', 100000);
	s.len += 100000;
	strbuf_addc(&s, '!');
	assert_int_equal(s.data[100009], 'r');
	assert_int_equal(s.data[100010], '!');
	assert_int_equal(s.data[100011], '\0');
	strbuf_clear(&s);
	assert_string_equal(s.data, "");
	char *nothing = strbuf_take(&s);
	assert_string_equal(nothing, "");
	assert_null(s.data);
	free(nothing);
	char *never_used = strbuf_take(&s);
	assert_string_equal(never_used, "");
	free(never_used);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_arena_pieces, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_arena_large, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_arena_many, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_arena_reset, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_arena_strings, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_list, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_faults, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_strbuf, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
