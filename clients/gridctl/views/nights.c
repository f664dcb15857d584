/* nights: what is overdue, the night's digest and its files, the book of nights. */
#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/term/files.h"
#include "clients/gridctl/term/sink.h"
#include "clients/gridctl/term/table.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "daemon/base/check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- What is overdue ---- */

static void unit_row(struct table *t, struct json_object *unit) {
	static const char *const counts[] = {"overdue", "fresh", "due_soon", "suspended", "orders"};
	struct strbuf text = {0};
	table_row(t);
	table_cell(t, tree_name(unit, "unit"));
	for (size_t i = 0; i < COUNT_OF(counts); i++)
		table_cell_int(t, tree_int(unit, counts[i]));
	when_add_seconds(&text, tree_int(unit, "longest_seconds"));
	table_cell(t, tree_int(unit, "overdue") ? text.data : NULL);
	strbuf_fini(&text);
}

static void case_row(struct table *t, struct json_object *one) {
	struct strbuf text = {0};
	table_row(t);
	table_cell(t, tree_str(one, "case"));
	table_cell(t, tree_name(one, "class"));
	table_cell(t, tree_name(one, "unit"));
	table_cell(t, tree_name(one, "clock"));
	when_add_seconds(&text, tree_int(one, "overdue_clock_seconds"));
	table_cell(t, text.data);
	strbuf_clear(&text);
	when_add_span(&text, tree_int(one, "overdue_seconds"));
	table_cell(t, text.data);
	strbuf_clear(&text);
	if (tree_str(one, "longest"))
		strbuf_printf(&text, "%s %" PRId64 ".%" PRId64 "%%", tree_name(one, "longest"), tree_int(one, "longest_permille") / 10,
		              tree_int(one, "longest_permille") % 10);
	table_cell(t, text.data);
	strbuf_fini(&text);
}

static void print_units(struct json_object *result) {
	static const struct column columns[] = {{{"unit", "单位"}, COLUMN_CUT},          {{"overdue", "超期"}, COLUMN_RIGHT},
	                                        {{"new", "新增"}, COLUMN_RIGHT},         {{"in 24 h", "24小时内"}, COLUMN_RIGHT},
	                                        {{"suspended", "挂账"}, COLUMN_RIGHT},   {{"orders", "督办"}, COLUMN_RIGHT},
	                                        {{"longest (worked)", "最长（工作时间）"}, COLUMN_RIGHT}};
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(result, "units"); i++)
		unit_row(&t, tree_at(result, "units", i));
	table_print(&t);
}

static void print_cases(struct json_object *result) {
	static const struct column columns[] = {{{"case", "案件"}, COLUMN_TEXT},       {{"class", "类别"}, COLUMN_CUT},
	                                        {{"unit", "责任单位"}, COLUMN_CUT},    {{"clock", "时限"}, COLUMN_TEXT},
	                                        {{"worked", "工作时间"}, COLUMN_RIGHT}, {{"natural", "自然时间"}, COLUMN_RIGHT},
	                                        {{"longest holder", "占用最久"}, COLUMN_REST}};
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(result, "cases"); i++)
		case_row(&t, tree_at(result, "cases", i));
	table_print(&t);
	if (tree_bool(result, "more"))
		fputs(T("there are more: --limit\n", "还有更多：--limit\n"), stderr);
}

void print_overdue_report(struct json_object *result) {
	struct strbuf at = {0};
	when_add(&at, tree_str(result, "at"), false);
	term_print(T("overdue at %s: %" PRId64 ", %" PRId64 " of them new since the night before\n\n",
	             "%s 超期 %" PRId64 " 件，其中较上一晚新增 %" PRId64 " 件\n\n"),
	           at.data, tree_int(result, "overdue"), tree_int(result, "fresh"));
	strbuf_fini(&at);
	print_units(result);
	if (tree_count(result, "cases") > 0)
		term_print("\n");
	print_cases(result);
}

/* ---- The book ---- */

static void night_row(struct table *t, struct json_object *night) {
	struct strbuf text = {0};
	const bool planned = tree_get(night, "overdue") != NULL;
	table_row(t);
	table_cell(t, tree_str(night, "day"));
	table_cell(t, tree_name(night, planned ? "mark" : "state"));
	if (!planned)
		table_color(t, "red");
	if (planned)
		strbuf_printf(&text, "%" PRId64, tree_int(night, "overdue"));
	table_cell(t, text.data);
	strbuf_clear(&text);
	strbuf_printf(&text, "%" PRId64 "/%" PRId64, tree_int(night, "delivered"), tree_int(night, "notices"));
	table_cell(t, planned ? text.data : NULL);
	table_cell_time(t, tree_str(night, "planned_at"));
	table_cell(t, tree_str(night, "reason"));
	strbuf_fini(&text);
}

static void print_book(struct json_object *result) {
	static const struct column columns[] = {{{"night", "日期"}, COLUMN_TEXT},      {{"state", "状态"}, COLUMN_TEXT},
	                                        {{"overdue", "超期"}, COLUMN_RIGHT},   {{"delivered", "送达"}, COLUMN_RIGHT},
	                                        {{"planned", "生成"}, COLUMN_TEXT},    {{"reason", "原因"}, COLUMN_REST}};
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(result, "nights"); i++)
		night_row(&t, tree_at(result, "nights", i));
	table_print(&t);
	if (tree_count(result, "nights") == 0)
		fputs(T("no night was planned yet\n", "尚无每晚清单\n"), stderr);
}

static void print_told(struct json_object *result) {
	static const struct column columns[] = {{{"notice", "通知"}, COLUMN_TEXT}, {{"unit", "单位"}, COLUMN_TEXT},
	                                        {{"channel", "渠道"}, COLUMN_TEXT}, {{"to", "收件"}, COLUMN_TEXT},
	                                        {{"state", "状态"}, COLUMN_TEXT},   {{"why not", "未达原因"}, COLUMN_REST}};
	static const char *const cells[] = {"notice", "unit", "channel", "to"};
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(result, "notices"); i++) {
		struct json_object *notice = tree_at(result, "notices", i);
		table_row(&t);
		for (size_t k = 0; k < COUNT_OF(cells); k++)
			table_cell(&t, tree_str(notice, cells[k]));
		table_cell(&t, tree_name(notice, "state"));
		table_cell(&t, tree_str(notice, "failure"));
	}
	table_print(&t);
}

void print_sent(struct json_object *result) {
	term_print(T("the night of %s (%s): %" PRId64 " overdue\n\n", "%s 的清单（%s）：超期 %" PRId64 " 件\n\n"), tree_str(result, "day"),
	           tree_name(result, "mark"), tree_int(result, "overdue"));
	print_told(result);
}

/* ---- A night's files ---- */

/* The parts of a message, and how the files of each end. */
static const struct part {
	const char *name, *ending;
	bool binary;
} parts[] = {{"text", "txt", false}, {"html", "html", false}, {"workbook", "xlsx", true}, {"message", "eml", false}};

static bool save_part(const struct part *part, struct json_object *result, const char *stem) {
	struct strbuf path = {0};
	const char *text = tree_str(result, part->name);
	size_t n = text ? strlen(text) : 0;
	unsigned char *bytes = text && part->binary ? file_base64(text, &n) : NULL;
	strbuf_printf(&path, "%s.%s", stem, part->ending);
	const bool ok = text && (bytes || !part->binary) && file_write(path.data, bytes ? (const void *)bytes : text, n);
	free(bytes);
	strbuf_fini(&path);
	return ok;
}

/* "gridd-overdue-310106101-2026-11-23", for all its files; the daemon's name, but never a path. */
static bool add_stem(struct json_object *result, const char *dir, struct strbuf *out) {
	const char *file = tree_str(result, "file");
	const char *end = file ? strrchr(file, '.') : NULL;
	if (!end || strchr(file, '/') || *file == '.')
		return false;
	strbuf_printf(out, "%s/%.*s", dir, (int)(end - file), file);
	return true;
}

static int save(struct json_object *result, const char *dir) {
	struct strbuf stem = {0};
	bool ok = mkdir(dir, 0777) == 0 || errno == EEXIST;
	if (!ok)
		term_error(NULL, T("cannot make the folder %s: %s", "无法建立文件夹 %s：%s"), dir, strerror(errno));
	ok = ok && add_stem(result, dir, &stem);
	for (size_t i = 0; i < COUNT_OF(parts) && ok; i++)
		ok = save_part(&parts[i], result, stem.data);
	strbuf_fini(&stem);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

static void print_text(struct json_object *result, const char *part) {
	const char *text = tree_str(result, part);
	/* For programs and files: as it is, to the byte. */
	sink_for_programs();
	if (!term_out_is_tty())
		fputs(text ? text : "", stdout);
	else
		term_print("%s", text ? text : "");
}

static void ask_for_parts(struct ctl *ctl, const char *dir) {
	if (own_bool(&ctl->args, "html"))
		tree_add(ctl->args.params, "parts", json_object_new_string("html"));
	for (size_t i = 0; i < COUNT_OF(parts) && dir; i++)
		tree_add(ctl->args.params, "parts", json_object_new_string(parts[i].name));
}

int run_nightly(struct ctl *ctl) {
	const char *dir = own_str(&ctl->args, "save");
	struct json_object *result = NULL;
	ask_for_parts(ctl, dir);
	int rc = ctl_call(ctl, "report.nightly", ctl->args.params, &result);
	if (rc != EXIT_DONE)
		return rc;
	if (dir)
		rc = save(result, dir);
	else if (ctl_json(ctl, result))
		rc = EXIT_DONE;
	else if (tree_bool(ctl->args.params, "list"))
		print_book(result);
	else
		print_text(result, own_bool(&ctl->args, "html") ? "html" : "text");
	json_object_put(result);
	return rc;
}
