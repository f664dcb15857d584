/* test_schema: each type of field says what it takes, in the words of JSON Schema. */
#include "daemon/wire/schema.h"

#include "daemon/base/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

struct inner {
	const char *code;
	int32_t n;
};
struct outer {
	const char *text;
	double x;
	bool yes;
	int64_t at;
	int32_t which;
	struct {
		const char **v;
		size_t n, cap;
	} words;
	struct inner one;
	struct {
		struct inner *v;
		size_t n, cap;
	} many;
	void *tree;
};

static const char *const names[] = {"a", "b", NULL};
static const struct field inner_fields[] = {FIELD_STR(struct inner, code, 8, FIELD_REQUIRED | FIELD_CODE),
                                            FIELD_I32(struct inner, n, -1, 9, 0), FIELD_END};
#define INNER                                                                                                               \
	"{\"type\":\"object\",\"properties\":{\"code\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":8,"                   \
	"\"pattern\":\"^[^\\\\u0000-\\\\u0020\\\\u007f]+$\"},\"n\":{\"type\":\"integer\",\"minimum\":-1,\"maximum\":9}},"       \
	"\"required\":[\"code\"],\"additionalProperties\":false}"

static const struct field fields[] = {
    FIELD_STR(struct outer, text, 100, 0),
    FIELD_F64(struct outer, x, 0),
    FIELD_BOOL(struct outer, yes, 0),
    FIELD_TIME(struct outer, at, 0),
    FIELD_ENUM(struct outer, which, names, 0),
    FIELD_STRS(struct outer, words, 5, 20, FIELD_NONEMPTY),
    FIELD_OBJECT(struct outer, one, inner_fields, 0),
    FIELD_LIST(struct outer, many, inner_fields, 3, 0),
    FIELD_TREE(struct outer, tree, 0),
};
static const char *const expected[] = {
    "{\"type\":\"string\",\"maxLength\":100}",
    "{\"type\":\"number\"}",
    "{\"type\":\"boolean\"}",
    "{\"type\":\"string\",\"format\":\"date-time\"}",
    "{\"type\":\"string\",\"enum\":[\"a\",\"b\"]}",
    "{\"type\":\"array\",\"minItems\":1,\"maxItems\":5,\"items\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":20}}",
    INNER,
    "{\"type\":\"array\",\"maxItems\":3,\"items\":" INNER "}",
    "{}",
};

static void test_each_type(void **state) {
	(void)state;
	assert_int_equal(COUNT_OF(fields), COUNT_OF(expected));
	for (size_t i = 0; i < COUNT_OF(fields); i++) {
		struct strbuf text;
		struct json_out j;
		strbuf_init(&text);
		jout_init(&j, &text);
		schema_field(&fields[i], &j);
		assert_string_equal(text.data, expected[i]);
		strbuf_fini(&text);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_type)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
