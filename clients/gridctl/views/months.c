/* months: a period's figures, as tables, CSV or files; and the cases behind one of them. */
#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/term/files.h"
#include "clients/gridctl/term/sink.h"
#include "clients/gridctl/term/table.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "daemon/base/check.h"
#include "daemon/base/civil.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- The period ---- */

static void put_day(struct json_object *params, const char *name, int32_t day) {
	char text[16];
	const struct civil_date d = civil_from_day(day);
	(void)snprintf(text, sizeof text, "%04d-%02d-%02d", (int)d.year % 10000, (int)d.month % 100, (int)d.day % 100);
	tree_put(params, name, json_object_new_string(text));
}

int prepare_month(struct ctl *ctl) {
	const char *month = own_str(&ctl->args, "month");
	struct strbuf text = {0};
	int32_t day = 0;
	if (!month)
		return EXIT_DONE;
	strbuf_printf(&text, "%s-01", month);
	const bool ok = civil_parse_date(text.data, &day);
	strbuf_fini(&text);
	if (!ok) {
		term_error(NULL, T("--month is written so: 2026-11", "--month 的写法：2026-11"));
		return EXIT_USAGE;
	}
	struct civil_date next = civil_from_day(day + 31);
	next.day = 1;
	put_day(ctl->args.params, "from", day);
	put_day(ctl->args.params, "to", civil_to_day(next));
	return EXIT_DONE;
}

/* ---- Figures ---- */

static const char *name_of(struct json_object *indicator) { return tree_str(indicator, T("en", "zh")); }

static struct json_object *figure(struct json_object *row, const char *id) {
	struct json_object *figures = tree_get(row, "figures");
	return figures ? tree_get(figures, id) : NULL;
}

static const char *part_text(struct json_object *cell, const char *part) {
	struct json_object *value = cell ? tree_get(cell, part) : NULL;
	return value ? json_object_get_string(value) : NULL;
}

static void value_cell(struct table *t, struct json_object *cell) {
	struct strbuf text = {0};
	const char *value = cell ? tree_str(cell, "value") : NULL;
	if (value)
		strbuf_printf(&text, "%s%s", value, tree_bool(cell, "few") ? "*" : "");
	table_cell(t, text.data);
	strbuf_fini(&text);
}

static void print_row(struct json_object *result, struct json_object *row) {
	static const struct column columns[] = {{{"figure", "指标"}, COLUMN_TEXT},
	                                        {{"value", "数值"}, COLUMN_RIGHT},
	                                        {{"numerator", "分子"}, COLUMN_RIGHT},
	                                        {{"denominator", "分母"}, COLUMN_RIGHT},
	                                        {{"of", "分母为"}, COLUMN_REST}};
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(result, "indicators"); i++) {
		struct json_object *indicator = tree_at(result, "indicators", i);
		struct json_object *cell = figure(row, tree_str(indicator, "id"));
		if (!cell)
			continue;
		table_row(&t);
		table_cell(&t, name_of(indicator));
		value_cell(&t, cell);
		table_cell(&t, part_text(cell, "numerator"));
		table_cell(&t, part_text(cell, "denominator"));
		table_cell(&t, tree_str(indicator, T("denominator.en", "denominator.zh")));
	}
	table_print(&t);
}

/* What units are compared by. */
static const struct {
	const char *id;
	struct both heading;
} compared[] = {{"stays_due", {"due", "应处置"}},
                {"handled_on_time", {"on time", "按期"}},
                {"overdue", {"overdue", "超期"}},
                {"overdue_waiting", {"waiting", "待处置"}},
                {"accepted_on_time", {"accepted", "按时接单"}},
                {"returned", {"returns", "退单"}},
                {"breaches", {"breaches", "超期次数"}},
                {"closed_on_time", {"closed", "按期结案"}},
                {"rework", {"rework", "返工"}},
                {"score_department", {"score", "得分"}}};

static void print_rows(struct json_object *result) {
	struct column columns[1 + COUNT_OF(compared)] = {{{"of", "名称"}, COLUMN_CUT}};
	struct table t;
	for (size_t i = 0; i < COUNT_OF(compared); i++)
		columns[1 + i] = (struct column){compared[i].heading, COLUMN_RIGHT};
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(result, "rows"); i++) {
		struct json_object *row = tree_at(result, "rows", i);
		table_row(&t);
		table_cell(&t, tree_str(row, T("name_en", "name")));
		for (size_t k = 0; k < COUNT_OF(compared); k++)
			value_cell(&t, figure(row, compared[k].id));
	}
	table_print(&t);
}

static void print_corrections(struct json_object *result) {
	static const struct column columns[] = {{{"of", "名称"}, COLUMN_CUT},
	                                        {{"figure", "指标"}, COLUMN_TEXT},
	                                        {{"sent", "已报送"}, COLUMN_RIGHT},
	                                        {{"now", "现在"}, COLUMN_RIGHT}};
	const size_t n = tree_count(result, "corrections");
	struct strbuf at = {0};
	struct table t;
	if (!tree_str(result, "sent_at"))
		return;
	when_add(&at, tree_str(result, "sent_at"), false);
	term_print(T("\nsent on %s; figures that changed since: %zu\n", "\n已于 %s 报送；其后变动 %zu 项\n"), at.data, n);
	strbuf_fini(&at);
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < n; i++) {
		struct json_object *one = tree_at(result, "corrections", i);
		table_row(&t);
		table_cell(&t, tree_str(one, "key") ? tree_str(one, "key") : T("the town", "全镇"));
		table_cell(&t, tree_str(one, "indicator"));
		value_cell(&t, tree_get(one, "before"));
		value_cell(&t, tree_get(one, "now"));
	}
	table_print(&t);
}

static void print_period(struct json_object *result) {
	struct strbuf from = {0}, to = {0}, as_of = {0};
	when_add(&from, tree_str(result, "from"), false);
	when_add(&to, tree_str(result, "to"), false);
	when_add(&as_of, tree_str(result, "as_of"), false);
	term_print(T("%s to %s, as of %s\n", "%s 至 %s，截至 %s\n"), from.data, to.data, as_of.data);
	strbuf_fini(&from);
	strbuf_fini(&to);
	strbuf_fini(&as_of);
}

static void print_kpi(struct json_object *result) {
	struct json_object *total = tree_get(result, "total");
	print_period(result);
	term_print("\n");
	if (total)
		print_row(result, total);
	else if (tree_count(result, "rows") == 1)
		print_row(result, tree_at(result, "rows", 0));
	term_print("\n");
	print_rows(result);
	term_print(T("* of fewer than 10.  Rows count stays, the town counts cases once: they need not add up.\n",
	             "* 基数不足 10。各单位按任务计，全镇每件只计一次，两者不必相加相等。\n"));
	print_corrections(result);
}

/* ---- As a page or a file ---- */

static int ask_for(struct ctl *ctl, const char *format, struct json_object **result) {
	tree_put(ctl->args.params, "format", json_object_new_string(format));
	return ctl_call(ctl, "report.kpi", ctl->args.params, result);
}

static int save_as(struct ctl *ctl, const char *format, const char *path) {
	struct json_object *result = NULL;
	int rc = ask_for(ctl, format, &result);
	const char *text = rc == EXIT_DONE ? tree_str(result, format) : NULL;
	size_t n = text ? strlen(text) : 0;
	unsigned char *bytes = text && strcmp(format, "workbook") == 0 ? file_base64(text, &n) : NULL;
	if (rc == EXIT_DONE && !(text && file_write(path, bytes ? (const void *)bytes : text, n)))
		rc = EXIT_FAILED;
	free(bytes);
	json_object_put(result);
	return rc;
}

/* To the byte where a program or a file reads it. */
static int print_as(struct ctl *ctl, const char *format) {
	struct json_object *result = NULL;
	const int rc = ask_for(ctl, format, &result);
	const char *text = rc == EXIT_DONE ? tree_str(result, format) : NULL;
	if (text && term_out_is_tty())
		term_print("%s", text);
	else if (text) {
		sink_for_programs();
		fputs(text, stdout);
	}
	json_object_put(result);
	return rc;
}

int run_kpi(struct ctl *ctl) {
	const char *html = own_str(&ctl->args, "html"), *xlsx = own_str(&ctl->args, "xlsx");
	struct json_object *result = NULL;
	int rc = prepare_month(ctl);
	if (rc == EXIT_DONE && html)
		rc = save_as(ctl, "html", html);
	if (rc == EXIT_DONE && xlsx)
		rc = save_as(ctl, "workbook", xlsx);
	if (rc != EXIT_DONE || html || xlsx)
		return rc;
	if (own_bool(&ctl->args, "csv") || own_bool(&ctl->args, "text"))
		return print_as(ctl, own_bool(&ctl->args, "csv") ? "csv" : "text");
	rc = ctl_call(ctl, "report.kpi", ctl->args.params, &result);
	if (rc == EXIT_DONE && !ctl_json(ctl, result))
		print_kpi(result);
	json_object_put(result);
	return rc;
}

/* ---- The cases behind a number ---- */

void print_found(struct json_object *result) {
	static const struct column columns[] = {
	    {{"case", "案件"}, COLUMN_TEXT}, {{"event", "事件"}, COLUMN_RIGHT}, {{"weight", "权重"}, COLUMN_RIGHT}};
	struct table t;
	print_period(result);
	term_print(T("%s, %s: %zu\n\n", "%s，%s：%zu 件次\n\n"), tree_str(result, "indicator"), tree_str(result, "part"),
	           tree_count(result, "cases"));
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(result, "cases"); i++) {
		struct json_object *one = tree_at(result, "cases", i);
		table_row(&t);
		table_cell(&t, tree_str(one, "case"));
		table_cell_int(&t, tree_int(one, "seq"));
		table_cell(&t, part_text(one, "weight"));
	}
	table_print(&t);
}
