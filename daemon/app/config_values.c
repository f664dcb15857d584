/* config_values: reads single values of the config file. */
#include "daemon/app/config_values.h"

#include "daemon/base/suggest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void fault(struct reading *r, const struct yaml_node *at, const char *code, const char *text) {
	yaml_fault(r->faults, r->file, at, code, NULL, "%s", text);
}

const char *text_of(struct reading *r, const struct yaml_node *n) {
	if (n->kind == YAML_SCALAR && *n->text)
		return arena_strdup(&r->config->arena, n->text);
	fault(r, n, "type", "this takes one text");
	return NULL;
}

bool number_of(struct reading *r, const struct yaml_node *n, long min, long max, long *out) {
	char *end = NULL;
	errno = 0;
	const long v = n->kind == YAML_SCALAR ? strtol(n->text, &end, 10) : 0;
	if (!end || end == n->text || *end || errno || v < min || v > max) {
		yaml_fault(r->faults, r->file, n, "range", NULL, "this takes a whole number from %ld to %ld", min, max);
		return false;
	}
	*out = v;
	return true;
}

bool flag_of(struct reading *r, const struct yaml_node *n) {
	if (n->kind == YAML_SCALAR && (strcmp(n->text, "true") == 0 || strcmp(n->text, "false") == 0))
		return strcmp(n->text, "true") == 0;
	fault(r, n, "type", "this is true or false");
	return false;
}

bool word_of(struct reading *r, const struct yaml_node *n, const char *const *words, int *out) {
	const char *const word = n->kind == YAML_SCALAR ? n->text : "";
	struct suggest s;
	suggest_start(&s, word);
	for (int i = 0; words[i]; i++) {
		if (strcmp(words[i], word) == 0) {
			*out = i;
			return true;
		}
		suggest_offer(&s, words[i]);
	}
	yaml_fault(r->faults, r->file, n, "unknown", s.best, "`%.40s` is none of the words that stand here, such as %s", word,
	           words[0]);
	return false;
}

const struct yaml_node *items_of(const struct yaml_node *n) { return n->kind == YAML_LIST ? n->child : n; }

const struct yaml_node *next_item(const struct yaml_node *list, const struct yaml_node *item) {
	return list->kind == YAML_LIST ? item->next : NULL;
}

void texts_of(struct reading *r, const struct yaml_node *n, struct strs *out) {
	for (const struct yaml_node *item = items_of(n); item; item = next_item(n, item)) {
		const char *text = text_of(r, item);
		if (text)
			STRS_ADD(out, &r->config->arena, text);
	}
}
