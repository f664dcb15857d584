/* formats: what is asked for, and the result in it. */
#include "clients/gridctl/cli/formats.h"

#include "clients/gridctl/term/sink.h"
#include "clients/gridctl/term/tree.h"
#include "daemon/base/check.h"
#include "daemon/base/list.h"

#include <stdio.h>
#include <string.h>

enum { FIELD_BYTES = 128 };

enum format { FORMAT_NONE, FORMAT_JSON, FORMAT_JSONL, FORMAT_PLAIN, FORMAT_CSV, FORMAT_XLSX };

static const struct {
	const char *flag;
	bool needs_list;
} formats[] = {[FORMAT_JSON] = {"json", false},  [FORMAT_JSONL] = {"jsonl", false}, [FORMAT_PLAIN] = {"plain", true},
               [FORMAT_CSV] = {"csv", true},     [FORMAT_XLSX] = {"xlsx", true}};

/* `report kpi` has figures, no list: its own --csv and --xlsx are the daemon's pages. */
static bool is_own(const struct ctl *ctl, enum format format) {
	return (format == FORMAT_CSV || format == FORMAT_XLSX) && ctl->command->method && strcmp(ctl->command->method, "report.kpi") == 0;
}

static enum format asked(const struct ctl *ctl) {
	for (size_t i = FORMAT_JSON; i < COUNT_OF(formats); i++)
		if (tree_get(ctl->args.own, formats[i].flag) && !is_own(ctl, (enum format)i))
			return (enum format)i;
	return FORMAT_NONE;
}

bool formats_asked(const struct ctl *ctl) { return asked(ctl) != FORMAT_NONE; }

static const struct reading *list_of(const struct ctl *ctl) {
	const struct reading *r = reading_of(ctl->command);
	const bool is_book = ctl->command->method && strcmp(ctl->command->method, "report.nightly") == 0;
	return r && r->list && (!is_book || tree_bool(ctl->args.params, "list")) ? r : NULL;
}

int formats_check(const struct ctl *ctl) {
	const enum format format = asked(ctl);
	for (size_t i = format + 1u; format && i < COUNT_OF(formats); i++)
		if (tree_get(ctl->args.own, formats[i].flag) && !is_own(ctl, (enum format)i)) {
			term_error(NULL, T("--%s and --%s: choose one", "--%s 和 --%s 只能选一个"), formats[format].flag, formats[i].flag);
			return EXIT_USAGE;
		}
	if (format && formats[format].needs_list && !list_of(ctl)) {
		struct strbuf next = {0};
		strbuf_adds(&next, "gridctl ");
		help_words(ctl->command, &next);
		strbuf_adds(&next, " --json");
		term_error(next.data, T("--%s is for commands that print one list; this one doesn't", "--%s 只用于输出单个列表的命令，此命令不是"),
		           formats[format].flag);
		strbuf_fini(&next);
		return EXIT_USAGE;
	}
	return EXIT_DONE;
}

/* ---- Fields ---- */

static void split(struct arena *a, const char *text, const char *between, struct strs *out) {
	while (text && *(text += strspn(text, between))) {
		const size_t n = strcspn(text, between);
		STRS_ADD(out, a, arena_strndup(a, text, n));
		text += n;
	}
}

static bool has(const struct strs *list, const char *word) {
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], word) == 0)
			return true;
	return false;
}

/* Every member that the items have is known, and what stands below it. */
static void learn(struct arena *a, struct json_object *item, const char *prefix, struct strs *known) {
	if (json_object_is_type(item, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(item); i++)
			learn(a, json_object_array_get_idx(item, i), prefix, known);
		return;
	}
	if (!json_object_is_type(item, json_type_object))
		return;
	json_object_object_foreach(item, name, value) {
		const char *path = *prefix ? arena_printf(a, "%s.%s", prefix, name) : arena_printf(a, "%s", name);
		if (!has(known, path))
			STRS_ADD(known, a, path);
		learn(a, value, path, known);
	}
}

static int say_unknown(const char *field, const struct strs *known) {
	struct strbuf all = {0};
	for (size_t i = 0; i < known->n; i++)
		strbuf_printf(&all, "%s%s", i ? ", " : "", known->v[i]);
	term_error(NULL, T("no field %s; there are: %s", "没有 %s 这个字段；有：%s"), field, all.data ? all.data : "-");
	strbuf_fini(&all);
	return EXIT_USAGE;
}

/* The fields that are asked for, all of them known. */
static int read_fields(struct arena *a, const char *text, const struct reading *r, struct json_object *items, struct strs *fields) {
	struct strs known = {0};
	split(a, text, ",", fields);
	if (r) {
		split(a, r->columns, " ", &known);
		split(a, r->more, " ", &known);
	}
	learn(a, items, "", &known);
	for (size_t i = 0; i < fields->n; i++)
		if (!has(&known, fields->v[i]) || strlen(fields->v[i]) >= FIELD_BYTES)
			return say_unknown(fields->v[i], &known);
	return EXIT_DONE;
}

/* The item with these members only; below a list, of each of its items. What isn't there is null. */
static struct json_object *reduced(struct json_object *item, const char *path) {
	if (!*path)
		return json_object_get(item);
	if (json_object_is_type(item, json_type_array)) {
		struct json_object *list = json_object_new_array();
		for (size_t i = 0; i < json_object_array_length(item); i++)
			(void)json_object_array_add(list, reduced(json_object_array_get_idx(item, i), path));
		return list;
	}
	char name[FIELD_BYTES];
	const size_t n = strcspn(path, ".");
	(void)snprintf(name, sizeof name, "%.*s", (int)n, path);
	struct json_object *value = NULL, *made = json_object_new_object();
	const bool there = json_object_is_type(item, json_type_object) && json_object_object_get_ex(item, name, &value);
	(void)json_object_object_add(made, name, there ? reduced(value, path + n + (path[n] == '.')) : NULL);
	return made;
}

/* Adds the members of `more`, which is taken over; what both have is joined. */
static struct json_object *joined(struct json_object *base, struct json_object *more) {
	if (json_object_is_type(base, json_type_array) && json_object_is_type(more, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(base); i++) {
			struct json_object *one = json_object_get(json_object_array_get_idx(base, i));
			(void)json_object_array_put_idx(base, i, joined(one, json_object_get(json_object_array_get_idx(more, i))));
		}
	} else if (json_object_is_type(base, json_type_object) && json_object_is_type(more, json_type_object)) {
		json_object_object_foreach(more, name, value) {
			struct json_object *there = NULL;
			const bool both = json_object_object_get_ex(base, name, &there) && there && value;
			(void)json_object_object_add(base, name, both ? joined(json_object_get(there), json_object_get(value)) : json_object_get(value));
		}
	}
	json_object_put(more);
	return base;
}

static struct json_object *with_fields(struct json_object *item, const struct strs *fields) {
	struct json_object *made = json_object_new_object();
	for (size_t i = 0; i < fields->n; i++)
		made = joined(made, reduced(item, fields->v[i]));
	return made;
}

/* ---- Printing ---- */

/* RFC 4180: quoted where it must be, quotes doubled. */
static void add_csv(struct strbuf *out, const char *text) {
	if (!text[strcspn(text, ",\"\r\n")]) {
		strbuf_adds(out, text);
		return;
	}
	strbuf_addc(out, '"');
	for (; *text; text++) {
		if (*text == '"')
			strbuf_addc(out, '"');
		strbuf_addc(out, *text);
	}
	strbuf_addc(out, '"');
}

/* A tab, a line's end and a backslash are written with a backslash: a row stays a line, a cell a cell. */
static void add_plain(struct strbuf *out, const char *text) {
	for (; *text; text++) {
		const char *sign = *text == '\t' ? "\\t" : *text == '\n' ? "\\n" : *text == '\r' ? "\\r" : *text == '\\' ? "\\\\" : NULL;
		if (sign)
			strbuf_adds(out, sign);
		else
			strbuf_addc(out, *text);
	}
}

static void put_row(const struct sheet *s, struct json_object *item, enum format format) {
	struct strbuf line = {0}, cell = {0};
	for (size_t c = 0; c < s->n; c++) {
		strbuf_clear(&cell);
		if (item)
			sheet_text(item, s->columns[c], &cell);
		else
			strbuf_adds(&cell, s->columns[c]);
		if (c > 0)
			strbuf_addc(&line, format == FORMAT_CSV ? ',' : '\t');
		(format == FORMAT_CSV ? add_csv : add_plain)(&line, cell.data ? cell.data : "");
	}
	/* On a terminal even a program's format may not play tricks. */
	if (term_out_is_tty())
		term_print("%s\n", line.data ? line.data : "");
	else
		printf("%s%s", line.data ? line.data : "", format == FORMAT_CSV ? "\r\n" : "\n");
	strbuf_fini(&line);
	strbuf_fini(&cell);
}

static int put_sheet(const struct ctl *ctl, const struct sheet *s, enum format format) {
	if (format == FORMAT_XLSX)
		return sheet_xlsx(s, own_str(&ctl->args, "xlsx")) ? EXIT_DONE : EXIT_FAILED;
	put_row(s, NULL, format);
	for (size_t i = 0; i < json_object_array_length(s->items); i++)
		put_row(s, json_object_array_get_idx(s->items, i), format);
	return EXIT_DONE;
}

static void put_json(struct json_object *item, const struct strs *fields) {
	struct json_object *made = fields->n ? with_fields(item, fields) : json_object_get(item);
	print_json(made);
	json_object_put(made);
}

static void put_lines(struct json_object *items, const struct strs *fields) {
	for (size_t i = 0; i < json_object_array_length(items); i++) {
		struct json_object *item = json_object_array_get_idx(items, i);
		struct json_object *made = fields->n ? with_fields(item, fields) : json_object_get(item);
		print_json_line(made);
		json_object_put(made);
	}
}

static void put_list(struct json_object *items, const struct strs *fields) {
	struct json_object *made = json_object_new_array();
	for (size_t i = 0; i < json_object_array_length(items); i++)
		(void)json_object_array_add(made, with_fields(json_object_array_get_idx(items, i), fields));
	print_json(made);
	json_object_put(made);
}

static int put(const struct ctl *ctl, struct arena *a, struct json_object *result, enum format format) {
	const struct reading *r = reading_of(ctl->command), *listed = list_of(ctl);
	struct json_object *items = listed ? tree_get(result, listed->list) : NULL;
	const char *text = own_str(&ctl->args, formats[format].flag);
	struct strs fields = {0};
	struct json_object *none = json_object_new_array();
	if (!json_object_is_type(items, json_type_array))
		items = listed && formats[format].needs_list ? none : NULL;
	int rc = EXIT_DONE;
	if (text && format != FORMAT_XLSX)
		rc = read_fields(a, text, r, items ? items : result, &fields);
	if (formats[format].needs_list && fields.n == 0)
		split(a, listed->columns, " ", &fields);
	const struct sheet sheet = {.columns = fields.v, .n = fields.n, .items = items};
	if (rc != EXIT_DONE)
		;
	else if (formats[format].needs_list)
		rc = put_sheet(ctl, &sheet, format);
	else if (format == FORMAT_JSONL && items)
		put_lines(items, &fields);
	else if (format == FORMAT_JSONL)
		put_json(result, &fields);
	else if (items && fields.n > 0)
		put_list(items, &fields);
	else
		put_json(result, &fields);
	json_object_put(none);
	return rc;
}

bool formats_print(struct ctl *ctl, struct json_object *result) {
	const enum format format = asked(ctl);
	struct arena a = {0};
	if (!format)
		return false;
	sink_for_programs();
	ctl->format_rc = put(ctl, &a, result, format);
	arena_fini(&a);
	return true;
}
