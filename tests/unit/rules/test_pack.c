/* test_pack: look-ups, calendars as loaded, sharing, the hash, and the trace. */
#include "daemon/rules/match.h"
#include "daemon/rules/pack.h"
#include "tests/unit/rules/maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char rules[] =
    "rules:\n"
    "  - {id: other-class, when: {class: B-0, estate.kind: 公房}, triage: x}\n"
    "  - {id: words, when: {class: A-0, words: [漏水], estate: e3}, triage: x}\n"
    "  - id: route\n"
    "    when: {class: A, estate.kind: [售后房, 公房]}\n"
    "    responsible: [estate.property_firm, office_a]\n"
    "    handlers: [estate.property_firm, retired, office_b, office_b]\n"
    "    assist: [grid.committee, estate.lift_firm]\n"
    "    limits: {accept: 2uh, contact: 1wd}\n"
    "    ladder: standard\n"
    "    dispatch: propose\n"
    "  - {id: emergency, when: {class: B-4}, responsible: [office_a], handlers: [office_a], dispatch: propose}\n"
    "  - {id: nobody, when: {class: B-1}, responsible: [office_a], handlers: [retired, estate.lift_firm]}\n"
    "  - {id: last, when: {}, triage: no_rule}\n";

struct world {
	struct maker m;
	struct pack *p;
	struct arena a;
};

static void open_world(struct world *w) {
	w->p = maker_load(&w->m, rules, NULL);
	if (!w->p)
		maker_complain(&w->m);
	assert_non_null(w->p);
	arena_init(&w->a);
}

static void close_world(struct world *w) {
	arena_fini(&w->a);
	pack_unref(&w->p);
	maker_fini(&w->m);
}

static int64_t at(const char *text) {
	int64_t us;
	struct err e;
	assert_true(rfc3339_parse(text, &us, &e));
	return us;
}

static void looks_up(void **ctx) {
	(void)ctx;
	struct world w;
	open_world(&w);
	assert_string_equal(pack_town(w.p)->zh, "试验镇");
	assert_int_equal(pack_rules(w.p), 6);
	assert_non_null(pack_unit(w.p, "office_b"));
	assert_null(pack_unit(w.p, "office_c"));
	assert_true(pack_has_clock(w.p, "contact"));
	assert_true(pack_has_clock(w.p, "handle"));
	assert_false(pack_has_clock(w.p, "handles"));
	assert_string_equal(pack_unit_at(w.p, 0)->id, "desk");
	assert_null(pack_unit_at(w.p, 99));
	assert_non_null(class_condition(pack_class(w.p, "A-1"), "2"));
	assert_true(pack_bytes(w.p) > 10000);
	close_world(&w);
}

static void calendars_follow_the_holidays(void **ctx) {
	(void)ctx;
	struct world w;
	open_world(&w);
	const struct calendar *office = calendar_find(pack_calendars(w.p), "office");
	assert_non_null(office);
	assert_true(calendar_is_open(office, at("2026-09-30T09:00:00+08:00")));
	assert_false(calendar_is_open(office, at("2026-09-30T12:00:00+08:00")));
	assert_false(calendar_is_open(office, at("2026-10-01T09:00:00+08:00")));
	assert_true(calendar_is_open(office, at("2026-10-10T09:00:00+08:00")));
	assert_false(calendar_is_open(office, at("2026-10-11T09:00:00+08:00")));
	const struct calendar *night = calendar_find(pack_calendars(w.p), "night");
	assert_true(calendar_is_open(night, at("2026-10-11T02:00:00+08:00")));
	assert_true(calendar_is_open(night, at("2026-10-11T22:00:00+08:00")));
	assert_false(calendar_is_open(night, at("2026-10-11T06:00:00+08:00")));
	int32_t day;
	assert_true(civil_parse_date("2027-01-01", &day));
	assert_true(calendar_is_provisional(office, day));
	assert_false(calendar_is_provisional(office, day - 1));
	assert_false(calendar_is_provisional(calendar_find(pack_calendars(w.p), "always"), day));
	close_world(&w);
}

static const struct clock_limit *limit_of(const struct verdict *v, const char *clock) {
	const struct clock_limit *l = verdict_limit(v, clock);
	assert_non_null(l);
	return l;
}

static void a_verdict_has_all_that_a_case_needs(void **ctx) {
	(void)ctx;
	struct world w;
	struct verdict v;
	open_world(&w);
	const struct match_in in = {.class_code = "A-1",
	                            .condition = "2",
	                            .estate = "e8",
	                            .channel = "patrol",
	                            .at_us = at("2026-11-23T09:00:00+08:00")};
	rules_match(w.p, &in, &w.a, NULL, &v);
	assert_true(v.routed);
	assert_string_equal(v.rule_id, "route");
	assert_string_equal(v.rule_file, "rules/all.yaml");
	assert_int_equal(v.rule_line, 4);
	/* e8 is managed by firm_a; the retired unit is left out, a unit named twice comes once. */
	assert_string_equal(v.responsible, "firm_a");
	assert_int_equal(v.handlers.n, 2);
	assert_string_equal(v.handlers.v[0], "firm_a");
	assert_string_equal(v.handlers.v[1], "office_b");
	assert_int_equal(v.assist.n, 1);
	assert_string_equal(v.assist.v[0], "c001");
	assert_true(v.propose);
	assert_string_equal(v.ladder, "standard");
	assert_true(v.ladder_holds);
	assert_int_equal(v.steps.n, 2);
	assert_string_equal(v.estate_from, "param");
	assert_string_equal(v.grid, "g0");
	assert_string_equal(v.class_group, "A-1");
	assert_string_equal(limit_of(&v, "accept")->from, "rule route");
	assert_string_equal(limit_of(&v, "handle")->from, "condition 2");
	assert_string_equal(limit_of(&v, "overall")->from, "town");
	assert_string_equal(limit_of(&v, "contact")->from_event, "received");
	/* The handler's calendar for its own time, the town's for the desk's. */
	assert_string_equal(limit_of(&v, "handle")->calendar, "always");
	assert_string_equal(limit_of(&v, "verify")->calendar, "office");
	close_world(&w);
}

static void a_firm_whose_contract_ended_is_replaced(void **ctx) {
	(void)ctx;
	struct world w;
	struct verdict v;
	open_world(&w);
	struct match_in in = {
	    .class_code = "A-0", .estate = "e7", .channel = "patrol", .at_us = at("2026-06-30T09:00:00+08:00")};
	rules_match(w.p, &in, &w.a, NULL, &v);
	assert_string_equal(v.handlers.v[0], "firm_gone");
	in.at_us = at("2026-07-01T00:00:00+08:00");
	rules_match(w.p, &in, &w.a, NULL, &v);
	assert_string_equal(v.handlers.v[0], "firm_a");
	close_world(&w);
}

static void triage_says_why(void **ctx) {
	(void)ctx;
	static const struct {
		const char *class_code, *estate, *reason, *detail;
	} rows[] = {
	    {"A-0", NULL, "cannot_tell", "rule route asks for estate.kind: no estate is known"},
	    {NULL, "e1", "cannot_tell", "rule route asks for class: no class is known"},
	    {"B-1", NULL, "no_handler", "rule nobody names nobody who exists here and now"},
	    {"B-2", NULL, "no_rule", "rule last sends it to the desk"},
	};
	struct world w;
	open_world(&w);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct verdict v;
		const struct match_in in = {.class_code = rows[i].class_code,
		                            .estate = rows[i].estate,
		                            .channel = "patrol",
		                            .at_us = at("2026-11-23T09:00:00+08:00")};
		rules_match(w.p, &in, &w.a, NULL, &v);
		assert_false(v.routed);
		assert_string_equal(v.triage_reason, rows[i].reason);
		assert_string_equal(v.triage_detail, rows[i].detail);
		assert_string_equal(limit_of(&v, "dispatch")->from, "town");
	}
	close_world(&w);
}

/* In the sound pack of the tables the town gives no `handle`, and a class has limits in its conditions only. */
static void no_limit_is_no_guess(void **ctx) {
	(void)ctx;
	struct arena a;
	struct faults faults;
	struct pack_source s;
	struct pack *p;
	struct verdict v;
	struct err e;
	arena_init(&a);
	faults_init(&faults, &a);
	assert_true(pack_source_read(SOURCE_DIR "/tests/tables/bad-packs/base", &s, &e));
	assert_true(pack_load(&s, zone_load_file, false, &faults, &p));
	struct match_in in = {.class_code = "E70-27", .channel = "patrol", .at_us = at("2026-11-23T09:00:00+08:00")};
	rules_match(p, &in, &a, NULL, &v);
	assert_false(v.routed);
	assert_string_equal(v.triage_reason, "no_limit");
	assert_string_equal(v.triage_detail, "the limits of class E70-27 hang on its condition, and none is given");
	in.condition = "2";
	rules_match(p, &in, &a, NULL, &v);
	assert_true(v.routed);
	pack_unref(&p);
	pack_source_fini(&s);
	arena_fini(&a);
}

static void emergencies_never_wait(void **ctx) {
	(void)ctx;
	struct world w;
	struct verdict v;
	open_world(&w);
	const struct match_in in = {.class_code = "B-4", .channel = "patrol"};
	rules_match(w.p, &in, &w.a, NULL, &v);
	assert_true(v.routed);
	assert_true(v.emergency);
	assert_false(v.propose);
	close_world(&w);
}

static void the_trace_lists_what_was_looked_at(void **ctx) {
	(void)ctx;
	static const struct {
		const char *rule, *condition;
		enum answer answer;
		const char *because;
	} lines[] = {
	    {"words", "class: A-0", ANSWER_YES, "class is A-0 of A"},
	    {"words", "words: 漏水", ANSWER_NO, "words: none that a rule names occurs"},
	    {"route", "class: A", ANSWER_YES, "class is A-0 of A"},
	    {"route", "estate.kind: [售后房, 公房]", ANSWER_YES, "estate e1: kind is 售后房"},
	};
	struct world w;
	struct verdict v;
	struct trace t;
	open_world(&w);
	const struct match_in in = {.class_code = "A-0", .estate = "e1", .text = "路灯不亮", .channel = "patrol"};
	rules_match(w.p, &in, &w.a, &t, &v);
	assert_int_equal(t.passed_over, 1);
	assert_int_equal(t.lines.n, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(t.lines.v[i].rule, lines[i].rule);
		assert_string_equal(t.lines.v[i].condition, lines[i].condition);
		assert_int_equal(t.lines.v[i].answer, lines[i].answer);
		assert_string_equal(t.lines.v[i].because, lines[i].because);
	}
	assert_int_equal(t.lines.v[0].line, 3);
	close_world(&w);
}

static void the_hash_is_of_names_and_texts(void **ctx) {
	(void)ctx;
	struct pack_source one = {0}, two = {0};
	unsigned char a[32], b[32];
	*LIST_ADD(&one.files, &one.arena) = (struct pack_file){"a.yaml", "x: 1", 4};
	*LIST_ADD(&two.files, &two.arena) = (struct pack_file){"a.yaml", "x: 1", 4};
	pack_source_hash(&one, a);
	pack_source_hash(&two, b);
	assert_memory_equal(a, b, 32);
	two.files.v[0].text = "x: 2";
	pack_source_hash(&two, b);
	assert_memory_not_equal(a, b, 32);
	two.files.v[0] = (struct pack_file){"a.yamlx", ": 1", 3};
	pack_source_hash(&two, b);
	assert_memory_not_equal(a, b, 32);
	pack_source_fini(&one);
	pack_source_fini(&two);
}

static void reads_a_folder(void **ctx) {
	(void)ctx;
	struct pack_source s;
	struct err e;
	assert_true(pack_source_read(SOURCE_DIR "/tests/tables/bad-packs/base", &s, &e));
	assert_int_equal(s.files.n, 8);
	assert_string_equal(s.files.v[0].name, "calendars.yaml");
	assert_string_equal(s.files.v[4].name, "rules/all.yaml");
	pack_source_fini(&s);
	assert_false(pack_source_read(SOURCE_DIR "/no/such/folder", &s, &e));
	assert_non_null(strstr(e.text, "/no/such/folder"));
}

/* Nobody ever writes into the pipe: who waits for that hangs until the alarm. */
static void a_pipe_is_no_file(void **ctx) {
	(void)ctx;
	struct pack_source s;
	struct err e;
	char folder[] = P_tmpdir "/gridd-unit-XXXXXX", pipe[64];
	assert_non_null(mkdtemp(folder));
	(void)snprintf(pipe, sizeof pipe, "%s/town.yaml", folder);
	assert_int_equal(mkfifo(pipe, 0600), 0);
	(void)alarm(20);
	assert_false(pack_source_read(folder, &s, &e));
	(void)alarm(0);
	assert_non_null(strstr(e.text, "town.yaml is not a file"));
	assert_int_equal(unlink(pipe), 0);
	assert_int_equal(rmdir(folder), 0);
}

static void zones_stay_in_their_folder(void **ctx) {
	(void)ctx;
	static const char *const bad[] = {"../../etc/passwd", "/etc/passwd", "", "Asia/Nowhere", "Asia", "a b"};
	struct arena a;
	struct zone_bytes z;
	struct err e;
	arena_init(&a);
	assert_true(zone_load_file("Asia/Shanghai", &a, &z, &e));
	assert_memory_equal(z.bytes, "TZif", 4);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(zone_load_file(bad[i], &a, &z, &e));
	arena_fini(&a);
}

int main(void) {
	const struct CMUnitTest all[] = {
	    cmocka_unit_test(looks_up),
	    cmocka_unit_test(calendars_follow_the_holidays),
	    cmocka_unit_test(a_verdict_has_all_that_a_case_needs),
	    cmocka_unit_test(a_firm_whose_contract_ended_is_replaced),
	    cmocka_unit_test(triage_says_why),
	    cmocka_unit_test(no_limit_is_no_guess),
	    cmocka_unit_test(emergencies_never_wait),
	    cmocka_unit_test(the_trace_lists_what_was_looked_at),
	    cmocka_unit_test(the_hash_is_of_names_and_texts),
	    cmocka_unit_test(reads_a_folder),
	    cmocka_unit_test(a_pipe_is_no_file),
	    cmocka_unit_test(zones_stay_in_their_folder),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
