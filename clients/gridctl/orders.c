/* orders: supervision orders, and who was told what. */
#include "clients/gridctl/command.h"
#include "clients/gridctl/table.h"
#include "clients/gridctl/tree.h"
#include "clients/gridctl/when.h"
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

/* What became of it: why not, or how often it was told. */
static void add_fate(struct strbuf *out, struct json_object *notice) {
	const char *failure = tree_str(notice, "failure");
	if (tree_int(notice, "times") > 1)
		strbuf_printf(out, T("told %" PRId64 " times", "第 %" PRId64 " 次"), tree_int(notice, "times"));
	if (tree_bool(notice, "acknowledge"))
		strbuf_printf(out, "%s%s", out->len ? T(", ", "，") : "", T("repeats until acknowledged", "须确认收到"));
	if (failure)
		strbuf_printf(out, "%s%s", out->len ? T(", ", "，") : "", failure);
}

static void notice_row(struct table *t, struct json_object *notice) {
	struct strbuf text = {0};
	table_row(t);
	table_cell(t, tree_str(notice, "notice"));
	table_cell_time(t, tree_str(notice, "made_at"));
	table_cell(t, tree_str(notice, "case"));
	table_cell(t, tree_name(notice, "kind"));
	table_cell(t, tree_name(notice, "clock"));
	table_cell(t, tree_name(notice, "unit"));
	strbuf_printf(&text, "%s%s%s", tree_str(notice, "channel") ? tree_str(notice, "channel") : "",
	              tree_str(notice, "to") ? ":" : "", tree_str(notice, "to") ? tree_str(notice, "to") : "");
	table_cell(t, text.data);
	table_cell(t, tree_name(notice, "state"));
	if (is_state(notice, "failed") || is_state(notice, "dead") || is_state(notice, "nobody"))
		table_color(t, "red");
	strbuf_clear(&text);
	add_fate(&text, notice);
	table_cell(t, text.data);
	strbuf_fini(&text);
}

void print_notices(struct json_object *result) {
	static const struct column columns[] = {{{"notice", "通知"}, COLUMN_TEXT}, {{"at", "时间"}, COLUMN_TEXT},
	                                        {{"case", "案件"}, COLUMN_TEXT},   {{"kind", "事由"}, COLUMN_TEXT},
	                                        {{"clock", "时限"}, COLUMN_TEXT},  {{"unit", "单位"}, COLUMN_CUT},
	                                        {{"to", "送往"}, COLUMN_CUT},      {{"state", "状态"}, COLUMN_TEXT},
	                                        {{"", ""}, COLUMN_REST}};
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(result, "notices"); i++)
		notice_row(&t, tree_at(result, "notices", i));
	table_print(&t);
	if (tree_count(result, "notices") == 0)
		fputs(T("no notices\n", "没有通知\n"), stderr);
}

void print_trial(struct json_object *result) {
	const char *failure = tree_str(result, "failure");
	term_print("%s: %s\n", tree_str(result, "channel") ? tree_str(result, "channel") : "?",
	           tree_bool(result, "delivered") ? T("delivered", "已送达") : failure ? failure : T("not delivered", "未送达"));
}

int judge_trial(struct json_object *result) { return tree_bool(result, "delivered") ? EXIT_DONE : EXIT_NO; }
