/* system: what runs there, the test clock, the database's own check, and any method by name. */
#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/term/read.h"
#include "clients/gridctl/term/table.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "daemon/base/check.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void field(const char *name, const char *value) {
	if (value && *value)
		term_print("%s  %s\n", name, value);
}

static void print_towns(struct json_object *result) {
	static const struct column columns[] = {{{"town", "街镇"}, COLUMN_TEXT},        {{"name", "名称"}, COLUMN_TEXT},
	                                        {{"pack", "规则包版本"}, COLUMN_RIGHT}, {{"rules", "规则"}, COLUMN_RIGHT},
	                                        {{"tests", "测试"}, COLUMN_RIGHT},      {{"folder", "文件夹"}, COLUMN_TEXT}};
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(result, "towns"); i++) {
		struct json_object *town = tree_at(result, "towns", i);
		table_row(&t);
		table_cell(&t, tree_str(town, "code"));
		table_cell(&t, tree_str(town, T("en", "zh")));
		table_cell_int(&t, tree_int(town, "pack.version"));
		table_cell_int(&t, tree_int(town, "pack.rules"));
		table_cell_int(&t, tree_int(town, "pack.tests"));
		table_cell(&t, tree_bool(town, "pack.folder_differs") ? T("differs: rules reload", "有改动，可 rules reload")
		                                                      : T("as loaded", "一致"));
	}
	table_print(&t);
}

void print_info(struct json_object *result) {
	struct strbuf text = {0};
	strbuf_printf(&text, "%s %s, %s %" PRId64, tree_str(result, "name") ? tree_str(result, "name") : "gridd",
	              tree_str(result, "version") ? tree_str(result, "version") : "?", T("protocol", "协议"),
	              tree_int(result, "protocol"));
	term_print("%s%s\n", text.data, tree_bool(result, "ready") ? "" : T(" (not ready)", "（未就绪）"));
	strbuf_clear(&text);
	when_add(&text, tree_str(result, "now"), true);
	if (tree_bool(result, "test_clock"))
		strbuf_adds(&text, T("  (test clock)", "  （测试时钟）"));
	field(T("now       ", "时间  "), text.data);
	strbuf_clear(&text);
	strbuf_adds(&text, tree_str(result, "principal") ? tree_str(result, "principal") : "-");
	for (size_t i = 0; i < tree_count(result, "roles"); i++)
		strbuf_printf(&text, "%s%s", i ? ", " : "  ", tree_word(result, "roles", i));
	field(T("you are   ", "身份  "), text.data);
	strbuf_clear(&text);
	strbuf_printf(&text, "%s  %s", json_object_get_string(tree_get(result, "database.version")),
	              tree_str(result, "database.durability") ? tree_str(result, "database.durability") : "");
	field(T("database  ", "数据库"), text.data);
	strbuf_clear(&text);
	strbuf_adds(&text, tree_str(result, "worker.state") ? tree_str(result, "worker.state") : "");
	if (tree_int(result, "worker.pid"))
		strbuf_printf(&text, "  %s %" PRId64, T("process", "进程"), tree_int(result, "worker.pid"));
	field(T("worker    ", "投递  "), text.data);
	strbuf_clear(&text);
	when_add_span(&text, tree_int(result, "uptime_seconds"));
	field(T("up for    ", "已运行"), text.data);
	strbuf_fini(&text);
	term_print("\n");
	print_towns(result);
}

void print_ping(struct json_object *result) {
	if (tree_bool(result, "ready"))
		term_print("%s\n", T("ready", "就绪"));
	else
		term_error("gridctl system info", T("gridd answers but is not ready: %s", "gridd 有应答但未就绪：%s"),
		           tree_str(result, "why") ? tree_str(result, "why") : "?");
}

int judge_ping(struct json_object *result) { return tree_bool(result, "ready") ? EXIT_DONE : EXIT_UNREACHABLE; }

void print_verify(struct json_object *result) {
	static const struct column columns[] = {
	    {{"check", "检查项"}, COLUMN_TEXT}, {{"bad", "不符"}, COLUMN_RIGHT}, {{"examples", "例"}, COLUMN_REST}};
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(result, "checks"); i++) {
		struct json_object *check = tree_at(result, "checks", i);
		struct strbuf examples = {0};
		for (size_t j = 0; j < tree_count(check, "examples"); j++)
			strbuf_printf(&examples, "%s%s", j ? ", " : "", tree_word(check, "examples", j));
		table_row(&t);
		table_cell(&t, tree_str(check, "name"));
		table_cell_int(&t, tree_int(check, "bad"));
		if (tree_int(check, "bad") > 0)
			table_color(&t, "red");
		table_cell(&t, examples.data);
		strbuf_fini(&examples);
	}
	table_print(&t);
	term_print("%s\n", tree_bool(result, "ok") ? T("ok", "正常") : T("NOT ok", "有问题"));
}

int judge_verify(struct json_object *result) { return tree_bool(result, "ok") ? EXIT_DONE : EXIT_NO; }

void print_advance(struct json_object *result) {
	struct strbuf now = {0};
	when_add(&now, tree_str(result, "now"), true);
	term_print(T("now %s; %" PRId64 " fired, %" PRId64 " jobs\n", "现在 %s；触发 %" PRId64 " 项，任务 %" PRId64 " 项\n"),
	           now.data, tree_int(result, "fired"), tree_int(result, "jobs"));
	strbuf_fini(&now);
}

int run_rpc(struct ctl *ctl) {
	const char *text = own_str(&ctl->args, "json_params");
	struct json_object *params = NULL, *result = NULL;
	int rc = EXIT_DONE;
	if (text)
		rc = read_params(text, true, &params);
	if (rc == EXIT_DONE)
		rc = ctl_call(ctl, own_str(&ctl->args, "method"), params, &result);
	if (rc == EXIT_DONE)
		(void)(ctl_json(ctl, result) || (print_json(result), true));
	json_object_put(params);
	json_object_put(result);
	return rc;
}
