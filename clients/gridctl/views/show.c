/* show: one case as a page. */
#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/term/table.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "daemon/base/check.h"

#include <inttypes.h>
#include <string.h>

static void add_as_text(struct strbuf *out, struct json_object *one, const char *path) {
	const char *text = tree_str(one, path);
	strbuf_adds(out, text ? text : "");
}

static void add_as_time(struct strbuf *out, struct json_object *one, const char *path) {
	if (tree_str(one, path))
		when_add(out, tree_str(one, path), true);
}

static void add_as_name(struct strbuf *out, struct json_object *one, const char *path) {
	const char *text = tree_str(one, path), *name = tree_name(one, path);
	strbuf_adds(out, name ? name : "");
	if (name && text && strcmp(name, text) != 0)
		strbuf_printf(out, " (%s)", text);
}

static void add_as_list(struct strbuf *out, struct json_object *one, const char *path) {
	for (size_t i = 0; i < tree_count(one, path); i++)
		strbuf_printf(out, "%s%s", i ? ", " : "", tree_word(one, path, i));
}

static void add_as_pairs(struct strbuf *out, struct json_object *one, const char *path) {
	struct json_object *pairs = tree_get(one, path);
	if (!json_object_is_type(pairs, json_type_object))
		return;
	json_object_object_foreach(pairs, name, value) {
		strbuf_printf(out, "%s%s=%s", out->len ? ", " : "", name, json_object_get_string(value));
	}
}

static void add_as_number(struct strbuf *out, struct json_object *one, const char *path) {
	if (tree_int(one, path) != 0)
		strbuf_printf(out, "%" PRId64, tree_int(one, path));
}

/* The numbers that others know it by, behind the first. */
static void add_as_refs(struct strbuf *out, struct json_object *one, const char *path) {
	for (size_t i = 1; i < tree_count(one, path); i++) {
		struct json_object *ref = tree_at(one, path, i);
		strbuf_printf(out, "%s%s/%s", out->len ? ", " : "", tree_str(ref, "channel") ? tree_str(ref, "channel") : "?",
		              tree_str(ref, "ref") ? tree_str(ref, "ref") : "?");
	}
}

static void add_as_marks(struct strbuf *out, struct json_object *one, const char *path) {
	for (size_t i = 0; i < tree_count(one, path); i++) {
		struct json_object *mark = tree_at(one, path, i);
		const char *value = tree_str(mark, "value");
		strbuf_printf(out, "%s%s%s%s ", out->len ? ", " : "", tree_name(mark, "mark") ? tree_name(mark, "mark") : "?",
		              value ? "=" : "", value ? value : "");
		when_add(out, tree_str(mark, "at"), false);
	}
}

/* The request that waits: "20261123-0000042-R1 firm_a: extend (material), until ..." */
static void add_as_request(struct strbuf *out, struct json_object *one, const char *path) {
	struct json_object *request = tree_get(one, path);
	const char *what = tree_name(request, "what"), *reason = tree_str(request, "reason");
	if (!what)
		return;
	strbuf_printf(out, "%s  %s: %s", tree_str(request, "request") ? tree_str(request, "request") : "-",
	              tree_name(request, "unit") ? tree_name(request, "unit") : "?", what);
	if (reason)
		strbuf_printf(out, " (%s)", reason);
	if (tree_str(request, "until")) {
		strbuf_adds(out, T(", until ", "，至 "));
		when_add(out, tree_str(request, "until"), false);
	}
}

static void add_as_suspended(struct strbuf *out, struct json_object *one, const char *path) {
	struct json_object *suspended = tree_get(one, path);
	if (!json_object_is_type(suspended, json_type_object))
		return;
	strbuf_adds(out, T("since ", "自 "));
	when_add(out, tree_str(suspended, "since"), false);
	strbuf_adds(out, T(" until ", " 至 "));
	when_add(out, tree_str(suspended, "until"), false);
	if (tree_str(suspended, "reason"))
		strbuf_printf(out, " (%s)", tree_str(suspended, "reason"));
}

static void add_as_excused(struct strbuf *out, struct json_object *one, const char *path) {
	for (size_t i = 0; i < tree_count(one, path); i++) {
		struct json_object *waived = tree_at(one, path, i);
		strbuf_printf(out, "%s%s (%s)", i ? ", " : "", tree_name(waived, "clock") ? tree_name(waived, "clock") : "?",
		              tree_str(waived, "reason") ? tree_str(waived, "reason") : "?");
	}
}

/* What may be done next, as commands. */
static void add_as_commands(struct strbuf *out, struct json_object *one, const char *path) {
	for (size_t i = 0; i < tree_count(one, path); i++) {
		const struct command *c = command_by_method(tree_word(one, path, i));
		strbuf_adds(out, i ? ", " : "");
		if (c)
			help_words(c, out);
		else
			strbuf_adds(out, tree_word(one, path, i));
	}
}

/* What the page says of a case, in this order; what isn't there is left out. */
static const struct page_line {
	const char *path;
	void (*add)(struct strbuf *out, struct json_object *one, const char *path);
	struct both heading;
} page_lines[] = {
    {"class", add_as_name, {"class", "类别"}},
    {"condition", add_as_name, {"condition", "立案条件"}},
    {"urgency", add_as_name, {"urgency", "紧急程度"}},
    {"estate", add_as_name, {"estate", "小区"}},
    {"grid", add_as_name, {"grid", "网格"}},
    {"address", add_as_text, {"address", "地址"}},
    {"text", add_as_text, {"text", "内容"}},
    {"attrs", add_as_pairs, {"attributes", "属性"}},
    {"tags", add_as_list, {"tags", "标签"}},
    {"source.channel", add_as_name, {"channel", "来源"}},
    {"source.ref", add_as_text, {"reference", "来源单号"}},
    {"refs", add_as_refs, {"also known as", "其他单号"}},
    {"reporter", add_as_pairs, {"reporter", "反映人"}},
    {"responsible", add_as_name, {"responsible", "责任主体"}},
    {"unit", add_as_name, {"unit", "承办单位"}},
    {"held_since", add_as_time, {"held since", "接手时间"}},
    {"proposed", add_as_name, {"proposed", "建议派往"}},
    {"triage_detail", add_as_text, {"to the desk because", "转派遣台原因"}},
    {"rule.id", add_as_text, {"rule", "依据规则"}},
    {"rule.pack", add_as_number, {"of pack", "规则包版本"}},
    {"observed_at", add_as_time, {"observed", "发现时间"}},
    {"received_at", add_as_time, {"received", "接收时间"}},
    {"closed_at", add_as_time, {"closed", "结案时间"}},
    {"result", add_as_name, {"result", "处置结果"}},
    {"marks", add_as_marks, {"marks", "标记"}},
    {"request", add_as_request, {"request", "待审批申请"}},
    {"suspended", add_as_suspended, {"suspended", "挂账"}},
    {"escalation_level", add_as_number, {"escalation level", "升级"}},
    {"fault", add_as_text, {"arbitrated", "裁定责任"}},
    {"returns", add_as_number, {"returned", "退单次数"}},
    {"rounds", add_as_number, {"reworked", "返工次数"}},
    {"merged_into", add_as_text, {"merged into", "并入"}},
    {"merged_from", add_as_list, {"merged into it", "并入本件"}},
    {"waived", add_as_excused, {"excused", "免责"}},
    {"allowed", add_as_commands, {"possible now", "可做"}},
};

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

static void task_row(struct table *t, struct json_object *task) {
	table_row(t);
	table_cell(t, tree_name(task, "unit"));
	table_cell(t, tree_name(task, "kind"));
	table_cell(t, task_state(task));
	table_cell_time(t, tree_str(task, "given_at"));
	table_cell_time(t, tree_str(task, "accepted_at"));
	table_cell_time(t, tree_str(task, "ended_at"));
	table_cell(t, tree_str(task, "result") ? tree_name(task, "result") : tree_name(task, "reason"));
}

/* What the time that is over was: overdue, and whether that was excused. */
static void add_overdue(struct strbuf *out, struct json_object *clock) {
	if (tree_int(clock, "overdue_seconds") > 0)
		when_add_left(out, -tree_int(clock, "overdue_seconds"));
	if (tree_str(clock, "waived"))
		strbuf_adds(out, T(" (excused)", "（免责）"));
}

static void clock_row(struct table *t, struct json_object *clock) {
	struct strbuf text = {0};
	table_row(t);
	table_cell(t, tree_name(clock, "name"));
	table_cell(t, tree_name(clock, "state"));
	table_cell(t, tree_bool(clock, "outside") ? T("from outside", "外部规定") : tree_str(clock, "limit"));
	table_cell_time(t, tree_str(clock, "started_at"));
	when_add(&text, tree_str(clock, "due_at"), false);
	if (tree_bool(clock, "provisional"))
		strbuf_adds(&text, T(" (provisional)", "（暂定）"));
	table_cell(t, text.data);
	strbuf_clear(&text);
	if (tree_get(clock, "remaining") && tree_int(clock, "remaining") >= 0)
		when_add_seconds(&text, tree_int(clock, "remaining"));
	table_cell(t, text.data);
	strbuf_clear(&text);
	add_overdue(&text, clock);
	table_cell(t, text.data);
	if (tree_int(clock, "overdue_seconds") > 0)
		table_color(t, "red");
	table_cell(t, tree_name(clock, "bearer"));
	strbuf_fini(&text);
}

static void order_row(struct table *t, struct json_object *order) {
	table_row(t);
	table_cell(t, tree_str(order, "order"));
	table_cell(t, tree_name(order, "kind"));
	table_cell(t, tree_name(order, "state"));
	table_cell(t, tree_name(order, "unit"));
	table_cell(t, tree_str(order, "issuer"));
	table_cell_time(t, tree_str(order, "due_at"));
	table_cell(t, tree_str(order, "grounds"));
}

/* The tables of the page: each of a list of the case. */
static const struct part {
	const char *list;
	void (*row)(struct table *t, struct json_object *item);
	struct column columns[9];
} parts[] = {{"tasks",
              task_row,
              {{{"unit", "单位"}, COLUMN_TEXT},
               {{"kind", "任务"}, COLUMN_TEXT},
               {{"state", "状态"}, COLUMN_TEXT},
               {{"given", "派单"}, COLUMN_TEXT},
               {{"accepted", "接单"}, COLUMN_TEXT},
               {{"ended", "结束"}, COLUMN_TEXT},
               {{"result", "结果"}, COLUMN_TEXT}}},
             {"clocks",
              clock_row,
              {{{"clock", "时限"}, COLUMN_TEXT},
               {{"state", "状态"}, COLUMN_TEXT},
               {{"limit", "限"}, COLUMN_TEXT},
               {{"started", "起"}, COLUMN_TEXT},
               {{"due", "到期"}, COLUMN_TEXT},
               {{"left", "剩余"}, COLUMN_RIGHT},
               {{"overdue", "超期"}, COLUMN_TEXT},
               {{"borne by", "责任"}, COLUMN_REST}}},
             {"supervisions",
              order_row,
              {{{"order", "督办单"}, COLUMN_TEXT},
               {{"kind", "类型"}, COLUMN_TEXT},
               {{"state", "状态"}, COLUMN_TEXT},
               {{"unit", "督办对象"}, COLUMN_TEXT},
               {{"by", "签发"}, COLUMN_TEXT},
               {{"due", "回复期限"}, COLUMN_TEXT},
               {{"grounds", "缘由"}, COLUMN_REST}}}};

static void print_part(struct json_object *one, const struct part *part) {
	const size_t n = tree_count(one, part->list);
	size_t columns = 0;
	struct table t;
	if (n == 0)
		return;
	term_print("\n");
	while (columns < COUNT_OF(part->columns) && part->columns[columns].heading.en)
		columns++;
	table_init(&t, part->columns, columns);
	for (size_t i = 0; i < n; i++)
		part->row(&t, tree_at(one, part->list, i));
	table_print(&t);
}

void print_case(struct json_object *one) {
	const char *number = tree_str(one, "number");
	struct strbuf value = {0};
	term_print("%s  %s\n", number ? number : "-", tree_name(one, "state") ? tree_name(one, "state") : "");
	for (size_t i = 0; i < COUNT_OF(page_lines); i++) {
		strbuf_clear(&value);
		page_lines[i].add(&value, one, page_lines[i].path);
		if (value.len > 0)
			print_line(both_text(page_lines[i].heading), value.data);
	}
	strbuf_fini(&value);
	for (size_t i = 0; i < COUNT_OF(parts); i++)
		print_part(one, &parts[i]);
}
