/* test_yaml: what the strict reader takes, what it refuses, and where it says the fault is. */
#include "daemon/base/dict.h"
#include "daemon/base/limits.h"
#include "daemon/base/strbuf.h"
#include "daemon/base/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct reading {
	struct arena nodes, fault_arena;
	struct faults faults;
	struct yaml_node *root;
	bool good;
};

static void read_n(struct reading *r, const char *text, size_t n) {
	*r = (struct reading){0};
	faults_init(&r->faults, &r->fault_arena);
	r->good = yaml_read("t.yaml", text, n, &r->nodes, &r->root, &r->faults);
	assert_int_equal(r->good, r->faults.total == 0);
}

static void read_text(struct reading *r, const char *text) { read_n(r, text, strlen(text)); }

static void done(struct reading *r) {
	arena_fini(&r->nodes);
	arena_fini(&r->fault_arena);
}

static void reads_scalars_as_text(void **ctx) {
	(void)ctx;
	struct reading r;
	read_text(&r, "a: no\nb: 08:30\nc: \"\"\nd: ~\ne:\n  - 1.50\n  - {x: 漏水}\n");
	assert_true(r.good);
	assert_string_equal(yaml_get(r.root, "a")->text, "no");
	assert_string_equal(yaml_get(r.root, "b")->text, "08:30");
	assert_false(yaml_is_null(yaml_get(r.root, "c")));
	assert_true(yaml_is_null(yaml_get(r.root, "d")));
	assert_true(yaml_is_null(yaml_get(r.root, "nothing")));
	const struct yaml_node *e = yaml_get(r.root, "e");
	assert_int_equal(e->kind, YAML_LIST);
	assert_string_equal(e->child->text, "1.50");
	const struct yaml_node *x = yaml_get(e->child->next, "x");
	assert_string_equal(x->text, "漏水");
	assert_int_equal(x->line, 7);
	assert_int_equal(x->col, 9);
	assert_int_equal(x->key_col, 6);
	done(&r);
}

static void counts_characters_not_bytes(void **ctx) {
	(void)ctx;
	struct reading r;
	read_text(&r, "{漏水: 甲, b: [丙丁, x]}\n");
	const struct yaml_node *b = yaml_get(r.root, "b");
	assert_int_equal(b->key_col, 9);
	assert_int_equal(b->child->next->col, 17);
	done(&r);
}

static void empty_file_is_an_empty_map(void **ctx) {
	(void)ctx;
	static const char *const empties[] = {"", "\n\n", "# only a comment\n", "---\n", "~\n"};
	for (size_t i = 0; i < sizeof empties / sizeof empties[0]; i++) {
		struct reading r;
		read_text(&r, empties[i]);
		assert_true(r.good);
		assert_int_equal(r.root->kind, YAML_MAP);
		assert_null(r.root->child);
		done(&r);
	}
}

struct refused {
	const char *text;
	int line, col;
	const char *code, *part; /* of the message */
};

static void refuses_what_a_pack_does_not_need(void **ctx) {
	(void)ctx;
	static const struct refused rows[] = {
	    {"a: &x 1\n", 1, 4, "syntax", "anchors"},
	    {"a: *x\n", 1, 4, "syntax", "aliases"},
	    {"? *x\n: 1\n", 1, 3, "syntax", "aliases"},
	    {"a: !!str 1\n", 1, 4, "syntax", "tags"},
	    {"a: ! 1\n", 1, 4, "syntax", "tags"},
	    {"<<: {b: 1}\n", 1, 1, "syntax", "merge"},
	    {"a: 1\nb: 2\na: 3\n", 3, 1, "duplicate", "`a`"},
	    {"{x: {a: 1, \"a\": 2}}\n", 1, 12, "duplicate", "`a`"},
	    {"%YAML 1.1\n---\na: 1\n", 1, 1, "syntax", "directives"},
	    {"a: 1\n---\nb: 2\n", 2, 1, "syntax", "second document"},
	    {"? [a, b]\n: 1\n", 1, 3, "syntax", "key"},
	    {"{{a: 1}: 2}\n", 1, 2, "syntax", "key"},
	    {"a: [1, 2\nb: 3\n", 2, 2, "syntax", "flow sequence"},
	    {"a:\n\t- b\n", 2, 1, "syntax", "token"},
	    {"a: \"\\0\"\n", 1, 4, "syntax", "NUL"},
	    {"a: \xFF\n", 1, 4, "syntax", "UTF-8"},
	    {"汉: \xE6\xBC\n", 1, 5, "syntax", "UTF-8"},
	    {"a: \x01\n", 1, 4, "syntax", "control"},
	    {"[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]\n", 1, 17, "depth", "16"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct reading r;
		read_text(&r, rows[i].text);
		if (r.good || !strstr(r.faults.list.v[0].message, rows[i].part))
			(void)fprintf(stderr, "%s-> %s\n", rows[i].text, r.good ? "taken" : r.faults.list.v[0].message);
		assert_false(r.good);
		const struct fault *f = &r.faults.list.v[0];
		assert_non_null(strstr(f->message, rows[i].part));
		assert_string_equal(f->code, rows[i].code);
		assert_int_equal(f->line, rows[i].line);
		assert_int_equal(f->col, rows[i].col);
		done(&r);
	}
}

static void sixteen_levels_are_fine(void **ctx) {
	(void)ctx;
	struct reading r;
	read_text(&r, "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]\n");
	assert_true(r.good);
	done(&r);
}

static void finds_duplicates_in_big_maps(void **ctx) {
	(void)ctx;
	struct strbuf text;
	struct reading r;
	strbuf_init(&text);
	for (int i = 0; i < 5000; i++)
		strbuf_printf(&text, "k%d: {k%d: x}\n", i, i);
	strbuf_adds(&text, "k7: again\nk4000: again\n");
	read_text(&r, text.data);
	assert_int_equal(r.faults.total, 2);
	strbuf_fini(&text);
	done(&r);
}

/* Each of these makes a reader of whole documents hang or eat memory. */
static void hostile_files_end_soon(void **ctx) {
	(void)ctx;
	static char deep[100001];
	struct reading r;
	memset(deep, '[', sizeof deep - 1);
	read_text(&r, deep);
	assert_false(r.good);
	done(&r);
	read_text(&r, "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: &d [*c, *d]\n");
	assert_false(r.good);
	assert_int_equal(r.faults.total, 10);
	done(&r);
}

static void keeps_a_bounded_list_and_counts_the_rest(void **ctx) {
	(void)ctx;
	struct strbuf text;
	struct reading r;
	strbuf_init(&text);
	for (int i = 0; i < 1000; i++)
		strbuf_printf(&text, "- !x %d\n", i);
	read_text(&r, text.data);
	assert_int_equal(r.faults.total, 1000);
	assert_int_equal(r.faults.list.n, LIMIT_FAULTS);
	strbuf_fini(&text);
	done(&r);
}

static const char *text_of(const char *file, void *ctx) {
	(void)file;
	return ctx;
}

static void prints_place_line_and_caret(void **ctx) {
	(void)ctx;
	struct reading r;
	struct strbuf out;
	char text[] = "漏水: [甲, &x 乙]\n";
	strbuf_init(&out);
	read_text(&r, text);
	faults_print(&r.faults, text_of, text, &out);
	assert_string_equal(out.data, "t.yaml:1:9: anchors (`&x`) are not read here; write the value out\n"
	                              "    漏水: [甲, &x 乙]\n"
	                              "               ^\n");
	strbuf_fini(&out);
	done(&r);
}

static void shows_a_piece_of_a_long_line(void **ctx) {
	(void)ctx;
	struct reading r;
	struct strbuf text, out;
	strbuf_init(&text);
	strbuf_init(&out);
	strbuf_adds(&text, "[");
	for (int i = 0; i < 5000; i++)
		strbuf_adds(&text, "aaaaaaaaa,");
	strbuf_adds(&text, "&x b]\n");
	read_text(&r, text.data);
	faults_print(&r.faults, text_of, text.data, &out);
	assert_true(out.len < 400);
	const char *line = strchr(out.data, '\n') + 1, *below = strchr(line, '\n') + 1;
	assert_int_equal(line[strchr(below, '^') - below], '&');
	strbuf_fini(&text);
	strbuf_fini(&out);
	done(&r);
}

static void unknown_keys_name_the_nearest(void **ctx) {
	(void)ctx;
	static const char *const known[] = {"responsible", "handlers", NULL};
	struct reading r;
	read_text(&r, "handlers: 1\nresponsable: 2\nwhat: 3\n");
	yaml_known_keys(r.root, known, "t.yaml", &r.faults);
	assert_int_equal(r.faults.total, 2);
	assert_string_equal(r.faults.list.v[0].suggestion, "responsible");
	assert_int_equal(r.faults.list.v[0].line, 2);
	assert_int_equal(r.faults.list.v[0].col, 1);
	assert_null(r.faults.list.v[1].suggestion);
	done(&r);
}

/* What is handed over, as " id=a;", " b", " c;d;". */
static void take(const struct yaml_node *item, void *ctx) {
	struct strbuf *out = ctx;
	strbuf_addc(out, ' ');
	if (item->kind == YAML_SCALAR)
		strbuf_adds(out, item->text);
	for (const struct yaml_node *c = item->child; c; c = c->next)
		strbuf_printf(out, "%s%s%s;", c->key ? c->key : "", c->key ? "=" : "", c->text ? c->text : "?");
}

static bool take_each(struct reading *r, struct strbuf *taken, const char *text) {
	struct dict strings;
	*r = (struct reading){0};
	faults_init(&r->faults, &r->fault_arena);
	dict_init(&strings, &r->nodes);
	strbuf_init(taken);
	const struct yaml_text in = {
	    .name = "t.yaml", .text = text, .n = strlen(text), .strings = &strings, .each = "rules", .take = take, .ctx = taken};
	return yaml_read_text(&in, &r->nodes, &r->root, &r->faults);
}

static void hands_over_each_item_of_one_list(void **ctx) {
	(void)ctx;
	struct reading r;
	struct strbuf taken;
	assert_true(take_each(&r, &taken, "a: 1\nrules:\n  - {id: x, of: [y]}\n  - b\n  - [c, d]\n  - {}\nin: {rules: [e]}\n"));
	assert_string_equal(taken.data, " id=x;of=?; b c;d; ");
	assert_int_equal(yaml_get(r.root, "rules")->kind, YAML_LIST);
	assert_int_equal(yaml_count(yaml_get(r.root, "rules")), 0);
	assert_string_equal(yaml_get(r.root, "a")->text, "1");
	assert_int_equal(yaml_count(yaml_get(yaml_get(r.root, "in"), "rules")), 1);
	strbuf_fini(&taken);
	done(&r);
	assert_true(take_each(&r, &taken, "rules: {a: 1}\n"));
	assert_int_equal(taken.len, 0);
	assert_int_equal(yaml_count(yaml_get(r.root, "rules")), 1);
	strbuf_fini(&taken);
	done(&r);
}

static void hands_over_nothing_behind_a_fault(void **ctx) {
	(void)ctx;
	struct reading r;
	struct strbuf taken;
	assert_false(take_each(&r, &taken, "rules: [{a: 1}, {b: 2, b: 3}, {c: 4}]\n"));
	assert_string_equal(taken.data, " a=1;");
	assert_int_equal(r.faults.total, 1);
	strbuf_fini(&taken);
	done(&r);
}

int main(void) {
	const struct CMUnitTest all[] = {
	    cmocka_unit_test(reads_scalars_as_text),         cmocka_unit_test(counts_characters_not_bytes),
	    cmocka_unit_test(empty_file_is_an_empty_map),    cmocka_unit_test(refuses_what_a_pack_does_not_need),
	    cmocka_unit_test(sixteen_levels_are_fine),       cmocka_unit_test(finds_duplicates_in_big_maps),
	    cmocka_unit_test(hostile_files_end_soon),        cmocka_unit_test(keeps_a_bounded_list_and_counts_the_rest),
	    cmocka_unit_test(prints_place_line_and_caret),   cmocka_unit_test(shows_a_piece_of_a_long_line),
	    cmocka_unit_test(unknown_keys_name_the_nearest), cmocka_unit_test(hands_over_each_item_of_one_list),
	    cmocka_unit_test(hands_over_nothing_behind_a_fault),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
