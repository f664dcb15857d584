/* load_tests: tests/NAME.yaml: cases, and what must come out. */
#include "daemon/rules/decode.h"

#include <stddef.h>
#include <string.h>

/* Names and values as text: {floor: 3, lift: yes}. */
static void load_attrs(struct load *l, const struct yaml_node *node, void *field) {
	attr_list *out = field;
	if (node->kind != YAML_MAP) {
		load_fault(l, node, "type", "`attrs` must be a map of names to values");
		return;
	}
	for (const struct yaml_node *c = node->child; c; c = c->next) {
		const char *value = load_text(l, c);
		if (value)
			*LIST_ADD(out, l->keep) = (struct attr){.name = c->key, .value = value};
	}
}

static void load_place(struct load *l, const struct yaml_node *node, void *field) {
	*(bool *)field = true;
	if (node->kind != YAML_MAP)
		load_fault(l, node, "type", "`place` must be a map such as {x: 1.0, y: 2.0, crs: wgs84}");
}

#define GIVEN(key_, type_, member_, kind_)                                                                                  \
	{ .key = key_, .type = type_, .offset = offsetof(struct pack_test, given.member_), .kind = kind_ }

static const struct field_row case_rows[] = {
    GIVEN("class", Y_REF, class_code, KIND_CLASS),
    GIVEN("condition", Y_TEXT, condition, KIND_NONE),
    GIVEN("estate", Y_REF, estate, KIND_ESTATE),
    GIVEN("grid", Y_REF, grid, KIND_GRID),
    GIVEN("address", Y_TEXT, address, KIND_NONE),
    GIVEN("text", Y_TEXT, text, KIND_NONE),
    GIVEN("tags", Y_TEXTS, tags, KIND_NONE),
    {.key = "channel",
     .type = Y_REF,
     .offset = offsetof(struct pack_test, given.channel),
     .required = true,
     .kind = KIND_CHANNEL},
    {.key = "urgency", .type = Y_CHOICE, .offset = offsetof(struct pack_test, given.urgency), .words = urgency_names},
    {.key = "attrs", .type = Y_CALL, .offset = offsetof(struct pack_test, given.attrs), .call = load_attrs},
    {.key = "place", .type = Y_CALL, .offset = offsetof(struct pack_test, given.has_place), .call = load_place},
    {.key = NULL},
};
static const struct shape case_shape = {"the case of a test", case_rows, 0, NULL};

static void load_due(struct load *l, const struct yaml_node *node, void *field) {
	LIST_OF(struct due_expected) *out = field;
	if (node->kind != YAML_MAP) {
		load_fault(l, node, "type", "`due` must be a map of clock to time");
		return;
	}
	for (const struct yaml_node *c = node->child; c; c = c->next) {
		struct due_expected due = {.clock = c->key};
		const struct yaml_node at_key = yaml_at_key(c);
		load_refer(l, KIND_CLOCK, due.clock, &at_key);
		if (load_instant(l, c, &due.at_us))
			*LIST_ADD(out, l->keep) = due;
	}
}

static void note_lists(struct load *l, const struct yaml_node *map, void *out) {
	struct pack_test *t = out;
	(void)l;
	t->expect.has_handlers = yaml_get(map, "handlers") != NULL;
	t->expect.has_assist = yaml_get(map, "assist") != NULL;
	t->expect.has_propose = yaml_get(map, "propose") != NULL;
	t->expect.has_requires = yaml_get(map, "requires") != NULL;
}

#define EXPECT(key_, type_, member_, kind_)                                                                                 \
	{ .key = key_, .type = type_, .offset = offsetof(struct pack_test, expect.member_), .kind = kind_ }

static const struct field_row expect_rows[] = {
    EXPECT("rule", Y_REF, rule, KIND_RULE),
    EXPECT("triage", Y_ID, triage, KIND_NONE),
    EXPECT("responsible", Y_REF, responsible, KIND_UNIT),
    EXPECT("unit", Y_REF, unit, KIND_UNIT),
    EXPECT("estate", Y_REF, estate, KIND_ESTATE),
    EXPECT("handlers", Y_REFS, handlers, KIND_UNIT),
    EXPECT("assist", Y_REFS, assist, KIND_UNIT),
    EXPECT("propose", Y_FLAG, propose, KIND_NONE),
    EXPECT("ladder", Y_REF, ladder, KIND_LADDER),
    {.key = "requires",
     .type = Y_STRUCT,
     .offset = offsetof(struct pack_test, expect.requires),
     .shape = &requires_shape},
    {.key = "due", .type = Y_CALL, .offset = offsetof(struct pack_test, expect.due), .call = load_due},
    {.key = "limits", .type = Y_CALL, .offset = offsetof(struct pack_test, expect.limits), .call = load_limits},
    {.key = NULL},
};
static const struct shape expect_shape = {"what a test expects", expect_rows, 0, note_lists};

static void load_at(struct load *l, const struct yaml_node *node, void *field) { (void)load_instant(l, node, field); }

static void check_condition(struct load *l, const struct yaml_node *map, const struct pack_test *t) {
	const struct class_def *c = t->given.class_code ? pack_find(l->pack, KIND_CLASS, t->given.class_code) : NULL;
	const struct yaml_node *node = yaml_get(yaml_get(map, "case"), "condition");
	if (!t->given.condition || (c && class_condition(c, t->given.condition)))
		return;
	load_fault(l, node, "reference", "the class has no condition `%s`", t->given.condition);
}

static void made_test(struct load *l, const struct yaml_node *map, void *out) {
	struct pack_test *t = out;
	t->at = (struct place_in_file){.file = l->file, .line = map->line, .col = map->col};
	check_condition(l, map, t);
	load_define(l, KIND_TEST, t->name, t, map);
	*LIST_ADD(&l->pack->tests, l->keep) = *t;
}

/* `case` and `expect` are maps in the file; both are decoded into the test itself. */
static const struct field_row test_rows[] = {
    {.key = "name", .type = Y_TEXT, .offset = offsetof(struct pack_test, name), .required = true},
    {.key = "at", .type = Y_CALL, .offset = offsetof(struct pack_test, at_us), .required = true, .call = load_at},
    {.key = "case", .type = Y_STRUCT, .offset = 0, .required = true, .shape = &case_shape},
    {.key = "expect", .type = Y_STRUCT, .offset = 0, .required = true, .shape = &expect_shape},
    {.key = NULL},
};
static const struct shape test_shape = {"a test", test_rows, sizeof(struct pack_test), made_test};

struct tests_file {
	LIST_OF(struct pack_test) tests;
};
static const struct field_row tests_file_rows[] = {
    {.key = "tests", .type = Y_LIST, .offset = offsetof(struct tests_file, tests), .required = true, .shape = &test_shape},
    {.key = NULL},
};
static const struct shape tests_file_shape = {"a file of tests", tests_file_rows, 0, NULL};

void load_tests(struct load *l, const struct yaml_node *root) {
	struct tests_file file = {0};
	decode_map(l, root, &tests_file_shape, &file);
}
