/* records: lines and rows to params. */
#include "clients/gridctl/intake/records.h"

#include "clients/gridctl/term/encoding.h"
#include "clients/gridctl/term/read.h"
#include "clients/gridctl/term/term.h"
#include "daemon/base/limits.h"
#include "daemon/wire/gate.h"

#include <string.h>
#include <strings.h>

/* Well below what the daemon takes as one message: a case's text is 64 KiB at most. */
enum { RECORD_BYTES = LIMIT_LINE_BYTES / 2 };

static bool ends_with(const char *text, const char *tail) {
	const size_t n = strlen(text), m = strlen(tail);
	return n >= m && strcasecmp(text + n - m, tail) == 0;
}

static bool open_csv(struct records *r, const char *map_file, int *rc) {
	struct strs header;
	struct err e = {0};
	int line;
	*rc = EXIT_FAILED;
	if (!map_load(&r->map, map_file))
		return false;
	csv_init(&r->csv, r->text.data ? r->text.data : "");
	const enum csv_result got = csv_next(&r->csv, &r->map.arena, &header, &line, &e);
	if (got != CSV_ROW) {
		term_error(NULL, "%s:%d: %s", r->file, line, got == CSV_END ? T("no header row", "没有表头行") : e.text);
		return false;
	}
	r->columns = header.n;
	return map_bind(&r->map, &header);
}

static bool read_text(struct records *r, const char *encoding, struct err *e) {
	if (!read_file(r->file, &r->text, e))
		return false;
	return encoding_to_utf8(&r->text, encoding, e) || (e->code != E_USAGE && err_wrap(e, "%s", r->file));
}

bool records_open(struct records *r, const char *file, const char *map_file, const char *encoding, int *rc) {
	*r = (struct records){.file = file, .line = 1, .is_csv = map_file || ends_with(file, ".csv")};
	arena_init(&r->arena);
	struct err e = {0};
	if (r->is_csv && !map_file) {
		*rc = EXIT_USAGE;
		term_error(
		    "man gridctl, MAP FILES",
		    T("%s: a .csv needs --map FILE, which says what its columns are", "%s：导入 .csv 要用 --map 文件 说明各列"),
		    file);
		return false;
	}
	if (!read_text(r, encoding, &e)) {
		*rc = e.code == E_USAGE ? EXIT_USAGE : EXIT_FAILED;
		term_error(NULL, "%s", e.text);
		return false;
	}
	return !r->is_csv || open_csv(r, map_file, rc);
}

void records_fini(struct records *r) {
	strbuf_fini(&r->text);
	arena_fini(&r->arena);
	map_fini(&r->map);
}

size_t records_done_bytes(const struct records *r) {
	return r->is_csv && r->csv.at ? (size_t)(r->csv.at - r->text.data) : r->at;
}

static void refuse(struct records *r, struct record *out, const char *why) { STRS_ADD(&out->faults, &r->arena, why); }

static void parse_line(struct records *r, const char *text, size_t n, struct record *out) {
	struct gate_fault why;
	if (n > RECORD_BYTES) {
		refuse(r, out, T("longer than 512 KiB", "超过 512 KiB"));
	} else if (!gate_parse(text, n, &out->params, &why)) {
		out->params = NULL;
		refuse(r, out, arena_printf(&r->arena, T("not JSON: %s", "不是合格的 JSON：%s"), why.text));
	} else if (!json_object_is_type(out->params, json_type_object)) {
		json_object_put(out->params);
		out->params = NULL;
		refuse(r, out, T("expected a JSON object, {...}", "应是 JSON 对象 {...}"));
	}
}

static bool next_line(struct records *r, struct record *out) {
	while (r->at < r->text.len) {
		const char *from = r->text.data + r->at;
		const char *lf = memchr(from, '\n', r->text.len - r->at);
		size_t n = lf ? (size_t)(lf - from) : r->text.len - r->at;
		r->at += n + (lf != NULL);
		out->line = r->line++;
		while (n > 0 && strchr(" \t\r", from[n - 1]))
			n--;
		if (n == 0)
			continue;
		parse_line(r, from, n, out);
		return true;
	}
	return false;
}

static bool next_row(struct records *r, struct record *out) {
	struct strs fields;
	struct err e = {0};
	const size_t from = records_done_bytes(r);
	const enum csv_result got = csv_next(&r->csv, &r->arena, &fields, &out->line, &e);
	if (got == CSV_END)
		return false;
	if (got == CSV_FAULT || records_done_bytes(r) - from > RECORD_BYTES) {
		refuse(r, out, got == CSV_FAULT ? arena_strdup(&r->arena, e.text) : T("longer than 512 KiB", "超过 512 KiB"));
		return true;
	}
	if (fields.n != r->columns)
		refuse(r, out,
		       arena_printf(&r->arena, T("%zu fields where the header has %zu", "有 %zu 个字段，表头有 %zu 个"), fields.n,
		                    r->columns));
	out->params = map_row(&r->map, &fields, &r->arena, &out->faults);
	if (out->faults.n > 0) {
		json_object_put(out->params);
		out->params = NULL;
	}
	return true;
}

bool records_next(struct records *r, struct record *out) {
	*out = (struct record){0};
	arena_reset(&r->arena);
	return r->is_csv ? next_row(r, out) : next_line(r, out);
}
