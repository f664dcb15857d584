/* dict: strings to pointers, in the order they were put in. Lives in an arena; nothing is ever taken out.
 *
 * Also the table of interned strings: dict_intern gives one pointer for equal texts, so that they can be compared by it. */
#ifndef GRIDD_BASE_DICT_H
#define GRIDD_BASE_DICT_H

#include "daemon/base/arena.h"

struct dict_entry {
	const char *key;
	void *value;
	uint32_t hash;
};

struct dict {
	struct arena *arena;
	struct dict_entry *entries;         /* n of them, in order: walk these */
	uint32_t *slots;                    /* index + 1 into entries, 0 = free */
	size_t n, cap, n_slots;
};

void dict_init(struct dict *d, struct arena *a);
/* NULL: not there (or put in with NULL). */
void *dict_get(const struct dict *d, const char *key);
bool dict_has(const struct dict *d, const char *key);
/* The key is borrowed. False: the key is there already; its value stays. */
bool dict_put(struct dict *d, const char *key, void *value);

/* The one copy of these n bytes (without a NUL among them) in the dict's arena, made if need be. */
const char *dict_intern(struct dict *d, const char *text, size_t n);
/* The one copy, or NULL: nobody interned such a text. */
const char *dict_interned(const struct dict *d, const char *text);

#endif
