/* test_writer: what becomes of calls: stored once, answered again, refused when another body uses the key. */
#include "harness.h"

static struct harness h;

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

static long count(const char *sql) { return strtol(fixture_ask(fixture.owner, sql), NULL, 10); }

static void a_case_is_stored_whole(void **state) {
	(void)state;
	struct result r = {0};
	harness_write(&h, &(struct sample){.key = "whole", .ref = "R-whole", .address = "永和路300弄2号"}, &r);
	assert_int_equal(r.kind, OUT_STORED);
	assert_true(strncmp(r.number, "20261123-", 9) == 0 && strlen(r.number) == 16);
	assert_string_equal(r.reply, "\"state\":\"dispatched\",\"version\":1,\"unit\":\"property\"");
	assert_int_equal(count("SELECT count(*) FROM gridd.case_file f JOIN gridd.case_private p ON p.case_id = f.id "
	                       "JOIN gridd.task t ON t.case_id = f.id JOIN gridd.timer m ON m.case_id = f.id "
	                       "JOIN gridd.case_event e ON e.case_id = f.id JOIN gridd.call_key k ON k.case_id = f.id "
	                       "JOIN gridd.outside_ref r ON r.case_id = f.id WHERE k.key = 'whole'"),
	                 1);
}

static void a_key_is_answered_again(void **state) {
	(void)state;
	struct result first = {0}, again = {0}, other = {0};
	harness_write(&h, &(struct sample){.key = "again"}, &first);
	harness_write(&h, &(struct sample){.key = "again"}, &again);
	harness_write(&h, &(struct sample){.key = "again", .body = "another"}, &other);
	assert_int_equal(first.kind, OUT_STORED);
	assert_int_equal(again.kind, OUT_REPLAYED);
	assert_int_equal(other.kind, OUT_KEY_CONFLICT);
	assert_string_equal(again.number, first.number);
	assert_string_equal(other.number, first.number);
	assert_string_equal(again.reply, first.reply);
	assert_int_equal(again.seq, first.seq);
}

static void a_number_of_the_channel_is_a_key(void **state) {
	(void)state;
	struct result first = {0}, again = {0}, other = {0}, keyless = {0};
	harness_write(&h, &(struct sample){.key = "k1", .ref = "R-1", .body = "b"}, &first);
	harness_write(&h, &(struct sample){.key = "k2", .ref = "R-1", .body = "b"}, &again);
	harness_write(&h, &(struct sample){.key = "k3", .ref = "R-1", .body = "c"}, &other);
	harness_write(&h, &(struct sample){.ref = "R-1", .body = "b", .principal = "uid:7"}, &keyless);
	assert_int_equal(again.kind, OUT_REPLAYED);
	assert_int_equal(other.kind, OUT_KEY_CONFLICT);
	assert_int_equal(keyless.kind, OUT_REPLAYED);
	assert_string_equal(again.number, first.number);
	assert_string_equal(other.number, first.number);
	assert_int_equal(count("SELECT count(*) FROM gridd.call_key WHERE key IN ('k2', 'k3')"), 0);
}

static void a_number_alone_is_a_key_too(void **state) {
	(void)state;
	struct result first = {0}, again = {0}, keyed = {0}, other = {0};
	harness_write(&h, &(struct sample){.ref = "R-2", .body = "b"}, &first);
	harness_write(&h, &(struct sample){.ref = "R-2", .body = "b", .principal = "uid:7"}, &again);
	harness_write(&h, &(struct sample){.ref = "R-2", .body = "b", .key = "R-2-keyed"}, &keyed);
	harness_write(&h, &(struct sample){.ref = "R-2", .body = "c"}, &other);
	assert_int_equal(first.kind, OUT_STORED);
	assert_int_equal(again.kind, OUT_REPLAYED);
	assert_int_equal(keyed.kind, OUT_REPLAYED);
	assert_int_equal(other.kind, OUT_KEY_CONFLICT);
	assert_string_equal(again.number, first.number);
	assert_string_equal(keyed.reply, first.reply);
	assert_string_equal(other.number, first.number);
	assert_int_equal(keyed.seq, first.seq);
}

/* All of them are put before the loop runs: they meet in one batch, or would. */
static void copies_that_come_together_are_one_case(void **state) {
	(void)state;
	enum { COPIES = 30 };
	struct result r[COPIES] = {0};
	int stored = 0;
	for (int i = 0; i < COPIES; i++)
		harness_put(&h, &(struct sample){.key = "copies", .ref = i % 2 ? "R-copies" : NULL, .body = "b"}, &r[i]);
	for (int i = 0; i < COPIES; i++) {
		RUN_UNTIL(&h, r[i].done);
		stored += r[i].kind == OUT_STORED;
		assert_true(r[i].kind == OUT_STORED || r[i].kind == OUT_REPLAYED);
		assert_string_equal(r[i].number, r[0].number);
		assert_int_equal(r[i].seq, r[0].seq);
	}
	assert_int_equal(stored, 1);
}

static void without_a_key_each_is_a_case(void **state) {
	(void)state;
	struct result a = {0}, b = {0};
	harness_put(&h, &(struct sample){.text = "一"}, &a);
	harness_write(&h, &(struct sample){.text = "二"}, &b);
	RUN_UNTIL(&h, a.done);
	assert_int_equal(a.kind, OUT_STORED);
	assert_int_equal(b.kind, OUT_STORED);
	assert_string_not_equal(a.number, b.number);
}

static bool names(const struct result *in, const struct result *one) { return strstr(in->similar, one->number) != NULL; }

static void near_and_same_addresses_are_similar(void **state) {
	(void)state;
	const struct place here = {121.4500, 31.2900, "wgs84"}, near = {121.4503, 31.2902, "wgs84"},
	                   far = {121.4600, 31.29, "wgs84"};
	struct result same_batch = {0}, first = {0}, by_place = {0}, by_address = {0}, none = {0}, late = {0}, gcj = {0};
	harness_put(&h, &(struct sample){.group = "leak", .address = "共和新路 2000 弄", .place = here}, &first);
	harness_put(&h, &(struct sample){.group = "leak", .place = near}, &same_batch);
	RUN_UNTIL(&h, first.done && same_batch.done);
	assert_string_equal(first.similar, "[]");
	assert_true(names(&same_batch, &first));
	harness_write(&h, &(struct sample){.group = "leak", .place = here}, &by_place);
	assert_true(names(&by_place, &first) && names(&by_place, &same_batch));
	harness_write(&h, &(struct sample){.group = "leak", .address = "共和新路２０００弄"}, &by_address);
	assert_true(names(&by_address, &first) && !names(&by_address, &by_place));
	harness_write(&h, &(struct sample){.group = "noise", .place = here, .address = "共和新路2000弄"}, &none);
	assert_string_equal(none.similar, "[]");
	harness_write(&h, &(struct sample){.group = "leak", .place = far}, &none);
	assert_true(!names(&none, &first));
	const struct place other_system = {121.4500, 31.2900, "gcj02"};
	harness_write(&h, &(struct sample){.group = "leak", .place = other_system}, &gcj);
	assert_string_equal(gcj.similar, "[]");
	harness_write(&h, &(struct sample){.group = "leak", .place = here, .received_at_us = SAMPLE_AT_US + 25 * HOUR_US},
	              &late);
	assert_string_equal(late.similar, "[]");
}

static void ten_similar_are_named(void **state) {
	(void)state;
	struct result r[15] = {0};
	for (int i = 0; i < 15; i++)
		harness_write(&h, &(struct sample){.group = "ten", .address = "临汾路1号"}, &r[i]);
	int found = 0;
	for (int i = 0; i < 14; i++)
		found += names(&r[14], &r[i]);
	assert_int_equal(found, 10);
	assert_true(names(&r[14], &r[13]));
}

/* A row that can't be stored must not cost the others theirs. U+0000 can't come in; a too long key for an index can. */
static void a_poisoned_row_goes_alone(void **state) {
	(void)state;
	enum { N = 9 };
	struct result r[N] = {0};
	char *endless = arena_alloc(&h.arena, 300001);
	for (size_t i = 0; i < 300000; i++)
		endless[i] = (char)('a' + (i * i * 31 + i / 7 + i * 13 / 11) % 26);
	for (int i = 0; i < N; i++)
		harness_put(&h, &(struct sample){.key = i == 4 ? endless : arena_printf(&h.arena, "poison-%d", i)}, &r[i]);
	for (int i = 0; i < N; i++)
		RUN_UNTIL(&h, r[i].done);
	for (int i = 0; i < N; i++)
		assert_int_equal(r[i].kind, i == 4 ? OUT_FAILED : OUT_STORED);
	assert_int_equal(r[4].err.code, E_INTERNAL);
	assert_non_null(strstr(r[4].err.text, "incident"));
}

static void a_failure_at_commit_is_no_success(void **state) {
	(void)state;
	(void)fixture_ask(fixture.owner,
	                  "SET search_path = gridd; "
	                  "CREATE FUNCTION refuse_marked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
	                  "RAISE EXCEPTION 'marked' USING ERRCODE = '23514'; END $$; "
	                  "CREATE CONSTRAINT TRIGGER refuse_marked AFTER INSERT ON call_key DEFERRABLE INITIALLY DEFERRED "
	                  "FOR EACH ROW WHEN (NEW.key = 'marked') EXECUTE FUNCTION refuse_marked()");
	struct result marked = {0}, plain = {0};
	harness_put(&h, &(struct sample){.key = "plain"}, &plain);
	harness_write(&h, &(struct sample){.key = "marked"}, &marked);
	RUN_UNTIL(&h, plain.done);
	(void)fixture_ask(fixture.owner, "DROP TRIGGER refuse_marked ON gridd.call_key");
	assert_int_equal(marked.kind, OUT_FAILED);
	assert_int_equal(plain.kind, OUT_STORED);
	assert_int_equal(count("SELECT count(*) FROM gridd.call_key WHERE key = 'marked'"), 0);
}

static void events_are_gapless_and_chained(void **state) {
	(void)state;
	assert_int_equal(count("SELECT max(seq) - count(*) FROM gridd.case_event"), 0);
	assert_int_equal(
	    count("SELECT count(*) FROM gridd.case_event e, gridd.town_feed f WHERE e.seq = f.seq AND e.hash = f.hash"), 1);
	assert_int_equal(count("SELECT count(*) FROM (SELECT hash, gridd.event_chain(decode(repeat('00', 32), 'hex'), "
	                       "gridd.event_frame(town, seq, case_id, version, at, body_sha256)) OVER (ORDER BY seq) AS again "
	                       "FROM gridd.case_event) x WHERE hash <> again"),
	                 0);
	assert_int_equal(count("SELECT count(*) FROM gridd.case_event WHERE body_sha256 <> sha256(convert_to(body, 'UTF8'))"),
	                 0);
}

static void the_app_may_not_rewrite_history(void **state) {
	(void)state;
	assert_string_equal(fixture_refused(fixture.app, "UPDATE gridd.case_event SET actor = 'x'"), "42501");
	assert_string_equal(fixture_refused(fixture.app, "DELETE FROM gridd.case_event"), "42501");
	assert_string_equal(fixture_refused(fixture.app, "UPDATE gridd.call_key SET reply = ''"), "42501");
	assert_string_equal(fixture_refused(fixture.app, "TRUNCATE gridd.case_file"), "42501");
	assert_string_equal(fixture_refused(fixture.app, "CREATE TABLE gridd.mine ()"), "42501");
}

/* Only the private tables know what the citizen wrote. */
static void the_private_part_is_nowhere_else(void **state) {
	(void)state;
	static const char *const tables[] = {"case_file", "case_event", "call_key", "outside_ref", "task", "timer"};
	char sql[200];
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
		(void)snprintf(sql, sizeof sql, "SELECT count(*) FROM gridd.%s t WHERE t::text ~ '王小明|13900001111|永和路|渗水'",
		               tables[i]);
		assert_int_equal(count(sql), 0);
	}
	assert_true(count("SELECT count(*) FROM gridd.case_private t WHERE t::text ~ '王小明'") > 0);
}

static void a_lost_connection_comes_back(void **state) {
	(void)state;
	struct result r = {0}, unknown = {0};
	h.lost = false;
	(void)fixture_ask(fixture.super,
	                  "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'gridd_app'");
	RUN_UNTIL(&h, h.lost);
	harness_put(&h, &(struct sample){.key = "while-away"}, &unknown);
	RUN_UNTIL(&h, unknown.done);
	assert_int_equal(unknown.kind, OUT_FAILED);
	assert_int_equal(unknown.err.code, E_UNAVAILABLE);
	RUN_UNTIL(&h, db_is_ready(h.db));
	harness_write(&h, &(struct sample){.key = "while-away"}, &r);
	assert_int_equal(r.kind, OUT_STORED);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_case_is_stored_whole),
	    cmocka_unit_test(a_key_is_answered_again),
	    cmocka_unit_test(a_number_of_the_channel_is_a_key),
	    cmocka_unit_test(a_number_alone_is_a_key_too),
	    cmocka_unit_test(copies_that_come_together_are_one_case),
	    cmocka_unit_test(without_a_key_each_is_a_case),
	    cmocka_unit_test(near_and_same_addresses_are_similar),
	    cmocka_unit_test(ten_similar_are_named),
	    cmocka_unit_test(a_poisoned_row_goes_alone),
	    cmocka_unit_test(a_failure_at_commit_is_no_success),
	    cmocka_unit_test(a_lost_connection_comes_back),
	    cmocka_unit_test(events_are_gapless_and_chained),
	    cmocka_unit_test(the_app_may_not_rewrite_history),
	    cmocka_unit_test(the_private_part_is_nowhere_else),
	};
	return cmocka_run_group_tests(tests, up, down);
}
