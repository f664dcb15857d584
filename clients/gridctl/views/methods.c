/* methods: what gridd can be asked: its words; all methods, and one with its params, errors and an example. */
#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/term/table.h"
#include "clients/gridctl/term/tree.h"
#include "daemon/base/check.h"
#include "daemon/base/suggest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_roles(struct json_object *method, struct strbuf *out) {
	const size_t n = tree_count(method, "x-roles");
	for (size_t i = 0; i < n; i++)
		strbuf_printf(out, "%s%s", i ? ", " : "", tree_word(method, "x-roles", i));
	if (n == 0)
		strbuf_adds(out, T("anyone", "任何人"));
}

void print_words(struct json_object *result) {
	static const struct column columns[] = {
	    {{"kind", "种类"}, COLUMN_TEXT}, {{"code", "代码"}, COLUMN_TEXT}, {{"name", "名称"}, COLUMN_REST}, {{"of", "属于"}, COLUMN_TEXT}};
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(result, "words"); i++) {
		struct json_object *word = tree_at(result, "words", i);
		const char *zh = tree_str(word, "name"), *en = tree_str(word, "name_en");
		table_row(&t);
		table_cell(&t, tree_str(word, "kind"));
		table_cell(&t, tree_str(word, "code"));
		table_cell(&t, (!term_zh() && en) || !zh ? en : zh);
		table_cell(&t, tree_str(word, "of"));
	}
	table_print(&t);
	if (tree_bool(result, "more"))
		fputs(T("there are more: --limit, --kind, or more of the word\n", "还有更多：可用 --limit、--kind，或多写几个字\n"), stderr);
}

void print_methods(struct json_object *result) {
	static const struct column columns[] = {
	    {{"method", "方法"}, COLUMN_TEXT}, {{"what it does", "用途"}, COLUMN_REST}, {{"command", "命令"}, COLUMN_TEXT}};
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(result, "methods"); i++) {
		struct json_object *method = tree_at(result, "methods", i);
		const char *name = tree_str(method, "name");
		const struct command *c = name ? command_by_method(name) : NULL;
		struct strbuf words = {0};
		if (c)
			help_words(c, &words);
		table_row(&t);
		table_cell(&t, name);
		/* gridd's own sentence is English; the command's has both languages. */
		table_cell(&t, c && term_zh() ? both_text(c->help) : tree_str(method, "summary"));
		table_cell(&t, words.data);
		strbuf_fini(&words);
	}
	table_print(&t);
}

/* -- the type of a param, as a line ----------------------------------------------------------------------------- */

static void add_type(struct json_object *schema, struct strbuf *out) {
	const char *type = tree_str(schema, "type");
	const size_t words = tree_count(schema, "enum");
	struct json_object *max = tree_get(schema, "maxLength"), *from = tree_get(schema, "minimum");
	if (words > 0) {
		for (size_t i = 0; i < words; i++)
			strbuf_printf(out, "%s%s", i ? " | " : "", tree_word(schema, "enum", i));
	} else if (!type) {
		strbuf_adds(out, T("any JSON", "任意 JSON"));
	} else if (strcmp(type, "array") == 0) {
		strbuf_adds(out, T("list of: ", "列表："));
		add_type(tree_get(schema, "items"), out);
	} else if (strcmp(type, "string") == 0 && tree_str(schema, "format")) {
		strbuf_adds(out, T("time with offset", "带时区的时间"));
	} else {
		strbuf_adds(out, type);
	}
	if (max && words == 0)
		strbuf_printf(out, T(", up to %" PRId64 " bytes", "，至多 %" PRId64 " 字节"), json_object_get_int64(max));
	if (from && json_object_get_int64(from) > INT32_MIN)
		strbuf_printf(out, " %" PRId64 "..%" PRId64, tree_int(schema, "minimum"), tree_int(schema, "maximum"));
}

static void param_row(struct table *t, const char *name, struct json_object *schema, bool required);

static bool is_needed(struct json_object *schema, const char *name) {
	for (size_t i = 0; i < tree_count(schema, "required"); i++)
		if (strcmp(tree_word(schema, "required", i), name) == 0)
			return true;
	return false;
}

/* The members of an object, or of the objects of a list: source.channel, attachments[].uri. */
static void member_rows(struct table *t, const char *name, struct json_object *schema) {
	const bool is_list = tree_get(schema, "items") != NULL;
	struct json_object *object = is_list ? tree_get(schema, "items") : schema, *members = tree_get(object, "properties");
	if (!json_object_is_type(members, json_type_object))
		return;
	json_object_object_foreach(members, key, member) {
		struct strbuf full = {0};
		strbuf_printf(&full, "%s%s.%s", name, is_list ? "[]" : "", key);
		param_row(t, full.data, member, is_needed(object, key));
		strbuf_fini(&full);
	}
}

static void param_row(struct table *t, const char *name, struct json_object *schema, bool required) {
	struct strbuf type = {0};
	add_type(schema, &type);
	table_row(t);
	table_cell(t, name);
	table_cell(t, required ? T("needed", "必填") : "");
	table_cell(t, type.data);
	strbuf_fini(&type);
	member_rows(t, name, schema);
}

static void print_params(struct json_object *method) {
	static const struct column columns[] = {
	    {{"param", "参数"}, COLUMN_TEXT}, {{"", ""}, COLUMN_TEXT}, {{"is", "类型"}, COLUMN_TEXT}};
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(method, "params"); i++) {
		struct json_object *param = tree_at(method, "params", i);
		param_row(&t, tree_str(param, "name"), tree_get(param, "schema"), tree_bool(param, "required"));
	}
	table_print(&t);
}

/* -- errors ------------------------------------------------------------------------------------------------------ */

static bool takes(struct json_object *method, const char *name) {
	for (size_t i = 0; i < tree_count(method, "params"); i++) {
		const char *has = tree_str(tree_at(method, "params", i), "name");
		if (has && strcmp(has, name) == 0)
			return true;
	}
	return false;
}

static bool names_a_thing(struct json_object *method) {
	static const char *const things[] = {"case", "request", "order", "notice", "indicator", "into"};
	for (size_t i = 0; i < COUNT_OF(things); i++)
		if (takes(method, things[i]))
			return true;
	return false;
}

/* Every writing call takes a key, and no other does. */
static bool writes(struct json_object *method) { return takes(method, "key"); }
static bool has_roles(struct json_object *method) { return tree_count(method, "x-roles") > 0; }
static bool always(struct json_object *method) { return method != NULL; }

/* By what a method takes: which of the protocol's errors can come of it. */
static const struct {
	enum err_code code;
	bool (*can)(struct json_object *method);
	struct both when;
} errors[] = {
    {E_INVALID_PARAMS, always, {"a param is wrong, unknown or missing: data.errors lists all", "参数有误、不认识或缺少，data.errors 逐条列出"}},
    {E_UNAUTHENTICATED, has_roles, {"no acceptable identity", "身份不被接受"}},
    {E_FORBIDDEN, has_roles, {"the caller has none of the roles", "调用者没有所需角色"}},
    {E_NOT_FOUND, names_a_thing, {"there is no such thing, or it is none of the caller's", "没有该对象，或不在调用者范围内"}},
    {E_CONFLICT, writes, {"not possible in this state, changed meanwhile, or the key with another body",
                          "该状态下不能办、期间有变动，或同一键而内容不同"}},
    {E_OVERLOADED, always, {"ask again after data.retry_after_ms", "按 data.retry_after_ms 稍后再试"}},
    {E_UNAVAILABLE, has_roles, {"the database cannot be reached; nothing was stored", "连不上数据库，未保存任何内容"}},
    {E_OUTCOME_UNKNOWN, writes, {"it may have been stored or not: again with the same key", "不确定是否已保存，请用同一个键重试"}},
};

static void print_errors(struct json_object *method) {
	static const struct column columns[] = {
	    {{"error", "错误"}, COLUMN_TEXT}, {{"code", "代码"}, COLUMN_RIGHT}, {{"when", "何时"}, COLUMN_REST}};
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < COUNT_OF(errors); i++) {
		if (!errors[i].can(method))
			continue;
		table_row(&t);
		table_cell(&t, err_reason(errors[i].code));
		table_cell_int(&t, err_rpc_code(errors[i].code));
		table_cell(&t, both_text(errors[i].when));
	}
	table_print(&t);
}

/* -- an example -------------------------------------------------------------------------------------------------- */

/* The params that the command's own example makes: words divided by spaces are all that examples have. */
static struct json_object *params_of_example(const struct command *c) {
	const struct flag *tables[COUNT_OF(c->flags) + 1] = {NULL};
	char *text = strdup(c->example), *argv[64] = {NULL}, *rest = NULL;
	size_t n = 0, skip = c->verb ? 2 : 1;
	CHECK(text != NULL);
	for (char *word = strtok_r(text, " ", &rest); word && n < COUNT_OF(argv) - 1; word = strtok_r(NULL, " ", &rest))
		if (skip > 0)
			skip--;
		else
			argv[n++] = word;
	for (n = 0; c->flags[n]; n++)
		tables[n] = c->flags[n];
	tables[n] = global_flags;
	struct args args;
	struct err e = {0};
	const char *word;
	const struct operand *o = c->operands;
	args_init(&args, argv);
	while (args_word(&args, tables, &word, &e) && word && o->name)
		if (!args_operand(&args, o++, word, &e))
			break;
	struct json_object *params = json_object_get(args.params);
	args_fini(&args);
	free(text);
	return params;
}

/* A value that the schema lets pass. */
static struct json_object *sample(const char *name, struct json_object *schema) {
	const char *type = tree_str(schema, "type");
	if (strcmp(name, "case") == 0)
		return json_object_new_string("20261123-0000001");
	if (tree_count(schema, "enum") > 0)
		return json_object_new_string(tree_word(schema, "enum", 0));
	if (tree_str(schema, "format"))
		return json_object_new_string("2026-11-23T09:00:00+08:00");
	if (type && (strcmp(type, "integer") == 0 || strcmp(type, "number") == 0))
		return json_object_new_int64(tree_int(schema, "minimum") > 1 ? tree_int(schema, "minimum") : 1);
	if (type && strcmp(type, "boolean") == 0)
		return json_object_new_boolean(true);
	if (type && strcmp(type, "array") == 0)
		return json_object_new_array();
	if (type && strcmp(type, "object") == 0)
		return json_object_new_object();
	return json_object_new_string("...");
}

static void print_example(struct json_object *method, const char *name) {
	const struct command *c = command_by_method(name);
	struct json_object *params = c ? params_of_example(c) : json_object_new_object();
	for (size_t i = 0; i < tree_count(method, "params"); i++) {
		struct json_object *param = tree_at(method, "params", i);
		const char *key = tree_str(param, "name");
		if (key && tree_bool(param, "required") && !tree_get(params, key))
			tree_put(params, key, sample(key, tree_get(param, "schema")));
	}
	const char *json = json_object_to_json_string_ext(params, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	term_print("%s\n", T("example:", "示例:"));
	if (c)
		term_print("  gridctl %s\n", c->example);
	term_print("  gridctl rpc call %s%s%s%s\n", name, json_object_object_length(params) ? " '" : "",
	           json_object_object_length(params) ? json : "", json_object_object_length(params) ? "'" : "");
	json_object_put(params);
}

static void print_method(struct json_object *method) {
	const char *name = tree_str(method, "name"), *summary = tree_str(method, "summary");
	const struct command *c = command_by_method(name);
	struct strbuf roles = {0};
	add_roles(method, &roles);
	term_print("%s: %s\n", name, c && term_zh() ? both_text(c->help) : summary ? summary : "");
	term_print("%s %s\n\n", T("roles:", "角色:"), roles.data);
	strbuf_fini(&roles);
	if (tree_count(method, "params") > 0) {
		print_params(method);
		term_print("\n");
	}
	print_errors(method);
	term_print("\n");
	print_example(method, name);
}

static int unknown_method(struct json_object *result, const char *typed) {
	struct suggest near;
	suggest_start(&near, typed);
	for (size_t i = 0; i < tree_count(result, "methods"); i++) {
		const char *name = tree_str(tree_at(result, "methods", i), "name");
		if (name)
			suggest_offer(&near, name);
	}
	if (near.best)
		term_error("gridctl rpc list", T("gridd has no method %s; did you mean %s?", "gridd 没有 %s 这个方法，是不是 %s？"), typed,
		           near.best);
	else
		term_error("gridctl rpc list", T("gridd has no method %s", "gridd 没有 %s 这个方法"), typed);
	return EXIT_NOT_FOUND;
}

int run_rpc_doc(struct ctl *ctl) {
	const char *typed = own_str(&ctl->args, "method");
	struct json_object *result, *found = NULL;
	int rc = ctl_call(ctl, "rpc.discover", NULL, &result);
	if (rc != EXIT_DONE)
		return rc;
	for (size_t i = 0; !found && i < tree_count(result, "methods"); i++) {
		const char *name = tree_str(tree_at(result, "methods", i), "name");
		found = name && strcmp(name, typed) == 0 ? tree_at(result, "methods", i) : NULL;
	}
	if (!found)
		rc = unknown_method(result, typed);
	else if (!ctl_json(ctl, found))
		print_method(found);
	json_object_put(result);
	return rc;
}
