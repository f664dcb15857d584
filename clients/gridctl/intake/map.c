/* map: reads the map file, and rows by it. */
#include "clients/gridctl/intake/map.h"

#include "clients/gridctl/cli/args.h"
#include "clients/gridctl/term/read.h"
#include "clients/gridctl/term/tree.h"
#include "daemon/base/suggest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char attrs_prefix[] = "attrs.";

static const char *map_text(const char *file, void *ctx) {
	const struct map *m = ctx;
	return strcmp(file, m->file) == 0 ? m->text : NULL;
}

static bool say(const struct map *m, const struct faults *faults) {
	struct strbuf out = {0};
	faults_print(faults, map_text, (void *)m, &out);
	term_note("%s", out.data ? out.data : "");
	strbuf_fini(&out);
	return faults->total == 0;
}

static const char *scalar(const struct yaml_node *entry, const char *key) {
	const struct yaml_node *n = yaml_get(entry, key);
	return n && n->kind == YAML_SCALAR ? n->text : NULL;
}

static const char *nearest_param(const char *path) {
	struct suggest near;
	suggest_start(&near, path);
	for (const struct flag *f = submit_flags; f->name; f++)
		suggest_offer(&near, f->path);
	return near.best;
}

static void check_entry(const struct map *m, const struct map_entry *e, const struct yaml_node *node,
                        struct faults *faults) {
	const bool is_attr = strncmp(e->path, attrs_prefix, sizeof attrs_prefix - 1) == 0;
	if (!e->param && !is_attr)
		yaml_fault(faults, m->file, node, "unknown", nearest_param(e->path), "no param “%s” of a case", e->path);
	if (!e->column == !e->constant)
		yaml_fault(faults, m->file, node, "missing", NULL, "%s needs either a column or a const", e->path);
	if (e->values && e->values->kind != YAML_MAP)
		yaml_fault(faults, m->file, e->values, "type", NULL, "values must be a map of cell text to value");
	if (e->format && !e->zone && !strstr(e->format, "%z"))
		yaml_fault(faults, m->file, node, "missing", NULL, "%s has a format without a zone: add zone: \"+08:00\"", e->path);
}

/* `text: 描述`, or `class: {column: 类别, values: {漏水: E70-05}}`. */
static void read_entry(struct map *m, const struct yaml_node *node, struct faults *faults) {
	static const char *const keys[] = {"column", "const", "default", "values", "format", "zone", "split", NULL};
	struct map_entry *e = LIST_ADD(&m->entries, &m->arena);
	e->path = node->key;
	e->line = node->key_line;
	e->col = node->key_col;
	e->param = flag_by_path(submit_flags, node->key);
	if (node->kind == YAML_SCALAR) {
		e->column = node->text;
	} else if (node->kind == YAML_MAP) {
		yaml_known_keys(node, keys, m->file, faults);
		e->column = scalar(node, "column");
		e->constant = scalar(node, "const");
		e->fallback = scalar(node, "default");
		e->format = scalar(node, "format");
		e->zone = scalar(node, "zone");
		e->split = scalar(node, "split");
		e->values = yaml_get(node, "values");
	}
	check_entry(m, e, node, faults);
}

bool map_load(struct map *m, const char *file) {
	*m = (struct map){.file = file};
	arena_init(&m->arena);
	struct strbuf text = {0};
	struct err err = {0};
	if (!read_file(file, &text, &err)) {
		term_error(NULL, "%s", err.text);
		strbuf_fini(&text);
		return false;
	}
	m->text = arena_strndup(&m->arena, text.data ? text.data : "", text.len);
	struct faults faults;
	faults_init(&faults, &m->arena);
	struct yaml_node *root = NULL;
	if (yaml_read(file, m->text, text.len, &m->arena, &root, &faults)) {
		if (root->kind != YAML_MAP)
			yaml_fault(&faults, file, root, "type", NULL, "expected a map of param: column");
		for (const struct yaml_node *n = root->kind == YAML_MAP ? root->child : NULL; n; n = n->next)
			read_entry(m, n, &faults);
	}
	strbuf_fini(&text);
	return say(m, &faults);
}

void map_fini(struct map *m) { arena_fini(&m->arena); }

static bool find_column(struct map_entry *e, const struct strs *header, struct suggest *near) {
	for (size_t i = 0; i < header->n; i++) {
		if (strcmp(header->v[i], e->column) == 0) {
			e->index = i;
			return true;
		}
		suggest_offer(near, header->v[i]);
	}
	return false;
}

bool map_bind(struct map *m, const struct strs *header) {
	struct faults faults;
	faults_init(&faults, &m->arena);
	for (size_t i = 0; i < m->entries.n; i++) {
		struct map_entry *e = &m->entries.v[i];
		struct suggest near;
		if (!e->column)
			continue;
		suggest_start(&near, e->column);
		if (!find_column(e, header, &near))
			faults_add(&faults, (struct fault){.file = m->file,
			                                   .line = e->line,
			                                   .col = e->col,
			                                   .code = "unknown",
			                                   .message = arena_printf(&m->arena, "the table has no column “%s”", e->column),
			                                   .suggestion = near.best});
	}
	return say(m, &faults);
}

/* The time in the map's format, as RFC 3339; NULL: it isn't one. */
static const char *time_text(const struct map_entry *e, const char *cell, struct arena *a) {
	struct tm tm = {.tm_mday = 1};
	const char *end = strptime(cell, e->format, &tm);
	while (end && isspace((unsigned char)*end))
		end++;
	if (!end || *end)
		return NULL;
	const long minutes = tm.tm_gmtoff / 60, size = minutes < 0 ? -minutes : minutes;
	const char *zone = e->zone ? e->zone : arena_printf(a, "%c%02ld:%02ld", minutes < 0 ? '-' : '+', size / 60, size % 60);
	return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d%s", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
	                    tm.tm_min, tm.tm_sec, zone);
}

static void put_list(struct json_object *params, const struct map_entry *e, const char *text, struct arena *a) {
	const char *const split = e->split && *e->split ? e->split : "\n";
	for (const char *end; text && *text; text = end ? end + strlen(split) : NULL) {
		end = strstr(text, split);
		const size_t n = end ? (size_t)(end - text) : strlen(text);
		if (n > 0)
			tree_add(params, e->path, json_object_new_string(arena_strndup(a, text, n)));
	}
}

/* An attribute's name may hold dots: it is one step of the path, not several. */
static void put_value(struct json_object *params, const char *path, struct json_object *value) {
	const size_t n = sizeof attrs_prefix - 1;
	if (strncmp(path, attrs_prefix, n) != 0) {
		tree_put(params, path, value);
		return;
	}
	if (!tree_get(params, "attrs"))
		tree_put(params, "attrs", json_object_new_object());
	(void)json_object_object_add(tree_get(params, "attrs"), path + n, value);
}

static const char *cell_text(const struct map_entry *e, const struct strs *fields, struct arena *a) {
	const char *raw = e->constant ? e->constant : e->index < fields->n ? fields->v[e->index] : "";
	const char *from = raw + strspn(raw, " \t\r\n");
	size_t n = strlen(from);
	while (n > 0 && strchr(" \t\r\n", from[n - 1]))
		n--;
	const char *cell = n > 0 ? arena_strndup(a, from, n) : e->fallback ? e->fallback : "";
	const char *meant = e->values ? scalar(e->values, cell) : NULL;
	return meant ? meant : cell;
}

static void row_entry(struct json_object *params, const struct map_entry *e, const char *cell, struct arena *a,
                      struct strs *faults) {
	static const struct flag as_text = {.kind = FLAG_STR};
	struct err why = {0};
	const char *text = e->format ? time_text(e, cell, a) : cell;
	if (!text) {
		STRS_ADD(faults, a,
		         arena_printf(a, T("%s: “%s” is no time of the form %s", "%s：“%s”不是 %s 形式的时间"), e->path, cell,
		                      e->format));
		return;
	}
	if (e->param && e->param->kind == FLAG_LIST) {
		put_list(params, e, text, a);
		return;
	}
	struct json_object *value = flag_value(e->param ? e->param : &as_text, text, &why);
	if (value)
		put_value(params, e->path, value);
	else
		STRS_ADD(faults, a, arena_printf(a, "%s: %s", e->path, why.text));
}

struct json_object *map_row(const struct map *m, const struct strs *fields, struct arena *a, struct strs *faults) {
	struct json_object *params = json_object_new_object();
	for (size_t i = 0; i < m->entries.n; i++) {
		const struct map_entry *e = &m->entries.v[i];
		const char *cell = cell_text(e, fields, a);
		if (*cell)
			row_entry(params, e, cell, a, faults);
	}
	return params;
}
