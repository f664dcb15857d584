/* arena: a chain of blocks, bump-allocated. */
#include "daemon/base/arena.h"

#include "daemon/base/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#ifdef __has_feature
#define CLANG_ASAN __has_feature(address_sanitizer)
#else
#define CLANG_ASAN 0
#endif
#if defined __SANITIZE_ADDRESS__ || CLANG_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, size) ((void)(p), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(p, size) ((void)(p), (void)(size))
#endif

enum {
	BLOCK_MIN = 4096,
	BLOCK_MAX = 256 * 1024,
	LARGE_PAGE = 2 * 1024 * 1024,
	LARGE_BLOCK = 2 * LARGE_PAGE, /* of an arena that holds as much already */
	ALIGN = 16
};

struct arena_block {
	struct arena_block *next;
	size_t size, used;
	_Alignas(ALIGN) unsigned char data[];
};

void arena_init(struct arena *a) { *a = (struct arena){0}; }

static void free_chain(struct arena_block *b) {
	while (b) {
		struct arena_block *next = b->next;
		free(b);
		b = next;
	}
}

void arena_fini(struct arena *a) {
	free_chain(a->first);
	*a = (struct arena){0};
}

/* The largest of the usual blocks stays: what is done over and over soon needs no malloc. */
static struct arena_block *worth_keeping(struct arena_block *first) {
	struct arena_block *best = NULL;
	for (struct arena_block *b = first; b; b = b->next)
		if (b->size <= BLOCK_MAX && (!best || b->size > best->size))
			best = b;
	return best;
}

void arena_reset(struct arena *a) {
	struct arena_block *const kept = worth_keeping(a->first);
	for (struct arena_block *b = a->first, *next; b; b = next) {
		next = b->next;
		if (b != kept)
			free(b);
	}
	*a = (struct arena){.first = kept, .current = kept};
	if (kept) {
		kept->next = NULL;
		kept->used = 0;
		ASAN_POISON_MEMORY_REGION(kept->data, kept->size);
	}
}

/* Much memory comes in large pages, where the system has them: of a big pack's loading half is the first touch of small ones. */
static struct arena_block *get_block(size_t bytes) {
	if (bytes < LARGE_PAGE)
		return malloc(bytes);
	void *b = NULL;
	if (posix_memalign(&b, LARGE_PAGE, bytes) != 0)
		return NULL;
	(void)madvise(b, bytes, MADV_HUGEPAGE);
	return b;
}

/* Blocks double from 4 KiB to 256 KiB, so that a small call is one malloc; a big arena goes on in large ones. What
 * is bigger than the usual ones has a block to itself, at the front, and the current one goes on. */
static struct arena_block *add_block(struct arena *a, size_t need) {
	size_t size = a->current ? a->current->size * 2 : BLOCK_MIN - sizeof(struct arena_block);
	if (a->used_bytes >= LARGE_BLOCK)
		size = LARGE_BLOCK - sizeof(struct arena_block);
	else if (size > BLOCK_MAX)
		size = BLOCK_MAX;
	const bool apart = a->current && need > BLOCK_MAX;
	if (apart || size < need)
		size = need;
	struct arena_block *b = get_block(sizeof *b + size);
	CHECK(b != NULL);
	b->next = NULL;
	b->size = size;
	b->used = 0;
	ASAN_POISON_MEMORY_REGION(b->data, b->size);
	if (apart) {
		b->next = a->first;
		a->first = b;
		return b;
	}
	if (a->current)
		a->current->next = b;
	else
		a->first = b;
	a->current = b;
	return b;
}

/* With whatever it holds. */
static void *take(struct arena *a, size_t size) {
	CHECK(size < SIZE_MAX / 2);
	const size_t need = (size + ALIGN - 1) / ALIGN * ALIGN;
	struct arena_block *b = a->current;
	if (!b || b->size - b->used < need)
		b = add_block(a, need);
	void *p = b->data + b->used;
	b->used += need;
	a->used_bytes += need;
	ASAN_UNPOISON_MEMORY_REGION(p, size);
	return p;
}

void *arena_alloc(struct arena *a, size_t size) { return memset(take(a, size), 0, size); }

void *arena_memdup(struct arena *a, const void *p, size_t size) {
	return size ? memcpy(take(a, size), p, size) : arena_alloc(a, 1);
}

char *arena_strndup(struct arena *a, const char *s, size_t n) {
	char *copy = take(a, n + 1);
	if (n)
		memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

char *arena_strdup(struct arena *a, const char *s) { return s ? arena_strndup(a, s, strlen(s)) : NULL; }

char *arena_printf(struct arena *a, const char *fmt, ...) {
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	const int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	CHECK(n >= 0);
	char *s = take(a, (size_t)n + 1);
	(void)vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return s;
}

size_t arena_size(const struct arena *a) {
	size_t sum = 0;
	for (const struct arena_block *b = a->first; b; b = b->next)
		sum += sizeof *b + b->size;
	return sum;
}
