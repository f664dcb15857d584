/* plan: what another calendar would do to the due times of open cases. */
#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/term/table.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "daemon/base/check.h"
#include "daemon/rules/pack.h"

#include <inttypes.h>
#include <string.h>

int prepare_plan(struct ctl *ctl) {
	const char *dir = own_str(&ctl->args, "dir");
	struct pack_source source;
	struct err e = {0};
	if (!dir)
		return EXIT_DONE;
	if (!pack_source_read(dir, &source, &e)) {
		term_error("gridctl rules check DIR", "%s", e.text);
		return EXIT_FAILED;
	}
	struct json_object *files = json_object_new_object();
	for (size_t i = 0; i < source.files.n; i++)
		(void)json_object_object_add(files, source.files.v[i].name,
		                             json_object_new_string_len(source.files.v[i].text, (int)source.files.v[i].n));
	tree_put(ctl->args.params, "files", files);
	pack_source_fini(&source);
	return EXIT_DONE;
}

static void move_row(struct table *t, struct json_object *move) {
	struct strbuf text = {0};
	int64_t by = 0;
	table_row(t);
	table_cell(t, tree_str(move, "case"));
	table_cell(t, tree_name(move, "clock"));
	table_cell(t, tree_name(move, "unit"));
	table_cell_time(t, tree_str(move, "before"));
	table_cell_time(t, tree_str(move, "after"));
	if (when_between(tree_str(move, "before"), tree_str(move, "after"), &by)) {
		strbuf_adds(&text, by < 0 ? T("earlier by ", "提前 ") : T("later by ", "推后 "));
		when_add_span(&text, by < 0 ? -by : by);
	}
	if (tree_bool(move, "put_off"))
		strbuf_adds(&text, T(", put off: it would be overdue at once", "，已顺延：否则立即超期"));
	if (tree_bool(move, "provisional"))
		strbuf_adds(&text, T(", provisional", "，暂定"));
	table_cell(t, tree_str(move, "problem") ? tree_str(move, "problem") : text.data);
	strbuf_fini(&text);
}

void print_plan(struct json_object *result) {
	static const struct column columns[] = {{{"case", "案件"}, COLUMN_TEXT},  {{"clock", "时限"}, COLUMN_TEXT},
	                                        {{"unit", "单位"}, COLUMN_CUT},   {{"due now", "现到期"}, COLUMN_TEXT},
	                                        {{"then", "改后到期"}, COLUMN_TEXT}, {{"", ""}, COLUMN_REST}};
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(result, "moves"); i++)
		move_row(&t, tree_at(result, "moves", i));
	table_print(&t);
	term_print(T("%" PRId64 " open cases, %" PRId64 " due times would move\n",
	             "在办 %" PRId64 " 件，%" PRId64 " 个到期时间会变\n"),
	           tree_int(result, "cases"), tree_int(result, "moved"));
	if (tree_int(result, "unreckoned") > 0)
		term_print(T("%" PRId64 " can't be reckoned by that pack\n", "%" PRId64 " 个无法用该规则包计算\n"),
		           tree_int(result, "unreckoned"));
	if (tree_bool(result, "cut"))
		term_print("%s\n", T("There are more; the list was cut (--limit).", "条目过多，已截断（--limit）。"));
}
