/* list: cases as a table. */
#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/term/table.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "daemon/base/check.h"

#include <stdio.h>

/* Seconds until the present holder's clock runs out, negative when it has; false: none runs. */
static bool seconds_left(struct json_object *one, const char *now, int64_t *left) {
	return when_between(now, tree_str(one, "due_at"), left);
}

static void list_row(struct table *t, struct json_object *one, const char *now) {
	struct strbuf due = {0};
	int64_t left = 0;
	if (seconds_left(one, now, &left))
		when_add_left(&due, left);
	const char *place = tree_name(one, "estate");
	table_row(t);
	table_cell(t, tree_str(one, "number"));
	table_cell(t, tree_name(one, "state"));
	table_cell(t, tree_name(one, "class"));
	table_cell(t, place ? place : tree_str(one, "address"));
	table_cell(t, tree_name(one, "unit"));
	table_cell(t, due.data);
	if (left < 0)
		table_color(t, "red");
	table_cell(t, tree_str(one, "text"));
	strbuf_fini(&due);
}

void print_list(struct json_object *result) {
	static const struct column columns[] = {{{"number", "编号"}, COLUMN_TEXT}, {{"state", "状态"}, COLUMN_TEXT},
	                                        {{"class", "类别"}, COLUMN_CUT},   {{"estate", "小区/地点"}, COLUMN_CUT},
	                                        {{"unit", "承办"}, COLUMN_CUT},    {{"due", "到期"}, COLUMN_TEXT},
	                                        {{"text", "内容"}, COLUMN_REST}};
	const size_t n = tree_count(result, "cases");
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < n; i++)
		list_row(&t, tree_at(result, "cases", i), tree_str(result, "now"));
	table_print(&t);
	if (n == 0)
		fputs(T("no cases\n", "没有案件\n"), stderr);
}
