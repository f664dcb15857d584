/* test_board_model: the live board's model: lists and events in every order that a connection can bring them. */
#include "clients/gridctl/board/model.h"
#include "daemon/base/civil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define N1 "20261123-0000001"
#define N2 "20261123-0000002"

static int64_t at(const char *text) {
	int64_t us;
	struct err e = {0};
	assert_true(rfc3339_parse(text, &us, &e));
	return us;
}

static struct json_object *json(const char *text) {
	struct json_object *tree = json_tokener_parse(text);
	assert_non_null(tree);
	return tree;
}

/* A case of the roads office, with a clock that runs for it. */
static void take(struct model *m, const char *number, const char *state, int version, const char *due) {
	char text[1000];
	(void)snprintf(text, sizeof text,
	               "{\"number\":\"%s\",\"state\":\"%s\",\"version\":%d,\"class\":\"E1\",\"class_name\":\"道路破损\","
	               "\"class_name_en\":\"broken road\",\"estate\":\"p1\",\"estate_name\":\"一号小区\",\"unit\":\"roads\","
	               "\"unit_name\":\"道路办\",\"unit_name_en\":\"roads office\",\"urgency\":\"normal\",\"due_at\":\"%s\","
	               "\"tasks\":[{\"n\":1,\"unit\":\"roads\",\"kind\":\"lead\"}],\"clocks\":[{\"name\":\"handle\",\"task\":1,"
	               "\"state\":\"running\",\"started_at\":\"2026-11-23T09:00:00+08:00\",\"due_at\":\"%s\"}],"
	               "\"allowed\":[\"case.urge\",\"case.note\"]}",
	               number, state, version, due, due);
	struct json_object *one = json(text);
	model_take(m, one);
	json_object_put(one);
}

static bool event(struct model *m, int seq, const char *number, int version, const char *rest) {
	char text[1000];
	(void)snprintf(text, sizeof text, "{\"seq\":%d,\"case\":\"%s\",\"version\":%d,\"at\":\"2026-11-23T09:00:00+08:00\",%s}",
	               seq, number, version, rest);
	struct json_object *one = json(text);
	const bool anew = model_event(m, one);
	json_object_put(one);
	return anew;
}

#define CHANGES(list) "\"data\":{\"changes\":[" list "]}"
#define CLOSED        "\"type\":\"case.verified\",\"state\":\"closed\"," CHANGES("{\"what\":\"state\",\"state\":\"closed\"}")
#define NOTED         "\"type\":\"case.noted\",\"state\":\"handling\"," CHANGES("")
#define OPENED                                                                                                              \
	"\"type\":\"case.submitted\",\"state\":\"dispatched\"," CHANGES(                                                        \
	    "{\"what\":\"opened\",\"class\":\"E1\",\"estate\":\"p1\",\"urgency\":\"urgent\"},{\"what\":\"held\",\"unit\":"      \
	    "\"roads\"},"                                                                                                       \
	    "{\"what\":\"task\",\"task\":{\"n\":1,\"kind\":\"lead\"}},{\"what\":\"clock\",\"clock\":{\"name\":\"accept\","      \
	    "\"task\":1,"                                                                                                       \
	    "\"state\":\"running\",\"started_at\":\"2026-11-23T01:00:00Z\",\"due_at\":\"2026-11-23T03:00:00Z\"}}")
#define DUE     "2026-11-25T17:00:00+08:00"
#define MORNING "2026-11-23T09:00:00+08:00"

static int setup(void **state) {
	static struct model m;
	model_init(&m);
	m.now_us = at(MORNING);
	m.offset_s = 8 * 3600;
	m.last_seq = 0;
	*state = &m;
	return 0;
}

static int teardown(void **state) {
	model_fini(*state);
	return 0;
}

static void test_a_list_is_what_is_shown(void **state) {
	struct model *m = *state;
	model_list_begin(m);
	take(m, N1, "handling", 2, DUE);
	take(m, N2, "handling", 2, "2026-11-23T08:00:00+08:00");
	model_list_end(m);
	model_refresh(m);
	assert_int_equal(m->n_shown, 2);
	assert_string_equal(m->shown[0]->number, N2);
	assert_int_equal(m->n_units, 1);
	assert_int_equal(m->units[0].open, 2);
	assert_int_equal(m->units[0].overdue, 1);
	assert_int_equal(m->units[0].longest_s, 3600);
	assert_int_equal(m->shown[0]->allowed, 1U << ACT_URGE);
	/* The next one has only one of them. */
	model_list_begin(m);
	take(m, N1, "handling", 2, DUE);
	model_list_end(m);
	assert_null(model_find(m, N2));
	assert_non_null(model_find(m, N1));
}

static void test_events_update_rows_without_asking(void **state) {
	struct model *m = *state;
	take(m, N1, "handling", 2, DUE);
	assert_false(event(m, 1, N2, 1, OPENED));
	struct row *r = model_find(m, N2);
	assert_int_equal(r->want, WANT_NOTHING);
	assert_false(r->hidden);
	assert_int_equal(r->urgency, 'u');
	assert_true(r->due_us == at("2026-11-23T11:00:00+08:00"));
	(void)event(
	    m, 2, N2, 2,
	    "\"type\":\"task.accepted\",\"state\":\"handling\"," CHANGES(
	        "{\"what\":\"clock\",\"clock\":{\"name\":\"accept\",\"task\":1,\"state\":\"stopped\",\"started_at\":"
	        "\"2026-11-23T01:00:00Z\"}},{\"what\":\"clock\",\"clock\":{\"name\":\"handle\",\"task\":1,\"state\":\"running\","
	        "\"started_at\":\"2026-11-23T01:00:00Z\",\"due_at\":\"2026-11-25T09:00:00Z\"}},{\"what\":\"state\",\"state\":"
	        "\"handling\"}"));
	assert_string_equal(r->state, "handling");
	assert_int_equal(r->version, 2);
	assert_true(r->due_us == at(DUE));
	assert_int_equal(r->want, WANT_NOTHING);
	/* Paused: nothing runs. */
	(void)event(m, 3, N2, 3,
	            "\"type\":\"case.suspended\",\"state\":\"suspended\"," CHANGES(
	                "{\"what\":\"clock\",\"clock\":{\"name\":\"handle\",\"task\":1,\"state\":\"paused\",\"started_at\":"
	                "\"2026-11-23T01:00:00Z\"}}"));
	assert_true(r->due_us == NO_TIME);
	(void)event(m, 4, N2, 4, CLOSED);
	assert_null(model_find(m, N2));
	assert_non_null(model_find(m, N1));
}

static void test_names_nobody_told_are_asked_for(void **state) {
	struct model *m = *state;
	(void)event(m, 1, N1, 1, OPENED);
	assert_int_equal(model_find(m, N1)->want, WANT_SOFT);
	take(m, N1, "dispatched", 1, DUE);
	assert_int_equal(model_find(m, N1)->want, WANT_NOTHING);
}

static void test_an_event_seen_twice_or_late_changes_nothing(void **state) {
	struct model *m = *state;
	take(m, N1, "handling", 5, DUE);
	(void)event(m, 1, N1, 5, NOTED);
	assert_int_equal(model_find(m, N1)->version, 5);
	(void)event(m, 2, N1, 4, CLOSED);
	assert_non_null(model_find(m, N1));
	const size_t n = m->n_events;
	(void)event(m, 2, N1, 6, CLOSED);
	assert_int_equal(m->n_events, n);
	assert_non_null(model_find(m, N1));
}

static void test_a_gap_is_asked_for(void **state) {
	struct model *m = *state;
	take(m, N1, "handling", 2, DUE);
	(void)event(m, 1, N1, 4, NOTED);
	assert_int_equal(model_find(m, N1)->want, WANT_HARD);
	/* An answer that is older than what the event said doesn't count. */
	take(m, N1, "handling", 3, DUE);
	assert_int_equal(model_find(m, N1)->want, WANT_HARD);
	take(m, N1, "handling", 4, DUE);
	assert_int_equal(model_find(m, N1)->want, WANT_NOTHING);
}

static void test_a_case_known_by_a_late_event_only_is_not_shown(void **state) {
	struct model *m = *state;
	(void)event(m, 1, N1, 7, NOTED);
	model_refresh(m);
	assert_int_equal(m->n_shown, 0);
	assert_int_equal(m->total.open, 0);
	assert_int_equal(model_find(m, N1)->want, WANT_HARD);
	take(m, N1, "handling", 7, DUE);
	model_refresh(m);
	assert_int_equal(m->n_shown, 1);
}

static void test_what_closes_while_the_list_is_read_stays_closed(void **state) {
	struct model *m = *state;
	model_list_begin(m);
	(void)event(m, 1, N1, 3, CLOSED);
	take(m, N1, "handling", 2, DUE);
	(void)event(m, 2, N2, 1, OPENED);
	model_list_end(m);
	model_refresh(m);
	assert_null(model_find(m, N1));
	assert_non_null(model_find(m, N2));
	assert_int_equal(m->n_shown, 1);
}

static void test_what_comes_again_after_closing_is_taken(void **state) {
	struct model *m = *state;
	model_list_begin(m);
	(void)event(m, 1, N1, 3, CLOSED);
	(void)event(m, 2, N1, 4, "\"type\":\"case.reopened\",\"state\":\"triage\"," CHANGES(""));
	model_list_end(m);
	assert_int_equal(model_find(m, N1)->want, WANT_HARD);
	take(m, N1, "triage", 4, DUE);
	model_refresh(m);
	assert_int_equal(m->n_shown, 1);
}

static void test_filters(void **state) {
	struct model *m = *state;
	take(m, N1, "handling", 2, DUE);
	take(m, N2, "finished", 2, DUE);
	const struct {
		const char *text;
		size_t n;
	} cases[] = {{"0000002", 1}, {"道路破", 2},   {"e1", 2},      {"一号", 2},
	             {"道路办", 2},  {"Handling", 1}, {"nothing", 0}, {"", 2}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		model_set_filter(m, cases[i].text);
		model_refresh(m);
		assert_int_equal(m->n_shown, cases[i].n);
	}
	model_set_unit(m, "other");
	model_refresh(m);
	assert_int_equal(m->n_shown, 0);
	assert_int_equal(m->total.open, 2);
}

static void test_orders(void **state) {
	struct model *m = *state;
	take(m, N1, "handling", 2, DUE);
	take(m, N2, "handling", 2, "2026-11-26T17:00:00+08:00");
	model_refresh(m);
	assert_string_equal(m->shown[0]->number, N1);
	m->order = ORDER_NEWEST;
	model_refresh(m);
	assert_string_equal(m->shown[0]->number, N2);
}

/* Rows come and go in an order that makes the table of slots move things. */
static void test_many_rows(void **state) {
	struct model *m = *state;
	char number[32];
	for (int i = 0; i < 5000; i++) {
		(void)snprintf(number, sizeof number, "20261123-%07d", i);
		take(m, number, "handling", 1, DUE);
	}
	for (int i = 0; i < 5000; i += 3) {
		(void)snprintf(number, sizeof number, "20261123-%07d", i * 7 % 5000);
		model_drop(m, number);
	}
	size_t found = 0;
	for (int i = 0; i < 5000; i++) {
		(void)snprintf(number, sizeof number, "20261123-%07d", i);
		const struct row *r = model_find(m, number);
		found += r != NULL;
		if (r)
			assert_string_equal(r->number, number);
	}
	assert_int_equal(found, m->n_rows);
	assert_int_equal(found, 5000 - 1667);
	model_refresh(m);
	assert_int_equal(m->n_shown, found);
}

static void test_events_stand_by_their_numbers(void **state) {
	struct model *m = *state;
	char text[200];
	m->last_seq = 400;
	for (int i = 401; i <= 410; i++)
		(void)event(m, i, N1, 1, CLOSED);
	for (int i = 100; i <= 405; i++) {
		(void)snprintf(text, sizeof text, "{\"seq\":%d,\"type\":\"case.noted\",\"case\":\"" N1 "\"}", i);
		struct json_object *one = json(text);
		model_past_event(m, one);
		json_object_put(one);
	}
	int64_t seq = 411;
	for (size_t i = 0; model_happening(m, i); i++) {
		assert_true(model_happening(m, i)->seq < seq);
		seq = model_happening(m, i)->seq;
	}
	assert_int_equal(model_happening(m, 0)->seq, 410);
	assert_non_null(model_happening(m, 9));
	assert_int_equal(model_happening(m, 9)->seq, 401);
}

static void test_a_new_pack_means_new_names(void **state) {
	assert_true(event(*state, 1, N1, 0, "\"type\":\"pack.loaded\""));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(test_a_list_is_what_is_shown),
	    TEST(test_events_update_rows_without_asking),
	    TEST(test_names_nobody_told_are_asked_for),
	    TEST(test_an_event_seen_twice_or_late_changes_nothing),
	    TEST(test_a_gap_is_asked_for),
	    TEST(test_a_case_known_by_a_late_event_only_is_not_shown),
	    TEST(test_what_closes_while_the_list_is_read_stays_closed),
	    TEST(test_what_comes_again_after_closing_is_taken),
	    TEST(test_filters),
	    TEST(test_orders),
	    TEST(test_many_rows),
	    TEST(test_events_stand_by_their_numbers),
	    TEST(test_a_new_pack_means_new_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
