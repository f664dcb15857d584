/* vocabulary_search: words by what their codes begin with and their names contain; and what an unknown word may have meant. */
#include "daemon/base/suggest.h"
#include "daemon/rules/vocabulary_inside.h"

#include <string.h>

enum { MEANT_SHOWN = 5 };

enum rank { RANK_EXACT, RANK_CODE, RANK_NAME, RANKS };

/* How well a word fits a text; RANKS: not at all. text: a key, as name_key makes it. */
static enum rank rank_name(const char *name, const char *text, struct arena *scratch) {
	const char *key = name ? name_key(name, scratch) : "";
	return strcmp(key, text) == 0 ? RANK_EXACT : strstr(key, text) ? RANK_NAME : RANKS;
}

static enum rank rank_code(const char *code, const char *text, struct arena *scratch) {
	const char *key = name_key(code, scratch);
	return strcmp(key, text) == 0 ? RANK_EXACT : strncmp(key, text, strlen(text)) == 0 ? RANK_CODE : RANKS;
}

static enum rank better(enum rank a, enum rank b) { return a < b ? a : b; }

static enum rank rank_names(const struct pack_word *w, const char *text, struct arena *scratch) {
	enum rank best = better(rank_name(w->zh, text, scratch), rank_name(w->en, text, scratch));
	for (size_t i = 0; w->aliases && i < w->aliases->n; i++)
		best = better(best, rank_name(w->aliases->v[i], text, scratch));
	return best;
}

static enum rank rank_word(const struct pack_word *w, const char *text, struct arena *scratch) {
	arena_reset(scratch);
	return better(rank_code(w->code, text, scratch), rank_names(w, text, scratch));
}

static bool is_of(const struct pack_word *w, const char *of) { return !of || (w->of && strcmp(w->of, of) == 0); }

/* The words of one kind that fit, best first. */
static void search_kind(const struct words_of_kind *k, const struct word_query *q, const char *text, struct arena *a,
                        pack_word_list *out) {
	pack_word_list found[RANKS] = {0};
	struct arena scratch;
	arena_init(&scratch);
	for (size_t i = 0; i < k->list.n; i++) {
		const struct pack_word *w = &k->list.v[i];
		const enum rank rank = !is_of(w, q->of) ? RANKS : text[0] ? rank_word(w, text, &scratch) : RANK_EXACT;
		if (rank < RANKS)
			*LIST_ADD(&found[rank], a) = w;
	}
	arena_fini(&scratch);
	for (int rank = 0; rank < RANKS; rank++)
		for (size_t i = 0; i < found[rank].n; i++)
			*LIST_ADD(out, a) = found[rank].v[i];
}

bool pack_words_search(const struct pack *p, const struct word_query *q, struct arena *a, pack_word_list *out) {
	const char *text = name_key(q->text ? q->text : "", a);
	for (int i = 0; i < WORD_KINDS; i++)
		if (!q->kind || *q->kind == (enum word_kind)i)
			search_kind(&p->vocabulary->kinds[i], q, text, a, out);
	const bool more = out->n > q->limit;
	if (more)
		out->n = q->limit;
	return more;
}

/* ---- What was meant ---- */

static void meant_one(struct meaning *out, const struct pack_word *w, struct arena *a) {
	if (out->words.n < MEANT_SHOWN)
		*LIST_ADD(&out->words, a) = w;
	out->total++;
}

static void offer(struct suggest *s, const struct pack_word *w, const char *word, const struct pack_word **nearest) {
	const char *before = s->best;
	if (word)
		suggest_offer(s, word);
	if (s->best != before)
		*nearest = w;
}

/* Of a code and a name that are equally near, the code. */
static const struct pack_word *nearest_of(const struct words_of_kind *k, const char *word, bool names_too) {
	const struct pack_word *nearest = NULL;
	struct suggest s;
	suggest_start(&s, word);
	for (size_t i = 0; i < k->list.n; i++)
		offer(&s, &k->list.v[i], k->list.v[i].code, &nearest);
	for (size_t i = 0; names_too && i < k->list.n; i++) {
		offer(&s, &k->list.v[i], k->list.v[i].zh, &nearest);
		offer(&s, &k->list.v[i], k->list.v[i].en, &nearest);
	}
	return nearest;
}

/* Those whose names contain it. One letter is a part of everything. */
static void find_parts(const struct words_of_kind *k, const char *key, struct arena *a, struct meaning *out) {
	struct arena scratch;
	arena_init(&scratch);
	*out = (struct meaning){.how = MEANT_PART};
	for (size_t i = 0; key[0] && key[1] && i < k->list.n; i++) {
		arena_reset(&scratch);
		if (rank_names(&k->list.v[i], key, &scratch) < RANKS)
			meant_one(out, &k->list.v[i], a);
	}
	arena_fini(&scratch);
}

void pack_word_meant(const struct pack *p, enum word_kind kind, const char *word, struct arena *a, struct meaning *out) {
	const struct words_of_kind *k = &p->vocabulary->kinds[kind];
	const char *key = name_key(word, a);
	*out = (struct meaning){.how = MEANT_SEVERAL};
	for (const struct namesake *n = vocabulary_named(k, key); n; n = n->next)
		meant_one(out, n->word, a);
	if (out->total > 1)
		return;
	find_parts(k, key, a, out);
	const struct pack_word *nearest = out->total == 1 ? NULL : nearest_of(k, word, out->total == 0);
	if (out->total > 0 && !nearest)
		return;
	*out = (struct meaning){.how = nearest ? MEANT_NEAR : MEANT_NOTHING};
	if (nearest)
		meant_one(out, nearest, a);
}
