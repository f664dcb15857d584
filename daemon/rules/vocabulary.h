/* vocabulary: every word that is in force in a town, with its names: for forms and completion, and to find what a word that
 * isn't a code means. */
#ifndef GRIDD_RULES_VOCABULARY_H
#define GRIDD_RULES_VOCABULARY_H

#include "daemon/rules/pack.h"

enum word_kind {
	WORD_UNIT,
	WORD_CLASS,
	WORD_BIG_CLASS,
	WORD_CONDITION,                     /* of: its class */
	WORD_ESTATE,
	WORD_GRID,
	WORD_CHANNEL,
	WORD_RESULT,
	WORD_REASON,                        /* of: what it is a reason to do: return, reject ... */
	WORD_MARK,
	WORD_MARK_VALUE,                    /* of: its mark */
	WORD_CLOCK,
	WORD_STATE,
	WORD_TAG,                           /* tags that rules ask for: a case may have others */
	WORD_KINDS
};
extern const char *const word_kind_names[WORD_KINDS + 1];       /* "unit", "class", "big_class" ... */

/* Lives in the pack. */
struct pack_word {
	enum word_kind kind;
	const char *code, *zh, *en;         /* names: NULL: it has none */
	const char *of;                     /* NULL: it belongs to nothing */
	const struct strs *aliases;         /* further names of an estate; NULL: none */
	int32_t retired_day;                /* INT32_MAX: it isn't */
	const void *thing;                  /* struct unit, class_def, estate ...; NULL: a word and no more */
};
typedef LIST_OF(const struct pack_word *) pack_word_list;

/* What the word means: the thing with that code (or scheme:code); else the only one with that name, Chinese, English or an
 * estate's alias. Full width and upper case don't matter in names. NULL: none, or several. Conditions, reasons and values of
 * marks belong to something, and aren't found here. */
const struct pack_word *pack_word_find(const struct pack *p, enum word_kind kind, const char *word);

/* What a word that pack_word_find doesn't find may have meant. */
enum meant { MEANT_NOTHING, MEANT_SEVERAL, MEANT_PART, MEANT_NEAR };
struct meaning {
	enum meant how;                     /* several have that name; it is a part of these names; the nearest code or name */
	pack_word_list words;               /* NEAR: one; else the first few by code, in the arena */
	size_t total;                       /* how many there are */
};
void pack_word_meant(const struct pack *p, enum word_kind kind, const char *word, struct arena *a, struct meaning *out);

/* Words by kind, then those whose code or name is `text`, then those whose code begins with it, then those whose names contain
 * it; each by code. */
struct word_query {
	const enum word_kind *kind;         /* NULL: all */
	const char *of, *text;              /* NULL: any */
	size_t limit;
};
/* True: there are more than the limit. */
bool pack_words_search(const struct pack *p, const struct word_query *q, struct arena *a, pack_word_list *out);

#endif
