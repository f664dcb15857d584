/* test_list: lists page through every row once, filter as they say, and every pair of filters finds its rows by an index. */
#include "daemon/store/case_json.h"
#include "daemon/store/packs.h"
#include "daemon/store/reader.h"
#include "statements.h"

#include "harness.h"

/* So many that no plan would rather read all of them; the last thousand are late ones. */
enum { ROWS = 12000, LATE = 11000, PAGE = 50 };

static struct harness h;

/* Cases by plain SQL, many and uneven; every seventh has no due time, and many share one. */
static void fill(void) {
	(void)fixture_ask(
	    fixture.owner,
	    "SET search_path = gridd; "
	    "INSERT INTO case_file (town, id, number, state, version, class, unit, estate, grid, channel, tags, due_at, "
	    "overall_due_at, "
	    "escalation_level, returns, received_at, updated_at, submitter, agg) "
	    "SELECT '" TOWN
	    "', i, '20261123-' || lpad(i::text, 7, '0'), (ARRAY['triage','dispatched','handling','closed'])[1 + i % 4], 1, "
	    "'C' || i % 60, 'u' || i % 50, CASE WHEN i % 3 = 0 THEN 'e' || i % 400 END, 'g' || i % 37, "
	    "(ARRAY['patrol','public'])[1 + i % 2], "
	    "CASE WHEN i % 11 = 0 THEN ARRAY['flood'] END, CASE WHEN i % 7 <> 0 THEN at_time(1795000000000000) + (i % 500) * "
	    "interval '1 hour' END, "
	    "NULL, 0, i % 5, at_time(1794000000000000) + i * interval '1 minute', at_time(1795000000000000) + (i * 7919 % "
	    "12007) * interval '1 second', 'uid:' || i % 9, "
	    "json_build_object('v', 1, 'request', CASE WHEN i % 17 = 0 THEN json_build_object('unit', 'u1', 'asks', "
	    "(ARRAY['extend','waive'])[1 + i % 2]) END, 'clocks', json_build_array(json_build_object('name', "
	    "'overall', 'state', 'running', "
	    "'due_at', at_time(1795000000000000) + (i % 100) * interval '1 hour'))) "
	    "FROM generate_series(1, 12000) i; "
	    "INSERT INTO case_private (town, case_id, received_at, similar_cases, salt, text, address, reporter_confidential) "
	    "SELECT town, id, received_at, '[]', '', '第' || id || '号积水', '共和新路' || id % 100 || '号', false FROM "
	    "case_file; "
	    "INSERT INTO task (town, case_id, n, unit, kind, state, given_at) "
	    "SELECT town, id, 1, CASE WHEN id % 113 = 0 THEN 'u7' ELSE unit END, 'lead', 'returned', received_at FROM case_file; "
	    "INSERT INTO supervision (town, case_id, n, unit, issuer, kind, state, opened_at) "
	    "SELECT town, id, 1, 'u7', 'x', 'key', 'open', received_at FROM case_file WHERE id % 997 = 0; "
	    "SELECT setval('case_id', 20000); ANALYZE case_file; ANALYZE case_private; ANALYZE task; ANALYZE supervision");
}

static int up(void **state) {
	if (fixture_up(state) != 0)
		return -1;
	fill();
	harness_start(&h);
	return 0;
}

static int down(void **state) {
	harness_stop(&h);
	return fixture_down(state);
}

struct got {
	bool done;
	const struct rows *rows;
};

static void on_got(const struct rows *rows, const struct err *why, void *ctx) {
	struct got *g = ctx;
	g->done = true;
	g->rows = rows;
	if (why)
		fail_msg("%s", why->text);
}

static struct list_filter everything(void) {
	return (struct list_filter){.town = TOWN,
	                            .now_us = SAMPLE_AT_US,
	                            .due_before_us = NO_TIME,
	                            .received_since_us = NO_TIME,
	                            .updated_since_us = NO_TIME,
	                            .limit = PAGE};
}

static const struct rows *list(const struct list_filter *f) {
	struct got g = {0};
	struct err e = {0};
	if (!reader_list(h.db, f, &h.arena, on_got, &g, &e))
		fail_msg("%s", e.text);
	RUN_UNTIL(&h, g.done);
	assert_int_equal(g.rows->columns, CASE_ROW_COLUMNS);
	return g.rows;
}

/* Sees each of the rows once. */
static void pages_meet_without_gap(void **state) {
	(void)state;
	static unsigned char seen[ROWS + 1];
	for (int sort = 0; sort < LIST_SORTS; sort++) {
		struct list_filter f = everything();
		size_t n = 0;
		f.sort = (enum list_sort)sort;
		f.limit = 1999;
		memset(seen, 0, sizeof seen);
		for (;;) {
			const struct rows *rows = list(&f);
			for (size_t i = 0; i < rows->n; i++)
				assert_int_equal(seen[rows_int(rows, i, ROW_ID)]++, 0);
			n += rows->n;
			if (!rows->n)
				break;
			f.cursor = list_cursor(&f, rows, rows->n - 1, &h.arena);
		}
		assert_int_equal(n, ROWS);
	}
}

static void due_first_and_no_due_last(void **state) {
	(void)state;
	struct list_filter f = everything();
	f.limit = ROWS;
	const struct rows *rows = list(&f);
	int64_t before = 0;
	for (size_t i = 0; i < rows->n; i++) {
		const int64_t key = rows_time(rows, i, ROW_SORT);
		assert_true((key == NO_TIME ? INT64_MAX : key) >= before);
		before = key == NO_TIME ? INT64_MAX : key;
	}
	assert_int_equal(before, INT64_MAX);
}

static void a_foreign_cursor_is_refused(void **state) {
	(void)state;
	static const char *const cursors[] = {"",
	                                      "d",
	                                      "x0000000000000000a",
	                                      "d00000000000000000" /* id 0 */,
	                                      "dzzzzzzzzzzzzzzzz1",
	                                      "r00000000000000011",
	                                      "d0000000000000001'; DROP TABLE case_file",
	                                      "d80000000000000001"};
	for (size_t i = 0; i < sizeof cursors / sizeof cursors[0]; i++) {
		struct list_filter f = everything();
		struct err e = {0};
		struct got g = {0};
		f.cursor = cursors[i];
		assert_false(reader_list(h.db, &f, &h.arena, on_got, &g, &e));
		assert_int_equal(e.code, E_INVALID_PARAMS);
	}
}

/* Each filter alone, and how many rows it must give by plain SQL. */
static void set_states(struct list_filter *f) { STRS_ADD(&f->states, &h.arena, "handling"); }
static void set_two_states(struct list_filter *f) {
	STRS_ADD(&f->states, &h.arena, "handling");
	STRS_ADD(&f->states, &h.arena, "triage");
}
static void set_unit(struct list_filter *f) { STRS_ADD(&f->units, &h.arena, "u7"); }
static void set_class(struct list_filter *f) { STRS_ADD(&f->classes, &h.arena, "C7"); }
static void set_estate(struct list_filter *f) { STRS_ADD(&f->estates, &h.arena, "e27"); }
static void set_grid(struct list_filter *f) { STRS_ADD(&f->grids, &h.arena, "g7"); }
static void set_channel(struct list_filter *f) { STRS_ADD(&f->channels, &h.arena, "public"); }
static void set_tag(struct list_filter *f) { f->tag = "flood"; }
static void set_actor(struct list_filter *f) { f->actor = "uid:3"; }
static void set_overdue(struct list_filter *f) {
	f->overdue = "any";
	f->now_us += 100 * HOUR_US;
}
static void set_overdue_overall(struct list_filter *f) {
	f->overdue = "overall";
	f->now_us += 50 * HOUR_US;
}
static void set_due_before(struct list_filter *f) { f->due_before_us = SAMPLE_AT_US + 9 * HOUR_US; }
static void set_received(struct list_filter *f) { f->received_since_us = INT64_C(1794000000000000) + LATE * MINUTE_US; }
static void set_updated(struct list_filter *f) { f->updated_since_us = SAMPLE_AT_US + LATE * SECOND_US; }
static void set_returns(struct list_filter *f) { f->returns_min = 4; }
static void set_text(struct list_filter *f) { f->text = "第77号"; }
static void set_pending(struct list_filter *f) { f->pending = "any"; }
static void set_pending_waive(struct list_filter *f) { f->pending = "waive"; }

static void set_scope(struct list_filter *f, const char *submitter, const char *unit) {
	struct scope *s = arena_new(&h.arena, struct scope);
	s->submitter = submitter;
	if (unit)
		STRS_ADD(&s->units, &h.arena, unit);
	f->scope = s;
}
static void set_scope_of_unit(struct list_filter *f) { set_scope(f, NULL, "u7"); }
static void set_scope_of_submitter(struct list_filter *f) { set_scope(f, "uid:3", NULL); }
static void set_scope_of_both(struct list_filter *f) { set_scope(f, "uid:3", "u7"); }

static const struct one_filter {
	const char *name;
	void (*set)(struct list_filter *);
	const char *where;
} filters[] = {
    {"state", set_states, "state = 'handling'"},
    {"states", set_two_states, "state IN ('handling', 'triage')"},
    {"unit", set_unit, "unit = 'u7'"},
    {"class", set_class, "class = 'C7'"},
    {"estate", set_estate, "estate = 'e27'"},
    {"grid", set_grid, "grid = 'g7'"},
    {"channel", set_channel, "channel = 'public'"},
    {"tag", set_tag, "'flood' = ANY (tags)"},
    {"actor", set_actor, "id % 9 = 3"},
    {"overdue", set_overdue, "due_at < at_time(1795000000000000) + interval '100 hours'"},
    {"overdue overall", set_overdue_overall, "id % 100 < 50"},
    {"due_before", set_due_before, "due_at < at_time(1795000000000000) + interval '9 hours'"},
    {"received_since", set_received, "id >= 11000"},
    {"updated_since", set_updated, "updated_at >= at_time(1795000000000000) + interval '11000 seconds'"},
    {"returns_min", set_returns, "returns >= 4"},
    {"text", set_text, "id = 77"},
    {"pending", set_pending, "id % 17 = 0"},
    {"pending waive", set_pending_waive, "id % 34 = 17"},
    {"scope of a unit", set_scope_of_unit, "unit = 'u7' OR id % 113 = 0 OR id % 997 = 0"},
    {"scope of who submitted", set_scope_of_submitter, "id % 9 = 3"},
    {"scope of both", set_scope_of_both, "id % 9 = 3 OR unit = 'u7' OR id % 113 = 0 OR id % 997 = 0"},
};
/* The scopes, last, are answered from tables of their own. */
enum { FILTERS = sizeof filters / sizeof filters[0], SCOPES = 3, PLANNED = FILTERS - SCOPES };

static void filters_hold(void **state) {
	(void)state;
	char sql[300];
	for (size_t i = 0; i < FILTERS; i++) {
		struct list_filter f = everything();
		filters[i].set(&f);
		f.limit = ROWS;
		(void)snprintf(sql, sizeof sql, "SET search_path = gridd; SELECT count(*) FROM case_file WHERE %s",
		               filters[i].where);
		const long expected = strtol(fixture_ask(fixture.owner, sql), NULL, 10);
		const size_t found = list(&f)->n;
		if ((long)found != expected || !expected)
			fail_msg("%s: %zu rows, expected %ld", filters[i].name, found, expected);
	}
}

/* EXPLAIN of what would be sent, with its values, by a connection set as the reader's. */
static const char *plan_of(const struct list_filter *f) {
	struct statement st;
	struct params *p;
	struct err e = {0};
	assert_true(list_statement(f, &h.arena, &st, &p, &e));
	const struct statement explain = {"", arena_printf(&h.arena, "EXPLAIN %s", st.sql)};
	struct got g = {0};
	db_ask(h.db, &explain, p, &h.arena, on_got, &g);
	RUN_UNTIL(&h, g.done);
	const char *plan = "";
	for (size_t i = 0; i < g.rows->n; i++)
		plan = arena_printf(&h.arena, "%s%s\n", plan, rows_text(g.rows, i, 0));
	return plan;
}

static void every_pair_of_filters_has_an_index(void **state) {
	(void)state;
	for (size_t i = 0; i < PLANNED; i++)
		for (size_t j = i; j < PLANNED; j++) {
			struct list_filter f = everything();
			filters[i].set(&f);
			if (j > i)
				filters[j].set(&f);
			const char *plan = plan_of(&f);
			if (strstr(plan, "Seq Scan") || !strstr(plan, "Index"))
				fail_msg("%s with %s:\n%s", filters[i].name, filters[j].name, plan);
		}
}

static void get_and_history(void **state) {
	(void)state;
	struct got g = {0};
	reader_get(h.db, &(struct case_name){.town = TOWN, .number = "20261123-0000042"}, NULL, &h.arena, on_got, &g);
	RUN_UNTIL(&h, g.done);
	assert_int_equal(g.rows->n, 1);
	assert_string_equal(rows_text(g.rows, 0, ROW_TEXT), "第42号积水");
	static const char *const wrong[] = {"20261122-0000042", "20261123-0099999", "42",
	                                    "20261123-",        "20261123-42x",     "20261123-99999999999999999999"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		g.done = false;
		reader_get(h.db, &(struct case_name){.town = TOWN, .number = wrong[i]}, NULL, &h.arena, on_got, &g);
		RUN_UNTIL(&h, g.done);
		assert_int_equal(g.rows->n, 0);
	}
	g.done = false;
	reader_get(h.db, &(struct case_name){.town = "999999999", .number = "20261123-0000042"}, NULL, &h.arena, on_got, &g);
	RUN_UNTIL(&h, g.done);
	assert_int_equal(g.rows->n, 0);
	harness_town();
	struct result r = {0};
	harness_write(&h, &(struct sample){.key = "h", .ref = "H-1"}, &r);
	g.done = false;
	struct history_ask ask = {.name = {.town = TOWN, .channel = "patrol", .ref = "H-1"}, .limit = 10};
	reader_history(h.db, &ask, &h.arena, on_got, &g);
	RUN_UNTIL(&h, g.done);
	assert_int_equal(g.rows->n, 1);
	assert_null(rows_text(g.rows, 0, EVENT_STATE_BEFORE));
	assert_string_equal(rows_text(g.rows, 0, EVENT_NUMBER), r.number);
	assert_int_equal(rows_time(g.rows, 0, EVENT_AT), SAMPLE_AT_US);
	const struct scope nobody = {0};
	ask.scope = &nobody;
	g.done = false;
	reader_history(h.db, &ask, &h.arena, on_got, &g);
	RUN_UNTIL(&h, g.done);
	assert_int_equal(g.rows->n, 0);
	g.done = false;
	reader_get(h.db, &ask.name, &nobody, &h.arena, on_got, &g);
	RUN_UNTIL(&h, g.done);
	assert_int_equal(g.rows->n, 0);
}

static const struct rows *activate(const char *text, int32_t expect) {
	struct pack_source s = {0};
	struct got g = {0};
	*LIST_ADD(&s.files, &h.arena) = (struct pack_file){.name = "town.yaml", .text = text, .n = strlen(text)};
	packs_activate(h.db, "310106102", "测试", &s, expect, "uid:0", &h.arena, on_got, &g);
	RUN_UNTIL(&h, g.done);
	assert_int_equal(g.rows->n, 1);
	return g.rows;
}

static void assert_activated(const struct rows *rows, int64_t version, bool activated) {
	assert_int_equal(rows_int(rows, 0, 0), version);
	assert_int_equal(rows_bool(rows, 0, 1), activated);
}

static void packs_are_versions(void **state) {
	(void)state;
	struct got g = {0};
	assert_activated(activate("one", 7), 0, false);
	assert_activated(activate("one", 0), 1, true);
	assert_activated(activate("two", 0), 1, false);
	assert_activated(activate("two", 1), 2, true);
	assert_activated(activate("one", 2), 1, true);
	assert_activated(activate("one", 1), 1, true);
	packs_fetch(h.db, "310106102", 2, &h.arena, on_got, &g);
	RUN_UNTIL(&h, g.done);
	assert_int_equal(g.rows->n, 1);
	assert_string_equal(rows_text(g.rows, 0, 1), "two");
	g.done = false;
	packs_active(h.db, &h.arena, on_got, &g);
	RUN_UNTIL(&h, g.done);
	assert_int_equal(g.rows->n, 1);
	assert_int_equal(rows_int(g.rows, 0, 1), 1);
}

/* Every statement of schema/statements is one that the server understands. */
static void every_statement_prepares(void **state) {
	(void)state;
	PGconn *conn = PQconnectdb(fixture.app);
	for (const struct statement *const *st = statements; *st; st++) {
		if (strncmp((*st)->name, "bootstrap_", 10) == 0)
			continue;
		PGresult *res = PQprepare(conn, (*st)->name, (*st)->sql, 0, NULL);
		if (PQresultStatus(res) != PGRES_COMMAND_OK)
			fail_msg("%s: %s", (*st)->name, PQerrorMessage(conn));
		PQclear(res);
	}
	PQfinish(conn);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pages_meet_without_gap),
	    cmocka_unit_test(due_first_and_no_due_last),
	    cmocka_unit_test(a_foreign_cursor_is_refused),
	    cmocka_unit_test(filters_hold),
	    cmocka_unit_test(every_pair_of_filters_has_an_index),
	    cmocka_unit_test(get_and_history),
	    cmocka_unit_test(packs_are_versions),
	    cmocka_unit_test(every_statement_prepares),
	};
	return cmocka_run_group_tests(tests, up, down);
}
