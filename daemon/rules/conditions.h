/* conditions: what a rule may ask, and the one evaluator that answers: yes, no, or cannot tell. */
#ifndef GRIDD_RULES_CONDITIONS_H
#define GRIDD_RULES_CONDITIONS_H

#include "daemon/rules/inside.h"
#include "daemon/rules/match.h"

/* What a case has of one field. */
struct symbol_set {
	const char *const *v;
	uint32_t n;
	bool missing;                       /* not known: a rule that asks cannot tell */
};

/* A case as the rules of one pack see it: everything looked up once, as symbols of the pack. */
struct seen {
	const struct pack *pack;
	const struct match_in *in;
	const struct class_def *class_def;
	const struct condition *condition;
	const struct estate *estate;
	const struct channel *channel;
	const char *grid, *estate_from;
	struct symbol_set sets[FIELDS];     /* of attributes: as many as the pack names */
	const char *class_symbols[2], *has_symbols[4];
};
void seen_fill(struct seen *s, const struct pack *p, const struct match_in *in, struct arena *a);

enum answer cond_answer(const struct cond *c, const struct seen *s);
/* All conditions together: one `no` is a no, whatever else is not known. */
enum answer rule_answer(const struct rule *r, const struct seen *s);
/* The same rule after rule, for tests and for explain: index of the first that doesn't say no, and what it says. A pack that
 * loaded has one. */
size_t rules_scan(const struct seen *s, enum answer *answer);

/* How a field is written in a rule, and what makes it unknown: fields of one group are unknown together. */
enum unknown_group { NEVER_UNKNOWN, UNKNOWN_CLASS, UNKNOWN_CONDITION, UNKNOWN_ESTATE, UNKNOWN_GRID, UNKNOWN_ATTR };
struct cond_row {
	const char *name;
	enum kind kind;                     /* of the values; KIND_NONE: */
	const char *const *words;           /* one of these, or, if NULL, any text */
	enum unknown_group group;
	const char *missing;                /* said when it cannot tell */
};
extern const struct cond_row cond_rows[FIELD_ATTRS];
extern const char *const estate_has_words[5];
bool field_has_set(int field);          /* answered by comparing sets of symbols; otherwise by a function of its own */

#endif
