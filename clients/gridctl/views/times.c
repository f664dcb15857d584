/* times: how a clock of a case ran, and whose time it was. */
#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/term/table.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "daemon/base/check.h"
#include "daemon/base/civil.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void cell_span(struct table *t, int64_t seconds) {
	struct strbuf text = {0};
	when_add_seconds(&text, seconds);
	table_cell(t, text.data);
	strbuf_fini(&text);
}

static void cell_instant(struct table *t, const char *at) {
	struct strbuf text = {0};
	when_add(&text, at, true);
	table_cell(t, text.data);
	strbuf_fini(&text);
}

/* ---- a clock ---- */

static int64_t nearest_second(int64_t us) { return (us + SECOND_US / 2) / SECOND_US; }

/* One piece of working time; *sum_us goes on. What lies ahead is counted too: it leads to the due time. */
static void segment_row(struct table *t, struct json_object *piece, const char *now, int64_t *sum_us) {
	const char *from = tree_str(piece, "from"), *to = tree_str(piece, "to");
	int64_t from_us = 0, to_us = 0, ahead = 0;
	struct err ignored;
	if (from && to && rfc3339_parse(from, &from_us, &ignored) && rfc3339_parse(to, &to_us, &ignored))
		*sum_us += to_us - from_us;
	table_row(t);
	cell_instant(t, from);
	cell_instant(t, to);
	cell_span(t, nearest_second(to_us - from_us));
	cell_span(t, nearest_second(*sum_us));
	table_cell(t, when_between(now, from, &ahead) && ahead >= 0 ? T("ahead", "未到") : " ");
}

static void print_segments(struct json_object *clock, const char *now) {
	static const struct column columns[] = {{{"from", "起"}, COLUMN_TEXT},
	                                        {{"to", "止"}, COLUMN_TEXT},
	                                        {{"worked", "计时"}, COLUMN_RIGHT},
	                                        {{"sum", "累计"}, COLUMN_RIGHT},
	                                        {{"", ""}, COLUMN_TEXT}};
	int64_t sum_us = 0;
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(clock, "segments"); i++)
		segment_row(&t, tree_at(clock, "segments", i), now, &sum_us);
	table_print(&t);
}

/* "handle  running  3wd  office  Firm A (firm_a), extended 1 times" */
static void print_clock_head(struct json_object *clock) {
	static const char *const words[] = {"limit", "calendar"};
	struct strbuf text = {0};
	strbuf_printf(&text, "%s  %s", tree_name(clock, "name") ? tree_name(clock, "name") : "?",
	              tree_name(clock, "state") ? tree_name(clock, "state") : "?");
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (tree_str(clock, words[i]))
			strbuf_printf(&text, "  %s", tree_str(clock, words[i]));
	if (tree_bool(clock, "outside"))
		strbuf_printf(&text, "  %s", T("set from outside", "外部规定"));
	if (tree_name(clock, "unit"))
		strbuf_printf(&text, "  %s", tree_name(clock, "unit"));
	if (tree_int(clock, "extensions") > 0)
		strbuf_printf(&text, T("  extended %" PRId64 "x", "  延期 %" PRId64 " 次"), tree_int(clock, "extensions"));
	term_print("%s\n", text.data);
	strbuf_fini(&text);
}

/* The sum against the limit, and the due time that follows from it. */
static void print_clock_sum(struct json_object *clock) {
	const int64_t budget = tree_int(clock, "budget_seconds"), spent = tree_int(clock, "spent_seconds");
	struct strbuf text = {0};
	strbuf_adds(&text, T("limit ", "时限 "));
	when_add_seconds(&text, budget);
	strbuf_adds(&text, T(", used ", "，已用 "));
	when_add_seconds(&text, spent);
	strbuf_adds(&text, spent > budget ? T(", over by ", "，超出 ") : T(", left ", "，剩余 "));
	when_add_seconds(&text, spent > budget ? spent - budget : budget - spent);
	if (tree_str(clock, "due_at")) {
		strbuf_adds(&text, T("; due ", "；到期 "));
		when_add(&text, tree_str(clock, "due_at"), true);
	}
	if (tree_str(clock, "stopped_at")) {
		strbuf_adds(&text, T("; stopped ", "；停于 "));
		when_add(&text, tree_str(clock, "stopped_at"), true);
	}
	term_print("%s\n", text.data);
	if (tree_bool(clock, "provisional"))
		term_print("%s\n", T("provisional: the calendar doesn't know that year yet",
		                     "暂定：该年度的放假安排尚未公布"));
	strbuf_fini(&text);
}

void print_clock(struct json_object *result) {
	for (size_t i = 0; i < tree_count(result, "clocks"); i++) {
		struct json_object *clock = tree_at(result, "clocks", i);
		if (i > 0)
			term_print("\n");
		print_clock_head(clock);
		print_segments(clock, tree_str(result, "now"));
		print_clock_sum(clock);
	}
}

/* ---- whose time it was ---- */

/* One holder's part; `all` is the whole. Nobody's time is told by its reason alone. */
static void holder_row(struct table *t, struct json_object *holder, int64_t all) {
	const int64_t seconds = tree_int(holder, "seconds");
	char share[16];
	(void)snprintf(share, sizeof share, "%.1f%%", all > 0 ? 100.0 * (double)seconds / (double)all : 0);
	table_row(t);
	table_cell(t, tree_name(holder, "unit"));
	table_cell(t, tree_name(holder, "why"));
	cell_span(t, seconds);
	cell_span(t, tree_int(holder, "working_seconds"));
	table_cell(t, share);
}

static int64_t sum_of(struct json_object *in, const char *list, const char *member) {
	int64_t sum = 0;
	for (size_t i = 0; i < tree_count(in, list); i++)
		sum += tree_int(tree_at(in, list, i), member);
	return sum;
}

/* The holders, and a last row that adds them up. */
static void print_holders(struct json_object *in) {
	static const struct column columns[] = {{{"holder", "承办"}, COLUMN_TEXT},
	                                        {{"for", "事由"}, COLUMN_TEXT},
	                                        {{"time", "自然时间"}, COLUMN_RIGHT},
	                                        {{"working time", "工作时间"}, COLUMN_RIGHT},
	                                        {{"share", "占比"}, COLUMN_RIGHT}};
	const int64_t all = sum_of(in, "holders", "seconds");
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(in, "holders"); i++)
		holder_row(&t, tree_at(in, "holders", i), all);
	table_row(&t);
	table_cell(&t, T("sum", "合计"));
	table_cell(&t, " ");
	cell_span(&t, all);
	cell_span(&t, sum_of(in, "holders", "working_seconds"));
	table_cell(&t, " ");
	table_print(&t);
}

static void print_spans(struct json_object *result) {
	static const struct column columns[] = {{{"from", "起"}, COLUMN_TEXT},     {{"to", "止"}, COLUMN_TEXT},
	                                        {{"holder", "承办"}, COLUMN_TEXT}, {{"for", "事由"}, COLUMN_TEXT},
	                                        {{"time", "时长"}, COLUMN_RIGHT}};
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(result, "spans"); i++) {
		struct json_object *span = tree_at(result, "spans", i);
		int64_t seconds = 0;
		(void)when_between(tree_str(span, "from"), tree_str(span, "to"), &seconds);
		table_row(&t);
		cell_instant(&t, tree_str(span, "from"));
		cell_instant(&t, tree_str(span, "to"));
		table_cell(&t, tree_name(span, "unit"));
		table_cell(&t, tree_name(span, "why"));
		cell_span(&t, seconds);
	}
	table_print(&t);
}

void print_ledger(struct json_object *result) {
	const char *number = tree_str(result, "case"), *state = tree_name(result, "state");
	int64_t seconds = 0;
	struct strbuf text = {0};
	(void)when_between(tree_str(result, "from"), tree_str(result, "to"), &seconds);
	when_add(&text, tree_str(result, "from"), true);
	strbuf_adds(&text, T(" to ", " 至 "));
	when_add(&text, tree_str(result, "to"), true);
	strbuf_adds(&text, T(", ", "，"));
	when_add_seconds(&text, seconds);
	term_print("%s  %s  %s\n\n", number ? number : "-", state ? state : "", text.data);
	strbuf_fini(&text);
	print_holders(result);
	term_print("\n");
	print_spans(result);
}
