/* names: finds duplicate member names, one by one while they are few, by sorting when they are many. */
#include "daemon/wire/names.h"

#include "daemon/base/check.h"
#include "daemon/wire/json_text.h"

#include <stdlib.h>
#include <string.h>

enum { PAIRWISE = 16 }; /* up to here a name is compared with every other of its object */

void names_init(struct names *s, const char *text) {
	/* at_hand is long, and written before it is read. */
	s->text = (const unsigned char *)text;
	s->v = s->at_hand;
	s->n = 0;
	s->cap = NAMES_AT_HAND;
	strbuf_init(&s->copies);
}

void names_fini(struct names *s) {
	if (s->v != s->at_hand)
		free(s->v);
	strbuf_fini(&s->copies);
}

const char *name_text(const struct names *s, const struct name *name) {
	return (name->copied ? s->copies.data : (const char *)s->text) + name->offset;
}

static struct name *make_room(struct names *s) {
	if (s->n == s->cap) {
		const bool first = s->v == s->at_hand;
		s->cap *= 2;
		s->v = realloc(first ? NULL : s->v, s->cap * sizeof *s->v);
		CHECK(s->v != NULL);
		if (first)
			memcpy(s->v, s->at_hand, sizeof s->at_hand);
	}
	return &s->v[s->n++];
}

static void copy_unescaped(struct names *s, const unsigned char *p, const unsigned char *end, struct name *name) {
	name->copied = true;
	name->offset = (uint32_t)s->copies.len;
	while (p < end) {
		uint32_t character;
		const char *fault;
		if (*p != '\\')
			strbuf_addc(&s->copies, (char)*p++);
		else if (escape_read(&p, end, &character, &fault))
			utf8_add(&s->copies, character);
		else
			break;
	}
	name->len = (uint32_t)(s->copies.len - name->offset);
}

static uint32_t hash_bytes(const char *p, size_t n) {
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 16777619u;
	return h;
}

static int name_compare(const void *left, const void *right, void *names) {
	const struct name *a = left, *b = right;
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return memcmp(name_text(names, a), name_text(names, b), a->len);
}

bool names_add(struct names *s, size_t first, const unsigned char *from, const unsigned char *end, bool escaped) {
	struct name *name = make_room(s);
	*name = (struct name){.offset = (uint32_t)(from - s->text), .len = (uint32_t)(end - from)};
	if (escaped)
		copy_unescaped(s, from, end, name);
	name->hash = hash_bytes(name_text(s, name), name->len);
	if (s->n - first > PAIRWISE)
		return true;
	for (const struct name *other = s->v + first; other < name; other++)
		if (other->hash == name->hash && name_compare(other, name, s) == 0)
			return false;
	return true;
}

/* Sorted rather than hashed: n log n whatever the names are, where a peer could choose names that share a bucket. */
bool names_close(struct names *s, size_t first, const struct name **twice) {
	struct name *const v = s->v + first;
	const size_t n = s->n - first;
	s->n = first;
	if (n <= PAIRWISE)
		return true;
	qsort_r(v, n, sizeof *v, name_compare, s);
	for (size_t i = 1; i < n; i++)
		if (name_compare(&v[i - 1], &v[i], s) == 0) {
			*twice = &v[i];
			return false;
		}
	return true;
}
