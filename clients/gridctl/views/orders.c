/* orders: supervision orders. */
#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/term/table.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "daemon/base/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool is_state(struct json_object *row, const char *state) {
	const char *is = tree_str(row, "state");
	return is && strcmp(is, state) == 0;
}

static void order_row(struct table *t, struct json_object *order) {
	const char *reply = tree_str(order, "reply");
	table_row(t);
	table_cell(t, tree_str(order, "order"));
	table_cell(t, tree_name(order, "kind"));
	table_cell(t, tree_name(order, "state"));
	if (is_state(order, "expired"))
		table_color(t, "red");
	table_cell(t, tree_name(order, "unit"));
	table_cell(t, tree_str(order, "issuer"));
	table_cell_time(t, tree_str(order, "opened_at"));
	table_cell_time(t, tree_str(order, "due_at"));
	table_cell(t, reply ? reply : tree_str(order, "demand") ? tree_str(order, "demand") : tree_str(order, "grounds"));
}

void print_orders(struct json_object *result) {
	static const struct column columns[] = {{{"order", "督办单"}, COLUMN_TEXT}, {{"kind", "类型"}, COLUMN_TEXT},
	                                        {{"state", "状态"}, COLUMN_TEXT},   {{"unit", "督办对象"}, COLUMN_CUT},
	                                        {{"by", "签发"}, COLUMN_CUT},       {{"opened", "开出"}, COLUMN_TEXT},
	                                        {{"due", "回复期限"}, COLUMN_TEXT}, {{"demand, or reply", "要求或回复"}, COLUMN_REST}};
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(result, "orders"); i++)
		order_row(&t, tree_at(result, "orders", i));
	table_print(&t);
	if (tree_count(result, "orders") == 0)
		fputs(T("no supervision orders\n", "没有督办单\n"), stderr);
}
