/* words: a trie of characters with failure links, its edges in one hash table. */
#include "daemon/rules/words.h"

#include <string.h>

/* A node of the trie: the text read so far. Node 0 is the root. */
struct node {
	uint32_t fail;       /* the longest proper end of this text that is a node, too */
	uint32_t next_word;  /* nearest node on the way of failures that ends a word; 0: none */
	uint32_t parent, by; /* reached from there by this character */
	uint32_t length;
	void *thing; /* of the word that ends here; NULL: none does */
};

struct edge {
	uint64_t key; /* node << 21 | character, + 1; 0 = free */
	uint32_t to;
};

struct word_finder {
	struct arena *arena;
	enum fold how;
	LIST_OF(struct node) nodes;
	struct edge *edges;
	size_t n_edges, n_slots;
	uint64_t starts[1024]; /* which characters (low 16 bits) begin a word: most are sorted out here */
};

/* Decodes one character of UTF-8 that was checked at the door; anything odd stands for itself, byte by byte. */
static uint32_t next_char(const unsigned char **p) {
	const unsigned char *s = *p;
	const int more = s[0] >= 0xF0 ? 3 : s[0] >= 0xE0 ? 2 : s[0] >= 0xC0 ? 1 : 0;
	uint32_t c = more ? s[0] & (0x3Fu >> more) : s[0];
	for (int i = 1; i <= more; i++) {
		if ((s[i] & 0xC0) != 0x80) {
			*p = s + 1;
			return s[0];
		}
		c = c << 6 | (s[i] & 0x3F);
	}
	*p = s + 1 + more;
	return c;
}

static uint32_t fold_char(uint32_t c) {
	if (c >= 0xFF01 && c <= 0xFF5E)
		c -= 0xFEE0;
	else if (c == 0x3000)
		c = ' ';
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

/* The next character as it is compared; 0: there are no more. */
static uint32_t next_folded(const unsigned char **p, enum fold how) {
	while (**p) {
		const uint32_t c = fold_char(next_char(p));
		if (how == FOLD_TEXT || (c != ' ' && c != '\t'))
			return c;
	}
	return 0;
}

struct folded fold_text(const char *text, enum fold how, struct arena *a) {
	struct folded f = {.v = arena_array(a, uint32_t, strlen(text) + 1)};
	const unsigned char *p = (const unsigned char *)text;
	for (uint32_t c; (c = next_folded(&p, how)) != 0;)
		f.v[f.n++] = c;
	return f;
}

static size_t put_char(char *out, uint32_t c) {
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	const size_t more = c >= 0x10000 ? 3 : c >= 0x800 ? 2 : 1;
	out[0] = (char)((0xF0u << (3 - more) & 0xFF) | c >> (6 * more));
	for (size_t i = 1; i <= more; i++)
		out[i] = (char)(0x80 | (c >> (6 * (more - i)) & 0x3F));
	return more + 1;
}

char *fold_to_utf8(const char *text, enum fold how, struct arena *a) {
	const struct folded f = fold_text(text, how, a);
	char *out = arena_alloc(a, f.n * 4 + 1);
	size_t n = 0;
	for (size_t i = 0; i < f.n; i++)
		n += put_char(out + n, f.v[i]);
	return out;
}

struct word_finder *word_finder_new(struct arena *a, enum fold how) {
	struct word_finder *w = arena_new(a, struct word_finder);
	w->arena = a;
	w->how = how;
	(void)LIST_ADD(&w->nodes, a);
	return w;
}

static uint64_t edge_key(uint32_t node, uint32_t c) { return ((uint64_t)node << 21 | (c & 0x1FFFFF)) + 1; }

static size_t edge_slot(const struct word_finder *w, uint64_t key) {
	const size_t mask = w->n_slots - 1;
	size_t at = (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 32) & mask;
	while (w->edges[at].key != 0 && w->edges[at].key != key)
		at = (at + 1) & mask;
	return at;
}

/* 0: there is no such edge (none leads to the root). */
static uint32_t edge_to(const struct word_finder *w, uint32_t node, uint32_t c) {
	return w->n_slots ? w->edges[edge_slot(w, edge_key(node, c))].to : 0;
}

static void grow_edges(struct word_finder *w) {
	const struct edge *old = w->edges;
	const size_t n_old = w->n_slots;
	w->n_slots = n_old ? n_old * 2 : 64;
	w->edges = arena_array(w->arena, struct edge, w->n_slots);
	for (size_t i = 0; i < n_old; i++)
		if (old[i].key != 0)
			w->edges[edge_slot(w, old[i].key)] = old[i];
}

static uint32_t add_edge(struct word_finder *w, uint32_t from, uint32_t c) {
	if ((w->n_edges + 1) * 2 > w->n_slots)
		grow_edges(w);
	const uint32_t to = (uint32_t)w->nodes.n;
	struct node *n = LIST_ADD(&w->nodes, w->arena);
	*n = (struct node){.parent = from, .by = c, .length = w->nodes.v[from].length + 1};
	const uint64_t key = edge_key(from, c);
	w->edges[edge_slot(w, key)] = (struct edge){.key = key, .to = to};
	w->n_edges++;
	if (from == 0)
		w->starts[(c & 0xFFFF) / 64] |= UINT64_C(1) << (c % 64);
	return to;
}

void *word_finder_add(struct word_finder *w, const char *word, void *thing) {
	const unsigned char *p = (const unsigned char *)word;
	uint32_t at = 0;
	for (uint32_t c; (c = next_folded(&p, w->how)) != 0;) {
		const uint32_t to = edge_to(w, at, c);
		at = to ? to : add_edge(w, at, c);
	}
	if (at == 0)
		return NULL;
	struct node *n = &w->nodes.v[at];
	if (!n->thing)
		n->thing = thing;
	return n->thing;
}

/* From a node, the longest end of (its text + c) that the trie knows. */
static uint32_t step(const struct word_finder *w, uint32_t node, uint32_t c) {
	for (;;) {
		if (node == 0 && !(w->starts[(c & 0xFFFF) / 64] >> (c % 64) & 1))
			return 0;
		const uint32_t to = edge_to(w, node, c);
		if (to || node == 0)
			return to;
		node = w->nodes.v[node].fail;
	}
}

/* Shorter texts first, so that what a failure link points at is finished before. */
static uint32_t *nodes_by_length(const struct word_finder *w, struct arena *scratch) {
	uint32_t longest = 0;
	for (size_t i = 0; i < w->nodes.n; i++)
		if (w->nodes.v[i].length > longest)
			longest = w->nodes.v[i].length;
	uint32_t *starts = arena_array(scratch, uint32_t, longest + 2);
	for (size_t i = 0; i < w->nodes.n; i++)
		starts[w->nodes.v[i].length + 1]++;
	for (size_t i = 1; i < (size_t)longest + 2; i++)
		starts[i] += starts[i - 1];
	uint32_t *order = arena_array(scratch, uint32_t, w->nodes.n);
	for (size_t i = 0; i < w->nodes.n; i++)
		order[starts[w->nodes.v[i].length]++] = (uint32_t)i;
	return order;
}

void word_finder_finish(struct word_finder *w, struct arena *scratch) {
	const uint32_t *order = nodes_by_length(w, scratch);
	for (size_t i = 1; i < w->nodes.n; i++) {
		struct node *n = &w->nodes.v[order[i]];
		n->fail = n->parent ? step(w, w->nodes.v[n->parent].fail, n->by) : 0;
		n->next_word = w->nodes.v[n->fail].thing ? n->fail : w->nodes.v[n->fail].next_word;
	}
}

bool word_finder_is_empty(const struct word_finder *w) { return w->nodes.n == 1; }

void word_finder_search(const struct word_finder *w, const char *text, struct arena *a, word_hit_list *out,
                        struct folded *text_or_null) {
	const struct folded f = fold_text(text, w->how, a);
	uint32_t at = 0;
	for (size_t i = 0; i < f.n; i++) {
		at = step(w, at, f.v[i]);
		for (uint32_t hit = at; hit; hit = w->nodes.v[hit].next_word)
			if (w->nodes.v[hit].thing)
				*LIST_ADD(out, a) = (struct word_hit){.thing = w->nodes.v[hit].thing,
				                                      .from = (uint32_t)(i + 1 - w->nodes.v[hit].length),
				                                      .to = (uint32_t)(i + 1)};
	}
	if (text_or_null)
		*text_or_null = f;
}
