/* test_kpi_json: a month's cells as people read them, its JSON, what has changed since it was sent, and the table of indicators. */
#include "tests/unit/reports/month.h"

static void cells_as_text(void **state) {
	(void)state;
	static const struct {
		enum indicator i;
		struct kpi_cell c;
		const char *text, *numerator, *denominator;
		bool few;
	} cases[] = {{IND_HANDLED, {14, 15}, "93.3%", "14", "15", false}, {IND_HANDLED, {9, 9}, "100.0%", "9", "9", true},
	             {IND_HANDLED, {0, 0}, "-", "0", "0", false},         {IND_HANDLED, {0, 10}, "0.0%", "0", "10", false},
	             {IND_FILED, {12, 0}, "12", "12", "0", false},        {IND_SCORE_HANDLING, {87500, 1000}, "87.5", "87.5", "100", false},
	             {IND_SCORE_HANDLING, {0, 0}, "-", "0", "100", false}, {IND_SATISFACTION, {2400, 4000}, "60.0%", "2.4", "4", true},
	             {IND_HANDLED, {1, 16}, "6.3%", "1", "16", false},    {IND_SATISFACTION, {10000, 10000}, "100.0%", "10", "10", false}};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		char text[24], numerator[24], denominator[24];
		bool few;
		kpi_cell_text(cases[i].i, &cases[i].c, text, &few);
		kpi_part_text(cases[i].i, &cases[i].c, KPI_NUMERATOR, numerator);
		kpi_part_text(cases[i].i, &cases[i].c, KPI_DENOMINATOR, denominator);
		assert_string_equal(text, cases[i].text);
		assert_string_equal(numerator, cases[i].numerator);
		assert_string_equal(denominator, cases[i].denominator);
		assert_int_equal(few, cases[i].few);
	}
}

static char *encoded(const struct kpi *k) {
	struct strbuf out;
	strbuf_init(&out);
	kpi_encode(k, &out);
	char *text = arena_strdup(&fx.arena, out.data);
	strbuf_fini(&out);
	return text;
}

static void json_comes_back(void **state) {
	(void)state;
	struct month m = {0};
	struct kpi back;
	struct err e;
	feed_all(&m);
	reckon_all(&m);
	m.k.town_zh = "彭浦镇";
	*LIST_ADD(&m.k.names, &fx.arena) = (struct digest_name){"unit", "firm_a", "甲公司", "Firm A"};
	*LIST_ADD(&m.k.names, &fx.arena) = (struct digest_name){"unit", "squad", "中队", NULL};
	const char *text = encoded(&m.k);
	if (!kpi_decode(text, &fx.arena, &back, &e))
		fail_msg("%s", e.text);
	assert_string_equal(encoded(&back), text);
	assert_string_equal(kpi_name_of(&back, "firm_a", PAGE_EN), "Firm A");
	assert_string_equal(kpi_name_of(&back, "squad", PAGE_EN), "squad");
	assert_string_equal(kpi_name_of(&back, "squad", PAGE_ZH), "中队");
	assert_string_equal(kpi_name_of(&back, KPI_UNKNOWN, PAGE_EN), "(not known)");
	kpi_correction_list none = {0};
	kpi_compare(&m.k, &back, &fx.arena, &none);
	assert_int_equal(none.n, 0);
	static const char *const wrong[] = {"{\"format\":2}", "{}", "[", "{\"format\":1,\"town\":\"1\"}"};
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		assert_false(kpi_decode(wrong[i], &fx.arena, &back, &e));
}

static const struct kpi_correction *correction(const kpi_correction_list *list, const char *key, const char *id) {
	for (size_t i = 0; i < list->n; i++) {
		const struct kpi_correction *c = &list->v[i];
		if (strcmp(c->indicator, id) == 0 && (key && c->key ? strcmp(key, c->key) == 0 : key == c->key))
			return c;
	}
	fail_msg("no correction of %s", id);
	return NULL;
}

static void what_changed_since_is_told(void **state) {
	(void)state;
	struct month sent = {0}, now = {0};
	kpi_correction_list list = {0};
	late(&sent);
	late_but_excused(&now);
	returned_rightly(&now);
	reckon_all(&sent);
	reckon_all(&now);
	kpi_compare(&sent.k, &now.k, &fx.arena, &list);
	const struct kpi_correction *c = correction(&list, "firm_a", "overdue");
	assert_true(c->before_numerator == 1 && c->before_denominator == 1 && c->numerator == 0 && c->denominator == 1);
	c = correction(&list, "property_support", "handled");
	assert_true(c->before_denominator == 0 && c->numerator == 1);
	c = correction(&list, NULL, "waived");
	assert_true(c->before_numerator == 0 && c->numerator == 1);
	assert_null(list.v[0].key);
}

/* Every row of the table is whole, and its id another. */
static void the_table_is_whole(void **state) {
	(void)state;
	for (size_t i = 0; i < INDICATORS; i++) {
		const struct indicator_def *d = &indicators[i];
		enum indicator found;
		assert_true(indicator_find(d->id, &found) && found == i);
		assert_true(d->zh && d->en && d->numerator_zh && d->numerator_en && d->source);
		assert_true((d->kind == IND_COUNT) == (d->denominator_en == NULL));
		assert_true(!d->denominator_zh == !d->denominator_en);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cells_as_text),
	    cmocka_unit_test(json_comes_back),
	    cmocka_unit_test(what_changed_since_is_told),
	    cmocka_unit_test(the_table_is_whole),
	};
	return cmocka_run_group_tests_name("kpi_json", tests, fixture_setup, fixture_teardown);
}
