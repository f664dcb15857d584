/* test_words: folding, the finder of many words, and which estate an address lies in. */
#include "daemon/rules/words.h"
#include "tests/unit/rules/maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void folds_width_case_and_spaces(void **ctx) {
	(void)ctx;
	struct arena a;
	arena_init(&a);
	assert_string_equal(fold_to_utf8("ＡＢｃ１２　Lift漏𠮷é", FOLD_TEXT, &a), "abc12 lift漏𠮷é");
	assert_string_equal(fold_to_utf8("永和路 ３００　弄", FOLD_ADDRESS, &a), "永和路300弄");
	assert_string_equal(fold_to_utf8("", FOLD_TEXT, &a), "");
	arena_fini(&a);
}

static size_t count_in(const char *text, const char *word) {
	size_t n = 0;
	for (const char *p = strstr(text, word); p; p = strstr(p + 1, word))
		n++;
	return n;
}

static uint32_t next_random(uint32_t *state) {
	*state = *state * 1664525u + 1013904223u;
	return *state >> 16;
}

/* Against strstr, over random words of few letters, so that they overlap, nest and share ends. */
static void finds_what_strstr_finds(void **ctx) {
	(void)ctx;
	uint32_t state = 7;
	for (int round = 0; round < 300; round++) {
		struct arena a;
		arena_init(&a);
		struct word_finder *w = word_finder_new(&a, FOLD_TEXT);
		char words[12][8] = {{0}}, text[200] = "";
		const char *kept[12];
		for (int i = 0; i < 12; i++) {
			for (uint32_t n = 1 + next_random(&state) % 5; n > 0; n--)
				words[i][strlen(words[i])] = (char)('a' + next_random(&state) % 3);
			kept[i] = word_finder_add(w, words[i], words[i]);
			assert_string_equal(kept[i], words[i]);
		}
		for (int i = 0; i < 199; i++)
			text[i] = (char)('a' + next_random(&state) % 3);
		word_finder_finish(w, &a);
		word_hit_list hits = {0};
		word_finder_search(w, text, &a, &hits, NULL);
		size_t expected = 0;
		for (int i = 0; i < 12; i++)
			expected += kept[i] == words[i] ? count_in(text, words[i]) : 0;
		assert_int_equal(hits.n, expected);
		for (size_t i = 0; i < hits.n; i++) {
			const char *word = hits.v[i].thing;
			assert_int_equal(hits.v[i].to - hits.v[i].from, strlen(word));
			assert_memory_equal(text + hits.v[i].from, word, strlen(word));
		}
		arena_fini(&a);
	}
}

static void an_empty_word_is_refused(void **ctx) {
	(void)ctx;
	struct arena a;
	int thing;
	arena_init(&a);
	struct word_finder *w = word_finder_new(&a, FOLD_ADDRESS);
	assert_null(word_finder_add(w, " 　", &thing));
	assert_true(word_finder_is_empty(w));
	arena_fini(&a);
}

static const char rules[] = "rules: [{id: last, when: {}, triage: no_rule}]\n";

static void an_address_finds_its_estate(void **ctx) {
	(void)ctx;
	static const struct {
		const char *address, *estate, *found;
	} rows[] = {
	    {"永和路12弄5号302室", "e1", "永和路12弄"},
	    {"上海市静安区永和路１２　弄5号", "e1", "永和路12弄"},
	    {"永和路112弄", "e11", "永和路112弄"},
	    {"永和路1112弄", NULL, NULL},
	    {"永和1村小区门口", "e1", "永和1村小区"},
	    {"永和11村小区门口", "e11", "永和11村小区"},
	    {"永和11村", "e11", "永和11村"},
	    {"永和1村小区，永和路12弄", "e1", "永和路12弄"},
	    {"永和1村和永和2村之间", NULL, NULL},
	    {"永和1村小区北苑3号", "north", "永和1村小区北苑"},
	    {"共和路1弄", NULL, NULL},
	    {"共和路1弄南苑", NULL, NULL},
	    {"永和路", NULL, NULL},
	    {"", NULL, NULL},
	};
	struct maker m;
	struct pack *p = maker_load(&m, rules, NULL);
	assert_non_null(p);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct arena a;
		const char *found;
		arena_init(&a);
		const struct estate *e = pack_estate_by_address(p, rows[i].address, &a, &found);
		if (!e || !rows[i].estate) {
			if (e || rows[i].estate)
				(void)fprintf(stderr, "%s -> %s\n", rows[i].address, e ? e->id : "none");
			assert_true(!e && !rows[i].estate && !found);
		} else {
			assert_string_equal(e->id, rows[i].estate);
			assert_string_equal(found, rows[i].found);
		}
		arena_fini(&a);
	}
	pack_unref(&p);
	maker_fini(&m);
}

int main(void) {
	const struct CMUnitTest all[] = {
	    cmocka_unit_test(folds_width_case_and_spaces),
	    cmocka_unit_test(finds_what_strstr_finds),
	    cmocka_unit_test(an_empty_word_is_refused),
	    cmocka_unit_test(an_address_finds_its_estate),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
