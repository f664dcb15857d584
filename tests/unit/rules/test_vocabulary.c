/* test_vocabulary: words by code and by name, what an unknown one may have meant, and the search for forms. */
#include "daemon/rules/vocabulary.h"
#include "tests/unit/rules/maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Two that share a name, a name that is another's code, and names within names. */
static const char units[] = "units:\n"
                            "  - {id: desk, zh: 网格中心, kind: any}\n"
                            "  - {id: office_a, zh: 甲办, en: Housing Office, kind: any, codes: {city: [\"17\"]}}\n"
                            "  - {id: office_b, zh: 乙办, en: roads, kind: any}\n"
                            "  - {id: roads, zh: 城管执法中队, kind: any}\n"
                            "  - {id: firm_a, zh: 甲物业, kind: any}\n"
                            "  - {id: firm_gone, zh: 甲物业, kind: any, until: 2026-06-30, replaced_by: firm_a}\n"
                            "  - {id: lift_a, zh: 电梯公司, en: Firm Ａ, kind: any}\n"
                            "  - {id: c001, zh: 一居委, kind: any}\n"
                            "  - {id: retired, zh: 撤销办, kind: any, retired: 2020-01-01}\n";

static const char rules[] = "rules:\n"
                            "  - {id: t, when: {class: A-0, tags: [storm, area]}, triage: x}\n"
                            "  - {id: u, when: {class: A-1, tags: [area]}, triage: x}\n"
                            "  - {id: last, when: {}, triage: no_rule}\n";

struct world {
	struct maker m;
	struct pack *p;
	struct arena a;
};

static void open_world(struct world *w) {
	maker_init(&w->m, rules, NULL);
	for (size_t i = 0; i < w->m.source.files.n; i++)
		if (strcmp(w->m.source.files.v[i].name, "units.yaml") == 0)
			w->m.source.files.v[i] = (struct pack_file){.name = "units.yaml", .text = units, .n = strlen(units)};
	if (!pack_load(&w->m.source, zone_load_file, false, &w->m.faults, &w->p))
		maker_complain(&w->m);
	assert_non_null(w->p);
	arena_init(&w->a);
}

static void close_world(struct world *w) {
	arena_fini(&w->a);
	pack_unref(&w->p);
	maker_fini(&w->m);
}

static void finds(struct world *w, enum word_kind kind, const char *word, const char *code) {
	const struct pack_word *found = pack_word_find(w->p, kind, word);
	if (!code) {
		assert_null(found);
		return;
	}
	assert_non_null(found);
	assert_string_equal(found->code, code);
}

static void a_thing_is_found_by_code_and_by_name(void **ctx) {
	(void)ctx;
	struct world w;
	open_world(&w);
	finds(&w, WORD_UNIT, "office_a", "office_a");
	finds(&w, WORD_UNIT, "city:17", "office_a");
	finds(&w, WORD_UNIT, "甲办", "office_a");
	finds(&w, WORD_UNIT, "housing OFFICE", "office_a");
	finds(&w, WORD_UNIT, "firm a", "lift_a");
	finds(&w, WORD_UNIT, "roads", "roads");
	finds(&w, WORD_UNIT, "Roads", NULL);
	finds(&w, WORD_UNIT, "甲物业", NULL);
	finds(&w, WORD_UNIT, "甲", NULL);
	finds(&w, WORD_UNIT, "", NULL);
	finds(&w, WORD_UNIT, "city:18", NULL);
	finds(&w, WORD_ESTATE, "永和3村", "e3");
	finds(&w, WORD_ESTATE, "永和３村小区", "e3");
	finds(&w, WORD_CLASS, "类7", "B-2");
	finds(&w, WORD_CLASS, "甲办", NULL);
	finds(&w, WORD_GRID, "g1", "g1");
	finds(&w, WORD_STATE, "待派遣", "triage");
	finds(&w, WORD_CLOCK, "处置", "handle");
	finds(&w, WORD_CONDITION, "1", NULL);
	assert_ptr_equal(pack_word_find(w.p, WORD_UNIT, "甲办")->thing, pack_unit(w.p, "office_a"));
	assert_ptr_equal(pack_word_find(w.p, WORD_CLASS, "A-1")->thing, pack_class(w.p, "A-1"));
	close_world(&w);
}

static void meant(struct world *w, const char *word, enum meant how, size_t total, const char *first) {
	struct meaning m;
	pack_word_meant(w->p, WORD_UNIT, word, &w->a, &m);
	assert_int_equal(m.how, how);
	assert_int_equal(m.total, total);
	assert_int_equal(m.words.n, total > 5 ? 5 : total);
	if (first)
		assert_string_equal(m.words.v[0]->code, first);
}

static void what_an_unknown_word_may_have_meant(void **ctx) {
	(void)ctx;
	struct world w;
	struct meaning m;
	open_world(&w);
	meant(&w, "甲物业", MEANT_SEVERAL, 2, "firm_a");
	meant(&w, "城管", MEANT_PART, 1, "roads");
	meant(&w, "using off", MEANT_PART, 1, "office_a");
	meant(&w, "甲", MEANT_PART, 3, "firm_a");
	meant(&w, "ofice_a", MEANT_NEAR, 1, "office_a");
	meant(&w, "电剃公司", MEANT_NEAR, 1, "lift_a");
	meant(&w, "zzzzzz", MEANT_NOTHING, 0, NULL);
	meant(&w, "z", MEANT_NOTHING, 0, NULL);
	pack_word_meant(w.p, WORD_CLOCK, "overal", &w.a, &m);
	assert_int_equal(m.how, MEANT_NEAR);
	assert_string_equal(m.words.v[0]->code, "overall");
	pack_word_meant(w.p, WORD_ESTATE, "永和", &w.a, &m);
	assert_int_equal(m.how, MEANT_PART);
	assert_int_equal(m.total, 17);
	assert_int_equal(m.words.n, 5);
	close_world(&w);
}

static const char *search(struct world *w, struct word_query q, bool more) {
	pack_word_list words = {0};
	const char *text = "";
	if (!q.limit)
		q.limit = 100;
	assert_int_equal(pack_words_search(w->p, &q, &w->a, &words), more);
	for (size_t i = 0; i < words.n; i++)
		text = arena_printf(&w->a, "%s%s%s", text, i ? " " : "", words.v[i]->code);
	return text;
}

static void words_are_searched(void **ctx) {
	(void)ctx;
	static const enum word_kind unit = WORD_UNIT, condition = WORD_CONDITION, tag = WORD_TAG, state = WORD_STATE;
	struct world w;
	open_world(&w);
	assert_string_equal(search(&w, (struct word_query){.kind = &unit}, false),
	                    "c001 desk firm_a firm_gone lift_a office_a office_b retired roads");
	assert_string_equal(search(&w, (struct word_query){.kind = &unit, .limit = 2}, true), "c001 desk");
	assert_string_equal(search(&w, (struct word_query){.kind = &unit, .text = "OFFICE"}, false), "office_a office_b");
	/* The one that is called so, then a code that begins so, then a name that contains it. */
	assert_string_equal(search(&w, (struct word_query){.kind = &unit, .text = "firm a"}, false), "lift_a");
	assert_string_equal(search(&w, (struct word_query){.kind = &unit, .text = "firm"}, false), "firm_a firm_gone lift_a");
	assert_string_equal(search(&w, (struct word_query){.kind = &unit, .text = "roads"}, false), "office_b roads");
	assert_string_equal(search(&w, (struct word_query){.kind = &unit, .text = "甲"}, false), "firm_a firm_gone office_a");
	assert_string_equal(search(&w, (struct word_query){.kind = &condition, .of = "A-1"}, false), "1 2");
	assert_string_equal(search(&w, (struct word_query){.kind = &condition, .of = "A-2"}, false), "");
	assert_string_equal(search(&w, (struct word_query){.kind = &tag}, false), "area storm");
	assert_string_equal(search(&w, (struct word_query){.kind = &state, .text = "结案"}, false), "closed");
	assert_string_equal(search(&w, (struct word_query){.text = "contact"}, false), "contacted contact");
	close_world(&w);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_thing_is_found_by_code_and_by_name),
	                                   cmocka_unit_test(what_an_unknown_word_may_have_meant),
	                                   cmocka_unit_test(words_are_searched)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
