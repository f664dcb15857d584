/* submit: one case taken in, or only asked about. */
#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/term/read.h"
#include "clients/gridctl/term/table.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "daemon/base/check.h"

#include <inttypes.h>
#include <string.h>

/* Puts the members of `over` into `base`, object by object: the options stand over the file. */
static void merge(struct json_object *base, struct json_object *over) {
	json_object_object_foreach(over, name, value) {
		struct json_object *below = tree_get(base, name);
		if (json_object_is_type(value, json_type_object) && json_object_is_type(below, json_type_object))
			merge(below, value);
		else
			(void)json_object_object_add(base, name, json_object_get(value));
	}
}

int prepare_submit(struct ctl *ctl) {
	const char *file = own_str(&ctl->args, "file");
	if (!file)
		return EXIT_DONE;
	struct json_object *params;
	const int rc = read_params(file, false, &params);
	if (rc != EXIT_DONE)
		return rc;
	merge(params, ctl->args.params);
	json_object_put(ctl->args.params);
	ctl->args.params = params;
	return EXIT_DONE;
}

/* The person's name of a thing, with its code behind: 物业保障中心 (property_support) */
static void add_named(struct strbuf *out, struct json_object *in, const char *member) {
	const char *name = tree_name(in, member), *code = tree_str(in, member);
	strbuf_adds(out, name ? name : "-");
	if (name && code && strcmp(name, code) != 0)
		strbuf_printf(out, " (%s)", code);
}

static void line(const char *name, struct strbuf *value) {
	if (value->len > 0)
		term_print("  %s  %s\n", name, value->data);
	strbuf_clear(value);
}

static void print_clocks(struct json_object *result, const char *list) {
	static const struct column columns[] = {{{"clock", "时限"}, COLUMN_TEXT},
	                                        {{"limit", "限"}, COLUMN_TEXT},
	                                        {{"calendar", "日历"}, COLUMN_TEXT},
	                                        {{"due", "到期"}, COLUMN_TEXT}};
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(result, list); i++) {
		struct json_object *clock = tree_at(result, list, i);
		struct strbuf due = {0};
		when_add(&due, tree_str(clock, "due_at"), false);
		if (tree_bool(clock, "provisional"))
			strbuf_adds(&due, T(" (provisional)", "（暂定）"));
		table_row(&t);
		table_cell(&t, tree_str(clock, "name"));
		table_cell(&t, tree_str(clock, "limit"));
		table_cell(&t, tree_str(clock, "calendar"));
		table_cell(&t, due.data);
		strbuf_fini(&due);
	}
	table_print(&t);
}

void print_submitted(struct json_object *result) {
	struct strbuf text = {0};
	const bool dry = tree_bool(result, "dry_run");
	const char *number = tree_str(result, "case");
	term_print("%s  %s%s%s\n", number ? number : "-", tree_name(result, "state") ? tree_name(result, "state") : "",
	           dry ? T("  (dry run: nothing stored)", "  （试算，未保存）") : "",
	           tree_bool(result, "replayed") ? T("  (was there already)", "  （此前已有）") : "");
	add_named(&text, result, "unit");
	line(T("unit   ", "承办"), &text);
	strbuf_adds(&text, tree_str(result, "rule") ? tree_str(result, "rule") : "");
	line(T("rule   ", "依据"), &text);
	if (tree_str(result, "due_at"))
		when_add(&text, tree_str(result, "due_at"), false);
	line(T("due    ", "到期"), &text);
	for (size_t i = 0; i < tree_count(result, "similar"); i++)
		strbuf_printf(&text, "%s%s", i ? ", " : "", tree_word(result, "similar", i));
	line(T("similar", "相近"), &text);
	strbuf_fini(&text);
}

static void add_list(struct strbuf *out, struct json_object *in, const char *list, const char *between) {
	for (size_t i = 0; i < tree_count(in, list); i++)
		strbuf_printf(out, "%s%s", i ? between : "", tree_word(in, list, i));
}

static void print_trace(struct json_object *result) {
	static const struct column columns[] = {{{"", ""}, COLUMN_TEXT},
	                                        {{"rule", "规则"}, COLUMN_TEXT},
	                                        {{"condition", "条件"}, COLUMN_CUT},
	                                        {{"because", "因为"}, COLUMN_REST},
	                                        {{"at", "出处"}, COLUMN_TEXT}};
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(result, "trace"); i++) {
		struct json_object *step = tree_at(result, "trace", i);
		const char *answer = tree_str(step, "answer");
		struct strbuf at = {0};
		strbuf_printf(&at, "%s:%" PRId64, tree_str(step, "file") ? tree_str(step, "file") : "?", tree_int(step, "line"));
		table_row(&t);
		table_cell(&t, !answer ? "?" : strcmp(answer, "yes") == 0 ? term_sign("✓", "+") : strcmp(answer, "no") == 0 ? term_sign("✗", "-") : "?");
		table_cell(&t, tree_str(step, "rule"));
		table_cell(&t, tree_str(step, "condition"));
		table_cell(&t, tree_str(step, "because"));
		table_cell(&t, at.data);
		strbuf_fini(&at);
	}
	table_print(&t);
}

static void print_limits(struct json_object *result) {
	static const struct column columns[] = {{{"clock", "时限"}, COLUMN_TEXT},    {{"limit", "限"}, COLUMN_TEXT},
	                                        {{"calendar", "日历"}, COLUMN_TEXT}, {{"due", "到期"}, COLUMN_TEXT},
	                                        {{"from", "出自"}, COLUMN_TEXT},     {{"source", "来源"}, COLUMN_REST}};
	struct json_object *due_times = tree_get(result, "due");
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(result, "limits"); i++) {
		struct json_object *limit = tree_at(result, "limits", i);
		const char *clock = tree_str(limit, "clock"), *source = tree_str(limit, "source");
		struct strbuf due = {0};
		when_add(&due, clock ? tree_str(due_times, clock) : NULL, false);
		table_row(&t);
		table_cell(&t, clock);
		table_cell(&t, tree_str(limit, "limit"));
		table_cell(&t, tree_str(limit, "calendar"));
		table_cell(&t, due.data);
		table_cell(&t, tree_str(limit, "from"));
		table_cell(&t, source ? source : tree_str(limit, "status"));
		strbuf_fini(&due);
	}
	table_print(&t);
}

static void print_route(struct json_object *result) {
	struct strbuf text = {0};
	if (tree_bool(result, "routed")) {
		add_named(&text, result, "unit");
		strbuf_adds(&text,
		            tree_bool(result, "propose") ? T("  (proposed: waits for a person's yes)", "  （待人确认后派遣）") : "");
		strbuf_adds(&text, tree_bool(result, "emergency") ? T("  (emergency)", "  （应急）") : "");
	} else {
		strbuf_printf(&text, T("triage desk: %s", "转派遣台：%s"),
		              tree_str(result, "triage.detail") ? tree_str(result, "triage.detail")
		                                                : tree_str(result, "triage.reason"));
	}
	line(T("goes to    ", "派往    "), &text);
	if (tree_str(result, "rule.id"))
		strbuf_printf(&text, "%s  %s:%" PRId64, tree_str(result, "rule.id"),
		              tree_str(result, "rule.file") ? tree_str(result, "rule.file") : "?", tree_int(result, "rule.line"));
	line(T("rule       ", "依据    "), &text);
	if (tree_str(result, "responsible"))
		add_named(&text, result, "responsible");
	line(T("responsible", "责任主体"), &text);
	add_list(&text, result, "handlers", term_sign(" → ", " -> "));
	line(T("handlers   ", "处置主体"), &text);
	add_list(&text, result, "assist", ", ");
	line(T("assist     ", "协同    "), &text);
	if (tree_str(result, "estate")) {
		add_named(&text, result, "estate");
		if (tree_str(result, "estate_from"))
			strbuf_printf(&text, "  (%s)", tree_str(result, "estate_from"));
	}
	line(T("estate     ", "小区    "), &text);
	strbuf_fini(&text);
}

void print_explained(struct json_object *result) {
	print_route(result);
	if (tree_count(result, "limits") > 0) {
		term_print("\n");
		print_limits(result);
	} else if (tree_count(result, "clocks") > 0) {
		term_print("\n");
		print_clocks(result, "clocks");
	}
	term_print("\n%s\n", T("conditions looked at, up to the rule that decided:", "逐条判断（到作出决定的规则为止）："));
	print_trace(result);
	if (tree_int(result, "passed_over") > 0)
		term_print(T("%" PRId64 " earlier rules are for other classes.\n", "此前另有 %" PRId64 " 条规则属于其他类别。\n"),
		           tree_int(result, "passed_over"));
	if (tree_bool(result, "cut"))
		term_print("%s\n", T("There were more; the list was cut.", "条目过多，已截断。"));
}
