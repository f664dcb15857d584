/* pack_words: words of the params that the town's pack must know. One that it doesn't is a fault with the nearest known one.
 */
#ifndef GRIDD_METHODS_PACK_WORDS_H
#define GRIDD_METHODS_PACK_WORDS_H

#include "daemon/call/call.h"

/* "the pack knows no unit hosing; did you mean housing?" at that JSON pointer. what: as in pack_suggest. */
void word_fault(struct call *c, const char *path, const char *what, const char *word);

/* Each gives the pack's own id of a word, whatever scheme it was written in. NULL: none was given, or (a fault is added) the
 * pack doesn't know it. */
const char *word_unit(struct call *c, const char *path, const char *word);
const char *word_result(struct call *c, const char *path, const char *word);
const char *word_clock(struct call *c, const char *path, const char *word);

/* A limit as people write it, "5wd"; amount 0: none was given, or a fault. */
struct limit word_limit(struct call *c, const char *path, const char *word);

/* Where the pack declares reasons of that kind it must be one of them, and is a code; else it is free text, and private. */
struct reason_words {
	const char *code, *text;            /* one of them, or neither: none was given */
};
struct reason_words word_reason(struct call *c, const char *path, const char *of, const char *word);

#endif
