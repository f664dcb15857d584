/* args: flags and words. */
#include "clients/gridctl/cli/args.h"

#include "clients/gridctl/term/tree.h"
#include "daemon/base/check.h"
#include "daemon/base/suggest.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void args_init(struct args *a, char **argv) {
	*a = (struct args){.argv = argv, .params = json_object_new_object(), .own = json_object_new_object()};
}

void args_fini(struct args *a) {
	json_object_put(a->params);
	json_object_put(a->own);
}

const char *own_str(const struct args *a, const char *path) { return tree_str(a->own, path); }
bool own_bool(const struct args *a, const char *path) { return tree_bool(a->own, path); }

static const struct flag *find_long(const struct flag *const tables[], const char *name, size_t n) {
	for (; *tables; tables++)
		for (const struct flag *f = *tables; f->name; f++)
			if (strlen(f->name) == n && strncmp(f->name, name, n) == 0)
				return f;
	return NULL;
}

static const struct flag *find_letter(const struct flag *const tables[], char letter) {
	for (; *tables; tables++)
		for (const struct flag *f = *tables; f->name; f++)
			if (f->letter == letter)
				return f;
	return NULL;
}

const struct flag *flag_by_path(const struct flag *table, const char *path) {
	for (const struct flag *f = table; f->name; f++)
		if (strcmp(f->path, path) == 0)
			return f;
	return NULL;
}

const struct flag *args_flag(const struct flag *const tables[], const char *typed) {
	return typed[1] == '-' ? find_long(tables, typed + 2, strcspn(typed + 2, "=")) : find_letter(tables, typed[1]);
}

static bool same_name(const char *a, const char *b, size_t n) {
	for (size_t i = 0; i < n; i++)
		if ((a[i] == '_' ? '-' : a[i]) != (b[i] == '_' ? '-' : b[i]))
			return false;
	return true;
}

const struct flag *flag_by_name(const struct flag *table, const char *name, size_t n) {
	for (const struct flag *f = table; f->name; f++)
		if (strlen(f->name) == n && same_name(f->name, name, n))
			return f;
	return NULL;
}

static bool unknown(const struct flag *const tables[], const char *typed, struct err *e) {
	struct suggest near;
	char word[64] = "";
	(void)strncat(word, typed + strspn(typed, "-"), sizeof word - 1);
	word[strcspn(word, "=")] = '\0';
	suggest_start(&near, word);
	for (; *tables; tables++)
		for (const struct flag *f = *tables; f->name; f++)
			suggest_offer(&near, f->name);
	if (near.best)
		return err_set(e, E_USAGE, T("no option %s; did you mean --%s?", "没有 %s 这个选项，是不是 --%s？"), typed,
		               near.best);
	return err_set(e, E_USAGE, T("no option %s here", "这里没有 %s 这个选项"), typed);
}

static struct json_object *number(const char *text, bool whole, struct err *e) {
	char *end;
	errno = 0;
	if (whole) {
		const int64_t v = strtoll(text, &end, 10);
		if (*text && !*end && errno == 0)
			return json_object_new_int64(v);
	} else {
		const double v = strtod(text, &end);
		if (*text && !*end && isfinite(v))
			return json_object_new_double_s(v, text);
	}
	(void)err_set(e, E_USAGE,
	              whole ? T("“%s” is not a whole number", "“%s”不是整数") : T("“%s” is not a number", "“%s”不是数"), text);
	return NULL;
}

static struct json_object *boolean(const char *text, struct err *e) {
	static const char *const yes[] = {"true", "yes", "1", "是"}, *const no[] = {"false", "no", "0", "否"};
	for (size_t i = 0; i < COUNT_OF(yes); i++) {
		if (strcmp(text, yes[i]) == 0)
			return json_object_new_boolean(true);
		if (strcmp(text, no[i]) == 0)
			return json_object_new_boolean(false);
	}
	(void)err_set(e, E_USAGE, T("“%s” is neither yes nor no", "“%s”既不是“是”也不是“否”"), text);
	return NULL;
}

static struct json_object *case_name(const char *text) {
	const char *slash = strchr(text, '/');
	if (!slash)
		return json_object_new_string(text);
	struct json_object *name = json_object_new_object();
	tree_put(name, "channel", json_object_new_string_len(text, (int)(slash - text)));
	tree_put(name, "ref", json_object_new_string(slash + 1));
	return name;
}

/* A URI may hold a `=` too: only the protocol's own words in front of it say what it is. */
static struct json_object *attachment(const char *text) {
	static const char *const kinds[] = {"before", "after", "document"};
	struct json_object *made = json_object_new_object();
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		const size_t n = strlen(kinds[i]);
		if (strncmp(text, kinds[i], n) != 0 || text[n] != '=')
			continue;
		tree_put(made, "kind", json_object_new_string(kinds[i]));
		text += n + 1;
		break;
	}
	tree_put(made, "uri", json_object_new_string(text));
	return made;
}

static struct json_object *value_of(enum flag_kind kind, const char *text, struct err *e) {
	switch (kind) {
	case FLAG_INT:
		return number(text, true, e);
	case FLAG_NUM:
		return number(text, false, e);
	case FLAG_BOOL:
		return boolean(text, e);
	case FLAG_CASE:
		return case_name(text);
	case FLAG_ATTACHMENT:
		return attachment(text);
	default:
		return json_object_new_string(text);
	}
}

struct json_object *flag_value(const struct flag *f, const char *text, struct err *e) { return value_of(f->kind, text, e); }

static bool put_pair(struct json_object *tree, const char *path, const char *text, struct err *e) {
	const char *eq = strchr(text, '=');
	if (!eq || eq == text)
		return err_set(e, E_USAGE, T("“%s”: expected NAME=VALUE", "“%s”：应写作 名称=值"), text);
	struct json_object *pairs = tree_get(tree, path);
	if (!json_object_is_type(pairs, json_type_object)) {
		pairs = json_object_new_object();
		tree_put(tree, path, pairs);
	}
	char *name = strndup(text, (size_t)(eq - text));
	CHECK(name != NULL);
	(void)json_object_object_add(pairs, name, json_object_new_string(eq + 1));
	free(name);
	return true;
}

/* text NULL: a flag without value. */
static bool put_at(struct json_object *tree, const char *path, enum flag_kind kind, const char *text, struct err *e) {
	if (kind == FLAG_PAIR)
		return put_pair(tree, path, text, e);
	struct json_object *value = text ? value_of(kind, text, e) : json_object_new_boolean(true);
	if (!value)
		return false;
	struct json_object *before = kind == FLAG_ANY ? tree_get(tree, path) : NULL;
	if (json_object_is_type(before, json_type_string))
		tree_add(tree, path, json_object_get(before));
	if (kind == FLAG_LIST || kind == FLAG_ATTACHMENT || before)
		tree_add(tree, path, value);
	else
		tree_put(tree, path, value);
	return true;
}

static bool put(struct args *a, const char *path, enum flag_kind kind, const char *text, struct err *e) {
	return put_at(*path == '@' ? a->own : a->params, path + (*path == '@'), kind, text, e);
}

bool flag_put(const struct flag *f, struct json_object *params, const char *text, struct err *e) {
	return put_at(params, f->path, f->kind, text, e);
}

bool args_operand(struct args *a, const struct operand *o, const char *word, struct err *e) {
	return put(a, o->path, o->kind, word, e) || err_wrap(e, "%s", o->name);
}

/* One flag at a->argv[0], with its value if it takes one. */
static bool take_flag(struct args *a, const struct flag *const tables[], struct err *e) {
	const char *typed = *a->argv++;
	const bool is_long = typed[1] == '-';
	const char *name = typed + 1 + is_long;
	const size_t n = strcspn(name, "=");
	const struct flag *f = args_flag(tables, typed);
	if (!f)
		return unknown(tables, typed, e);
	const char *text = is_long ? (name[n] ? name + n + 1 : NULL) : (name[1] ? name + 1 : NULL);
	if (f->kind == FLAG_BOOL && text && !is_long)
		return err_set(e, E_USAGE, T("-%c takes no value; write short options one by one", "-%c 不带值；短选项请分开写"),
		               *name);
	if (f->kind == FLAG_MAYBE)
		return put(a, f->path, FLAG_STR, text, e) || err_wrap(e, "--%s", f->name);
	if (f->kind != FLAG_BOOL && !text && !(text = *a->argv))
		return err_set(e, E_USAGE, T("--%s needs a value: --%s %s", "--%s 后面要有值：--%s %s"), f->name, f->name, f->arg);
	if (f->kind != FLAG_BOOL && text == *a->argv)
		a->argv++;
	return put(a, f->path, f->kind, text, e) || err_wrap(e, "--%s", f->name);
}

bool args_word(struct args *a, const struct flag *const tables[], const char **word, struct err *e) {
	while (*a->argv) {
		const char *arg = *a->argv;
		if (!a->flags_over && strcmp(arg, "--") == 0) {
			a->flags_over = true;
			a->argv++;
		} else if (a->flags_over || *arg != '-' || !arg[1]) {
			*word = arg;
			a->argv++;
			return true;
		} else if (!take_flag(a, tables, e)) {
			return false;
		}
	}
	*word = NULL;
	return true;
}
