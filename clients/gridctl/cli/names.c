/* names: asks the daemon whose number ends so. */
#include "clients/gridctl/cli/names.h"

#include "clients/gridctl/term/tree.h"
#include "daemon/base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DATE_DIGITS = 8, SERIAL_DIGITS = 7, MOST_SHOWN = 20 };
static const char digits[] = "0123456789";

static bool is_number(const char *text, size_t n) {
	const size_t date = strspn(text, digits);
	return date == DATE_DIGITS && text[date] == '-' && n >= DATE_DIGITS + 1 + SERIAL_DIGITS &&
	       strspn(text + date + 1, digits) >= n - date - 1;
}

/* The part of `text` that names the case: all of it, or what stands before "-R1". 0: it is no end of a number. */
static size_t case_part(const char *text, enum flag_kind kind) {
	const size_t n = strspn(text, "0123456789-");
	if (kind == FLAG_CASE)
		return text[n] ? 0 : n;
	const bool is_part = n > 1 && text[n - 1] == '-' && strchr("RDrd", text[n]) && text[n] && text[n + 1] &&
	                     strspn(text + n + 1, digits) == strlen(text + n + 1);
	return is_part ? n - 1 : 0;
}

static bool is_open(struct json_object *one) {
	static const char *const done[] = {"closed", "rejected", "merged"};
	const char *state = tree_str(one, "state");
	for (size_t i = 0; state && i < COUNT_OF(done); i++)
		if (strcmp(state, done[i]) == 0)
			return false;
	return true;
}

/* "20261123-0000042  handling  leak  Estate One  Firm A" */
static void add_row(struct strbuf *out, struct json_object *one) {
	static const char *const members[] = {"state", "class", "estate", "unit"};
	strbuf_adds(out, tree_str(one, "number") ? tree_str(one, "number") : "-");
	for (size_t i = 0; i < COUNT_OF(members); i++) {
		const char *name = tree_name(one, members[i]);
		if (name)
			strbuf_printf(out, "  %s", name);
	}
}

static void say_row(const char *before, struct json_object *one) {
	struct strbuf row = {0}, safe = {0};
	add_row(&row, one);
	safe_add(&safe, row.data, SAFE_LINE);
	fprintf(stderr, "%s%s\n", before, safe.data ? safe.data : "");
	strbuf_fini(&row);
	strbuf_fini(&safe);
}

/* The same command again, with one word in place of the one that says too little. */
static void add_again(const struct ctl *ctl, const char *typed, const char *instead, struct strbuf *out) {
	bool put = false;
	strbuf_adds(out, "gridctl ");
	help_words(ctl->command, out);
	for (size_t i = 0; i < ctl->n_words; i++) {
		const bool here = !put && strcmp(ctl->words[i], typed) == 0;
		const char *word = here ? instead : ctl->words[i];
		const char *quote = !*word || strpbrk(word, " \t'\"\\$&|;<>()*?`") ? "\"" : "";
		strbuf_printf(out, " %s%s%s", quote, word, quote);
		put = put || here;
	}
}

static int none(const char *typed) {
	term_error("gridctl ls", T("no case of yours has a number that ends in %s", "您的案件中没有编号以 %s 结尾的"), typed);
	return EXIT_NOT_FOUND;
}

static int several(const struct ctl *ctl, const char *typed, size_t part, struct json_object *found) {
	struct strbuf instead = {0}, next = {0}, safe = {0};
	const size_t n = tree_count(found, "cases");
	const char *first = tree_str(tree_at(found, "cases", 0), "number");
	strbuf_printf(&instead, "%s%s", first ? first : "", typed + part);
	add_again(ctl, typed, instead.data, &next);
	term_error(NULL, T("the numbers of several cases end in %.*s:", "编号以 %.*s 结尾的不止一件："), (int)part, typed);
	for (size_t i = 0; i < n && i < MOST_SHOWN; i++)
		say_row("  ", tree_at(found, "cases", i));
	if (tree_bool(found, "more") || n > MOST_SHOWN)
		fprintf(stderr, "  %s\n", T("... and more", "……还有"));
	safe_add(&safe, next.data, SAFE_LINE);
	fprintf(stderr, "  %s %s\n", T("try:", "可试:"), safe.data);
	strbuf_fini(&instead);
	strbuf_fini(&next);
	strbuf_fini(&safe);
	return EXIT_USAGE;
}

/* The one that is meant: the only one, or the only open one. NULL: it isn't clear. */
static struct json_object *the_one(struct json_object *found) {
	const size_t n = tree_count(found, "cases");
	struct json_object *open = NULL;
	size_t n_open = 0;
	if (n == 1 && !tree_bool(found, "more"))
		return tree_at(found, "cases", 0);
	for (size_t i = 0; i < n; i++)
		if (is_open(tree_at(found, "cases", i))) {
			open = tree_at(found, "cases", i);
			n_open++;
		}
	/* Open ones come first: where a closed one is shown, there is no further open one. */
	return n_open == 1 && (n > 1 || !tree_bool(found, "more")) ? open : NULL;
}

static int find(struct ctl *ctl, const char *tail, struct json_object **found) {
	struct json_object *params = json_object_new_object();
	const char *town = tree_str(ctl->args.params, "town");
	if (town)
		tree_put(params, "town", json_object_new_string(town));
	tree_put(params, "tail", json_object_new_string(tail));
	const int rc = ctl_call(ctl, "case.find", params, found);
	json_object_put(params);
	return rc;
}

static int resolve_tail(struct ctl *ctl, const char *path, const char *typed, size_t part) {
	struct json_object *found = NULL;
	struct strbuf tail = {0}, whole = {0};
	strbuf_add(&tail, typed, part);
	int rc = find(ctl, tail.data, &found);
	struct json_object *one = rc == EXIT_DONE ? the_one(found) : NULL;
	if (one && tree_str(one, "number")) {
		fprintf(stderr, T("%s is ", "%s 即 "), tail.data);
		say_row("", one);
		strbuf_printf(&whole, "%s%s", tree_str(one, "number"), typed + part);
		tree_put(ctl->args.params, path, json_object_new_string(whole.data));
	} else if (rc == EXIT_DONE) {
		rc = tree_count(found, "cases") == 0 ? none(tail.data) : several(ctl, typed, part, found);
	}
	json_object_put(found);
	strbuf_fini(&tail);
	strbuf_fini(&whole);
	return rc;
}

static int resolve(struct ctl *ctl, const char *path, enum flag_kind kind) {
	if ((kind != FLAG_CASE && kind != FLAG_PART) || *path == '@')
		return EXIT_DONE;
	const char *typed = tree_str(ctl->args.params, path);
	const size_t part = typed ? case_part(typed, kind) : 0;
	if (part == 0 || is_number(typed, part))
		return EXIT_DONE;
	char *copy = strdup(typed);
	CHECK(copy != NULL);
	const int rc = resolve_tail(ctl, path, copy, part);
	free(copy);
	return rc;
}

int names_resolve(struct ctl *ctl) {
	int rc = EXIT_DONE;
	for (const struct operand *o = ctl->command->operands; o->name && rc == EXIT_DONE; o++)
		rc = resolve(ctl, o->path, o->kind);
	for (const struct flag *const *table = ctl->command->flags; *table && rc == EXIT_DONE; table++)
		for (const struct flag *f = *table; f->name && rc == EXIT_DONE; f++)
			rc = resolve(ctl, f->path, f->kind);
	return rc;
}
