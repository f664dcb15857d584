/* maker: a small town for tests, as text, with room for rules and tests of one's own. */
#ifndef GRIDD_TESTS_RULES_MAKER_H
#define GRIDD_TESTS_RULES_MAKER_H

#include "daemon/base/strbuf.h"
#include "daemon/base/yaml.h"
#include "daemon/rules/pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char maker_town[] = "format: 1\n"
                                 "town: {code: \"310106999\", zh: 试验镇, en: Test Town, zone: Asia/Shanghai}\n"
                                 "calendar: office\n"
                                 "desk: desk\n"
                                 "limits: {discover: 24uh, dispatch: 15min, handle: 5wd, verify: 1wd, overall: 20wd}\n"
                                 "estate_kinds: [{id: 商品房}, {id: 售后房}, {id: 公房}]\n"
                                 "unit_kinds: [{id: any}]\n"
                                 "channels:\n"
                                 "  - {id: patrol, kind: patrol, unknown: refuse}\n"
                                 "  - {id: hotline, kind: hotline, unknown: triage}\n"
                                 "  - {id: video, kind: video, unknown: triage}\n"
                                 "marks: [{id: contacted, zh: 先行联系}]\n"
                                 "clocks: [{id: contact, from: received, until: contacted}]\n"
                                 "results: [{id: solved, zh: 实际解决}]\n"
                                 "rules: [rules/all.yaml]\n";

static const char maker_calendars[] =
    "holidays: [{id: cn, years: [{year: 2026, status: announced, off: [{zh: 国庆节, from: 2026-10-01, to: 2026-10-07}], "
    "work: [2026-10-10]}]}]\n"
    "calendars:\n"
    "  - {id: office, wd: end_of_day, day_hours: 7h, holidays: cn, makeup: mon, week: {mon-fri: [\"08:30-11:30\", "
    "\"13:00-17:00\"]}}\n"
    "  - {id: always, wd: rolling, day_hours: 1d, holidays: none, week: {mon-sun: [\"00:00-24:00\"]}}\n"
    "  - {id: night, wd: rolling, day_hours: 8h, holidays: none, week: {mon-sun: [\"22:00-06:00\"]}}\n";

static const char maker_units[] = "units:\n"
                                  "  - {id: desk, zh: 网格中心, kind: any}\n"
                                  "  - {id: office_a, zh: 甲办, kind: any}\n"
                                  "  - {id: office_b, zh: 乙办, kind: any, calendar: always}\n"
                                  "  - {id: firm_a, zh: 甲物业, kind: any, calendar: always}\n"
                                  "  - {id: firm_gone, zh: 旧物业, kind: any, until: 2026-06-30, replaced_by: firm_a}\n"
                                  "  - {id: lift_a, zh: 电梯公司, kind: any}\n"
                                  "  - {id: c001, zh: 一居委, kind: any}\n"
                                  "  - {id: retired, zh: 撤销办, kind: any, retired: 2020-01-01}\n";

static const char maker_ladders[] =
    "ladders: [{id: standard, hold: open, steps: [{at: handle 80%, do: remind, to: [unit]}, {at: handle +1wd, do: level, "
    "level: 1, to: [desk]}]}]\n";

/* Sixteen estates e0 .. e15 in four grids g0 .. g3, of three kinds, managed, self-managed and abandoned. */
static inline void maker_estates(struct strbuf *out) {
	static const char *const kinds[] = {"商品房", "售后房", "公房"};
	static const char *const managements[] = {"{firm: firm_a, status: managed}", "{status: self}", "{status: abandoned}",
	                                          "{firm: firm_gone, status: managed}"};
	strbuf_adds(out, "grids: [{id: g0, committee: c001}, {id: g1}, {id: g2}, {id: g3}]\nestates:\n");
	for (int i = 0; i < 16; i++)
		strbuf_printf(out,
		              "  - {id: e%d, zh: 永和%d村, kind: %s, grid: g%d, management: %s%s, aliases: [永和%d村小区], lanes: "
		              "[\"永和路%d弄\"]}\n",
		              i, i, kinds[i % 3], i % 4, managements[i % 4],
		              i % 5 == 0 ? ", lift_firm: lift_a, committee: c001" : "", i, i * 10 + 2);
	/* A name within another's name, and a lane that two estates share. */
	strbuf_adds(
	    out, "  - {id: north, zh: 永和1村小区北苑, kind: 公房, grid: g0, management: {status: self}, lanes: [共和路1弄]}\n"
	         "  - {id: south, zh: 南苑, kind: 公房, grid: g0, management: {status: self}, lanes: [共和路1弄]}\n");
}

/* Classes A-0 .. A-4, B-0 .. B-4; A-1 has conditions, B-4 is an emergency. */
static inline void maker_classes(struct strbuf *out) {
	strbuf_adds(out, "big_classes: [{id: A}, {id: B}]\nclasses:\n");
	for (int i = 0; i < 10; i++)
		strbuf_printf(out, "  - {code: %c-%d, zh: 类%d%s%s}\n", i < 5 ? 'A' : 'B', i % 5, i,
		              i == 1 ? ", conditions: [{id: \"1\", limits: {handle: 2uh}}, {id: \"2\", limits: {handle: 1wd}}]" : "",
		              i == 9 ? ", emergency: true" : "");
}

struct maker {
	struct strbuf estates, classes;
	struct pack_source source;
	struct arena fault_arena;
	struct faults faults;
};

static inline void maker_add(struct maker *m, const char *name, const char *text) {
	*LIST_ADD(&m->source.files, &m->source.arena) = (struct pack_file){.name = name, .text = text, .n = strlen(text)};
}

static inline const char *maker_text_of(const char *file, void *ctx) {
	const struct maker *m = ctx;
	for (size_t i = 0; i < m->source.files.n; i++)
		if (strcmp(m->source.files.v[i].name, file) == 0)
			return m->source.files.v[i].text;
	return NULL;
}

static inline void maker_fini(struct maker *m) {
	strbuf_fini(&m->estates);
	strbuf_fini(&m->classes);
	arena_fini(&m->source.arena);
	arena_fini(&m->fault_arena);
}

/* The folder's text; tests may be NULL. End with maker_fini. */
static inline void maker_init(struct maker *m, const char *rules, const char *tests) {
	*m = (struct maker){0};
	maker_estates(&m->estates);
	maker_classes(&m->classes);
	faults_init(&m->faults, &m->fault_arena);
	maker_add(m, "calendars.yaml", maker_calendars);
	maker_add(m, "classes.yaml", m->classes.data);
	maker_add(m, "estates.yaml", m->estates.data);
	maker_add(m, "ladders.yaml", maker_ladders);
	maker_add(m, "rules/all.yaml", rules);
	if (tests)
		maker_add(m, "tests/all.yaml", tests);
	maker_add(m, "town.yaml", maker_town);
	maker_add(m, "units.yaml", maker_units);
}

/* NULL: it didn't load; m->faults says why. End with maker_fini in any case. */
static inline struct pack *maker_load(struct maker *m, const char *rules, const char *tests) {
	struct pack *p;
	maker_init(m, rules, tests);
	return pack_load(&m->source, zone_load_file, false, &m->faults, &p) ? p : NULL;
}

/* For failures: what was wrong with the pack, on stderr. */
static inline void maker_complain(struct maker *m) {
	struct strbuf out;
	strbuf_init(&out);
	faults_print(&m->faults, maker_text_of, m, &out);
	(void)fputs(out.data ? out.data : "no faults\n", stderr);
	strbuf_fini(&out);
}

#endif
