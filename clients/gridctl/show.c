/* show: one case as a page. */
#include "clients/gridctl/command.h"
#include "clients/gridctl/table.h"
#include "clients/gridctl/tree.h"
#include "clients/gridctl/when.h"
#include "daemon/base/check.h"

#include <inttypes.h>
#include <string.h>

enum value_kind { AS_TEXT, AS_TIME, AS_NAME, AS_LIST, AS_PAIRS, AS_NUMBER };

struct page_line {
	const char *path;
	enum value_kind kind;
	struct both heading;
};

/* What the page says of a case, in this order; what isn't there is left out. */
static const struct page_line page_lines[] = {
    {"class", AS_NAME, {"class", "类别"}},
    {"condition", AS_NAME, {"condition", "立案条件"}},
    {"urgency", AS_NAME, {"urgency", "紧急程度"}},
    {"estate", AS_NAME, {"estate", "小区"}},
    {"grid", AS_NAME, {"grid", "网格"}},
    {"address", AS_TEXT, {"address", "地址"}},
    {"text", AS_TEXT, {"text", "内容"}},
    {"attrs", AS_PAIRS, {"attributes", "属性"}},
    {"tags", AS_LIST, {"tags", "标签"}},
    {"source.channel", AS_NAME, {"channel", "来源"}},
    {"source.ref", AS_TEXT, {"reference", "来源单号"}},
    {"reporter", AS_PAIRS, {"reporter", "反映人"}},
    {"responsible", AS_NAME, {"responsible", "责任主体"}},
    {"unit", AS_NAME, {"unit", "承办单位"}},
    {"held_since", AS_TIME, {"held since", "接手时间"}},
    {"proposed", AS_NAME, {"proposed", "建议派往"}},
    {"triage_detail", AS_TEXT, {"to the desk because", "转派遣台原因"}},
    {"rule.id", AS_TEXT, {"rule", "依据规则"}},
    {"rule.pack", AS_NUMBER, {"of pack", "规则包版本"}},
    {"observed_at", AS_TIME, {"observed", "发现时间"}},
    {"received_at", AS_TIME, {"received", "接收时间"}},
    {"closed_at", AS_TIME, {"closed", "结案时间"}},
    {"result", AS_NAME, {"result", "处置结果"}},
    {"escalation_level", AS_NUMBER, {"escalation level", "升级"}},
    {"returns", AS_NUMBER, {"returned", "退单次数"}},
    {"merged_into", AS_TEXT, {"merged into", "并入"}},
    {"allowed", AS_LIST, {"possible now", "可做"}},
};

static void add_pairs(struct strbuf *out, struct json_object *pairs) {
	if (!json_object_is_type(pairs, json_type_object))
		return;
	json_object_object_foreach(pairs, name, value) {
		strbuf_printf(out, "%s%s=%s", out->len ? ", " : "", name, json_object_get_string(value));
	}
}

static void add_value(struct strbuf *out, struct json_object *one, const struct page_line *line) {
	const char *text = tree_str(one, line->path);
	const char *name = line->kind == AS_NAME ? tree_name(one, line->path) : NULL;
	switch (line->kind) {
	case AS_TEXT:
		strbuf_adds(out, text ? text : "");
		break;
	case AS_TIME:
		if (text)
			when_add(out, text, true);
		break;
	case AS_NAME:
		strbuf_adds(out, name ? name : "");
		if (name && text && strcmp(name, text) != 0)
			strbuf_printf(out, " (%s)", text);
		break;
	case AS_LIST:
		for (size_t i = 0; i < tree_count(one, line->path); i++)
			strbuf_printf(out, "%s%s", i ? ", " : "", tree_word(one, line->path, i));
		break;
	case AS_PAIRS:
		add_pairs(out, tree_get(one, line->path));
		break;
	case AS_NUMBER:
		if (tree_int(one, line->path) != 0)
			strbuf_printf(out, "%" PRId64, tree_int(one, line->path));
		break;
	}
}

/* "name: value", further lines of a value set in beneath the first. */
static void print_line(const char *heading, const char *value) {
	struct strbuf text = {0};
	for (; *value; value++) {
		strbuf_addc(&text, *value);
		if (*value == '\n')
			strbuf_adds(&text, "    ");
	}
	term_print(T("%s: %s\n", "%s：%s\n"), heading, text.data);
	strbuf_fini(&text);
}

/* `finished` is said of cases too, where it means: to be verified. */
static const char *task_state(struct json_object *task) {
	const char *state = tree_str(task, "state");
	return state && strcmp(state, "finished") == 0 ? T("finished", "已完成") : tree_name(task, "state");
}

static void print_tasks(struct json_object *one) {
	static const struct column columns[] = {{{"unit", "单位"}, COLUMN_TEXT},     {{"kind", "任务"}, COLUMN_TEXT},
	                                        {{"state", "状态"}, COLUMN_TEXT},    {{"given", "派单"}, COLUMN_TEXT},
	                                        {{"accepted", "接单"}, COLUMN_TEXT}, {{"ended", "结束"}, COLUMN_TEXT},
	                                        {{"result", "结果"}, COLUMN_TEXT}};
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(one, "tasks"); i++) {
		static const char *const times[] = {"given_at", "accepted_at", "ended_at"};
		struct json_object *task = tree_at(one, "tasks", i);
		table_row(&t);
		table_cell(&t, tree_name(task, "unit"));
		table_cell(&t, tree_name(task, "kind"));
		table_cell(&t, task_state(task));
		for (size_t j = 0; j < COUNT_OF(times); j++) {
			struct strbuf at = {0};
			when_add(&at, tree_str(task, times[j]), false);
			table_cell(&t, at.data);
			strbuf_fini(&at);
		}
		table_cell(&t, tree_str(task, "result") ? tree_name(task, "result") : tree_name(task, "reason"));
	}
	table_print(&t);
}

static void clock_row(struct table *t, struct json_object *clock) {
	const int64_t overdue = tree_int(clock, "overdue_seconds");
	struct strbuf text = {0};
	table_row(t);
	table_cell(t, tree_name(clock, "name"));
	table_cell(t, tree_name(clock, "state"));
	table_cell(t, tree_str(clock, "limit"));
	when_add(&text, tree_str(clock, "started_at"), false);
	table_cell(t, text.data);
	strbuf_clear(&text);
	when_add(&text, tree_str(clock, "due_at"), false);
	if (tree_bool(clock, "provisional"))
		strbuf_adds(&text, T(" (provisional)", "（暂定）"));
	table_cell(t, text.data);
	strbuf_clear(&text);
	if (overdue > 0)
		when_add_left(&text, -overdue);
	table_cell(t, text.data);
	if (overdue > 0)
		table_color(t, "red");
	strbuf_fini(&text);
}

static void print_case_clocks(struct json_object *one) {
	static const struct column columns[] = {{{"clock", "时限"}, COLUMN_TEXT}, {{"state", "状态"}, COLUMN_TEXT},
	                                        {{"limit", "限"}, COLUMN_TEXT},   {{"started", "起"}, COLUMN_TEXT},
	                                        {{"due", "到期"}, COLUMN_TEXT},   {{"overdue", "超期"}, COLUMN_TEXT}};
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(one, "clocks"); i++)
		clock_row(&t, tree_at(one, "clocks", i));
	table_print(&t);
}

static void print_case(struct json_object *one) {
	const char *number = tree_str(one, "number");
	struct strbuf value = {0};
	term_print("%s  %s\n", number ? number : tree_str(one, "case"), tree_name(one, "state") ? tree_name(one, "state") : "");
	for (size_t i = 0; i < COUNT_OF(page_lines); i++) {
		strbuf_clear(&value);
		add_value(&value, one, &page_lines[i]);
		if (value.len > 0)
			print_line(both_text(page_lines[i].heading), value.data);
	}
	strbuf_fini(&value);
	if (tree_count(one, "tasks") > 0)
		term_print("\n");
	print_tasks(one);
	if (tree_count(one, "clocks") > 0)
		term_print("\n");
	print_case_clocks(one);
}

int run_show(struct ctl *ctl) {
	struct json_object *result;
	case_word(ctl->args.params, ctl->args.words[0]);
	const int rc = ctl_call(ctl, "case.get", ctl->args.params, &result);
	if (rc == EXIT_DONE && !ctl_json(ctl, result))
		print_case(result);
	json_object_put(result);
	return rc;
}
