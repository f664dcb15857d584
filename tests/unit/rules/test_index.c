/* test_index: the compiled table gives the very answer of a plain scan, over random packs and cases. */
#include "daemon/rules/index.h"
#include "tests/unit/rules/maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { PACKS = 400, CASES = 60, RULES_MAX = 50 };

static uint64_t state = 88172645463325252u;

static uint32_t below(uint32_t n) {
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 33) % n;
}

static const char *const words[] = {"漏",  "漏水", "水管", "水",       "Lift", "ＡＢ",
                                    "abc", "bc",   "扰民", "噪声扰民", "井盖", "盖"};
static const char *const tags[] = {"t0", "t1", "t2", "t3"};
static const char *const channels[] = {"patrol", "hotline", "video"};
static const char *const has[] = {"property_firm", "lift_firm", "committee", "owners_committee"};
static const char *const known[] = {"class", "condition", "estate", "grid", "place"};

static void value_of(struct strbuf *b, uint32_t field) {
	static const char *const kinds[] = {"商品房", "售后房", "公房"};
	static const char *const managements[] = {"managed", "self", "abandoned"};
	static const char *const channel_kinds[] = {"patrol", "hotline", "video"};
	static const char *const urgencies[] = {"normal", "urgent", "emergency"};
	switch (field) {
	case FIELD_CLASS:
		if (below(5) == 0)
			strbuf_addc(b, below(2) ? 'A' : 'B');
		else
			strbuf_printf(b, "%c-%u", below(2) ? 'A' : 'B', below(5));
		break;
	case FIELD_CONDITION:
		strbuf_printf(b, "\"%u\"", 1 + below(2));
		break;
	case FIELD_ESTATE:
		strbuf_printf(b, "e%u", below(16));
		break;
	case FIELD_ESTATE_KIND:
		strbuf_adds(b, kinds[below(3)]);
		break;
	case FIELD_ESTATE_MANAGEMENT:
		strbuf_adds(b, managements[below(3)]);
		break;
	case FIELD_ESTATE_HAS:
		strbuf_adds(b, has[below(4)]);
		break;
	case FIELD_GRID:
		strbuf_printf(b, "g%u", below(4));
		break;
	case FIELD_CHANNEL:
		strbuf_adds(b, channels[below(3)]);
		break;
	case FIELD_CHANNEL_KIND:
		strbuf_adds(b, channel_kinds[below(3)]);
		break;
	case FIELD_URGENCY:
		strbuf_adds(b, urgencies[below(3)]);
		break;
	case FIELD_TAGS:
		strbuf_adds(b, tags[below(4)]);
		break;
	case FIELD_WORDS:
		strbuf_adds(b, words[below(12)]);
		break;
	case FIELD_OPEN:
	case FIELD_CLOSED:
		strbuf_adds(b, "office");
		break;
	case FIELD_GIVEN:
	case FIELD_MISSING:
		strbuf_adds(b, known[below(5)]);
		break;
	default:
		strbuf_printf(b, "v%u", below(3));
		break;
	}
}

/* Values may repeat within a list, and lists may be long: both must do no harm. */
static void random_condition(struct strbuf *b, uint32_t field) {
	if (field < FIELD_ATTRS)
		strbuf_printf(b, "%s: [", cond_rows[field].name);
	else
		strbuf_printf(b, "attrs.a%u: [", field - FIELD_ATTRS);
	const uint32_t n = below(12) == 0 ? 12 : 1 + below(3);
	for (uint32_t i = 0; i < n; i++) {
		strbuf_adds(b, i ? ", " : "");
		value_of(b, field);
	}
	strbuf_addc(b, ']');
}

static void random_rules(struct strbuf *b) {
	const uint32_t n = below(RULES_MAX);
	strbuf_adds(b, "rules:\n");
	for (uint32_t i = 0; i < n; i++) {
		strbuf_printf(b, "  - {id: r%u, triage: desk, when: {", i);
		bool used[FIELD_ATTRS + 3] = {false};
		const uint32_t conditions = 1 + below(5);
		for (uint32_t j = 0, printed = 0; j < conditions; j++) {
			const uint32_t field =
			    below(2) ? below(FIELD_ATTRS + 3) : (uint32_t[]){FIELD_CLASS, FIELD_ESTATE, FIELD_WORDS}[below(3)];
			if (used[field])
				continue;
			used[field] = true;
			strbuf_adds(b, printed++ ? ", " : "");
			random_condition(b, field);
		}
		strbuf_adds(b, "}}\n");
	}
	strbuf_adds(b, "  - {id: last, when: {}, triage: no_rule}\n");
}

struct random_case {
	struct match_in in;
	char class_code[8], condition[4], estate[8], grid[8], text[200];
	struct strs tags;
	struct attr attrs[3];
	const char *tag_room[4];
	char values[3][4];
};

static void random_case(struct random_case *c) {
	static const char *const attr_names[] = {"a0", "a1", "a2"};
	*c = (struct random_case){0};
	c->in.at_us = INT64_C(1795500000000000) + (int64_t)below(60 * 24 * 7) * MINUTE_US;
	c->in.channel = channels[below(3)];
	c->in.urgency = (enum urgency)below(URGENCIES);
	c->in.has_place = below(2);
	if (below(4)) {
		(void)snprintf(c->class_code, sizeof c->class_code, "%c-%u", below(2) ? 'A' : 'B', below(5));
		c->in.class_code = c->class_code;
		(void)snprintf(c->condition, sizeof c->condition, "%u", 1 + below(3));
		c->in.condition = below(2) ? c->condition : NULL;
	}
	(void)snprintf(c->estate, sizeof c->estate, "e%u", below(16));
	c->in.estate = below(3) ? c->estate : NULL;
	(void)snprintf(c->grid, sizeof c->grid, "g%u", below(4));
	c->in.grid = below(3) == 0 ? c->grid : NULL;
	for (uint32_t i = below(4); i > 0; i--)
		(void)snprintf(c->text + strlen(c->text), sizeof c->text - strlen(c->text), "%s。", words[below(12)]);
	c->in.text = below(8) ? c->text : NULL;
	c->tags.v = c->tag_room;
	for (uint32_t i = below(4); i > 0; i--)
		c->tag_room[c->tags.n++] = tags[below(4)];
	c->in.tags = &c->tags;
	c->in.attrs = c->attrs;
	for (size_t i = 0; i < 3; i++) {
		if (below(3) == 0)
			continue;
		(void)snprintf(c->values[c->in.n_attrs], 4, "v%u", below(4));
		c->attrs[c->in.n_attrs] = (struct attr){attr_names[i], c->values[c->in.n_attrs]};
		c->in.n_attrs++;
	}
}

static void compare_one(const struct pack *p, const char *rules, size_t answers[3]) {
	struct random_case c;
	struct arena a;
	struct seen seen;
	enum answer scanned = ANSWER_NO, found = ANSWER_NO;
	arena_init(&a);
	random_case(&c);
	seen_fill(&seen, p, &c.in, &a);
	const size_t expected = rules_scan(&seen, &scanned);
	const size_t got = rule_index_find(p->index, &seen, &found);
	if (got != expected || found != scanned)
		(void)fprintf(stderr, "scan %zu, index %zu; class %s estate %s text %s\n%s\n", expected, got,
		              c.in.class_code ? c.in.class_code : "-", c.in.estate ? c.in.estate : "-", c.text, rules);
	assert_int_equal(got, expected);
	assert_int_equal(found, scanned);
	answers[scanned]++;
	arena_fini(&a);
}

static void index_equals_scan(void **ctx) {
	(void)ctx;
	size_t answers[3] = {0}, deep = 0;
	for (int i = 0; i < PACKS; i++) {
		struct strbuf rules;
		struct maker m;
		strbuf_init(&rules);
		random_rules(&rules);
		struct pack *p = maker_load(&m, rules.data, NULL);
		if (!p)
			maker_complain(&m);
		assert_non_null(p);
		deep += rule_index_shadowed(p->index)->n;
		for (int j = 0; j < CASES; j++)
			compare_one(p, rules.data, answers);
		pack_unref(&p);
		maker_fini(&m);
		strbuf_fini(&rules);
	}
	/* The mix is worth something only if every outcome is frequent. */
	assert_true(answers[ANSWER_YES] > PACKS * CASES / 5);
	assert_true(answers[ANSWER_CANNOT_TELL] > PACKS * CASES / 5);
	assert_int_equal(answers[ANSWER_NO], 0);
	assert_true(deep > 0);
}

/* What the table calls shadowed never decides. */
static void shadowed_never_decides(void **ctx) {
	(void)ctx;
	struct maker m;
	struct pack *p = maker_load(&m,
	                            "rules:\n"
	                            "  - {id: a, when: {class: [A-0, A-1], estate: e1}, triage: x}\n"
	                            "  - {id: b, when: {class: A-1, estate: e1}, triage: x}\n"
	                            "  - {id: c, when: {class: A-1, estate: [e1, e2]}, triage: x}\n"
	                            "  - {id: last, when: {}, triage: no_rule}\n",
	                            NULL);
	assert_non_null(p);
	const shadowed_list *list = rule_index_shadowed(p->index);
	assert_int_equal(list->n, 1);
	assert_int_equal(list->v[0].rule, 1);
	assert_int_equal(list->v[0].by, 0);
	pack_unref(&p);
	maker_fini(&m);
}

int main(void) {
	const struct CMUnitTest all[] = {cmocka_unit_test(index_equals_scan), cmocka_unit_test(shadowed_never_decides)};
	return cmocka_run_group_tests(all, NULL, NULL);
}
