/* bench_rules: what matching costs at 100, 10,000 and 100,000 rules; what loading costs against libyaml alone.
 *
 * The same town (60 classes, 1,000 estates, 100 grids) and the same cases for all three; the rules differ by estate, grid
 * and words, and end with one fallback a class, so that every case is routed. Rounds are interleaved; medians of 5. */
#include "daemon/base/check.h"
#include "daemon/base/clock.h"
#include "daemon/base/strbuf.h"
#include "daemon/base/yaml.h"
#include "daemon/rules/match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { CLASSES = 60, ESTATES = 1000, GRIDS = 100, WORDS = 300, CASES = 2000, PASSES = 10, ROUNDS = 5, SIZES = 3 };

static const size_t sizes[SIZES] = {100, 10000, 100000};

struct bench_pack {
	struct strbuf estates, classes, rules;
	struct pack_source source;
	struct pack *pack;
	double match_ns[ROUNDS], load_ms[ROUNDS], bare_ms[ROUNDS];
};

static uint64_t state = 88172645463325252u;

static uint32_t below(uint32_t n) {
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 33) % n;
}

static const char town_text[] = "format: 1\n"
                                "town: {code: \"310106999\", zh: 试验镇, zone: Asia/Shanghai}\n"
                                "calendar: office\ndesk: desk\n"
                                "limits: {discover: 24uh, dispatch: 15min, verify: 1wd, overall: 20wd}\n"
                                "estate_kinds: [{id: 商品房}, {id: 公房}]\nunit_kinds: [{id: any}]\n"
                                "channels: [{id: patrol, kind: patrol, unknown: refuse}]\n"
                                "rules: [rules/all.yaml]\n";
static const char calendars_text[] =
    "calendars: [{id: office, wd: end_of_day, day_hours: 7h, holidays: none, week: {mon-fri: "
    "[\"08:30-11:30\", \"13:00-17:00\"]}}]\n";
static const char units_text[] =
    "units: [{id: desk, zh: 网格中心, kind: any}, {id: office_a, zh: 甲办, kind: any}, {id: firm_a, "
    "zh: 甲物业, kind: any}, {id: c001, zh: 一居委, kind: any}]\n";
static const char ladders_text[] = "ladders: [{id: standard, steps: [{at: handle, do: notify, to: [unit]}]}]\n";

static void make_tables(struct bench_pack *b) {
	strbuf_adds(&b->estates, "grids:\n");
	for (int i = 0; i < GRIDS; i++)
		strbuf_printf(&b->estates, "  - {id: g%d, committee: c001}\n", i);
	strbuf_adds(&b->estates, "estates:\n");
	for (int i = 0; i < ESTATES; i++)
		strbuf_printf(
		    &b->estates,
		    "  - {id: e%d, zh: 永和%d村, kind: %s, grid: g%d, management: {firm: firm_a, status: managed}, committee: "
		    "c001, lanes: [永和路%d弄]}\n",
		    i, i, i % 2 ? "商品房" : "公房", i % GRIDS, i);
	strbuf_adds(&b->classes, "big_classes: [{id: A}]\nclasses:\n");
	for (int i = 0; i < CLASSES; i++)
		strbuf_printf(&b->classes, "  - {code: A-%d, zh: 类%d, limits: {accept: 4wh, handle: 3wd}}\n", i, i);
}

/* A third each: class and estate, class and grid and words, class and estate and words. */
static void make_rules(struct strbuf *out, size_t n) {
	strbuf_adds(out, "rules:\n");
	for (size_t i = 0; i + CLASSES + 1 < n; i++) {
		strbuf_printf(out, "  - id: r%zu\n    when: {class: A-%zu", i, i % CLASSES);
		if (i % 3 != 1)
			strbuf_printf(out, ", estate: e%u", below(ESTATES));
		else
			strbuf_printf(out, ", grid: g%u", below(GRIDS));
		if (i % 3 != 0)
			strbuf_printf(out, ", words: [词%u号, 词%u号]", below(WORDS), below(WORDS));
		strbuf_adds(out,
		            "}\n    responsible: [estate.property_firm, office_a]\n    handlers: [estate.property_firm, office_a]\n"
		            "    limits: {accept: 2uh, handle: 3wd}\n    ladder: standard\n");
	}
	for (int i = 0; i < CLASSES; i++)
		strbuf_printf(out, "  - {id: fallback-%d, when: {class: A-%d}, responsible: [office_a], handlers: [office_a]}\n", i,
		              i);
	strbuf_adds(out, "  - {id: last, when: {}, triage: no_rule}\n");
}

static void add_file(struct bench_pack *b, const char *name, const char *text) {
	*LIST_ADD(&b->source.files, &b->source.arena) = (struct pack_file){.name = name, .text = text, .n = strlen(text)};
}

static void make_source(struct bench_pack *b, size_t rules) {
	make_tables(b);
	make_rules(&b->rules, rules);
	add_file(b, "calendars.yaml", calendars_text);
	add_file(b, "classes.yaml", b->classes.data);
	add_file(b, "estates.yaml", b->estates.data);
	add_file(b, "ladders.yaml", ladders_text);
	add_file(b, "rules/all.yaml", b->rules.data);
	add_file(b, "town.yaml", town_text);
	add_file(b, "units.yaml", units_text);
}

static struct pack *load(const struct bench_pack *b) {
	struct arena arena;
	struct faults faults;
	struct pack *p;
	arena_init(&arena);
	faults_init(&faults, &arena);
	if (!pack_load(&b->source, zone_load_file, false, &faults, &p)) {
		struct strbuf out;
		strbuf_init(&out);
		faults_print(&faults, NULL, NULL, &out);
		(void)fputs(out.data, stderr);
		exit(1);
	}
	arena_fini(&arena);
	return p;
}

/* libyaml's events of the same file, and nothing else. */
static void parse_bare(const struct strbuf *text) {
	yaml_parser_t parser;
	CHECK(yaml_parser_initialize(&parser));
	yaml_parser_set_input_string(&parser, (const unsigned char *)text->data, text->len);
	for (bool done = false; !done;) {
		yaml_event_t e;
		CHECK(yaml_parser_parse(&parser, &e));
		done = e.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&parser);
}

struct bench_case {
	char class_code[8], estate[8], text[160];
};

static void make_cases(struct bench_case *cases) {
	for (size_t i = 0; i < CASES; i++) {
		struct bench_case *c = &cases[i];
		(void)snprintf(c->class_code, sizeof c->class_code, "A-%u", below(CLASSES));
		(void)snprintf(c->estate, sizeof c->estate, "e%u", below(ESTATES));
		(void)snprintf(c->text, sizeof c->text,
		               "居民反映三楼卫生间漏水严重，词%u号，物业多次上门未解决，词%u号，请尽快处理。", below(WORDS),
		               below(WORDS));
	}
}

static double match_all(const struct pack *p, const struct bench_case *cases) {
	struct arena a;
	size_t routed = 0;
	arena_init(&a);
	const int64_t start_us = clock_monotonic_us();
	for (int pass = 0; pass < PASSES; pass++)
		for (size_t i = 0; i < CASES; i++) {
			const struct match_in in = {.class_code = cases[i].class_code,
			                            .estate = cases[i].estate,
			                            .text = cases[i].text,
			                            .channel = "patrol",
			                            .at_us = INT64_C(1795500000000000)};
			struct verdict v;
			rules_match(p, &in, &a, NULL, &v);
			routed += v.routed;
			arena_reset(&a);
		}
	const double ns = (double)(clock_monotonic_us() - start_us) * 1000 / (PASSES * CASES);
	arena_fini(&a);
	CHECK(routed == (size_t)PASSES * CASES);
	return ns;
}

static int by_value(const void *a, const void *b) {
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(double *v) {
	qsort(v, ROUNDS, sizeof *v, by_value);
	return v[ROUNDS / 2];
}

static double ms_since(int64_t start_us) { return (double)(clock_monotonic_us() - start_us) / 1000; }

static void measure_load(struct bench_pack *b, int round) {
	int64_t start_us = clock_monotonic_us();
	struct pack *p = load(b);
	b->load_ms[round] = ms_since(start_us);
	pack_unref(&p);
	start_us = clock_monotonic_us();
	parse_bare(&b->rules);
	b->bare_ms[round] = ms_since(start_us);
}

int main(void) {
	static struct bench_pack packs[SIZES];
	static struct bench_case cases[CASES];
	make_cases(cases);
	for (int i = 0; i < SIZES; i++) {
		make_source(&packs[i], sizes[i]);
		packs[i].pack = load(&packs[i]);
		(void)match_all(packs[i].pack, cases);
	}
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < SIZES; i++)
			packs[i].match_ns[round] = match_all(packs[i].pack, cases);
		measure_load(&packs[SIZES - 1], round);
	}
	double ns[SIZES];
	for (int i = 0; i < SIZES; i++) {
		ns[i] = median(packs[i].match_ns);
		(void)printf("%zu rules: a match takes %.0f ns\n", sizes[i], ns[i]);
	}
	struct bench_pack *big = &packs[SIZES - 1];
	const double load_ms = median(big->load_ms), bare_ms = median(big->bare_ms);
	(void)printf("match_ns_100=%.0f match_ns_10k=%.0f match_ns_100k=%.0f ratio=%.2f load_ms_100k=%.0f bare_ms_100k=%.0f "
	             "load_ratio=%.2f pack_mb=%.1f\n",
	             ns[0], ns[1], ns[2], ns[2] / ns[0], load_ms, bare_ms, load_ms / bare_ms,
	             (double)pack_bytes(big->pack) / 1e6);
	for (int i = 0; i < SIZES; i++) {
		pack_unref(&packs[i].pack);
		strbuf_fini(&packs[i].estates);
		strbuf_fini(&packs[i].classes);
		strbuf_fini(&packs[i].rules);
		arena_fini(&packs[i].source.arena);
	}
	return 0;
}
