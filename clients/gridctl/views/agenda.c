/* agenda: what the joint meeting is to talk about. */
#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/term/table.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "daemon/base/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Why a case is on it. */
static const struct {
	const char *word;
	struct both text;
} reasons[] = {{"joint_meeting", {"held by the meeting", "联席会议承办"}},
               {"bounced", {"bounced", "反复退单"}},
               {"departments", {"crosses departments", "跨部门"}}};

static void add_why(struct strbuf *out, struct json_object *one) {
	for (size_t i = 0; i < tree_count(one, "why"); i++) {
		const char *word = tree_word(one, "why", i);
		for (size_t k = 0; k < COUNT_OF(reasons); k++)
			if (strcmp(reasons[k].word, word) == 0)
				word = both_text(reasons[k].text);
		strbuf_printf(out, "%s%s", i ? T(", ", "，") : "", word);
	}
	if (tree_int(one, "returns") > 0)
		strbuf_printf(out, T(" (%" PRId64 " returns)", "（退单 %" PRId64 " 次）"), tree_int(one, "returns"));
}

static void agenda_row(struct table *t, struct json_object *one) {
	struct strbuf text = {0};
	table_row(t);
	table_cell(t, tree_str(one, "case"));
	table_cell(t, tree_name(one, "state"));
	table_cell(t, tree_name(one, "class"));
	table_cell(t, tree_name(one, "estate"));
	table_cell(t, tree_name(one, "unit"));
	add_why(&text, one);
	table_cell(t, text.data);
	strbuf_clear(&text);
	for (size_t i = 0; i < tree_count(one, "departments"); i++)
		strbuf_printf(&text, "%s%s", i ? ", " : "", tree_word(one, "departments", i));
	table_cell(t, text.data);
	strbuf_fini(&text);
}

void print_agenda(struct json_object *result) {
	static const struct column columns[] = {{{"case", "案件"}, COLUMN_TEXT},  {{"state", "状态"}, COLUMN_TEXT},
	                                        {{"class", "类别"}, COLUMN_CUT},  {{"estate", "小区"}, COLUMN_CUT},
	                                        {{"unit", "承办"}, COLUMN_CUT},   {{"why", "缘由"}, COLUMN_TEXT},
	                                        {{"departments", "涉及部门"}, COLUMN_REST}};
	const size_t n = tree_count(result, "cases");
	struct strbuf from = {0}, to = {0};
	struct table t;
	when_add(&from, tree_str(result, "from"), false);
	when_add(&to, tree_str(result, "to"), false);
	term_print(T("joint meeting, %s to %s: %zu cases\n\n", "联席会议议题 %s 至 %s：%zu 件\n\n"), from.data, to.data, n);
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < n; i++)
		agenda_row(&t, tree_at(result, "cases", i));
	table_print(&t);
	if (tree_bool(result, "more"))
		fputs(T("there are more: ask for a shorter time\n", "还有更多：请缩短时间范围\n"), stderr);
	strbuf_fini(&from);
	strbuf_fini(&to);
}
