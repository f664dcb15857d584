/* list: cases as a table, the worst first. */
#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/term/span.h"
#include "clients/gridctl/term/table.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "daemon/base/check.h"

#include <string.h>

static bool is_word(struct json_object *one, const char *path, const char *word) {
	const char *is = tree_str(one, path);
	return is && strcmp(is, word) == 0;
}

/* The clock whose due time the case is told by: the present holder's. NULL: the answer doesn't say. */
static struct json_object *holders_clock(struct json_object *one) {
	const char *due = tree_str(one, "due_at");
	for (size_t i = 0; due && i < tree_count(one, "clocks"); i++) {
		struct json_object *clock = tree_at(one, "clocks", i);
		if (is_word(clock, "state", "running") && is_word(clock, "due_at", due) && tree_get(clock, "remaining"))
			return clock;
	}
	return NULL;
}

/* What is left, or over, in the clock's own time: working time where it has a calendar, in that calendar's days; else in
 * natural time. False: no clock runs. */
static bool add_left(struct strbuf *out, struct json_object *one, const char *now, bool *over) {
	struct json_object *clock = when_natural() ? NULL : holders_clock(one);
	int64_t natural = 0;
	if (!when_between(now, tree_str(one, "due_at"), &natural))
		return false;
	const int64_t left = clock ? tree_int(clock, "remaining") : natural, day_s = clock ? tree_int(clock, "day_seconds") : 0;
	/* Over is over, though no working time has passed since. */
	*over = natural < 0;
	span_add_left(out, !*over ? left : left < 0 ? left : -1, day_s);
	return true;
}

/* In signs, not in colour alone: X over, !! emergency, ! urgent. */
static void mark_cell(struct table *t, struct json_object *one, bool over) {
	struct strbuf mark = {0};
	const bool emergency = is_word(one, "urgency", "emergency") || tree_bool(one, "emergency");
	strbuf_adds(&mark, over ? (term_ascii() ? "X" : "✗") : "");
	strbuf_adds(&mark, emergency ? "!!" : is_word(one, "urgency", "urgent") ? "!" : "");
	table_cell(t, mark.data);
	if (over || emergency)
		table_color(t, "red");
	else if (mark.len > 0)
		table_color(t, "yellow");
	strbuf_fini(&mark);
}

static void list_row(struct table *t, struct json_object *one, const char *now) {
	const char *estate = tree_name(one, "estate"), *address = tree_str(one, "address");
	struct strbuf left = {0}, place = {0};
	bool over = false;
	(void)add_left(&left, one, now, &over);
	strbuf_printf(&place, "%s%s%s", estate ? estate : "", estate && address ? " " : "", address ? address : "");
	table_row(t);
	mark_cell(t, one, over);
	table_cell(t, tree_str(one, "number"));
	table_cell(t, tree_name(one, "state"));
	table_cell(t, tree_name(one, "class"));
	table_cell(t, place.data);
	table_cell(t, tree_name(one, "unit"));
	table_cell(t, left.data);
	if (over)
		table_color(t, "red");
	table_cell(t, tree_str(one, "text"));
	strbuf_fini(&left);
	strbuf_fini(&place);
}

void print_list(struct json_object *result) {
	static const struct column columns[] = {{{"", ""}, COLUMN_MARK},
	                                        {{"number", "编号"}, COLUMN_TEXT},
	                                        {{"state", "状态"}, COLUMN_TEXT},
	                                        {{"class", "类别"}, COLUMN_CUT},
	                                        {{"place", "地点"}, COLUMN_WRAP},
	                                        {{"unit", "承办"}, COLUMN_CUT},
	                                        {{"due", "到期"}, COLUMN_TEXT},
	                                        {{"text", "内容"}, COLUMN_REST}};
	const size_t n = tree_count(result, "cases");
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < n; i++)
		list_row(&t, tree_at(result, "cases", i), tree_str(result, "now"));
	table_print(&t);
	if (n == 0)
		term_note(T("no cases\n", "没有案件\n"));
	else if (tree_str(result, "cursor"))
		term_note(T("%zu shown; ", "显示 %zu 件；"), n);
	else
		term_note(n == 1 ? T("%zu case, all of them\n", "共 %zu 件，已全部列出\n")
		                 : T("%zu cases, all of them\n", "共 %zu 件，已全部列出\n"), n);
}
