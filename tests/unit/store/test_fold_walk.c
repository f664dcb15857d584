/* test_fold_walk: what the events of a town's cases give, now and as of earlier, and which cases are walked past. */
#include "daemon/store/case_json.h"
#include "daemon/store/fold_walk.h"

#include "stored.h"

enum { CASES = 12 };
static struct harness h;
static struct side *side;
static char numbers[CASES][32];

static const struct case_rec *act(const struct case_rec *before, const char *type, enum case_state to) {
	struct result r;
	struct changes *ch = changes_new(&h.arena, type, before->changed_at_us + HOUR_US, NO_TIME);
	struct change *c = sample_change(&h.arena, ch, CHANGE_STATE);
	c->state.state = to;
	sample_change(&h.arena, ch, CHANGE_MARK)->mark = (struct mark){"seen", type, ch->at_us, "uid:2000"};
	const struct write_item *item = stored_item(&h.arena, before, NULL, ch);
	harness_store(&h, item, &r);
	assert_int_equal(r.kind, OUT_STORED);
	return item->after;
}

/* Case i is received at SAMPLE + i days and has i % 4 further events, an hour apart; each third one is over. Every event counts as
 * recorded when it happened. */
static int up(void **state) {
	struct err e;
	if (fixture_up(state) != 0)
		return -1;
	harness_town();
	harness_start(&h);
	for (int i = 0; i < CASES; i++) {
		struct result r;
		const struct case_rec *cr =
		    harness_new_case(&h, &(struct sample){.received_at_us = SAMPLE_AT_US + i * DAY_US}, &r);
		(void)snprintf(numbers[i], sizeof numbers[i], "%s", r.number);
		for (int n = 0; n < i % 4; n++)
			cr = act(cr, n ? "case.noted" : "task.finished", i % 3 ? CASE_HANDLING : CASE_CLOSED);
	}
	(void)fixture_ask(fixture.owner, "UPDATE gridd.case_event SET recorded_at = at");
	(void)fixture_ask(fixture.owner,
	                  "UPDATE gridd.case_file f SET updated_at = e.at FROM gridd.case_event e WHERE e.case_id = f.id AND "
	                  "e.version = f.version");
	if (!side_open(fixture.app, &side, &e))
		fail_msg("%s", e.text);
	return 0;
}

static int down(void **state) {
	side_close(&side);
	harness_stop(&h);
	return fixture_down(state);
}

/* What a walk showed. */
struct seen {
	int cases, events, versions;
	int64_t last_id, last_seq;
	struct strbuf aggs;
	struct strs cases_named;
};

static void on_seen_event(const struct fold_event *ev, void *ctx) {
	struct seen *s = ctx;
	s->events++;
	assert_int_equal(ev->before ? ev->before->version : 0, ev->version - 1);
	assert_int_equal(ev->now.cr->version, ev->version);
	assert_int_equal(ev->at_us, ev->now.cr->changed_at_us);
	assert_int_equal(ev->recorded_at_us, ev->at_us);
	assert_string_equal(ev->type, ev->changes->event_type);
	assert_string_equal(ev->actor, ev->version == 1 ? "uid:1000" : "uid:2000");
	assert_true(ev->seq > s->last_seq);    /* these cases were written one after the other */
	s->last_seq = ev->seq;
}

static void on_seen_case(const struct folded *c, void *ctx) {
	struct seen *s = ctx;
	s->cases++;
	s->versions += c->cr->version;
	assert_true(c->id > s->last_id && c->cr->id == c->id);
	s->last_id = c->id;
	strbuf_printf(&s->aggs, "%s ", c->number);
	case_encode(c->cr, &s->aggs);
	strbuf_adds(&s->aggs, "\n");
	STRS_ADD(&s->cases_named, &h.arena, arena_strdup(&h.arena, c->number));
}

static struct seen walk(const struct fold_ask *ask) {
	struct seen s = {0};
	struct err e = {0};
	strbuf_init(&s.aggs);
	const struct fold_hooks hooks = {.on_event = on_seen_event, .on_case = on_seen_case, .ctx = &s};
	if (!side_begin(side, &e) || !fold_walk(side, ask, &hooks, &e) || !side_commit(side, &e))
		fail_msg("%s", e.text);
	return s;
}

#define FOREVER (SAMPLE_AT_US + 1000 * DAY_US)
static const struct fold_ask everything = {.town = TOWN,
                                           .as_of_us = FOREVER,
                                           .closed_from_us = 0,
                                           .due_from_us = NO_TIME,
                                           .received_before_us = FOREVER};

static void all_of_it_is_what_is_stored(void **state) {
	(void)state;
	struct seen s = walk(&everything);
	assert_int_equal(s.cases, CASES);
	assert_int_equal(s.events, count("SELECT count(*) FROM case_event"));
	assert_int_equal(s.events, s.versions);
	const char *line = s.aggs.data;
	for (int i = 0; i < CASES; i++) {
		char sql[100];
		(void)snprintf(sql, sizeof sql, "SELECT number || ' ' || agg FROM gridd.case_file WHERE number = '%s'", numbers[i]);
		const char *stored = fixture_ask(fixture.owner, sql);
		assert_int_equal(strncmp(line, stored, strlen(stored)), 0);
		assert_int_equal(line[strlen(stored)], '\n');
		line += strlen(stored) + 1;
	}
	strbuf_fini(&s.aggs);
}

/* As of the hour at which the third case had its first event after receipt: two days of cases, and of that one two events of three. */
static void an_earlier_instant_is_fewer_events(void **state) {
	(void)state;
	struct fold_ask ask = everything;
	ask.as_of_us = SAMPLE_AT_US + 2 * DAY_US + HOUR_US;
	struct seen s = walk(&ask);
	assert_int_equal(s.cases, 3);
	assert_int_equal(s.events, 1 + 2 + 2);
	assert_non_null(strstr(s.aggs.data, "\"version\":2,\"state\":\"handling\""));
	strbuf_fini(&s.aggs);
	ask.as_of_us--;
	s = walk(&ask);
	assert_int_equal(s.events, 1 + 2 + 1);
	strbuf_fini(&s.aggs);
	ask.as_of_us = SAMPLE_AT_US - 1;
	s = walk(&ask);
	assert_int_equal(s.cases + s.events, 0);
}

/* Over are the cases 3, 6 and 9, on their last act's day; each has a clock `overall` of nine days. */
static void old_cases_are_left_out(void **state) {
	(void)state;
	struct fold_ask ask = everything;
	ask.closed_from_us = SAMPLE_AT_US + 7 * DAY_US;
	struct seen s = walk(&ask);
	assert_int_equal(s.cases, CASES - 2);
	assert_false(strs_has(&s.cases_named, numbers[3]) || strs_has(&s.cases_named, numbers[6]));
	strbuf_fini(&s.aggs);
	ask.due_from_us = SAMPLE_AT_US + 15 * DAY_US;
	s = walk(&ask);
	assert_int_equal(s.cases, CASES - 1);
	assert_true(strs_has(&s.cases_named, numbers[6]));
	strbuf_fini(&s.aggs);
	/* also where it isn't the case's own clock */
	(void)fixture_ask(fixture.owner, "UPDATE gridd.case_file SET overall_due_at = NULL");
	s = walk(&ask);
	assert_int_equal(s.cases, CASES - 1);
	strbuf_fini(&s.aggs);
	ask.received_before_us = SAMPLE_AT_US + 4 * DAY_US;
	s = walk(&ask);
	assert_int_equal(s.cases, 3);
	strbuf_fini(&s.aggs);
}

static void what_comes_after_a_gap_is_not_folded(void **state) {
	(void)state;
	(void)fixture_ask(fixture.owner, "UPDATE gridd.case_event SET recorded_at = recorded_at + interval '100 days' WHERE "
	                                 "version = 2 AND case_id = (SELECT max(id) FROM gridd.case_file)");
	struct fold_ask ask = everything;
	ask.as_of_us = SAMPLE_AT_US + 50 * DAY_US;
	struct seen s = walk(&ask);
	assert_int_equal(s.cases, CASES);
	assert_int_equal(s.events, count("SELECT count(*) FROM case_event") - 3);
	strbuf_fini(&s.aggs);
	(void)fixture_ask(fixture.owner, "UPDATE gridd.case_event SET recorded_at = at");
}

static bool second_time(void *ctx) { return (*(int *)ctx)++ == 1; }

static void it_can_be_stopped(void **state) {
	(void)state;
	struct err e = {0};
	int asked = 0;
	const struct fold_hooks hooks = {.ctx = &asked};
	struct fold_ask ask = everything;
	ask.stop = second_time;
	assert_true(side_begin(side, &e));
	assert_false(fold_walk(side, &ask, &hooks, &e));
	assert_int_equal(e.code, E_UNAVAILABLE);
	assert_int_equal(asked, 2);
	/* Whether the server heard of it before it had sent everything is a matter of luck; the connection is good for the next. */
	if (!side_commit(side, &e))
		assert_int_equal(e.code, E_INTERNAL);
	assert_true(side_begin(side, &e));
	assert_true(side_commit(side, &e));
}

static void an_event_of_another_kind_stops_it(void **state) {
	(void)state;
	struct err e = {0};
	const struct fold_hooks none = {0};
	(void)fixture_ask(fixture.owner, "UPDATE gridd.case_event SET body = '{\"v\":99}' WHERE seq = 3");
	assert_true(side_begin(side, &e));
	assert_false(fold_walk(side, &everything, &none, &e));
	assert_int_equal(e.code, E_INTERNAL);
	assert_non_null(strstr(e.text, "event 3 of case "));
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_of_it_is_what_is_stored),          cmocka_unit_test(an_earlier_instant_is_fewer_events),
	    cmocka_unit_test(old_cases_are_left_out),               cmocka_unit_test(what_comes_after_a_gap_is_not_folded),
	    cmocka_unit_test(it_can_be_stopped),                    cmocka_unit_test(an_event_of_another_kind_stops_it),
	};
	return cmocka_run_group_tests_name("fold_walk", tests, up, down);
}
