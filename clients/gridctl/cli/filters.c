/* filters: reads the files and the words. */
#include "clients/gridctl/cli/filters.h"

#include "clients/gridctl/cli/moment.h"
#include "clients/gridctl/term/read.h"
#include "clients/gridctl/term/table.h"
#include "clients/gridctl/term/tree.h"
#include "daemon/base/check.h"
#include "daemon/base/suggest.h"
#include "daemon/base/yaml.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES = 2, OWN = 0, TOWN = 1 };

struct filter_file {
	const char *path, *text; /* text NULL: there is no such file */
	struct yaml_node *root;  /* a map, or NULL */
};

struct filters {
	struct arena arena;
	struct faults faults;
	struct filter_file files[FILES]; /* the first that has a name holds */
};

/* ---- the files ---- */

static const char *own_path(struct arena *a) {
	const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	if (base && *base)
		return arena_printf(a, "%s/gridctl/filters.yaml", base);
	return home && *home ? arena_printf(a, "%s/.config/gridctl/filters.yaml", home) : NULL;
}

static const char *text_of(const char *path, void *ctx) {
	const struct filters *f = ctx;
	for (size_t i = 0; i < FILES; i++)
		if (f->files[i].text && strcmp(f->files[i].path, path) == 0)
			return f->files[i].text;
	return NULL;
}

static bool say_faults(struct filters *f) {
	struct strbuf out = {0};
	faults_print(&f->faults, text_of, f, &out);
	fputs(out.data ? out.data : "", stderr);
	strbuf_fini(&out);
	return f->faults.total == 0;
}

/* A key of a filter: an option of `case list`, or how many rows. */
static const struct flag *find_key(const char *name, size_t n) {
	const struct flag *found = flag_by_name(list_flags, name, n);
	return found ? found : n == strlen("limit") && strncmp(name, "limit", n) == 0 ? flag_by_name(page_flags, name, n) : NULL;
}

static const char *nearest_key(const char *typed) {
	struct suggest near;
	suggest_start(&near, typed);
	for (const struct flag *f = list_flags; f->name; f++)
		suggest_offer(&near, f->name);
	suggest_offer(&near, "limit");
	return near.best;
}

/* One value of a key into params; NULL params: only looks whether it would go. */
static void take_value(struct filters *f, const char *path, const struct flag *flag, const struct yaml_node *value,
                       struct json_object *params) {
	struct err e = {0};
	if (value->kind != YAML_SCALAR || yaml_is_null(value))
		yaml_fault(&f->faults, path, value, "type", NULL, T("%s needs a value", "%s 后面要有值"), flag->name);
	else if (!flag_put(flag, params, value->text, &e))
		yaml_fault(&f->faults, path, value, "type", NULL, "%s", e.text);
}

static void take_key(struct filters *f, const char *path, const struct yaml_node *node, struct json_object *params) {
	const struct flag *flag = find_key(node->key, strlen(node->key));
	const struct yaml_node at_key = yaml_at_key(node);
	if (!flag) {
		yaml_fault(&f->faults, path, &at_key, "unknown", nearest_key(node->key),
		           T("no option “%s” of case list", "case list 没有“%s”这个选项"), node->key);
	} else if (node->kind != YAML_LIST) {
		take_value(f, path, flag, node, params);
	} else if (flag->kind != FLAG_ANY || !node->child) {
		yaml_fault(&f->faults, path, node, "type", NULL, T("%s takes one value", "%s 只能写一个值"), flag->name);
	} else {
		for (const struct yaml_node *one = node->child; one; one = one->next)
			take_value(f, path, flag, one, params);
	}
}

/* What a filter says, as params. Its faults are added. */
static struct json_object *read_filter(struct filters *f, const char *path, const struct yaml_node *filter) {
	struct json_object *params = json_object_new_object();
	if (filter->kind != YAML_MAP || !filter->child)
		yaml_fault(&f->faults, path, filter, "type", NULL,
		           T("%s needs options: {overdue: any}", "%s 要写选项：{overdue: any}"), filter->key);
	for (const struct yaml_node *n = filter->kind == YAML_MAP ? filter->child : NULL; n; n = n->next)
		take_key(f, path, n, params);
	return params;
}

static void load_file(struct filters *f, struct filter_file *file) {
	struct strbuf text = {0};
	struct err e = {0};
	if (!file->path || access(file->path, F_OK) != 0)
		return;
	if (!read_file(file->path, &text, &e)) {
		faults_add(&f->faults,
		           (struct fault){
		               .file = file->path, .line = 1, .col = 1, .code = "file", .message = arena_strdup(&f->arena, e.text)});
	} else {
		file->text = arena_strndup(&f->arena, text.data ? text.data : "", text.len);
		if (yaml_read(file->path, file->text, text.len, &f->arena, &file->root, &f->faults) &&
		    file->root->kind != YAML_MAP) {
			yaml_fault(&f->faults, file->path, file->root, "type", NULL,
			           T("expected NAME: {OPTION: VALUE}", "应写作 名称: {选项: 值}"));
			file->root = NULL;
		}
	}
	for (const struct yaml_node *n = file->root ? file->root->child : NULL; n; n = n->next)
		json_object_put(read_filter(f, file->path, n));
	strbuf_fini(&text);
}

/* Reads both files, whole: a fault anywhere is said at once, not on the day when it is needed. */
static bool filters_load(struct filters *f) {
	*f = (struct filters){.files = {[TOWN] = {.path = "/etc/gridd/filters.yaml"}}};
	arena_init(&f->arena);
	faults_init(&f->faults, &f->arena);
	f->files[OWN].path = own_path(&f->arena);
	for (size_t i = 0; i < FILES; i++)
		load_file(f, &f->files[i]);
	return say_faults(f);
}

static void filters_fini(struct filters *f) { arena_fini(&f->arena); }

static const struct yaml_node *find_filter(const struct filters *f, const char *name, const char **path) {
	for (size_t i = 0; i < FILES; i++) {
		const struct yaml_node *found = f->files[i].root ? yaml_get(f->files[i].root, name) : NULL;
		*path = f->files[i].path;
		if (found)
			return found;
	}
	return NULL;
}

static int no_filter(const struct filters *f, const char *name) {
	struct suggest near;
	suggest_start(&near, name);
	for (size_t i = 0; i < FILES; i++)
		for (const struct yaml_node *n = f->files[i].root ? f->files[i].root->child : NULL; n; n = n->next)
			suggest_offer(&near, n->key);
	if (near.best)
		term_error("gridctl filter list", T("no filter @%s; did you mean @%s?", "没有 @%s 这个筛选条件，是不是 @%s？"), name,
		           near.best);
	else
		term_error("gridctl filter list", T("no filter @%s in %s", "没有 @%s 这个筛选条件（%s）"), name,
		           f->files[OWN].path ? f->files[OWN].path : f->files[TOWN].path);
	return EXIT_NOT_FOUND;
}

/* ---- words ---- */

/* What is being read: names and words apart, so that words hold over names. */
struct reading {
	struct filters filters;
	bool loaded;
	struct json_object *of_names, *of_words;
};

static void put_over(struct json_object *to, struct json_object *from) {
	json_object_object_foreach(from, key, value)(void) json_object_object_add(to, key, json_object_get(value));
}

static int take_name(struct reading *r, const char *name) {
	const char *path;
	if (!r->loaded && !filters_load(&r->filters)) {
		r->loaded = true;
		return EXIT_FAILED;
	}
	r->loaded = true;
	const struct yaml_node *found = find_filter(&r->filters, name, &path);
	if (!found)
		return no_filter(&r->filters, name);
	struct json_object *params = read_filter(&r->filters, path, found);
	put_over(r->of_names, params);
	json_object_put(params);
	return EXIT_DONE;
}

static int no_word(const char *word) {
	const size_t n = strcspn(word, "=");
	char key[64] = "";
	(void)strncat(key, word, n < sizeof key ? n : sizeof key - 1);
	const char *near = word[n] ? nearest_key(key) : NULL;
	if (near)
		term_error("gridctl help ls",
		           T("“%s”: no such option of case list; did you mean %s=?", "“%s”：没有这个选项，是不是 %s=？"), word,
		           near);
	else
		term_error("gridctl help ls",
		           T("“%s”: a filter is @NAME or OPTION=VALUE, such as state=triage",
		             "“%s”：筛选条件写作 @名称 或 选项=值，如 state=triage"),
		           word);
	return EXIT_USAGE;
}

/* "state=triage,handling": of an option that may come again, any of them. */
static int take_pair(struct reading *r, const char *word) {
	const size_t n = strcspn(word, "=");
	const struct flag *flag = word[n] ? find_key(word, n) : NULL;
	struct err e = {0};
	if (!flag || !word[n + 1])
		return no_word(word);
	const char *value = word + n + 1;
	while (value) {
		const size_t length = flag->kind == FLAG_ANY ? strcspn(value, ",") : strlen(value);
		char *one = strndup(value, length);
		CHECK(one != NULL);
		const bool ok = flag_put(flag, r->of_words, one, &e);
		free(one);
		if (!ok) {
			term_error("gridctl help ls", "%s: %s", flag->name, e.text);
			return EXIT_USAGE;
		}
		value = value[length] ? value + length + 1 : NULL;
	}
	return EXIT_DONE;
}

static int take_word(struct reading *r, const char *word) {
	return *word == '@' ? take_name(r, word + 1) : take_pair(r, word);
}

/* Words are apart by spaces; quotes hold a value with spaces together: text="3 号楼". */
static int take_words(struct reading *r, const char *text) {
	struct strbuf word = {0};
	bool quoted = false;
	int rc = EXIT_DONE;
	for (; rc == EXIT_DONE; text++) {
		if (*text && (quoted || !strchr(" \t\n", *text))) {
			if (*text == '"')
				quoted = !quoted;
			else
				strbuf_addc(&word, *text);
			continue;
		}
		if (word.len > 0)
			rc = take_word(r, word.data);
		strbuf_clear(&word);
		if (!*text)
			break;
	}
	strbuf_fini(&word);
	return rc;
}

int filters_read(struct ctl *ctl, const char *own, struct json_object **params) {
	struct reading r = {.of_names = json_object_new_object(), .of_words = json_object_new_object()};
	int rc = EXIT_DONE;
	for (size_t i = 0; rc == EXIT_DONE && i < tree_count(ctl->args.own, own); i++)
		rc = take_words(&r, tree_word(ctl->args.own, own, i));
	put_over(r.of_names, r.of_words);
	if (rc == EXIT_DONE)
		rc = moments_in(ctl, list_flags, r.of_names);
	if (r.loaded)
		filters_fini(&r.filters);
	json_object_put(r.of_words);
	*params = r.of_names;
	return rc;
}

int prepare_list(struct ctl *ctl) {
	struct json_object *filter = NULL, *typed = ctl->args.params;
	const int rc = filters_read(ctl, "filter", &filter);
	/* An option that was typed holds over the same one of a filter. */
	put_over(filter, typed);
	ctl->args.params = filter;
	json_object_put(typed);
	return rc;
}

/* ---- commands ---- */

static void add_said(struct strbuf *out, struct json_object *params) {
	json_object_object_foreach(params, key, value) {
		strbuf_printf(out, "%s%s=", out->len ? " " : "", key);
		const size_t n = tree_count(params, key);
		for (size_t i = 0; i < n; i++)
			strbuf_printf(out, "%s%s", i ? "," : "", tree_word(params, key, i));
		if (n == 0)
			strbuf_adds(out, json_object_get_string(value));
	}
}

static struct json_object *filter_json(const struct yaml_node *n, const char *path, struct json_object *params) {
	struct json_object *one = json_object_new_object();
	tree_put(one, "name", json_object_new_string(n->key));
	tree_put(one, "file", json_object_new_string(path));
	tree_put(one, "line", json_object_new_int64(n->key_line));
	tree_put(one, "params", json_object_get(params));
	return one;
}

/* Every filter that holds. */
static struct json_object *all_json(struct filters *f) {
	struct json_object *tree = json_object_new_object();
	tree_put(tree, "filters", json_object_new_array());
	for (size_t i = 0; i < FILES; i++)
		for (const struct yaml_node *n = f->files[i].root ? f->files[i].root->child : NULL; n; n = n->next) {
			const char *path;
			if (find_filter(f, n->key, &path) != n)
				continue;
			struct json_object *params = read_filter(f, path, n);
			tree_add(tree, "filters", filter_json(n, path, params));
			json_object_put(params);
		}
	return tree;
}

static void print_filters(struct json_object *tree) {
	static const struct column columns[] = {
	    {{"filter", "名称"}, COLUMN_TEXT}, {{"cases", "条件"}, COLUMN_TEXT}, {{"file", "出处"}, COLUMN_TEXT}};
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(tree, "filters"); i++) {
		struct json_object *one = tree_at(tree, "filters", i);
		struct strbuf name = {0}, said = {0}, file = {0};
		strbuf_printf(&name, "@%s", tree_str(one, "name"));
		add_said(&said, tree_get(one, "params"));
		strbuf_printf(&file, "%s:%" PRId64, tree_str(one, "file"), tree_int(one, "line"));
		table_row(&t);
		table_cell(&t, name.data);
		table_cell(&t, said.data);
		table_cell(&t, file.data);
		strbuf_fini(&name);
		strbuf_fini(&said);
		strbuf_fini(&file);
	}
	table_print(&t);
}

int run_filter_list(struct ctl *ctl) {
	struct filters f;
	const bool ok = filters_load(&f);
	struct json_object *tree = ok ? all_json(&f) : NULL;
	if (ok && !ctl_json(ctl, tree)) {
		print_filters(tree);
		if (tree_count(tree, "filters") == 0)
			fprintf(stderr,
			        T("no filters yet; write one into %s:\n  morning: {overdue: any, sort: overdue}\n",
			          "还没有筛选条件；可写入 %s：\n  morning: {overdue: any, sort: overdue}\n"),
			        f.files[OWN].path ? f.files[OWN].path : f.files[TOWN].path);
	}
	json_object_put(tree);
	filters_fini(&f);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

int run_filter_show(struct ctl *ctl) {
	struct filters f;
	const char *name = own_str(&ctl->args, "name"), *path;
	name += *name == '@';
	if (!filters_load(&f)) {
		filters_fini(&f);
		return EXIT_FAILED;
	}
	const struct yaml_node *found = find_filter(&f, name, &path);
	int rc = found ? EXIT_DONE : no_filter(&f, name);
	if (found) {
		struct json_object *params = read_filter(&f, path, found), *one = filter_json(found, path, params);
		if (!ctl_json(ctl, one)) {
			term_print("@%s  %s:%d\n", found->key, path, found->key_line);
			json_object_object_foreach(params, key, value) term_print("  %s: %s\n", key, json_object_get_string(value));
		}
		json_object_put(params);
		json_object_put(one);
	}
	filters_fini(&f);
	return rc;
}
