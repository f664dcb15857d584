/* notices: who was told what, and the channels that tell. */
#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/term/table.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "daemon/base/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --dead is the state that is asked for most. */
int prepare_notices(struct ctl *ctl) {
	if (own_bool(&ctl->args, "dead"))
		tree_put(ctl->args.params, "state", json_object_new_string("dead"));
	return EXIT_DONE;
}

static bool is_bad(const char *state) {
	return state && (strcmp(state, "failed") == 0 || strcmp(state, "dead") == 0 || strcmp(state, "nobody") == 0);
}

/* What became of it: why not, or how often it was told. */
static void add_fate(struct strbuf *out, struct json_object *notice) {
	const char *failure = tree_str(notice, "failure"), *head = tree_str(notice, "head");
	if (tree_int(notice, "times") > 1)
		strbuf_printf(out, T("told %" PRId64 " times", "第 %" PRId64 " 次"), tree_int(notice, "times"));
	if (tree_bool(notice, "acknowledge"))
		strbuf_printf(out, "%s%s", out->len ? T(", ", "，") : "", T("repeats until acknowledged", "须确认收到"));
	if (tree_int(notice, "tries") > 1)
		strbuf_printf(out, T("%stried %" PRId64 " times", "%s已试 %" PRId64 " 次"), out->len ? T(", ", "，") : "",
		              tree_int(notice, "tries"));
	if (head)
		strbuf_printf(out, T("%swith %s", "%s随 %s 一并发出"), out->len ? T(", ", "，") : "", head);
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
	if (is_bad(tree_str(notice, "state")))
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
	for (size_t i = 0; i < tree_count(result, "paused"); i++)
		term_print(T("%s is paused by %s\n", "渠道 %s 已由 %s 暂停\n"), tree_str(tree_at(result, "paused", i), "channel"),
		           tree_str(tree_at(result, "paused", i), "actor"));
}

void print_trial(struct json_object *result) {
	const char *failure = tree_str(result, "failure");
	term_print("%s: %s\n", tree_str(result, "channel") ? tree_str(result, "channel") : "?",
	           tree_bool(result, "delivered") ? T("delivered", "已送达") : failure ? failure : T("not delivered", "未送达"));
}

int judge_trial(struct json_object *result) { return tree_bool(result, "delivered") ? EXIT_DONE : EXIT_NO; }

void print_retried(struct json_object *result) {
	term_print(T("%" PRId64 " tried anew\n", "%" PRId64 " 条重新发送\n"), tree_int(result, "retried"));
}

/* What a pause holds back, and what a resumption lets go. */
void print_channel(struct json_object *result) {
	const char *name = tree_str(result, "channel");
	term_print(T("%s: %s, %" PRId64 " waiting\n", "%s：%s，待发 %" PRId64 " 条\n"), name ? name : "?",
	           tree_bool(result, "paused") ? T("paused", "已暂停") : T("carries", "已恢复"), tree_int(result, "waiting"));
}
