/* rules: a pack folder checked on the spot, and the pack that is in force. */
#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/term/table.h"
#include "clients/gridctl/term/tree.h"
#include "daemon/base/check.h"
#include "daemon/rules/check_dir.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int run_rules_check(struct ctl *ctl) {
	const char *dir = own_str(&ctl->args, "dir");
	struct stat st;
	if (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode)) {
		term_error("gridctl rules check routing-rules/tutorial", T("%s: no such folder", "%s：没有这个文件夹"), dir);
		return EXIT_FAILED;
	}
	struct strbuf report = {0};
	const bool ok = rules_check_dir(dir, &report);
	struct json_object *tree = json_object_new_object();
	tree_put(tree, "ok", json_object_new_boolean(ok));
	tree_put(tree, "report", json_object_new_string(report.data ? report.data : ""));
	if (!ctl_json(ctl, tree)) {
		term_print("%s", report.data ? report.data : "");
		if (report.len > 0 && report.data[report.len - 1] != '\n')
			term_print("\n");
	}
	json_object_put(tree);
	strbuf_fini(&report);
	return ok ? EXIT_DONE : EXIT_NO;
}

void print_rules_show(struct json_object *result) {
	static const struct column columns[] = {{{"file", "文件"}, COLUMN_TEXT}, {{"bytes", "字节"}, COLUMN_RIGHT}};
	const char *town = tree_str(result, "town"), *sha256 = tree_str(result, "sha256");
	term_print(T("%s: pack version %" PRId64 "\n", "%s：规则包第 %" PRId64 " 版\n"), town ? town : "?",
	           tree_int(result, "version"));
	/* What is counted is known of the version in force. */
	if (tree_get(result, "rules"))
		term_print(T("%" PRId64 " rules, %" PRId64 " tests, %" PRId64 " units, %" PRId64 " estates, %" PRId64 " classes\n",
		             "规则 %" PRId64 " 条，测试 %" PRId64 " 条，单位 %" PRId64 " 个，小区 %" PRId64 " 个，小类 %" PRId64
		             " 个\n"),
		           tree_int(result, "rules"), tree_int(result, "tests"), tree_int(result, "units"),
		           tree_int(result, "estates"), tree_int(result, "classes"));
	if (sha256)
		term_print("sha256 %s\n", sha256);
	term_print("\n");
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(result, "files"); i++) {
		struct json_object *file = tree_at(result, "files", i);
		table_row(&t);
		table_cell(&t, tree_str(file, "name"));
		table_cell_int(&t, tree_int(file, "bytes"));
	}
	table_print(&t);
}

void print_rules_reload(struct json_object *result) {
	term_print(tree_bool(result, "activated") ? T("%s: pack version %" PRId64 " is in force, %" PRId64 " rules\n",
	                                              "%s：规则包第 %" PRId64 " 版已生效，规则 %" PRId64 " 条\n")
	                                          : T("%s: pack version %" PRId64 " was in force already, %" PRId64 " rules\n",
	                                              "%s：规则包第 %" PRId64 " 版原已生效，规则 %" PRId64 " 条\n"),
	           tree_str(result, "town") ? tree_str(result, "town") : "?", tree_int(result, "version"),
	           tree_int(result, "rules"));
}

void print_rules_versions(struct json_object *result) {
	static const struct column columns[] = {{{"version", "版本"}, COLUMN_RIGHT}, {{"stored", "存入"}, COLUMN_TEXT},
	                                        {{"by", "经办"}, COLUMN_TEXT},       {{"sha256", "sha256"}, COLUMN_CUT},
	                                        {{"", ""}, COLUMN_TEXT}};
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(result, "versions"); i++) {
		struct json_object *one = tree_at(result, "versions", i);
		table_row(&t);
		table_cell_int(&t, tree_int(one, "version"));
		table_cell_time(&t, tree_str(one, "stored_at"));
		table_cell(&t, tree_str(one, "actor"));
		table_cell(&t, tree_str(one, "sha256"));
		table_cell(&t, tree_bool(one, "active") ? T("in force", "现行") : "");
	}
	table_print(&t);
}
