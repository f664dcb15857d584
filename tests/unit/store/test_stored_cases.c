/* test_stored_cases: what a command on a stored case writes, and what it is told when it can't be. */
#include "daemon/base/strbuf.h"

#include "stored.h"

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

/* Whether a SELECT gives true; @ stands for the case's id. */
static bool holds(const struct case_rec *cr, const char *sql) {
	struct strbuf text;
	strbuf_init(&text);
	strbuf_adds(&text, "SELECT (");
	for (const char *s = sql; *s; s++) {
		if (*s == '@')
			strbuf_addi(&text, cr->id);
		else
			strbuf_addc(&text, *s);
	}
	strbuf_adds(&text, ")::integer");
	const bool yes = count(text.data) == 1;
	strbuf_fini(&text);
	return yes;
}

static struct change *add(struct changes *ch, enum change_kind kind) { return sample_change(&h.arena, ch, kind); }

static void a_command_changes_all_that_it_says(void **state) {
	(void)state;
	struct result r = {0};
	const struct case_rec *cr = harness_new_case(&h, &(struct sample){.key = "all"}, &r);
	struct changes *ch = changes_new(&h.arena, "task.accepted", SAMPLE_AT_US + MINUTE_US, SAMPLE_AT_US + 3 * HOUR_US);
	add(ch, CHANGE_STATE)->state.state = CASE_HANDLING;
	struct task task = cr->tasks.v[0];
	task.state = TASK_ACCEPTED;
	task.accepted_at_us = ch->at_us;
	add(ch, CHANGE_TASK)->task = task;
	task.state = TASK_ARRIVED; /* twice in one command: the last one counts */
	task.arrived_at_us = ch->at_us;
	add(ch, CHANGE_TASK)->task = task;
	struct task other = task;
	other.n = 2;
	other.kind = TASK_ASSIST;
	other.unit = "fire_brigade";
	add(ch, CHANGE_TASK)->task = other;
	add(ch, CHANGE_COUNTS)->counts.escalation_level = 2;
	struct change *amended = add(ch, CHANGE_AMENDED);
	amended->amended.class_code = "E70-06";
	amended->amended.grid = "g-08";
	harness_store(&h, stored_item(&h.arena, cr, "all-2", ch), &r);
	assert_int_equal(r.kind, OUT_STORED);
	assert_string_equal(r.reply, "\"version\":2");
	assert_true(holds(cr, "SELECT state = 'handling' AND version = 2 AND class = 'E70-06' AND estate IS NULL "
	                      "AND grid = 'g-08' AND escalation_level = 2 AND submitter = 'uid:1000' FROM case_file WHERE id = @"));
	assert_true(holds(cr, "SELECT string_agg(unit || ' ' || kind || ' ' || state, ',' ORDER BY n) = "
	                      "'property lead arrived,fire_brigade assist arrived' FROM task WHERE case_id = @"));
	assert_true(holds(cr, "SELECT at_us(fire_at) = 1795010800000000 FROM timer WHERE case_id = @"));
	assert_true(holds(cr, "SELECT actor = 'uid:2000' AND body::json->>'state' = 'handling' FROM case_event "
	                      "WHERE case_id = @ AND version = 2"));
	const struct case_rec *again = harness_case(&h, arena_strdup(&h.arena, r.number));
	assert_int_equal(again->version, 2);
	assert_int_equal(again->tasks.n, 2);
}

static void who_comes_second_is_told(void **state) {
	(void)state;
	struct result r = {0}, first = {0}, second = {0};
	const struct case_rec *cr = harness_new_case(&h, &(struct sample){.key = "race"}, &r);
	writer_put(db_writer(h.db), plain_item(&h, cr, "race-1"), on_harness_written, &first);
	writer_put(db_writer(h.db), plain_item(&h, cr, "race-2"), on_harness_written, &second);
	RUN_UNTIL(&h, first.done && second.done);
	assert_int_equal(first.kind, OUT_STORED);
	assert_int_equal(second.kind, OUT_VERSION_CONFLICT);
	assert_string_equal(second.number, r.number);
	assert_int_equal(count("SELECT count(*) FROM call_key WHERE key = 'race-2'"), 0);
}

static struct write_item *known_item(const struct case_rec *cr, const char *key, const char *body) {
	struct write_item *item = plain_item(&h, cr, key);
	item->changes = NULL;
	(void)SHA256((const unsigned char *)body, strlen(body), item->body_sha256);
	return item;
}

static void a_known_key_is_answered_and_stores_nothing(void **state) {
	(void)state;
	struct result r = {0}, again = {0};
	const struct case_rec *cr = harness_new_case(&h, &(struct sample){.key = "known"}, &r);
	harness_store(&h, plain_item(&h, cr, "known-2"), &r);
	assert_int_equal(r.kind, OUT_STORED);
	const long events = count("SELECT count(*) FROM case_event");
	harness_store(&h, known_item(cr, "known-2", "known-2"), &again);
	assert_int_equal(again.kind, OUT_REPLAYED);
	assert_string_equal(again.reply, r.reply);
	assert_string_equal(again.number, r.number);
	assert_int_equal(again.seq, r.seq);
	harness_store(&h, known_item(cr, "known-2", "another body"), &again);
	assert_int_equal(again.kind, OUT_KEY_CONFLICT);
	assert_string_equal(again.number, r.number);
	/* decided before somebody else used the key */
	harness_store(&h, plain_item(&h, harness_case(&h, arena_strdup(&h.arena, r.number)), "known-2"), &again);
	assert_int_equal(again.kind, OUT_REPLAYED);
	harness_store(&h, known_item(cr, "never-seen", "x"), &again);
	assert_int_equal(again.kind, OUT_VERSION_CONFLICT);
	assert_int_equal(count("SELECT count(*) FROM case_event"), events);
	assert_int_equal(count("SELECT count(*) FROM call_key WHERE key = 'never-seen'"), 0);
}

/* Two cases by one command, as a merge does. */
static struct write_item *pair(const struct case_rec *a, const struct case_rec *b, const char *key) {
	struct write_item *item = plain_item(&h, a, key);
	item->with = plain_item(&h, b, NULL);
	return item;
}

static void a_group_is_stored_whole_or_not_at_all(void **state) {
	(void)state;
	struct result r = {0}, whole = {0}, again = {0}, half = {0};
	const struct case_rec *a = harness_new_case(&h, &(struct sample){.key = "ga"}, &r);
	const struct case_rec *b = harness_new_case(&h, &(struct sample){.key = "gb"}, &r);
	harness_store(&h, pair(a, b, "group"), &whole);
	assert_int_equal(whole.kind, OUT_STORED);
	assert_true(holds(a, "SELECT version = 2 FROM case_file WHERE id = @"));
	assert_true(holds(b, "SELECT version = 2 FROM case_file WHERE id = @"));
	assert_true(holds(a, "SELECT number = (SELECT number FROM case_file WHERE id = @) FROM call_key k "
	                     "JOIN case_file f ON f.id = k.case_id WHERE key = 'group'"));
	const struct case_rec *a2 = harness_case(&h, arena_strdup(&h.arena, whole.number));
	harness_store(&h, pair(a2, b, "stale"), &half); /* b is one version on */
	assert_int_equal(half.kind, OUT_VERSION_CONFLICT);
	assert_true(holds(a, "SELECT version = 2 FROM case_file WHERE id = @"));
	assert_int_equal(count("SELECT count(*) FROM call_key WHERE key = 'stale'"), 0);
	harness_store(&h, pair(a2, harness_case(&h, arena_strdup(&h.arena, r.number)), "group"), &again);
	assert_int_equal(again.kind, OUT_REPLAYED);
	assert_int_equal(again.seq, whole.seq);
	assert_true(holds(b, "SELECT version = 2 FROM case_file WHERE id = @"));
}

/* Rows of groups and of single calls share batches; each gets its own answer. */
static void groups_and_others_share_a_batch(void **state) {
	(void)state;
	enum { N = 40 };
	static struct result made[N], r[N];
	const struct case_rec *cr[N];
	for (int i = 0; i < N; i++)
		cr[i] = harness_new_case(&h, &(struct sample){.key = arena_printf(&h.arena, "share-%d", i)}, &made[i]);
	for (int i = 0; i + 1 < N; i += 4) {
		writer_put(db_writer(h.db), pair(cr[i], cr[i + 1], NULL), on_harness_written, &r[i]);
		writer_put(db_writer(h.db), plain_item(&h, cr[i + 2], NULL), on_harness_written, &r[i + 2]);
		writer_put(db_writer(h.db), plain_item(&h, cr[i + 2], NULL), on_harness_written, &r[i + 3]);
	}
	for (int i = 0; i < N; i++) {
		if (i % 4 == 1)
			continue;
		RUN_UNTIL(&h, r[i].done);
		assert_int_equal(r[i].kind, i % 4 == 3 ? OUT_VERSION_CONFLICT : OUT_STORED);
		assert_string_equal(r[i].number, made[i % 4 == 3 ? i - 1 : i].number);
	}
}

static void a_group_too_big_is_refused(void **state) {
	(void)state;
	struct result r = {0};
	const struct case_rec *cr = harness_new_case(&h, &(struct sample){.key = "big"}, &r);
	struct write_item *item = NULL;
	for (int i = 0; i <= LIMIT_WRITE_GROUP; i++) {
		struct write_item *one = plain_item(&h, cr, NULL);
		one->with = item;
		item = one;
	}
	harness_store(&h, item, &r);
	assert_int_equal(r.kind, OUT_FAILED);
}

static struct write_item *link_item(const struct case_rec *cr, const char *key, const char *ref) {
	struct changes *ch = changes_new(&h.arena, "case.linked", SAMPLE_AT_US + MINUTE_US, SAMPLE_AT_US + HOUR_US);
	struct change *c = add(ch, CHANGE_REF);
	c->ref = (struct outside_ref){"hotline", ref};
	return stored_item(&h.arena, cr, key, ch);
}

static void an_outside_number_belongs_to_one_case(void **state) {
	(void)state;
	struct result a = {0}, b = {0}, r = {0};
	const struct case_rec *one = harness_new_case(&h, &(struct sample){.key = "la"}, &a);
	const struct case_rec *two = harness_new_case(&h, &(struct sample){.key = "lb", .ref = "P-9"}, &b);
	harness_store(&h, link_item(one, NULL, "H-1"), &r);
	assert_int_equal(r.kind, OUT_STORED);
	const struct load_result by_ref =
	    harness_load(&h, &(struct load_ask){.name = {.town = TOWN, .channel = "hotline", .ref = "H-1"}});
	assert_string_equal(by_ref.got.number, a.number);
	harness_store(&h, link_item(two, NULL, "H-1"), &r);
	assert_int_equal(r.kind, OUT_KEY_CONFLICT);
	assert_string_equal(r.number, a.number);
	harness_store(&h, link_item(two, "with-key", "H-1"), &r);
	assert_int_equal(r.kind, OUT_KEY_CONFLICT);
	assert_string_equal(r.number, a.number);
	assert_int_equal(count("SELECT count(*) FROM call_key WHERE key = 'with-key'"), 0);
	assert_true(holds(two, "SELECT version = 1 FROM case_file WHERE id = @"));
	harness_write(&h, &(struct sample){.ref = "H-2", .body = "x"}, &r); /* of the channel `patrol` */
	assert_int_equal(r.kind, OUT_STORED);
}

static void a_submit_finds_its_number_linked(void **state) {
	(void)state;
	struct result a = {0}, r = {0};
	const struct case_rec *cr = harness_new_case(&h, &(struct sample){.key = "ls"}, &a);
	struct write_item *item = link_item(cr, NULL, "P-10");
	((struct change *)&item->changes->list.v[0])->ref.channel = "patrol";
	harness_store(&h, item, &r);
	assert_int_equal(r.kind, OUT_STORED);
	harness_write(&h, &(struct sample){.ref = "P-10", .body = "x"}, &r);
	assert_int_equal(r.kind, OUT_KEY_CONFLICT);
	assert_string_equal(r.number, a.number);
}

static void a_note_is_private_and_its_hash_is_not(void **state) {
	(void)state;
	struct result r = {0};
	const struct case_rec *cr = harness_new_case(&h, &(struct sample){.key = "note", .address = "临汾路1号"}, &r);
	struct write_item *item = plain_item(&h, cr, NULL);
	struct private_more more = {.note = "居民说水已经停了", .set_address = true, .similar_estate = "pp-012"};
	more.amended.address = "临汾路2号";
	*LIST_ADD(&more.attachments, &h.arena) = (struct attachment){.uri = "https://x/after.jpg", .taken_at_us = NO_TIME};
	item->more = &more;
	harness_store(&h, item, &r);
	assert_int_equal(r.kind, OUT_STORED);
	assert_true(holds(cr, "SELECT text = '居民说水已经停了' AND attachments LIKE '%after.jpg%' AND length(salt) = 16 "
	                      "FROM note_private WHERE case_id = @ AND version = 2"));
	assert_true(holds(cr, "SELECT address = '临汾路2号' AND text LIKE '楼道%' AND reporter_name = '王小明' "
	                      "FROM case_private WHERE case_id = @"));
	assert_true(holds(cr, "SELECT length(body::json->>'note_sha256') = 64 AND length(body::json->>'private_sha256') = 64 "
	                      "AND body !~ '停了|临汾|after' FROM case_event WHERE case_id = @ AND version = 2"));
	/* the hash is that of the salt and the members, each with its length */
	assert_true(holds(cr, "SELECT e.body::json->>'note_sha256' = encode(sha256(n.salt || convert_to("
	                      "octet_length(n.text) || ':' || n.text || ',-,-,-,-,-,' || octet_length(n.attachments) || ':' || "
	                      "n.attachments || ',2:{},', 'UTF8')), 'hex') FROM case_event e JOIN note_private n "
	                      "ON n.case_id = e.case_id AND n.version = e.version WHERE e.case_id = @"));
	struct result near = {0};
	harness_write(&h, &(struct sample){.group = "g", .address = "临汾路2号"}, &near);
	assert_true(holds(cr, "SELECT p.address_hash = q.address_hash FROM case_private p, case_private q "
	                      "WHERE p.case_id = @ AND q.case_id = (SELECT max(case_id) FROM case_private)"));
}

static void places_and_attrs_are_amended(void **state) {
	(void)state;
	struct result r = {0};
	const struct case_rec *cr =
	    harness_new_case(&h, &(struct sample){.key = "amend", .place = {121.45, 31.29, "wgs84"}, .address = "甲"}, &r);
	struct write_item *item = plain_item(&h, cr, NULL);
	struct private_more more = {.set_place = true, .set_attrs = true};
	*LIST_ADD(&more.amended.attrs, &h.arena) = (struct attr){"楼层", "六楼"};
	item->more = &more;
	harness_store(&h, item, &r);
	assert_int_equal(r.kind, OUT_STORED);
	assert_true(holds(cr, "SELECT place_crs IS NULL AND cell IS NULL AND attrs LIKE '%六楼%' AND address = '甲' "
	                      "FROM case_private WHERE case_id = @"));
	assert_true(holds(cr, "SELECT text IS NULL AND attachments IS NULL FROM note_private WHERE case_id = @"));
}

static void notices_and_orders_go_along(void **state) {
	(void)state;
	struct result r = {0};
	const struct case_rec *cr = harness_new_case(&h, &(struct sample){.key = "outbox"}, &r);
	struct changes *ch = changes_new(&h.arena, "clock.breached", SAMPLE_AT_US + HOUR_US, NO_TIME);
	struct notice told = {.kind = NOTICE_OVERDUE, .unit = "property", .role = "duty", .channel = "phone", .to = "021-1",
	                      .clock = "handle", .due_at_us = SAMPLE_AT_US, .step = -1, .started_at_us = SAMPLE_AT_US};
	add(ch, CHANGE_NOTICE)->notice = told;
	told.channel = told.to = NULL;
	told.unit = "housing_office";
	add(ch, CHANGE_NOTICE)->notice = told;
	add(ch, CHANGE_ORDER)->order = (struct order){.n = 1, .kind = ORDER_OVERDUE, .unit = "property", .issuer = "supervision",
	                                              .grounds = "handle +5wd", .opened_at_us = ch->at_us,
	                                              .due_at_us = ch->at_us + DAY_US, .replied_at_us = NO_TIME,
	                                              .ended_at_us = NO_TIME};
	harness_store(&h, stored_item(&h.arena, cr, NULL, ch), &r);
	assert_int_equal(r.kind, OUT_STORED);
	assert_true(holds(cr, "SELECT string_agg(n.n || n.unit || n.kind || d.state || coalesce(d.channel, '-'), ' ' "
	                      "ORDER BY n.n) = '1propertyoverduewaitingphone 2housing_officeoverduenobody-' FROM notice n "
	                      "JOIN delivery d USING (town, seq, n) WHERE n.case_id = @"));
	assert_true(holds(cr, "SELECT bool_and(seq = (SELECT seq FROM case_event WHERE case_id = @ AND version = 2)) "
	                      "FROM notice WHERE case_id = @"));
	assert_int_equal(count("SELECT count(*) FROM delivery WHERE (next_try_at IS NULL) <> (state = 'nobody')"), 0);
	assert_true(holds(cr, "SELECT fire_at = 'infinity' FROM timer WHERE case_id = @"));
	assert_true(holds(cr, "SELECT state = 'open' AND grounds = 'handle +5wd' AND replied_at IS NULL FROM supervision "
	                      "WHERE case_id = @ AND n = 1"));
	ch = changes_new(&h.arena, "supervision.replied", SAMPLE_AT_US + 2 * HOUR_US, NO_TIME);
	struct order o = harness_case(&h, arena_strdup(&h.arena, r.number))->orders.v[0];
	o.state = ORDER_REPLIED;
	o.replied_at_us = ch->at_us;
	add(ch, CHANGE_ORDER)->order = o;
	harness_store(&h, stored_item(&h.arena, harness_case(&h, arena_strdup(&h.arena, r.number)), NULL, ch), &r);
	assert_int_equal(r.kind, OUT_STORED);
	assert_true(holds(cr, "SELECT count(*) = 1 AND bool_and(state = 'replied' AND replied_at IS NOT NULL) FROM supervision "
	                      "WHERE case_id = @"));
}

/* A column or two of the rows of a case, as text. */
static const char *column_of(const struct case_rec *cr, const char *columns, const char *table, const char *id) {
	const char *sql = arena_printf(&h.arena, "SELECT %s FROM gridd.%s WHERE %s = %lld", columns, table, id, (long long)cr->id);
	return arena_strdup(&h.arena, fixture_ask(fixture.owner, sql));
}

static void what_time_does_is_no_act(void **state) {
	(void)state;
	struct result r = {0};
	const struct case_rec *cr = harness_new_case(&h, &(struct sample){.key = "time"}, &r);
	const char *updated = column_of(cr, "updated_at", "case_file", "id");
	const char *timer = column_of(cr, "xmin || ' ' || xmax", "timer", "case_id");
	struct write_item *item = plain_item(&h, cr, NULL);
	item->by_time = true;
	item->principal = NULL;
	harness_store(&h, item, &r);
	assert_int_equal(r.kind, OUT_STORED);
	assert_string_equal(updated, column_of(cr, "updated_at", "case_file", "id"));
	/* the timer stays what it is: its row isn't touched, nor locked */
	assert_string_equal(timer, column_of(cr, "xmin || ' ' || xmax", "timer", "case_id"));
	harness_store(&h, plain_item(&h, harness_case(&h, arena_strdup(&h.arena, r.number)), NULL), &r);
	assert_string_not_equal(updated, column_of(cr, "updated_at", "case_file", "id"));
}

/* More than a batch holds of both; all of it is stored. */
static void calls_and_time_take_turns(void **state) {
	(void)state;
	enum { TIMED = 260, CALLS = 450 };
	static struct result made[TIMED], timed[TIMED], calls[CALLS];
	const struct case_rec *cr[TIMED];
	for (int i = 0; i < TIMED; i++)
		harness_put(&h, &(struct sample){.key = arena_printf(&h.arena, "turns-%d", i)}, &made[i]);
	for (int i = 0; i < TIMED; i++) {
		RUN_UNTIL(&h, made[i].done);
		cr[i] = harness_case(&h, made[i].number);
	}
	for (int i = 0; i < TIMED; i++) {
		struct write_item *item = plain_item(&h, cr[i], NULL);
		item->by_time = true;
		writer_put(db_writer(h.db), item, on_harness_written, &timed[i]);
	}
	for (int i = 0; i < CALLS; i++)
		harness_put(&h, &(struct sample){.key = arena_printf(&h.arena, "call-%d", i)}, &calls[i]);
	assert_int_equal(writer_waiting(db_writer(h.db)), CALLS);
	for (int i = 0; i < TIMED; i++) {
		RUN_UNTIL(&h, timed[i].done);
		assert_int_equal(timed[i].kind, OUT_STORED);
	}
	for (int i = 0; i < CALLS; i++) {
		RUN_UNTIL(&h, calls[i].done);
		assert_int_equal(calls[i].kind, OUT_STORED);
	}
	/* what one transaction stored has one xmin: at most LIMIT_TIME_BATCH of time's, LIMIT_WRITE_BATCH in all */
	assert_true(count("SELECT max(n) FROM (SELECT count(*) FILTER (WHERE version = 2) AS n FROM case_event GROUP BY xmin) x")
	            <= LIMIT_TIME_BATCH);
	assert_true(count("SELECT max(n) FROM (SELECT count(*) AS n FROM case_event GROUP BY xmin) x") <= LIMIT_WRITE_BATCH);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_command_changes_all_that_it_says),
	    cmocka_unit_test(who_comes_second_is_told),
	    cmocka_unit_test(a_known_key_is_answered_and_stores_nothing),
	    cmocka_unit_test(a_group_is_stored_whole_or_not_at_all),
	    cmocka_unit_test(groups_and_others_share_a_batch),
	    cmocka_unit_test(a_group_too_big_is_refused),
	    cmocka_unit_test(an_outside_number_belongs_to_one_case),
	    cmocka_unit_test(a_submit_finds_its_number_linked),
	    cmocka_unit_test(a_note_is_private_and_its_hash_is_not),
	    cmocka_unit_test(places_and_attrs_are_amended),
	    cmocka_unit_test(notices_and_orders_go_along),
	    cmocka_unit_test(what_time_does_is_no_act),
	    cmocka_unit_test(calls_and_time_take_turns),
	};
	return cmocka_run_group_tests(tests, up, down);
}
