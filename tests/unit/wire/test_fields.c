/* test_fields: structs from JSON by table: values, defaults, and every kind of fault with its place. */
#include "daemon/wire/fields.h"

#include "daemon/base/limits.h"
#include "daemon/wire/gate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum urgency { NORMAL, URGENT, EMERGENCY };
static const char *const urgency_names[] = {"normal", "urgent", "emergency", NULL};

struct who {
	const char *name;
	bool confidential;
	int64_t seen_at;
};

struct item {
	const char *uri;
	int64_t at;
};

struct order {
	const char *text, *class, *unit;
	int32_t count;
	int64_t big;
	double x;
	bool flag, has_who;
	int64_t at;
	enum urgency urgency;
	struct strs tags;
	struct who who;
	LIST_OF(struct item) items;
	struct json_object *attrs;
};

static const struct field who_fields[] = {
    FIELD_STR(struct who, name, 10, FIELD_REQUIRED),
    FIELD_BOOL(struct who, confidential, 0),
    FIELD_TIME(struct who, seen_at, 0),
    FIELD_END,
};

static const struct field item_fields[] = {
    FIELD_STR(struct item, uri, 100, FIELD_REQUIRED | FIELD_CODE),
    FIELD_TIME(struct item, at, 0),
    FIELD_END,
};

static const struct field order_fields[] = {
    FIELD_STR(struct order, text, 12, FIELD_NONEMPTY),
    FIELD_STR(struct order, class, 8, FIELD_CODE),
    FIELD_STR(struct order, unit, 24, FIELD_NAME),
    FIELD_I32(struct order, count, 0, 10, 0),
    FIELD_I64(struct order, big, INT64_MIN, INT64_MAX, 0),
    FIELD_F64(struct order, x, 0),
    FIELD_BOOL(struct order, flag, 0),
    FIELD_TIME(struct order, at, 0),
    FIELD_ENUM(struct order, urgency, urgency_names, 0),
    FIELD_STRS(struct order, tags, 3, 5, FIELD_CODE),
    {.name = "who",
     .type = FT_OBJECT,
     .offset = offsetof(struct order, who),
     .sub = who_fields,
     .present_offset = offsetof(struct order, has_who)},
    FIELD_LIST(struct order, items, item_fields, 2, 0),
    FIELD_TREE(struct order, attrs, 0),
    FIELD_END,
};

static struct arena arena;
static struct faults faults;
static struct order order;
static struct json_object *tree;

static int setup(void **state) {
	(void)state;
	arena_init(&arena);
	tree = NULL;
	return 0;
}

static int teardown(void **state) {
	(void)state;
	json_object_put(tree);
	arena_fini(&arena);
	return 0;
}

static bool read_table(const struct field *table, void *out, const char *text) {
	struct gate_fault why;
	json_object_put(tree);
	tree = NULL;
	if (text && !gate_parse(text, strlen(text), &tree, &why))
		fail_msg("%s: %s", text, why.text);
	faults_init(&faults, &arena);
	return fields_read(table, tree, "/params", &arena, out, &faults);
}

static bool read_order(const char *text) {
	order = (struct order){0};
	fields_init(order_fields, &order);
	return read_table(order_fields, &order, text);
}

static const char full[] =
    "{\"text\":\"积水\",\"class\":\"E70-05\",\"count\":7,\"big\":-9223372036854775808,\"x\":121.5,\"flag\":true,"
    "\"at\":\"2026-11-23T08:30:00+08:00\",\"urgency\":\"emergency\",\"tags\":[\"雨\",\"b\"],"
    "\"who\":{\"name\":\"n\",\"confidential\":false},\"items\":[{\"uri\":\"u\"},"
    "{\"uri\":\"v\",\"at\":\"2026-11-23T08:30:00+08:00\"}],\"attrs\":{\"a\":[1.0]}}";

static void test_values(void **state) {
	(void)state;
	assert_true(read_order(full));
	assert_string_equal(order.text, "积水");
	assert_int_equal(order.count, 7);
	assert_true(order.big == INT64_MIN);
	assert_true(order.x == 121.5);
	assert_true(order.flag && order.has_who);
	assert_true(order.at == INT64_C(1795393800) * SECOND_US);
	assert_int_equal(order.urgency, EMERGENCY);
	assert_int_equal(order.tags.n, 2);
	assert_string_equal(order.tags.v[0], "雨");
	assert_string_equal(order.who.name, "n");
	assert_true(order.who.seen_at == NO_TIME);
	assert_int_equal(order.items.n, 2);
	assert_true(order.items.v[0].at == NO_TIME);
	assert_string_equal(order.items.v[1].uri, "v");
	assert_true(json_object_is_type(order.attrs, json_type_object));
}

/* What is read is copied: it outlives the tree. */
static void test_copies(void **state) {
	(void)state;
	assert_true(read_order("{\"text\":\"abc\",\"tags\":[\"d\"]}"));
	json_object_put(tree);
	tree = NULL;
	assert_string_equal(order.text, "abc");
	assert_string_equal(order.tags.v[0], "d");
}

static void test_written(void **state) {
	(void)state;
	struct strbuf s;
	struct json_out j;
	strbuf_init(&s);
	jout_init(&j, &s);
	assert_true(read_order(full));
	jout_object(&j);
	fields_write(order_fields, &order, 8 * 3600, &j);
	jout_end_object(&j);
	assert_string_equal(s.data, full);
	strbuf_clear(&s);
	jout_init(&j, &s);
	assert_true(read_order("{}"));
	fields_write(order_fields, &order, 0, &j);
	assert_string_equal(s.data, "\"count\":0,\"big\":0,\"x\":0,\"flag\":false,\"urgency\":\"normal\"");
	strbuf_fini(&s);
}

static void test_left_out(void **state) {
	(void)state;
	order = (struct order){.text = "before", .count = 5, .urgency = URGENT};
	fields_init(order_fields, &order);
	assert_true(
	    read_table(order_fields, &order, "{\"text\":null,\"count\":null,\"urgency\":null,\"who\":null,\"items\":null}"));
	assert_string_equal(order.text, "before");
	assert_int_equal(order.count, 5);
	assert_int_equal(order.urgency, URGENT);
	assert_false(order.has_who);
	assert_true(order.at == NO_TIME);
	assert_true(read_order(NULL));
	struct who who = {0};
	assert_false(read_table(who_fields, &who, NULL));
	assert_string_equal(faults.list.v[0].path, "/params/name");
}

/* The only fault of a text. */
static void check_fault(const char *text, const char *path, const char *code, const char *words) {
	assert_false(read_order(text));
	if (faults.total != 1)
		fail_msg("%s: %zu faults, the first %s", text, faults.total, faults.list.v[0].message);
	assert_string_equal(faults.list.v[0].path, path);
	assert_string_equal(faults.list.v[0].code, code);
	if (!strstr(faults.list.v[0].message, words))
		fail_msg("%s: says \"%s\"", text, faults.list.v[0].message);
}

static void test_types(void **state) {
	(void)state;
	check_fault("[]", "/params", "type", "an object, not an array");
	check_fault("{\"text\":7}", "/params/text", "type", "a string, not a number");
	check_fault("{\"count\":\"7\"}", "/params/count", "type", "whole number, not a string");
	check_fault("{\"count\":7.0}", "/params/count", "type", "without fraction");
	check_fault("{\"count\":1e1}", "/params/count", "type", "without fraction");
	check_fault("{\"big\":true}", "/params/big", "type", "not a boolean");
	check_fault("{\"x\":\"1\"}", "/params/x", "type", "a number, not a string");
	check_fault("{\"flag\":0}", "/params/flag", "type", "true or false");
	check_fault("{\"flag\":\"true\"}", "/params/flag", "type", "not a string");
	check_fault("{\"at\":1795393800}", "/params/at", "type", "a time like");
	check_fault("{\"urgency\":1}", "/params/urgency", "type", "a string");
	check_fault("{\"tags\":\"a\"}", "/params/tags", "type", "array of strings");
	check_fault("{\"tags\":[\"a\",7]}", "/params/tags/1", "type", "not a number");
	check_fault("{\"tags\":[null]}", "/params/tags/0", "type", "not null");
	check_fault("{\"who\":[]}", "/params/who", "type", "an object");
	check_fault("{\"items\":{}}", "/params/items", "type", "array of objects");
	check_fault("{\"items\":[7]}", "/params/items/0", "type", "an object");
	assert_true(read_order("{\"x\":7}"));
	assert_true(order.x == 7.0);
}

static void test_bounds(void **state) {
	(void)state;
	assert_true(read_order("{\"count\":0}") && read_order("{\"count\":10}"));
	check_fault("{\"count\":-1}", "/params/count", "range", "0..10");
	check_fault("{\"count\":11}", "/params/count", "range", "0..10");
	check_fault("{\"count\":4294967296}", "/params/count", "range", "0..10");
	assert_true(read_order("{\"text\":\"123456789012\"}"));
	check_fault("{\"text\":\"1234567890123\"}", "/params/text", "length", "at most 12 bytes, not 13");
	check_fault("{\"text\":\"低洼处积水\"}", "/params/text", "length", "not 15");
	check_fault("{\"text\":\"\"}", "/params/text", "empty", "empty");
	assert_true(read_order("{\"text\":\"a\\u0001\\n b\"}"));
	check_fault("{\"class\":\"a b\"}", "/params/class", "format", "no spaces");
	check_fault("{\"class\":\"a\\n\"}", "/params/class", "format", "control");
	check_fault("{\"class\":\"\"}", "/params/class", "empty", "empty");
	assert_true(read_order("{\"text\":\"a\",\"unit\":\"Housing Office 房管办\"}"));
	check_fault("{\"unit\":\"\"}", "/params/unit", "empty", "empty");
	check_fault("{\"unit\":\" a\"}", "/params/unit", "format", "no spaces around");
	check_fault("{\"unit\":\"a \"}", "/params/unit", "format", "no spaces around");
	check_fault("{\"unit\":\"a\\tb\"}", "/params/unit", "format", "control");
	check_fault("{\"unit\":\"a\\u007fb\"}", "/params/unit", "format", "control");
	check_fault("{\"tags\":[\"123456\"]}", "/params/tags/0", "length", "at most 5");
	check_fault("{\"tags\":[\"a\",\"b\",\"c\",\"d\"]}", "/params/tags", "too_many", "at most 3 items, not 4");
	check_fault("{\"items\":[{\"uri\":\"a\"},{\"uri\":\"a\"},{\"uri\":\"a\"}]}", "/params/items", "too_many", "at most 2");
	check_fault("{\"at\":\"2026-11-23T08:30:00\"}", "/params/at", "format", "offset");
	check_fault("{\"at\":\"yesterday\"}", "/params/at", "format", "time");
}

static void test_words(void **state) {
	(void)state;
	check_fault("{\"urgency\":\"emergncy\"}", "/params/urgency", "unknown", "normal, urgent, emergency");
	assert_string_equal(faults.list.v[0].suggestion, "emergency");
	check_fault("{\"urgency\":\"x\"}", "/params/urgency", "unknown", "normal");
	assert_null(faults.list.v[0].suggestion);
	check_fault("{\"clas\":\"a\"}", "/params/clas", "unknown", "did you mean `class`?");
	assert_string_equal(faults.list.v[0].suggestion, "class");
	check_fault("{\"who\":{\"name\":\"n\",\"Confidentail\":true}}", "/params/who/Confidentail", "unknown", "confidential");
	check_fault("{\"qqqq\":null}", "/params/qqqq", "unknown", "not known here");
	check_fault("{\"a/b~c\":1}", "/params/a~1b~0c", "unknown", "a/b~c");
	check_fault("{\"who\":{}}", "/params/who/name", "missing", "must be given");
	check_fault("{\"who\":{\"name\":null}}", "/params/who/name", "missing", "must be given");
	check_fault("{\"items\":[{\"uri\":\"a\"},{}]}", "/params/items/1/uri", "missing", "must be given");
}

static void test_all_at_once(void **state) {
	(void)state;
	assert_false(read_order("{\"text\":\"\",\"count\":\"x\",\"who\":{\"name\":7,\"x\":1},\"items\":[{},{\"uri\":\"a "
	                        "b\",\"at\":\"\"}],\"y\":0}"));
	assert_int_equal(faults.total, 8);
}

static void test_long_words(void **state) {
	(void)state;
	struct strbuf s;
	strbuf_init(&s);
	strbuf_adds(&s, "{\"x");
	for (int i = 0; i < 1000; i++)
		strbuf_adds(&s, "洼");
	strbuf_adds(&s, "\":1}");
	assert_false(read_order(s.data));
	assert_true(strlen(faults.list.v[0].path) < 100);
	assert_non_null(strstr(faults.list.v[0].message, "洼...`"));
	strbuf_clear(&s);
	for (int i = 0; i < 5000; i++)
		strbuf_printf(&s, "%c\"n%d\":1", i ? ',' : '{', i);
	strbuf_addc(&s, '}');
	assert_false(read_order(s.data));
	assert_int_equal(faults.total, 5000);
	assert_int_equal(faults.list.n, LIMIT_FAULTS);
	strbuf_fini(&s);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_values, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_copies, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_written, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_left_out, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_types, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_bounds, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_words, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_all_at_once, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_long_words, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
