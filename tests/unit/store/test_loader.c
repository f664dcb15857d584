/* test_loader: cases are found by any of their names, within the asker's scope, many at once. */
#include "stored.h"

static struct harness h;
static const struct case_rec *ours, *theirs;
static const char *our_number, *their_number;

static int up(void **state) {
	if (fixture_up(state) != 0)
		return -1;
	harness_town();
	harness_start(&h);
	struct result r = {0};
	ours = harness_new_case(&h, &(struct sample){.key = "ours", .ref = "R-1"}, &r);
	our_number = arena_strdup(&h.arena, r.number);
	theirs = harness_new_case(&h, &(struct sample){.key = "theirs"}, &r);
	their_number = arena_strdup(&h.arena, r.number);
	return 0;
}

static int down(void **state) {
	harness_stop(&h);
	return fixture_down(state);
}

static struct loaded load(struct load_ask ask) {
	if (!ask.name.town)
		ask.name.town = TOWN;
	const struct load_result r = harness_load(&h, &ask);
	if (r.why.code)
		fail_msg("%s", r.why.text);
	return r.got;
}

static void a_case_is_found_by_each_of_its_names(void **state) {
	(void)state;
	assert_int_equal(load((struct load_ask){.name = {.number = our_number}}).cr->id, ours->id);
	assert_int_equal(load((struct load_ask){.name = {.id = ours->id}}).cr->id, ours->id);
	const struct loaded by_ref = load((struct load_ask){.name = {.channel = "patrol", .ref = "R-1"}});
	assert_int_equal(by_ref.cr->id, ours->id);
	assert_string_equal(by_ref.number, our_number);
	assert_string_equal(by_ref.cr->town, TOWN);
	assert_int_equal(by_ref.cr->version, 1);
}

static void other_names_find_nothing(void **state) {
	(void)state;
	const char *another_day = arena_strdup(&h.arena, our_number);
	((char *)another_day)[7]++; /* the right id on the wrong day */
	assert_null(load((struct load_ask){.name = {.number = another_day}}).cr);
	assert_null(load((struct load_ask){.name = {.number = "no number"}}).cr);
	assert_null(load((struct load_ask){.name = {.channel = "patrol", .ref = "R-2"}}).cr);
	assert_null(load((struct load_ask){.name = {.channel = "video", .ref = "R-1"}}).cr);
	assert_null(load((struct load_ask){.name = {.id = 999999}}).cr);
	assert_null(load((struct load_ask){.name = {0}}).cr);
	assert_null(load((struct load_ask){.name = {.town = "320000000", .number = our_number}}).cr);
}

static bool sees(struct scope s) { return load((struct load_ask){.name = {.number = our_number}, .scope = &s}).cr != NULL; }

static struct strs units(const char *one, const char *two) {
	struct strs list = {0};
	STRS_ADD(&list, &h.arena, one);
	STRS_ADD(&list, &h.arena, two);
	return list;
}

/* Who holds it, held it, assists, or is ordered about it. */
static void a_scope_lets_in_whom_it_concerns(void **state) {
	(void)state;
	assert_true(sees((struct scope){.all = true}));
	assert_false(sees((struct scope){.all = false}));
	assert_true(sees((struct scope){.submitter = "uid:1000"}));
	assert_false(sees((struct scope){.submitter = "uid:1001"}));
	assert_true(sees((struct scope){.units = units("x", "property")}));
	assert_false(sees((struct scope){.units = units("x", "fire_brigade")}));
	const char *order = "INSERT INTO gridd.supervision (town, case_id, n, unit, issuer, kind, state, opened_at) "
	                    "VALUES ('" TOWN "', %lld, 1, 'fire_brigade', 'x', 'key', 'open', now())";
	(void)fixture_ask(fixture.owner, arena_printf(&h.arena, order, (long long)ours->id));
	assert_true(sees((struct scope){.units = units("x", "fire_brigade")}));
	(void)fixture_ask(fixture.owner, "UPDATE gridd.task SET unit = 'another' WHERE n = 1");
	assert_true(sees((struct scope){.units = units("x", "property")})); /* holds it now */
	assert_true(sees((struct scope){.units = units("x", "another")}));
	(void)fixture_ask(fixture.owner, "UPDATE gridd.task SET unit = 'property'; DELETE FROM gridd.supervision");
}

static void a_key_is_known_by_town_and_principal(void **state) {
	(void)state;
	assert_true(load((struct load_ask){.name = {.number = our_number}, .principal = "uid:1000", .key = "ours"}).key_known);
	assert_false(load((struct load_ask){.name = {.number = our_number}, .principal = "uid:1001", .key = "ours"}).key_known);
	assert_false(load((struct load_ask){.name = {.number = our_number}, .principal = "uid:1000", .key = "new"}).key_known);
	assert_false(load((struct load_ask){.name = {.number = our_number}}).key_known);
}

static void many_are_loaded_each_for_itself(void **state) {
	(void)state;
	enum { N = LIMIT_LOAD_BATCH + 700 };
	static struct load_result r[N];
	const struct scope nobody = {.submitter = "nobody"};
	for (int i = 0; i < N; i++) {
		struct load_ask ask = {.name = {.town = TOWN, .number = i % 2 ? our_number : their_number}};
		if (i % 7 == 0)
			ask.scope = &nobody;
		loader_ask(db_loader(h.db), &ask, &h.arena, on_harness_loaded, &r[i]);
		assert_false(r[i].done); /* never from within the call */
	}
	for (int i = 0; i < N; i++) {
		RUN_UNTIL(&h, r[i].done);
		if (i % 7 == 0)
			assert_null(r[i].got.cr);
		else
			assert_int_equal(r[i].got.cr->id, i % 2 ? ours->id : theirs->id);
	}
}

static void a_foreign_aggregate_is_an_error(void **state) {
	(void)state;
	(void)fixture_ask(fixture.owner, arena_printf(&h.arena, "UPDATE gridd.case_file SET agg = '{\"v\":99}' WHERE id = %lld",
	                                              (long long)theirs->id));
	const struct load_result r =
	    harness_load(&h, &(struct load_ask){.name = {.town = TOWN, .number = their_number}});
	assert_null(r.got.cr);
	assert_int_equal(r.why.code, E_INTERNAL);
	assert_non_null(strstr(r.why.text, "newer gridd"));
}

static void without_a_database_it_says_so(void **state) {
	(void)state;
	h.lost = false;
	(void)fixture_ask(fixture.super,
	                  "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'gridd_app'");
	RUN_UNTIL(&h, h.lost);
	const struct load_result r = harness_load(&h, &(struct load_ask){.name = {.town = TOWN, .number = our_number}});
	assert_int_equal(r.why.code, E_UNAVAILABLE);
	RUN_UNTIL(&h, db_is_ready(h.db));
	assert_non_null(load((struct load_ask){.name = {.number = our_number}}).cr);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_case_is_found_by_each_of_its_names), cmocka_unit_test(other_names_find_nothing),
	    cmocka_unit_test(a_scope_lets_in_whom_it_concerns),     cmocka_unit_test(a_key_is_known_by_town_and_principal),
	    cmocka_unit_test(many_are_loaded_each_for_itself),      cmocka_unit_test(a_foreign_aggregate_is_an_error),
	    cmocka_unit_test(without_a_database_it_says_so),
	};
	return cmocka_run_group_tests(tests, up, down);
}
