/* arena: a chain of blocks, bump-allocated. */
#include "daemon/base/arena.h"

#include "daemon/base/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

enum { BLOCK_MIN = 4096, BLOCK_MAX = 256 * 1024, ALIGN = 16 };

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

/* Blocks double from 4 KiB to 256 KiB, so that a small call is one malloc and a big pack few. */
static struct arena_block *add_block(struct arena *a, size_t need) {
	size_t size = a->current ? a->current->size * 2 : BLOCK_MIN - sizeof(struct arena_block);
	if (size > BLOCK_MAX)
		size = BLOCK_MAX;
	if (size < need)
		size = need;
	struct arena_block *b = malloc(sizeof *b + size);
	CHECK(b != NULL);
	b->next = NULL;
	b->size = size;
	b->used = 0;
	ASAN_POISON_MEMORY_REGION(b->data, b->size);
	if (a->current)
		a->current->next = b;
	else
		a->first = b;
	a->current = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t size) {
	CHECK(size < SIZE_MAX / 2);
	const size_t need = (size + ALIGN - 1) / ALIGN * ALIGN;
	struct arena_block *b = a->current;
	if (!b || b->size - b->used < need)
		b = add_block(a, need);
	void *p = b->data + b->used;
	b->used += need;
	a->used_bytes += need;
	ASAN_UNPOISON_MEMORY_REGION(p, size);
	return memset(p, 0, size);
}

void *arena_memdup(struct arena *a, const void *p, size_t size) {
	void *copy = arena_alloc(a, size ? size : 1);
	if (size)
		memcpy(copy, p, size);
	return copy;
}

char *arena_strndup(struct arena *a, const char *s, size_t n) {
	char *copy = arena_alloc(a, n + 1);
	if (n)
		memcpy(copy, s, n);
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
	char *s = arena_alloc(a, (size_t)n + 1);
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
