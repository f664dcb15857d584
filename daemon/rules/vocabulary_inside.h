/* vocabulary_inside: how a pack keeps its vocabulary; shared by the files that make it and search it. */
#ifndef GRIDD_RULES_VOCABULARY_INSIDE_H
#define GRIDD_RULES_VOCABULARY_INSIDE_H

#include "daemon/rules/inside.h"
#include "daemon/rules/vocabulary.h"

/* A word under one of its names. */
struct namesake {
	const struct pack_word *word;
	struct namesake *next;              /* another with that name */
};

struct words_of_kind {
	LIST_OF(struct pack_word) list;     /* by code, then by what they are of */
	struct dict names, aliases;         /* name_key -> struct namesake; a name goes before an alias */
};

struct vocabulary {
	struct words_of_kind kinds[WORD_KINDS];
};

/* Once, when the pack is loaded without a fault: fills p->vocabulary. */
void vocabulary_make(struct pack *p);
/* Whoever has that name (a key); NULL: nobody. */
const struct namesake *vocabulary_named(const struct words_of_kind *k, const char *key);
/* Names are compared so: full width becomes half width, ASCII lower case, spaces around it are dropped. */
const char *name_key(const char *name, struct arena *a);

#endif
