/* dict: open addressing over an ordered array of entries. */
#include "daemon/base/dict.h"

#include <string.h>

void dict_init(struct dict *d, struct arena *a) { *d = (struct dict){.arena = a}; }

/* FNV-1a, stirred once more: the slot is taken from the low bits. */
static uint32_t hash_of(const char *text, size_t n) {
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
	return (uint32_t)(h ^ (h >> 32));
}

/* The slot that holds the key, or the free one where it belongs. */
static size_t slot_of(const struct dict *d, const char *key, size_t n, uint32_t hash) {
	const size_t mask = d->n_slots - 1;
	size_t at = hash & mask;
	for (; d->slots[at] != 0; at = (at + 1) & mask) {
		const struct dict_entry *e = &d->entries[d->slots[at] - 1];
		if (e->hash == hash && strncmp(e->key, key, n) == 0 && e->key[n] == '\0')
			return at;
	}
	return at;
}

static void grow(struct dict *d) {
	const size_t n_slots = d->n_slots ? d->n_slots * 2 : 16;
	const size_t cap = n_slots / 2;
	struct dict_entry *entries = arena_array(d->arena, struct dict_entry, cap);
	if (d->n)
		memcpy(entries, d->entries, sizeof *entries * d->n);
	d->entries = entries;
	d->cap = cap;
	d->slots = arena_array(d->arena, uint32_t, n_slots);
	d->n_slots = n_slots;
	for (size_t i = 0; i < d->n; i++) {
		size_t at = entries[i].hash & (n_slots - 1);
		while (d->slots[at] != 0)
			at = (at + 1) & (n_slots - 1);
		d->slots[at] = (uint32_t)i + 1;
	}
}

static const struct dict_entry *find(const struct dict *d, const char *key, size_t n) {
	if (d->n == 0)
		return NULL;
	const uint32_t slot = d->slots[slot_of(d, key, n, hash_of(key, n))];
	return slot ? &d->entries[slot - 1] : NULL;
}

/* The key's entry; one without a key, if it is new. */
static struct dict_entry *find_or_add(struct dict *d, const char *key, size_t n) {
	if (d->n == d->cap)
		grow(d);
	const uint32_t hash = hash_of(key, n);
	uint32_t *slot = &d->slots[slot_of(d, key, n, hash)];
	if (*slot)
		return &d->entries[*slot - 1];
	struct dict_entry *e = &d->entries[d->n++];
	*e = (struct dict_entry){.hash = hash};
	*slot = (uint32_t)d->n;
	return e;
}

void *dict_get(const struct dict *d, const char *key) {
	const struct dict_entry *e = find(d, key, strlen(key));
	return e ? e->value : NULL;
}

bool dict_has(const struct dict *d, const char *key) { return find(d, key, strlen(key)) != NULL; }

bool dict_put(struct dict *d, const char *key, void *value) {
	struct dict_entry *e = find_or_add(d, key, strlen(key));
	if (e->key)
		return false;
	e->key = key;
	e->value = value;
	return true;
}

const char *dict_intern(struct dict *d, const char *text, size_t n) {
	struct dict_entry *e = find_or_add(d, text, n);
	if (!e->key)
		e->key = arena_strndup(d->arena, text, n);
	return e->key;
}

const char *dict_interned(const struct dict *d, const char *text) {
	const struct dict_entry *e = find(d, text, strlen(text));
	return e ? e->key : NULL;
}
