/* batch_parts: which calls may share a transaction, and what it says of each. */
#ifndef GRIDD_STORE_BATCH_PARTS_H
#define GRIDD_STORE_BATCH_PARTS_H

#include "daemon/base/limits.h"
#include "daemon/store/rows.h"
#include "daemon/store/writer.h"

/* The cases, keys and outside numbers that a batch holds already, as hashes: a false "holds it" only makes a call wait for the
 * next batch. */
enum { BATCH_KEYS_SLOTS = 2048 };       /* a power of two, over three times what three a row can fill */
struct batch_keys {
	uint64_t slots[BATCH_KEYS_SLOTS];   /* 0: free */
};
void batch_keys_clear(struct batch_keys *k);
/* False, and nothing noted, if the batch holds one of the item's cases, its key or its outside number. */
bool batch_keys_add(struct batch_keys *k, const struct write_item *item);

/* Principals whose rows can't be stored: after three poisoned batches theirs are written alone for a minute, so that others
 * don't pay for the halving. */
enum { POISONERS_MAX = 16 };
struct poisoners {
	struct poisoner {
		char name[LIMIT_NAME_BYTES + 1];
		int batches;
		int64_t seen_mono_us, alone_until_mono_us;
	} v[POISONERS_MAX];
};
void poisoners_note(struct poisoners *p, const char *principal, int64_t mono_us);
bool poisoners_alone(const struct poisoners *p, const char *principal, int64_t mono_us);

/* Row i of the statement's answer. The reply comes back only where an earlier call's is to be told: else it is the call's own. */
void outcome_read(const struct rows *rows, size_t i, const char *own_reply, struct outcome *out);

#endif
