/* fuzz_pack: one file of a sound pack is replaced by the input (its first byte says which). The pack loads or says why not;
 * if it loads, the compiled table answers as the plain scan does. */
#include "daemon/base/check.h"
#include "daemon/rules/index.h"
#include "tests/unit/rules/maker.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char sound_rules[] =
    "rules:\n"
    "  - {id: a, when: {class: A-0, estate.kind: 公房}, responsible: [office_a], handlers: [office_a]}\n"
    "  - {id: last, when: {}, triage: no_rule}\n";
static const char sound_tests[] =
    "tests: [{name: t, at: 2026-11-23T09:00:00+08:00, case: {channel: patrol}, expect: {triage: no_rule}}]\n";

static void compare(const struct pack *p, const struct match_in *in) {
	struct arena a;
	struct seen seen;
	struct verdict v;
	struct trace t;
	enum answer scanned, found;
	arena_init(&a);
	seen_fill(&seen, p, in, &a);
	const size_t expected = rules_scan(&seen, &scanned);
	CHECK(rule_index_find(p->index, &seen, &found) == expected);
	CHECK(found == scanned);
	rules_match(p, in, &a, &t, &v);
	arena_fini(&a);
}

static void ask(const struct pack *p) {
	static const char *const classes[] = {NULL, "A-0", "A-1", "B-4"};
	static const char *const estates[] = {NULL, "e0", "e5"};
	for (size_t i = 0; i < COUNT_OF(classes); i++)
		for (size_t j = 0; j < COUNT_OF(estates); j++) {
			const struct match_in in = {.class_code = classes[i],
			                            .estate = estates[j],
			                            .channel = "patrol",
			                            .text = "永和路12弄漏水 lift",
			                            .address = "永和路12弄",
			                            .at_us = INT64_C(1795500000000000)};
			compare(p, &in);
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct maker m;
	struct pack *p = NULL;
	maker_init(&m, sound_rules, sound_tests);
	if (size > 0) {
		struct pack_file *f = &m.source.files.v[data[0] % m.source.files.n];
		f->text = arena_strndup(&m.source.arena, (const char *)data + 1, size - 1);
		f->n = size - 1;
		const bool good = pack_load(&m.source, zone_load_file, false, &m.faults, &p);
		CHECK(good == (m.faults.total == 0) && good == (p != NULL));
		if (good)
			ask(p);
		struct strbuf out;
		strbuf_init(&out);
		faults_print(&m.faults, maker_text_of, &m, &out);
		strbuf_fini(&out);
	}
	pack_unref(&p);
	maker_fini(&m);
	return 0;
}
