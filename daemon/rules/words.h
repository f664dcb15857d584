/* words: finds which of many words occur in a text, in one pass whose cost doesn't grow with their number (Aho-Corasick).
 *
 * Texts are folded first: full width becomes half width, ASCII letters lower case. For addresses spaces are dropped too. */
#ifndef GRIDD_RULES_WORDS_H
#define GRIDD_RULES_WORDS_H

#include "daemon/base/list.h"

enum fold { FOLD_TEXT, FOLD_ADDRESS };

struct folded {
	uint32_t *v;                        /* characters; v[n] = 0 */
	size_t n;
};
struct folded fold_text(const char *text, enum fold how, struct arena *a);
/* The same as UTF-8, for keys. */
char *fold_to_utf8(const char *text, enum fold how, struct arena *a);

struct word_finder;
struct word_finder *word_finder_new(struct arena *a, enum fold how);
/* Equal words (after folding) are one: the first thing stays, and is returned. An empty word is refused with NULL. */
void *word_finder_add(struct word_finder *w, const char *word, void *thing);
/* Call once, after the last word and before the first search. */
void word_finder_finish(struct word_finder *w, struct arena *scratch);
bool word_finder_is_empty(const struct word_finder *w);

/* One occurrence: characters [from, to) of the folded text. */
struct word_hit {
	void *thing;
	uint32_t from, to;
};
typedef LIST_OF(struct word_hit) word_hit_list;
/* All occurrences, by their ends; the folded text in *text_or_null, if it is wanted. */
void word_finder_search(const struct word_finder *w, const char *text, struct arena *a, word_hit_list *out,
                        struct folded *text_or_null);

#endif
