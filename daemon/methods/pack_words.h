/* pack_words: words of the params that the town's pack must know, by code or by name. One that it doesn't know is a fault that
 * says what may have been meant. */
#ifndef GRIDD_METHODS_PACK_WORDS_H
#define GRIDD_METHODS_PACK_WORDS_H

#include "daemon/call/call.h"
#include "daemon/rules/vocabulary.h"

/* A param that is the code or the name of something in the pack. */
#define FIELD_WORD(st, m, fl) FIELD_STR(st, m, LIMIT_NAME_BYTES, (fl) | FIELD_NAME)

/* "the pack knows no unit hosing; did you mean housing (房管办)?" at that JSON pointer; or who all has that name. */
void word_fault(struct call *c, const char *path, enum word_kind kind, const char *word);
/* The thing that the word means. NULL: none was given, or (a fault is added) there is none, or several. */
const struct pack_word *word_find(struct call *c, const char *path, enum word_kind kind, const char *word);

/* Each gives the pack's own id of a word, whatever it was written as: code, scheme:code, name. NULL: none was given, or (a fault
 * is added) the pack doesn't know it. */
const char *word_unit(struct call *c, const char *path, const char *word);
const char *word_result(struct call *c, const char *path, const char *word);
const char *word_clock(struct call *c, const char *path, const char *word);

/* By id, else by a name that only one of them has; NULL: there is none. */
const struct condition *word_condition(const struct class_def *class, const char *word);
const struct named *word_value(const named_list *values, const char *word);

/* A limit as people write it, "5wd"; amount 0: none was given, or a fault. */
struct limit word_limit(struct call *c, const char *path, const char *word);

/* Where the pack declares reasons of that kind it must be one of them, and is a code; else it is free text, and private. */
struct reason_words {
	const char *code, *text;            /* one of them, or neither: none was given */
};
struct reason_words word_reason(struct call *c, const char *path, const char *of, const char *word);

#endif
