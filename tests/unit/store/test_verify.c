/* test_verify: every invariant holds after real work, and each breach of one is noticed by its own check. */
#include "daemon/store/verify.h"

#include "stored.h"

static struct harness h;

struct verdicts {
	bool done;
	const verify_list *list;
	verify_list copy;
};

static void on_done(const verify_list *checks, const struct err *why, void *ctx) {
	struct verdicts *v = ctx;
	v->done = true;
	if (why)
		fail_msg("%s", why->text);
	v->copy = *checks;
}

static int64_t bad_of(const verify_list *list, const char *name) {
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i].name, name) == 0)
			return list->v[i].bad;
	fail_msg("no check %s", name);
	return -1;
}

static void none_is_bad(const verify_list *list) {
	assert_true(list->n >= 13);
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].bad)
			fail_msg("%s: %lld bad, %s", list->v[i].name, (long long)list->v[i].bad, list->v[i].examples);
}

static verify_list verify(void) {
	struct verdicts v = {0};
	verify_run(h.db, NULL, &h.arena, on_done, &v);
	RUN_UNTIL(&h, v.done);
	return v.copy;
}

static int up(void **state) {
	if (fixture_up(state) != 0)
		return -1;
	harness_town();
	harness_start(&h);
	return 0;
}

static int down(void **state) {
	harness_stop(&h);
	return fixture_down(state);
}

/* Two cases with all that can lie beside a case: the first goes along with the second. */
static void live(void) {
	struct result a, b, r;
	const struct case_rec *one = harness_new_case(&h, &(struct sample){.key = "one"}, &a);
	const struct case_rec *two = harness_new_case(&h, &(struct sample){.key = "two"}, &b);
	struct changes *ch = changes_new(&h.arena, "case.merged", SAMPLE_AT_US + MINUTE_US, NO_TIME);
	sample_change(&h.arena, ch, CHANGE_STATE)->state.state = CASE_MERGED;
	sample_change(&h.arena, ch, CHANGE_MERGED)->merged.into = arena_strdup(&h.arena, b.number);
	struct write_item *item = stored_item(&h.arena, one, "merge", ch);
	ch = changes_new(&h.arena, "case.absorbed", SAMPLE_AT_US + MINUTE_US, SAMPLE_AT_US + HOUR_US);
	sample_change(&h.arena, ch, CHANGE_ABSORBED)->absorbed.other = arena_strdup(&h.arena, a.number);
	sample_change(&h.arena, ch, CHANGE_REF)->ref = (struct outside_ref){"hotline", "H-1"};
	sample_change(&h.arena, ch, CHANGE_ORDER)->order =
	    (struct order){.n = 1, .unit = "property", .issuer = "supervision", .opened_at_us = ch->at_us, .due_at_us = NO_TIME,
	                   .replied_at_us = NO_TIME, .ended_at_us = NO_TIME};
	for (int i = 0; i < 2; i++)
		sample_change(&h.arena, ch, CHANGE_NOTICE)->notice =
		    (struct notice){.unit = "property", .channel = i ? "phone" : NULL, .due_at_us = NO_TIME, .started_at_us = NO_TIME};
	struct write_item *with = stored_item(&h.arena, two, NULL, ch);
	with->more = &(struct private_more){.note = "同一处漏水"};
	item->with = with;
	harness_store(&h, item, &r);
	assert_int_equal(r.kind, OUT_STORED);
}

static void all_hold_after_work(void **state) {
	(void)state;
	enum { N = 250, KEYS = 220 }; /* more than a batch */
	static struct result r[N];
	for (int i = 0; i < N; i++)
		harness_put(&h,
		            &(struct sample){.key = arena_printf(&h.arena, "k%d", i % KEYS),
		                             .body = "b",
		                             .ref = arena_printf(&h.arena, "r%d", i % KEYS)},
		            &r[i]);
	for (int i = 0; i < N; i++)
		RUN_UNTIL(&h, r[i].done);
	live();
	const verify_list list = verify();
	none_is_bad(&list);
}

/* How each invariant is broken by hand, and mended. Only the owner can. */
static const struct breach {
	const char *check, *breaks, *mends;
} breaches[] = {
    {"feed_gapless", "UPDATE case_event SET seq = 100000 WHERE seq = 7", "UPDATE case_event SET seq = 7 WHERE seq = 100000"},
    {"feed_gapless", "UPDATE town_feed SET seq = seq + 1", "UPDATE town_feed SET seq = seq - 1"},
    {"feed_chain", "UPDATE case_event SET at = at + interval '1 second' WHERE seq = 7",
     "UPDATE case_event SET at = at - interval '1 second' WHERE seq = 7"},
    {"feed_chain", "UPDATE case_event e SET hash = sha256('x') FROM town_feed f WHERE e.seq = f.seq",
     "UPDATE case_event e SET hash = f.hash FROM town_feed f WHERE e.seq = f.seq"},
    {"feed_chain", "UPDATE case_event SET case_id = -case_id WHERE seq = 9",
     "UPDATE case_event SET case_id = -case_id WHERE seq = 9"},
    {"event_body", "UPDATE case_event SET body = replace(body, 'leak-estate', 'lead-estate') WHERE seq = 8",
     "UPDATE case_event SET body = replace(body, 'lead-estate', 'leak-estate') WHERE seq = 8"},
    {"versions", "UPDATE case_file SET version = 2 WHERE id = (SELECT min(id) FROM case_file)",
     "UPDATE case_file SET version = 1 WHERE id = (SELECT min(id) FROM case_file)"},
    {"columns", "UPDATE case_file SET unit = 'nobody' WHERE id = (SELECT min(id) FROM case_file)",
     "UPDATE case_file SET unit = 'property'"},
    {"columns", "UPDATE case_file SET submitter = NULL WHERE id = (SELECT min(id) FROM case_file)",
     "UPDATE case_file SET submitter = 'uid:1000'"},
    {"keys", "UPDATE call_key SET case_id = -case_id WHERE key = 'k3'",
     "UPDATE call_key SET case_id = -case_id WHERE key = 'k3'"},
    {"keys", "UPDATE outside_ref SET case_id = -case_id WHERE ref = 'r3'",
     "UPDATE outside_ref SET case_id = -case_id WHERE ref = 'r3'"},
    {"keys", "UPDATE outside_ref SET ref = 'H-2' WHERE ref = 'H-1'", "UPDATE outside_ref SET ref = 'H-1' WHERE ref = 'H-2'"},
    {"timers", "UPDATE timer SET case_id = -case_id WHERE case_id = (SELECT min(id) FROM case_file)",
     "UPDATE timer SET case_id = abs(case_id)"},
    {"timers", "UPDATE timer SET fire_at = fire_at + interval '1 s' WHERE case_id = (SELECT min(id) FROM case_file)",
     "UPDATE timer SET fire_at = fire_at - interval '1 s' WHERE case_id = (SELECT min(id) FROM case_file)"},
    {"orders", "UPDATE supervision SET state = 'accepted'", "UPDATE supervision SET state = 'open'"},
    {"orders", "UPDATE supervision SET n = 2", "UPDATE supervision SET n = 1"},
    {"notices", "UPDATE notice SET n = 3 WHERE n = 1", "UPDATE notice SET n = 1 WHERE n = 3"},
    {"notices", "UPDATE notice SET case_id = case_id - 1", "UPDATE notice SET case_id = case_id + 1"},
    {"notices", "UPDATE delivery SET state = 'nobody' WHERE n = 2", "UPDATE delivery SET state = 'waiting' WHERE n = 2"},
    {"notices", "INSERT INTO notice (town, seq, n, unit, kind, made_at, agg) SELECT town, -9, 1, '', 'nightly', at, '{}' FROM case_event LIMIT 1",
     "DELETE FROM notice WHERE seq = -9"},
    {"notices", "UPDATE delivery d SET head_seq = o.seq, head_n = o.n, state = 'delivered' FROM delivery o WHERE d.n = 2 AND o.n = 1",
     "UPDATE delivery SET head_seq = NULL, head_n = NULL, state = 'waiting' WHERE n = 2"},
    {"notices", "UPDATE delivery SET n = 3 WHERE n = 1", "UPDATE delivery SET n = 1 WHERE n = 3"},
    {"merges", "UPDATE case_file SET agg = replace(agg, 'merged_from', 'merged_frog')",
     "UPDATE case_file SET agg = replace(agg, 'merged_frog', 'merged_from')"},
    {"merges", "UPDATE case_file SET agg = replace(agg, 'merged_into', 'merged_inti')",
     "UPDATE case_file SET agg = replace(agg, 'merged_inti', 'merged_into')"},
    {"private", "UPDATE note_private SET version = 3", "UPDATE note_private SET version = 2"},
    {"tasks", "UPDATE task SET state = 'finished' WHERE case_id = (SELECT min(id) FROM case_file)",
     "UPDATE task SET state = 'given'"},
    {"private", "UPDATE case_private SET case_id = -case_id WHERE case_id = (SELECT min(id) FROM case_file)",
     "UPDATE case_private SET case_id = abs(case_id)"},
    {"fold",
     "UPDATE case_file SET agg = replace(agg::text, 'leak-estate', 'lead-estate')::json WHERE id = (SELECT min(id) FROM "
     "case_file)",
     "UPDATE case_file SET agg = replace(agg::text, 'lead-estate', 'leak-estate')::json"},
};

static void owner_does(const char *sql) {
	char all[600];
	(void)snprintf(all, sizeof all, "SET search_path = gridd; %s", sql);
	(void)fixture_ask(fixture.owner, all);
}

static void each_breach_is_noticed(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof breaches / sizeof breaches[0]; i++) {
		owner_does(breaches[i].breaks);
		const verify_list broken = verify();
		if (bad_of(&broken, breaches[i].check) == 0)
			fail_msg("%s is not noticed by %s", breaches[i].breaks, breaches[i].check);
		owner_does(breaches[i].mends);
	}
	const verify_list mended = verify();
	none_is_bad(&mended);
}

static const char *sample_file(const char *name) {
	char *text = arena_alloc(&h.arena, 20000);
	FILE *f = fopen(arena_printf(&h.arena, "%s/tests/unit/store/samples/%s", SOURCE_DIR, name), "r");
	assert_non_null(f);
	text[fread(text, 1, 19999, f)] = '\0';
	(void)fclose(f);
	return text;
}

/* Cases that an older gridd stored stay as they are until somebody does something to them. */
static void an_older_format_folds_too(void **state) {
	(void)state;
	const char *older = "SET search_path = gridd; UPDATE case_file SET agg = '%s' WHERE id = (SELECT min(id) FROM case_file); "
	                    "UPDATE case_event SET body = '%s' WHERE case_id = (SELECT min(id) FROM case_file)";
	(void)fixture_ask(fixture.owner,
	                  arena_printf(&h.arena, older, sample_file("case.v1.json"), sample_file("event.v1.json")));
	const verify_list good = verify();
	assert_int_equal(bad_of(&good, "fold"), 0);
	owner_does("UPDATE case_file SET agg = replace(agg, 'leak-estate', 'lead-estate') "
	           "WHERE id = (SELECT min(id) FROM case_file)");
	const verify_list bad = verify();
	assert_int_equal(bad_of(&bad, "fold"), 1);
}

/* A final case's timer must never fire. */
static void a_final_case_with_a_timer_is_noticed(void **state) {
	(void)state;
	owner_does("UPDATE case_file SET state = 'closed' WHERE id = (SELECT min(id) FROM case_file)");
	const verify_list list = verify();
	assert_int_equal(bad_of(&list, "timers"), 1);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_hold_after_work),
	    cmocka_unit_test(each_breach_is_noticed),
	    cmocka_unit_test(a_final_case_with_a_timer_is_noticed),
	    cmocka_unit_test(an_older_format_folds_too),
	};
	return cmocka_run_group_tests(tests, up, down);
}
