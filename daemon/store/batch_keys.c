/* batch_keys: what a batch holds already, because one statement can meet a row only once. */
#include "daemon/store/batch_parts.h"
#include "daemon/store/write_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PER_CALL = 2 + LIMIT_WRITE_GROUP };

/* FNV-1a, with the NUL of each part, so that "a","bc" and "ab","c" differ. */
static uint64_t hash_part(uint64_t h, const char *s) {
	do {
		h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
	} while (*s++);
	return h;
}

static uint64_t hash_of(char kind, const char *town, const char *a, const char *b) {
	const char label[2] = {kind, '\0'};
	uint64_t h = hash_part(UINT64_C(14695981039346656037), label);
	h = hash_part(hash_part(hash_part(h, town), a), b);
	return h ? h : 1;
}

void batch_keys_clear(struct batch_keys *k) { memset(k, 0, sizeof *k); }

/* The slot that holds the hash, or the free one where it would go. */
static uint64_t *slot_of(struct batch_keys *k, uint64_t hash) {
	size_t at = hash % BATCH_KEYS_SLOTS;
	while (k->slots[at] && k->slots[at] != hash)
		at = (at + 1) % BATCH_KEYS_SLOTS;
	return &k->slots[at];
}

static uint64_t hash_of_case(const struct write_item *item) {
	char id[24];
	(void)snprintf(id, sizeof id, "%" PRId64, item->after->id);
	return hash_of('c', item->town, id, "");
}

static size_t hash_all(const struct write_item *item, uint64_t out[PER_CALL]) {
	size_t n = 0;
	const char *channel, *ref = write_item_ref(item, &channel);
	if (item->key)
		out[n++] = hash_of('k', item->town, item->principal, item->key);
	if (ref)
		out[n++] = hash_of('r', item->town, channel, ref);
	for (const struct write_item *one = item; one && n < PER_CALL; one = one->with)
		if (one->changes && one->after->id)
			out[n++] = hash_of_case(one);
	return n;
}

bool batch_keys_add(struct batch_keys *k, const struct write_item *item) {
	uint64_t hashes[PER_CALL];
	const size_t n = hash_all(item, hashes);
	for (size_t i = 0; i < n; i++)
		if (*slot_of(k, hashes[i]))
			return false;
	for (size_t i = 0; i < n; i++)
		*slot_of(k, hashes[i]) = hashes[i];
	return true;
}
