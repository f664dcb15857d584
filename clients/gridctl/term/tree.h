/* tree: JSON trees by dotted path, `source.channel`. What isn't there, or is of another kind, is NULL or 0. */
#ifndef GRIDCTL_TREE_H
#define GRIDCTL_TREE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object *tree_get(struct json_object *in, const char *path);      /* borrowed */
const char *tree_str(struct json_object *in, const char *path);
int64_t tree_int(struct json_object *in, const char *path);
bool tree_bool(struct json_object *in, const char *path);
size_t tree_count(struct json_object *in, const char *path);                 /* items of a list */
struct json_object *tree_at(struct json_object *in, const char *path, size_t i);   /* an item of a list; borrowed */
const char *tree_word(struct json_object *in, const char *path, size_t i);          /* an item as text; never NULL */

/* Puts `value` (taken over) at the path, making the objects on the way. */
void tree_put(struct json_object *in, const char *path, struct json_object *value);
/* Puts it at the end of the list at the path. */
void tree_add(struct json_object *in, const char *path, struct json_object *value);

/* The person's name for a code: members NAME_name and NAME_name_en stand beside NAME, and words of the protocol's own have a
 * Chinese one (words.h). The code itself where there is none; NULL where there is no such member. */
const char *tree_name(struct json_object *in, const char *name);

#endif
