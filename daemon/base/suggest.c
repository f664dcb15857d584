/* suggest: edit distance over characters, to name the word that was probably meant. */
#include "daemon/base/suggest.h"

#include <stdint.h>

/* Longer words are nobody's typing mistake. */
enum { WORD_CHARS = 64 };

struct word {
	uint32_t chars[WORD_CHARS];
	int n;
};

/* Bytes that follow a first byte; a byte that can't start a character stands for itself. */
static int trail_bytes(unsigned char first) { return first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0; }

static uint32_t fold(uint32_t c) {
	if (c >= 'A' && c <= 'Z')
		return c + ('a' - 'A');
	return c == '_' ? '-' : c;
}

/* -1 in n: too long to compare. */
static struct word word_of(const char *text) {
	struct word w = {.n = 0};
	for (const unsigned char *p = (const unsigned char *)text; *p;) {
		if (w.n == WORD_CHARS)
			return (struct word){.n = -1};
		uint32_t c = *p;
		int more = trail_bytes(*p++);
		for (; more > 0 && (*p & 0xC0) == 0x80; more--)
			c = c << 8 | *p++;
		w.chars[w.n++] = fold(c);
	}
	return w;
}

static int min_of(int a, int b) { return a < b ? a : b; }

/* Edits that turn a into b, a swap of neighbours being one; anything above `limit` may come back as limit + 1. */
static int distance(const struct word *a, const struct word *b, int limit) {
	int rows[3][WORD_CHARS + 1];
	int *before = rows[0], *last = rows[1], *row = rows[2];
	for (int j = 0; j <= b->n; j++)
		last[j] = j;
	for (int i = 1; i <= a->n; i++) {
		int least = row[0] = i;
		for (int j = 1; j <= b->n; j++) {
			const int change = a->chars[i - 1] != b->chars[j - 1];
			row[j] = min_of(last[j - 1] + change, 1 + min_of(last[j], row[j - 1]));
			if (i > 1 && j > 1 && a->chars[i - 1] == b->chars[j - 2] && a->chars[i - 2] == b->chars[j - 1])
				row[j] = min_of(row[j], before[j - 2] + 1);
			least = min_of(least, row[j]);
		}
		if (least > limit)
			return limit + 1;
		int *const spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[b->n];
}

void suggest_start(struct suggest *s, const char *word) { *s = (struct suggest){.word = word}; }

void suggest_offer(struct suggest *s, const char *known) {
	const struct word a = word_of(s->word), b = word_of(known);
	if (a.n <= 0 || b.n <= 0)
		return;
	const int longer = a.n > b.n ? a.n : b.n, shorter = a.n > b.n ? b.n : a.n;
	int limit = longer / 3;
	if (limit == 0 && a.n >= 2)
		limit = 1;
	if (s->best)
		limit = min_of(limit, s->distance - 1);
	if (longer - shorter > limit)
		return;
	const int d = distance(&a, &b, limit);
	if (d > limit)
		return;
	s->best = known;
	s->distance = d;
}
