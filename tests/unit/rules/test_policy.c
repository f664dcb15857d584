/* test_policy: the rules of the house as decisions read them: defaults, keys, the roster; required marks; lint. */
#include "daemon/rules/lint.h"
#include "daemon/rules/match.h"
#include "tests/unit/rules/maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char plain_rules[] = "rules:\n  - {id: last, when: {}, triage: no_rule}\n";

static struct pack *load_folder(const char *dir) {
	struct pack_source s;
	struct arena a;
	struct faults faults;
	struct pack *p;
	struct err e;
	arena_init(&a);
	faults_init(&faults, &a);
	assert_true(pack_source_read(dir, &s, &e));
	assert_true(pack_load(&s, zone_load_file, true, &faults, &p));
	pack_source_fini(&s);
	arena_fini(&a);
	return p;
}

static void lay_over(struct maker *m, const char *file, const char *text) {
	for (size_t i = 0; i < m->source.files.n; i++)
		if (strcmp(m->source.files.v[i].name, file) == 0)
			m->source.files.v[i] = (struct pack_file){.name = file, .text = text, .n = strlen(text)};
}

static struct pack *load_made(struct maker *m) {
	struct pack *p;
	if (!pack_load(&m->source, zone_load_file, true, &m->faults, &p))
		maker_complain(m);
	assert_non_null(p);
	return p;
}

static void what_a_town_leaves_out_has_a_default(void **ctx) {
	(void)ctx;
	struct maker m;
	struct pack *p = maker_load(&m, plain_rules, NULL);
	assert_non_null(p);
	const struct policy *policy = pack_policy(p);
	assert_string_equal(policy->desk, "desk");
	assert_string_equal(policy->calendar, "office");
	assert_int_equal(policy->late_entry_us, 2 * HOUR_US);
	assert_int_equal(policy->returns, 0);
	assert_int_equal(policy->return_desks.n, 0);
	assert_int_equal(policy->extensions, 2);
	assert_int_equal(policy->suspend_days, 365);
	assert_int_equal(policy->reopen_within.amount, 30);
	assert_int_equal(policy->reopen_within.unit, LIMIT_ND);
	assert_int_equal(policy->reopen_to, CASE_TRIAGE);
	assert_string_equal(policy->supervision, "desk");
	assert_int_equal(policy->order_within.amount, 0);
	assert_null(policy->consequence);
	assert_int_equal(policy->suspend_runs.n, 4);
	assert_true(strs_has(&policy->suspend_runs, "supervise"));
	assert_false(strs_has(&policy->suspend_runs, "overall"));
	pack_unref(&p);
	maker_fini(&m);
}

static void a_town_says_what_it_wants(void **ctx) {
	(void)ctx;
	struct strbuf town;
	struct maker m;
	strbuf_init(&town);
	strbuf_printf(&town,
	              "%s"
	              "reasons: [{id: shame, of: supervise}]\n"
	              "late_entry: 1d\n"
	              "returns: {desks: [office_a, office_b]}\n"
	              "extensions: 0\n"
	              "suspend: {days: 10, runs_on: [overall, contact]}\n"
	              "reopen: {within: any, to: dispatched}\n"
	              "supervision: {unit: office_b, within: 2wd/rolling, consequence: shame}\n",
	              maker_town);
	maker_init(&m, plain_rules, NULL);
	lay_over(&m, "town.yaml", town.data);
	struct pack *p = load_made(&m);
	const struct policy *policy = pack_policy(p);
	assert_int_equal(policy->late_entry_us, DAY_US);
	assert_int_equal(policy->returns, 3);
	assert_string_equal(policy->return_desks.v[1], "office_b");
	assert_int_equal(policy->extensions, 0);
	assert_int_equal(policy->suspend_days, 10);
	assert_int_equal(policy->suspend_runs.n, 6);
	assert_true(strs_has(&policy->suspend_runs, "contact"));
	assert_true(strs_has(&policy->suspend_runs, "decide"));
	assert_int_equal(policy->reopen_within.amount, 0);
	assert_int_equal(policy->reopen_to, CASE_DISPATCHED);
	assert_string_equal(policy->supervision, "office_b");
	assert_int_equal(policy->order_within.amount, 2);
	assert_int_equal(policy->order_within.reading, WD_ROLLING);
	assert_string_equal(policy->consequence, "shame");
	assert_string_equal(pack_reason(p, "shame")->of, "supervise");
	pack_unref(&p);
	maker_fini(&m);
	strbuf_fini(&town);
}

static void the_limits_of_the_house_have_calendars(void **ctx) {
	(void)ctx;
	struct maker m;
	struct pack *p = maker_load(&m, plain_rules, NULL);
	assert_non_null(p);
	const clock_limit_list *limits = &pack_policy(p)->limits;
	assert_int_equal(limits->n, 5);
	for (size_t i = 0; i < limits->n; i++) {
		assert_string_equal(limits->v[i].calendar, "office");
		assert_string_equal(limits->v[i].from, "town");
	}
	pack_unref(&p);
	maker_fini(&m);
}

static void the_roster_knows_leaders_and_duty(void **ctx) {
	(void)ctx;
	struct pack *p = load_folder(SOURCE_DIR "/tests/packs/small");
	const struct roster r = pack_roster(p);
	struct roster_unit u;
	assert_true(r.find(r.pack, "works", &u));
	assert_string_equal(u.id, "works");
	assert_string_equal(u.parent, "housing");
	assert_string_equal(u.leader, "housing");
	assert_int_equal(u.contacts.n, 1);
	assert_string_equal(u.contacts.v[0].to, "works-duty");
	assert_true(r.find(r.pack, "roads", &u));
	assert_int_equal(u.contacts.n, 2);
	assert_string_equal(u.contacts.v[1].when, "office_closed");
	assert_false(r.find(r.pack, "nobody", &u));
	pack_unref(&p);
}

/* What the class requires, and then what the rule does; each mark once. */
static void marks_are_required(void **ctx) {
	(void)ctx;
	static const char rules[] = "rules:\n"
	                            "  - id: route\n"
	                            "    when: {class: B-4}\n"
	                            "    responsible: [office_a]\n"
	                            "    handlers: [office_a]\n"
	                            "    requires: {finish: [contacted, seen], pass: [contacted]}\n"
	                            "    limits: {contact: 1uh}\n"
	                            "  - {id: last, when: {}, triage: no_rule}\n";
	static const char town[] = "format: 1\n"
	                           "town: {code: \"310106999\", zh: 试验镇, zone: Asia/Shanghai}\n"
	                           "calendar: office\n"
	                           "desk: desk\n"
	                           "limits: {handle: 5wd}\n"
	                           "estate_kinds: [{id: 商品房}, {id: 售后房}, {id: 公房}]\n"
	                           "unit_kinds: [{id: any}]\n"
	                           "channels: [{id: patrol, kind: patrol, unknown: refuse}]\n"
	                           "marks: [{id: contacted}, {id: seen}]\n"
	                           "clocks: [{id: contact, from: received, until: contacted}]\n"
	                           "rules: [rules/all.yaml]\n";
	static const char classes[] = "big_classes: [{id: B}]\n"
	                              "classes: [{code: B-4, zh: 类, requires: {finish: [seen]}}]\n";
	struct maker m;
	struct arena a;
	struct verdict v;
	arena_init(&a);
	maker_init(&m, rules, NULL);
	lay_over(&m, "town.yaml", town);
	lay_over(&m, "classes.yaml", classes);
	struct pack *p = load_made(&m);
	const struct match_in in = {.class_code = "B-4", .channel = "patrol"};
	rules_match(p, &in, &a, NULL, &v);
	assert_true(v.routed);
	assert_int_equal(v.before_finish.n, 2);
	assert_string_equal(v.before_finish.v[0], "seen");
	assert_string_equal(v.before_finish.v[1], "contacted");
	assert_int_equal(v.before_pass.n, 1);
	assert_string_equal(v.before_pass.v[0], "contacted");
	assert_string_equal(verdict_limit(&v, "contact")->from_event, "received");
	assert_string_equal(verdict_limit(&v, "contact")->until_mark, "contacted");
	assert_null(verdict_limit(&v, "handle")->until_mark);
	pack_unref(&p);
	maker_fini(&m);
	arena_fini(&a);
}

static void an_emergency_left_to_one_firm_is_noted(void **ctx) {
	(void)ctx;
	static const char rules[] =
	    "rules:\n"
	    "  - {id: alone, when: {class: B-4, estate.kind: 公房}, responsible: [office_a], handlers: [estate.property_firm]}\n"
	    "  - {id: backed, when: {class: B-4}, responsible: [office_a], handlers: [estate.property_firm, office_a]}\n"
	    "  - {id: ordinary, when: {class: B-1}, responsible: [office_a], handlers: [estate.property_firm]}\n"
	    "  - {id: hurry, when: {urgency: emergency}, responsible: [office_a], handlers: [estate.lift_firm]}\n"
	    "  - {id: last, when: {}, triage: no_rule}\n";
	struct maker m;
	struct pack *p = maker_load(&m, rules, NULL);
	if (!p)
		maker_complain(&m);
	assert_non_null(p);
	pack_lint(p, &m.faults);
	size_t left_alone = 0;
	for (size_t i = 0; i < m.faults.list.n; i++) {
		const struct fault *f = &m.faults.list.v[i];
		if (!strstr(f->message, "leaves an emergency"))
			continue;
		assert_non_null(strstr(f->message, left_alone == 0 ? "rule alone " : "rule hurry "));
		assert_int_equal(f->line, left_alone == 0 ? 2 : 5);
		left_alone++;
	}
	assert_int_equal(left_alone, 2);
	pack_unref(&p);
	maker_fini(&m);
}

int main(void) {
	const struct CMUnitTest all[] = {
	    cmocka_unit_test(what_a_town_leaves_out_has_a_default),
	    cmocka_unit_test(a_town_says_what_it_wants),
	    cmocka_unit_test(the_limits_of_the_house_have_calendars),
	    cmocka_unit_test(the_roster_knows_leaders_and_duty),
	    cmocka_unit_test(marks_are_required),
	    cmocka_unit_test(an_emergency_left_to_one_firm_is_noted),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
