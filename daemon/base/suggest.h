/* suggest: the nearest known word, for errors that help. */
#ifndef GRIDD_BASE_SUGGEST_H
#define GRIDD_BASE_SUGGEST_H

#include <stddef.h>

struct suggest {
	const char *word;                  /* what was typed */
	const char *best;                  /* nearest so far, borrowed; NULL = none is near */
	int distance;                      /* of best */
};

/* suggest_start, suggest_offer for every known word, then s.best. Distance counts inserted, dropped, changed and swapped
 * characters (not bytes, so 派出所 / 派出锁 is 1); a word is near at a third of the longer length, at least 1 for words of
 * 2 and more characters. Case and `-`/`_` differences cost nothing. */
void suggest_start(struct suggest *s, const char *word);
void suggest_offer(struct suggest *s, const char *known);

#endif
