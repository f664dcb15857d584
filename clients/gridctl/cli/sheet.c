/* sheet: a list as rows: texts, and a workbook with numbers and dates that are some. */
#include "clients/gridctl/cli/formats.h"

#include "clients/gridctl/term/tree.h"
#include "daemon/base/civil.h"
#include "daemon/base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

enum { DATE_WIDTH = 20, TEXT_WIDTH = 16, CELL_CHARS = 32767 };

static void add_value(struct json_object *value, struct strbuf *out) {
	if (json_object_is_type(value, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(value); i++) {
			if (i > 0)
				strbuf_addc(out, ';');
			add_value(json_object_array_get_idx(value, i), out);
		}
	} else if (value) {
		strbuf_adds(out, json_object_is_type(value, json_type_string)
		                     ? json_object_get_string(value)
		                     : json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	}
}

void sheet_text(struct json_object *item, const char *path, struct strbuf *out) { add_value(tree_get(item, path), out); }

struct book {
	lxw_workbook *book;
	lxw_worksheet *sheet;
	lxw_format *head, *date;
};

/* Workbooks are XML: characters that it can't have are shown as escapes, and a cell has so much room. */
static void put_text(struct book *b, lxw_row_t row, lxw_col_t column, const char *text) {
	struct strbuf safe = {0};
	for (size_t left = CELL_CHARS - 8; *text && left > 0; left--) {
		uint32_t c;
		const size_t n = utf8_get((const unsigned char *)text, &c);
		if (n == 0 || (c < 0x20 && c != '\n' && c != '\t') || c == 0xfffe || c == 0xffff)
			strbuf_printf(&safe, "\\x%02x", (unsigned char)*text);
		else
			strbuf_add(&safe, text, n);
		text += n ? n : 1;
	}
	(void)worksheet_write_string(b->sheet, row, column, safe.data ? safe.data : "", NULL);
	strbuf_fini(&safe);
}

/* The town's own wall clock, as a sheet has no time zones. */
static bool put_date(struct book *b, lxw_row_t row, lxw_col_t column, const char *text) {
	int64_t at_us;
	struct err ignored;
	lxw_datetime at = {0};
	if (!rfc3339_parse(text, &at_us, &ignored) ||
	    sscanf(text, "%4d-%2d-%2dT%2d:%2d:%lf", &at.year, &at.month, &at.day, &at.hour, &at.min, &at.sec) != 6)
		return false;
	(void)worksheet_write_datetime(b->sheet, row, column, &at, b->date);
	return true;
}

static void put_value(struct book *b, lxw_row_t row, lxw_col_t column, struct json_object *value) {
	struct strbuf text = {0};
	if (json_object_is_type(value, json_type_int) || json_object_is_type(value, json_type_double)) {
		(void)worksheet_write_number(b->sheet, row, column, json_object_get_double(value), NULL);
		return;
	}
	if (json_object_is_type(value, json_type_boolean)) {
		(void)worksheet_write_boolean(b->sheet, row, column, json_object_get_boolean(value), NULL);
		return;
	}
	add_value(value, &text);
	if (text.len > 0 && !(json_object_is_type(value, json_type_string) && put_date(b, row, column, text.data)))
		put_text(b, row, column, text.data);
	strbuf_fini(&text);
}

static bool is_time(const char *path) {
	const size_t n = strlen(path);
	return n > 3 && strcmp(path + n - 3, "_at") == 0;
}

static void put_head(struct book *b, const struct sheet *s) {
	for (size_t c = 0; c < s->n; c++) {
		(void)worksheet_write_string(b->sheet, 0, (lxw_col_t)c, s->columns[c], b->head);
		(void)worksheet_set_column(b->sheet, (lxw_col_t)c, (lxw_col_t)c, is_time(s->columns[c]) ? DATE_WIDTH : TEXT_WIDTH, NULL);
	}
	worksheet_freeze_panes(b->sheet, 1, 0);
}

bool sheet_xlsx(const struct sheet *s, const char *file) {
	const size_t n = json_object_array_length(s->items);
	struct book b = {.book = workbook_new(file)};
	if (!b.book || n >= LXW_ROW_MAX) {
		term_error(NULL, T("%s: a sheet has at most %d rows", "%s：一个表最多 %d 行"), file, LXW_ROW_MAX - 1);
		if (b.book)
			(void)workbook_close(b.book);
		return false;
	}
	b.sheet = workbook_add_worksheet(b.book, NULL);
	b.head = workbook_add_format(b.book);
	format_set_bold(b.head);
	b.date = workbook_add_format(b.book);
	format_set_num_format(b.date, "yyyy-mm-dd hh:mm:ss");
	put_head(&b, s);
	for (size_t r = 0; r < n; r++)
		for (size_t c = 0; c < s->n; c++)
			put_value(&b, (lxw_row_t)(r + 1), (lxw_col_t)c, tree_get(json_object_array_get_idx(s->items, r), s->columns[c]));
	const lxw_error why = workbook_close(b.book);
	if (why == LXW_NO_ERROR)
		term_note("%s\n", file);
	else
		term_error(NULL, T("cannot write %s: %s", "无法写 %s：%s"), file, lxw_strerror(why));
	return why == LXW_NO_ERROR;
}
