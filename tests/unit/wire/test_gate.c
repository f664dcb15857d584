/* test_gate: what is refused, what is accepted and how it then looks, and that hostile lines cost no more than others. */
#include "daemon/wire/gate.h"

#include "daemon/base/clock.h"
#include "daemon/base/limits.h"
#include "daemon/base/strbuf.h"
#include "daemon/wire/json_out.h"
#include "tests/unit/wire/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A copy that ends where the text ends, so that reading one byte further is seen. */
static bool check_exact(const char *text, size_t n, struct gate_fault *why) {
	char *copy = malloc(n ? n : 1);
	assert_non_null(copy);
	memcpy(copy, text, n);
	const bool ok = gate_check(copy, n, why);
	free(copy);
	return ok;
}

static void check_rejected(const struct table_row *row) {
	struct gate_fault why = {0};
	struct json_object *tree;
	if (check_exact(row->text, row->n, &why))
		fail_msg("reject.txt:%d was accepted", row->line);
	if (!strstr(why.text, row->expected))
		fail_msg("reject.txt:%d says \"%s\", not \"%s\"", row->line, why.text, row->expected);
	if (why.offset > row->n)
		fail_msg("reject.txt:%d: fault at byte %zu of %zu", row->line, why.offset, row->n);
	assert_false(gate_parse(row->text, row->n, &tree, &why));
	assert_null(tree);
}

static void test_rejected(void **state) {
	(void)state;
	assert_true(table_read(SOURCE_DIR "/tests/tables/json/reject.txt", check_rejected) >= 200);
}

static void check_accepted(const struct table_row *row) {
	struct gate_fault why = {0};
	struct json_object *tree;
	if (!check_exact(row->text, row->n, &why))
		fail_msg("accept.txt:%d was refused: byte %zu: %s", row->line, why.offset, why.text);
	if (!gate_parse(row->text, row->n, &tree, &why))
		fail_msg("accept.txt:%d was not parsed: %s", row->line, why.text);
	struct strbuf canonical;
	struct json_out j;
	strbuf_init(&canonical);
	jout_init(&j, &canonical);
	jout_canonical(&j, tree, NULL);
	if (strcmp(canonical.data, row->expected) != 0)
		fail_msg("accept.txt:%d gives %s", row->line, canonical.data);
	strbuf_fini(&canonical);
	json_object_put(tree);
}

static void test_accepted(void **state) {
	(void)state;
	assert_true(table_read(SOURCE_DIR "/tests/tables/json/accept.txt", check_accepted) >= 70);
}

/* Every accepted text, cut short anywhere, is refused or accepted without reading beyond its end. */
static void check_prefixes(const struct table_row *row) {
	struct gate_fault why;
	for (size_t n = 0; n < row->n; n++)
		(void)check_exact(row->text, n, &why);
}

static void test_prefixes(void **state) {
	(void)state;
	assert_true(table_read(SOURCE_DIR "/tests/tables/json/accept.txt", check_prefixes) > 0);
	assert_true(table_read(SOURCE_DIR "/tests/tables/json/reject.txt", check_prefixes) > 0);
}

static bool nested(char open, char close, int depth, const char *core) {
	struct strbuf s;
	struct gate_fault why;
	struct json_object *tree;
	strbuf_init(&s);
	for (int i = 0; i < depth; i++)
		strbuf_adds(&s, open == '{' ? "{\"a\":" : "[");
	strbuf_adds(&s, core);
	for (int i = 0; i < depth; i++)
		strbuf_addc(&s, close);
	const bool ok = gate_parse(s.data, s.len, &tree, &why);
	json_object_put(tree);
	if (!ok)
		assert_non_null(strstr(why.text, "deeper than 32"));
	strbuf_fini(&s);
	return ok;
}

static void test_depth(void **state) {
	(void)state;
	assert_true(nested('[', ']', 32, ""));
	assert_true(nested('[', ']', 32, "1"));
	assert_true(nested('{', '}', 32, "null"));
	assert_false(nested('[', ']', 33, ""));
	assert_false(nested('{', '}', 33, "1"));
	assert_false(nested('[', ']', 100000, ""));
}

static void test_offset(void **state) {
	(void)state;
	struct gate_fault why;
	assert_false(gate_check("{\"a\":1,}", 8, &why));
	assert_int_equal(why.offset, 7);
	assert_false(gate_check("[1,2", 4, &why));
	assert_int_equal(why.offset, 4);
	assert_false(gate_check("{\"ab\":1,\"ab\":2}", 15, &why));
	assert_int_equal(why.offset, 9);
}

/* A name that is cut in a message is cut between characters. */
static void test_long_name(void **state) {
	(void)state;
	struct strbuf s;
	struct gate_fault why;
	struct json_object *message;
	strbuf_init(&s);
	strbuf_adds(&s, "{\"x");
	for (int i = 0; i < 100; i++)
		strbuf_adds(&s, "洼");
	const size_t name = s.len - 1;
	strbuf_adds(&s, "\":1,");
	char *again = strndup(s.data + 1, name + 1);
	strbuf_printf(&s, "%s:2}", again);
	free(again);
	assert_false(gate_check(s.data, s.len, &why));
	assert_non_null(strstr(why.text, "stands twice"));
	strbuf_clear(&s);
	strbuf_printf(&s, "\"%s\"", why.text);
	assert_true(gate_parse(s.data, s.len, &message, &why));
	json_object_put(message);
	strbuf_fini(&s);
}

static int64_t time_of(const struct strbuf *s, bool expected) {
	struct gate_fault why;
	const int64_t from = clock_monotonic_us();
	assert_int_equal(gate_check(s->data, s->len, &why), expected);
	return clock_monotonic_us() - from;
}

/* A line of a MiB of names: comparing each with each would take minutes. `late`: the last name is the first one again. */
static void many_names(struct strbuf *s, const char *format, bool late) {
	strbuf_init(s);
	strbuf_addc(s, '{');
	for (unsigned i = 0; s->len < LIMIT_LINE_BYTES - 64; i++) {
		strbuf_printf(s, format, i);
		strbuf_addc(s, ',');
	}
	strbuf_printf(s, format, late ? 0 : UINT32_MAX);
	strbuf_addc(s, '}');
}

static void test_many_names(void **state) {
	(void)state;
	static const char *const formats[] = {"\"%x\":0", "\"\\u0061%x\":0", "\"地址%08x\":{}"};
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
		for (int late = 0; late < 2; late++) {
			struct strbuf s;
			many_names(&s, formats[i], late);
			assert_in_range(time_of(&s, !late), 0, 3000000);
			strbuf_fini(&s);
		}
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rejected),   cmocka_unit_test(test_accepted), cmocka_unit_test(test_prefixes),
	    cmocka_unit_test(test_depth),      cmocka_unit_test(test_offset),   cmocka_unit_test(test_long_name),
	    cmocka_unit_test(test_many_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
