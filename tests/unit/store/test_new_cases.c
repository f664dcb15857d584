/* test_new_cases: the statement for new cases stores what the general one would, and gives way to it where a key is taken. */
#include "harness.h"

#include "daemon/base/strbuf.h"
#include "daemon/store/write_rows.h"
#include "statements.h"

#define OTHER_TOWN "310106102"

static struct harness h;

static int up(void **state) {
	if (fixture_up(state) != 0)
		return -1;
	harness_town();
	(void)fixture_ask(fixture.owner, "INSERT INTO gridd.town_feed (town) VALUES ('" OTHER_TOWN "')");
	harness_start(&h);
	return 0;
}

static int down(void **state) {
	harness_stop(&h);
	return fixture_down(state);
}

static long count(const char *sql) { return strtol(fixture_ask(fixture.owner, sql), NULL, 10); }

static void assert_feed_is_whole(void) {
	assert_int_equal(count("SELECT max(seq) - count(*) FROM gridd.case_event WHERE town = '" TOWN "'"), 0);
	assert_int_equal(count("SELECT count(*) FROM (SELECT hash, gridd.event_chain(decode(repeat('00', 32), 'hex'), "
	                       "gridd.event_frame(town, seq, case_id, version, at, body_sha256)) "
	                       "OVER (PARTITION BY town ORDER BY seq) AS again FROM gridd.case_event) x WHERE hash <> again"),
	                 0);
}

/* ---- Both statements, with the same rows ---- */

enum { ROWS = 24 };

static const struct changes *with_notices(const struct changes *ch) {
	struct changes *more = arena_memdup(&h.arena, ch, sizeof *ch);
	sample_change(&h.arena, more, CHANGE_NOTICE)->notice = (struct notice){.unit = "property", .channel = "sms", .step = -1};
	sample_change(&h.arena, more, CHANGE_NOTICE)->notice = (struct notice){.unit = "roads", .step = -1};
	return more;
}

static void make_rows(struct row_of rows[ROWS]) {
	static const unsigned char hmac_key[32] = {7};
	for (int i = 0; i < ROWS; i++) {
		const char *name = arena_printf(&h.arena, "both-%d", (i * 7) % ROWS);
		struct write_item *item = sample_item(&h.arena, &(struct sample){.key = i % 3 ? name : NULL,
		                                                                 .ref = i % 4 ? name : NULL,
		                                                                 .group = i % 5 ? "leak" : NULL,
		                                                                 .address = i % 2 ? "临汾路1号" : "临汾路2号",
		                                                                 .place = {121.45, 31.29 + i / 1000., "wgs84"},
		                                                                 .received_at_us = SAMPLE_AT_US});
		item->town = i % 6 == 5 ? OTHER_TOWN : TOWN;
		if (i % 7 == 3)
			item->changes = with_notices(item->changes);
		assert_true(write_item_is_plain(item));
		rows[i] = (struct row_of){item, write_row_new(item, hmac_key, &h.arena), i + 1, false};
	}
}

static PGresult *ask(PGconn *conn, const char *sql) {
	PGresult *res = PQexec(conn, sql);
	const ExecStatusType status = PQresultStatus(res);
	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(conn));
	return res;
}

static void add_result(PGresult *res, struct strbuf *out) {
	for (int row = 0; row < PQntuples(res); row++)
		for (int column = 0; column < PQnfields(res); column++) {
			strbuf_adds(out, PQgetisnull(res, row, column) ? "-" : PQgetvalue(res, row, column));
			strbuf_addc(out, column + 1 < PQnfields(res) ? '|' : '\n');
		}
	PQclear(res);
}

/* What the statement answers, and every table after it; then as if it had not been. */
static const char *run(PGconn *conn, const struct statement *st, const struct params *p) {
	static const char *const tables[] = {"case_file", "case_private", "case_event", "call_key",  "outside_ref", "task",
	                                     "timer",     "town_feed",    "notice",     "supervision",
	                                     "(SELECT to_jsonb(d) - 'next_try_at' - 'queued_at' FROM delivery d)"}; /* by the server's clock */
	struct strbuf out;
	strbuf_init(&out);
	PQclear(ask(conn, "DISCARD SEQUENCES; SELECT setval('case_id', 1000); BEGIN"));
	PGresult *res = PQexecParams(conn, st->sql, p->n, p->types, p->values, p->lengths, p->formats, 0);
	if (PQresultStatus(res) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", st->name, PQerrorMessage(conn));
	add_result(res, &out);
	for (size_t i = 0; i < COUNT_OF(tables); i++)
		add_result(ask(conn, arena_printf(&h.arena, "SELECT t FROM %s t ORDER BY t::text", tables[i])), &out);
	PQclear(ask(conn, "ROLLBACK"));
	const char *text = arena_strndup(&h.arena, out.data, out.len);
	strbuf_fini(&out);
	return text;
}

static struct write_types types_of(PGconn *conn) {
	PGresult *res = ask(conn, "SELECT 'write_row'::regtype::oid, 'write_task'::regtype::oid, 'write_order'::regtype::oid, "
	                          "'write_notice'::regtype::oid");
	unsigned oids[4];
	for (int i = 0; i < 4; i++)
		oids[i] = (unsigned)strtoul(PQgetvalue(res, 0, i), NULL, 10);
	PQclear(res);
	return (struct write_types){oids[0], oids[1], oids[2], oids[3]};
}

static void both_statements_store_the_same(void **state) {
	(void)state;
	struct row_of rows[ROWS];
	make_rows(rows);
	PGconn *conn = PQconnectdb(arena_printf(&h.arena, "%s options='-c search_path=gridd,pg_catalog'", fixture.owner));
	const struct write_types types = types_of(conn);
	const struct batch_of batch = {rows, ROWS, &types};
	const char *lean = run(conn, &stmt_write_new, write_new_params(&batch, SAMPLE_AT_US, &h.arena));
	const char *general = run(conn, &stmt_write_batch, write_rows_params(&batch, SAMPLE_AT_US, &h.arena));
	PQfinish(conn);
	assert_string_equal(lean, general);
	assert_non_null(strstr(lean, "1|stored|20261123-0001001|1|"));
	assert_non_null(strstr(lean, "[\"20261123-0001"));
}

/* ---- Which calls go which way, and back ---- */

static void what_needs_more_goes_the_general_way(void **state) {
	(void)state;
	struct write_item *item = sample_item(&h.arena, &(struct sample){.key = "plain", .received_at_us = SAMPLE_AT_US});
	struct write_item known = *item, second = *item, ordering = *item;
	assert_true(write_item_is_plain(item));
	known.changes = NULL;
	assert_false(write_item_is_plain(&known));
	second.with = item;
	assert_false(write_item_is_plain(&second));
	struct changes *more = arena_memdup(&h.arena, item->changes, sizeof *item->changes);
	sample_change(&h.arena, more, CHANGE_ORDER);
	ordering.changes = more;
	assert_false(write_item_is_plain(&ordering));
}

static void forget_doubt(void) {
	struct result r;
	for (int i = 0; i < 20; i++)
		harness_write(&h, &(struct sample){.text = "无编号"}, &r);
}

/* Of the writer's transactions: the server counts late. */
static long rollbacks(void) {
	(void)fixture_ask(fixture.super, "SELECT pg_sleep(1.2)");
	struct result r;
	harness_write(&h, &(struct sample){.text = "无编号"}, &r);
	return count("SELECT xact_rollback FROM pg_stat_database WHERE datname = 'gridd'");
}

static void fresh_and_known_keys_in_one_batch(void **state) {
	(void)state;
	enum { N = 40 };
	struct result first[N] = {0}, then[N] = {0};
	for (int i = 0; i < N; i += 4)
		harness_put(&h, &(struct sample){.key = arena_printf(&h.arena, "mix-%d", i)}, &first[i]);
	for (int i = 0; i < N; i += 4)
		RUN_UNTIL(&h, first[i].done);
	forget_doubt();
	const long before = rollbacks();
	for (int i = 0; i < N; i++)
		harness_put(&h, &(struct sample){.key = arena_printf(&h.arena, "mix-%d", i), .body = i == 8 ? "other" : NULL}, &then[i]);
	for (int i = 0; i < N; i++)
		RUN_UNTIL(&h, then[i].done);
	for (int i = 0; i < N; i++) {
		assert_int_equal(then[i].kind, i == 8 ? OUT_KEY_CONFLICT : i % 4 ? OUT_STORED : OUT_REPLAYED);
		if (i % 4)
			continue;
		assert_string_equal(then[i].number, first[i].number);
		assert_string_equal(then[i].reply, i == 8 ? then[i].reply : first[i].reply);
	}
	assert_int_equal(rollbacks() - before, 1);
	assert_feed_is_whole();
}

/* A number that another key has brought: the index of outside numbers says so, not that of keys. */
static void a_taken_number_gives_way_once(void **state) {
	(void)state;
	struct result first = {0}, same = {0}, other = {0};
	harness_write(&h, &(struct sample){.key = "brings", .ref = "R-taken", .body = "b"}, &first);
	forget_doubt();
	const long before = rollbacks();
	harness_write(&h, &(struct sample){.key = "again", .ref = "R-taken", .body = "b"}, &same);
	harness_write(&h, &(struct sample){.ref = "R-taken", .body = "c", .principal = "uid:7"}, &other);
	assert_int_equal(same.kind, OUT_REPLAYED);
	assert_string_equal(same.number, first.number);
	assert_int_equal(other.kind, OUT_KEY_CONFLICT);
	assert_string_equal(other.number, first.number);
	assert_int_equal(rollbacks() - before, 1); /* the second one comes while keys are in doubt */
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(both_statements_store_the_same),
	    cmocka_unit_test(what_needs_more_goes_the_general_way),
	    cmocka_unit_test(fresh_and_known_keys_in_one_batch),
	    cmocka_unit_test(a_taken_number_gives_way_once),
	};
	return cmocka_run_group_tests(tests, up, down);
}
