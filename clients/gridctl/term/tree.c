/* tree: walks and builds JSON trees. */
#include "clients/gridctl/term/tree.h"

#include "clients/gridctl/term/term.h"
#include "clients/gridctl/term/words.h"
#include "daemon/base/check.h"

#include <stdio.h>
#include <string.h>

enum { NAME_BYTES = 128 };

/* Cuts the first step of the path off: its name into `name`, the rest is given back; NULL: it was the last. */
static const char *first_step(const char *path, char name[NAME_BYTES]) {
	const size_t n = strcspn(path, ".");
	CHECK(n < NAME_BYTES);
	memcpy(name, path, n);
	name[n] = '\0';
	return path[n] ? path + n + 1 : NULL;
}

struct json_object *tree_get(struct json_object *in, const char *path) {
	char name[NAME_BYTES];
	while (path) {
		path = first_step(path, name);
		struct json_object *item = NULL;
		if (!json_object_is_type(in, json_type_object) || !json_object_object_get_ex(in, name, &item))
			return NULL;
		in = item;
	}
	return in;
}

const char *tree_str(struct json_object *in, const char *path) {
	struct json_object *item = tree_get(in, path);
	return json_object_is_type(item, json_type_string) ? json_object_get_string(item) : NULL;
}

int64_t tree_int(struct json_object *in, const char *path) {
	struct json_object *item = tree_get(in, path);
	return json_object_is_type(item, json_type_int) || json_object_is_type(item, json_type_double)
	           ? json_object_get_int64(item)
	           : 0;
}

bool tree_bool(struct json_object *in, const char *path) {
	struct json_object *item = tree_get(in, path);
	return json_object_is_type(item, json_type_boolean) && json_object_get_boolean(item);
}

size_t tree_count(struct json_object *in, const char *path) {
	struct json_object *list = tree_get(in, path);
	return json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
}

struct json_object *tree_at(struct json_object *in, const char *path, size_t i) {
	return i < tree_count(in, path) ? json_object_array_get_idx(tree_get(in, path), i) : NULL;
}

const char *tree_word(struct json_object *in, const char *path, size_t i) {
	struct json_object *item = tree_at(in, path, i);
	return item ? json_object_get_string(item) : "";
}

void tree_put(struct json_object *in, const char *path, struct json_object *value) {
	char name[NAME_BYTES];
	while ((path = first_step(path, name)) != NULL) {
		struct json_object *item = NULL;
		if (!json_object_object_get_ex(in, name, &item) || !json_object_is_type(item, json_type_object)) {
			item = json_object_new_object();
			(void)json_object_object_add(in, name, item);
		}
		in = item;
	}
	(void)json_object_object_add(in, name, value);
}

void tree_add(struct json_object *in, const char *path, struct json_object *value) {
	struct json_object *list = tree_get(in, path);
	if (!json_object_is_type(list, json_type_array)) {
		list = json_object_new_array();
		tree_put(in, path, list);
	}
	(void)json_object_array_add(list, value);
}

/* A Chinese name is better than an estate's code also for readers of English; but codes of ours are English words. */
const char *tree_name(struct json_object *in, const char *name) {
	char path[NAME_BYTES];
	const char *code = tree_str(in, name), *word = code ? word_zh(code) : NULL;
	(void)snprintf(path, sizeof path, "%s_name%s", name, term_zh() ? "" : "_en");
	const char *found = tree_str(in, path);
	if (!found && !term_zh() && !word) {
		(void)snprintf(path, sizeof path, "%s_name", name);
		found = tree_str(in, path);
	}
	if (found)
		return found;
	return word && term_zh() ? word : code;
}
