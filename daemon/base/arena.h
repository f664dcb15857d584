/* arena: memory that dies together. A call, a batch or a load owns one; nothing in it is freed alone.
 *
 * Allocation failure aborts: sizes that a peer chooses are bounded before (base/limits.h). Memory is aligned to 16 bytes
 * and comes zeroed. Not thread-safe. A checked build knows what has been handed out, and stops who touches more. */
#ifndef GRIDD_BASE_ARENA_H
#define GRIDD_BASE_ARENA_H

#include "daemon/base/err.h"

#include <stddef.h>
#include <stdint.h>

struct arena_block;

struct arena {
	struct arena_block *first, *current;
	size_t used_bytes;
};

void arena_init(struct arena *a);
void arena_fini(struct arena *a);
/* Forgets everything; keeps at most one block, of 256 KiB or less, for the next use. */
void arena_reset(struct arena *a);

void *arena_alloc(struct arena *a, size_t size);
void *arena_memdup(struct arena *a, const void *p, size_t size);
char *arena_strdup(struct arena *a, const char *s);              /* NULL stays NULL */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
size_t arena_size(const struct arena *a);                         /* bytes held from the system */

#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (n)))

#endif
