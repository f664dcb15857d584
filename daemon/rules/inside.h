/* inside: what the files of this room share about a pack; nobody else includes it. */
#ifndef GRIDD_RULES_INSIDE_H
#define GRIDD_RULES_INSIDE_H

#include "daemon/base/dict.h"
#include "daemon/cases/case.h"
#include "daemon/rules/pack.h"

#include <stdatomic.h>

/* What a pack has names for. The last few are only ways of referring: see ref_rows in refs.c. */
enum kind {
	KIND_NONE,
	KIND_UNIT,
	KIND_UNIT_KIND,
	KIND_ESTATE,
	KIND_ESTATE_KIND,
	KIND_GRID,
	KIND_CLASS,
	KIND_BIG_CLASS,
	KIND_CHANNEL,
	KIND_REASON,
	KIND_RESULT,
	KIND_MARK,
	KIND_CLOCK,
	KIND_HOLIDAYS,
	KIND_CALENDAR,
	KIND_LADDER,
	KIND_RULE,
	KIND_TEST,
	KINDS_WITH_NAMES,
	KIND_CLASS_OR_BIG = KINDS_WITH_NAMES,
	KIND_ACTOR,                         /* a unit, or a place's: estate.property_firm ... */
	KIND_TOLD,                          /* whom a ladder tells: unit, unit.leader, desk, or a unit's id */
	KIND_START,                         /* what starts a declared clock: received, dispatched, or a mark */
	KINDS
};

/* What a condition looks at. Up to FIELD_WORDS a case has a set of symbols for each; then come those answered by a function
 * of their own; then one for each attribute that rules name. */
enum field {
	FIELD_CLASS,
	FIELD_CONDITION,
	FIELD_ESTATE,
	FIELD_ESTATE_KIND,
	FIELD_ESTATE_MANAGEMENT,
	FIELD_ESTATE_HAS,
	FIELD_GRID,
	FIELD_CHANNEL,
	FIELD_CHANNEL_KIND,
	FIELD_URGENCY,
	FIELD_TAGS,
	FIELD_WORDS,
	FIELD_OPEN,
	FIELD_CLOSED,
	FIELD_GIVEN,
	FIELD_MISSING,
	FIELD_ATTRS,
	ATTR_NAMES = 64,                    /* attributes that the rules of one pack may name */
	FIELDS = FIELD_ATTRS + ATTR_NAMES
};

/* One condition of a rule: the case's set of this field and `symbols` have one in common. A symbol is an interned string, so
 * that equal texts are one pointer. */
struct cond {
	uint8_t field;
	uint32_t n;
	const char **values;                /* as written */
	const char **symbols;               /* to compare by; = values but for words, which are folded */
};

enum rule_dispatch { DISPATCH_AS_TOWN, DISPATCH_AUTO, DISPATCH_PROPOSE };

struct rule {
	const char *id;
	struct place_in_file at;
	struct cond *conds;
	size_t n_conds;
	struct strs responsible, handlers, assist;
	struct strs required;               /* of assist */
	clock_limit_list limits;
	struct required_marks requires;
	const char *ladder, *calendar, *triage;
	enum rule_dispatch dispatch;
};

struct due_expected {
	const char *clock;
	int64_t at_us;
};

/* A test of the pack: a case and what must come out. NULL or unset: not compared. */
struct pack_test {
	const char *name;
	struct place_in_file at;
	int64_t at_us;
	struct {
		const char *class_code, *condition, *estate, *grid, *address, *channel, *text;
		enum urgency urgency;
		struct strs tags;
		attr_list attrs;
		bool has_place;
	} given;
	struct {
		const char *rule, *triage, *responsible, *unit, *estate, *ladder;
		bool has_handlers, has_assist, has_propose, propose, has_requires;
		struct strs handlers, assist;
		struct required_marks requires;
		LIST_OF(struct due_expected) due;
		LIST_OF(struct clock_limit) limits;
	} expect;
};

/* A name, alias or lane by which an address finds its estate; estate NULL: several have it, so it says nothing. */
struct address_name {
	const char *text;
	const struct estate *estate;
};

struct rule_index;
struct word_finder;
struct vocabulary;

struct pack {
	atomic_int refs;
	struct arena arena;
	struct dict symbols;                /* every string of the pack, once */
	const char *urgency_symbols[URGENCIES], *channel_kind_symbols[CHANNEL_KINDS];
	const char *management_symbols[MANAGEMENTS], *has_symbols[4];
	struct dict ids[KINDS_WITH_NAMES];  /* by id, and by scheme:code where the thing has codes */
	struct dict attr_names;             /* those that rules name: the n-th is FIELD_ATTRS + n */
	struct town town;
	struct calendar_set calendars;
	LIST_OF(struct unit) units;
	LIST_OF(struct grid) grids;
	LIST_OF(struct estate) estates;
	LIST_OF(struct class_def) classes;
	LIST_OF(struct ladder) ladders;
	LIST_OF(struct rule *) rules;       /* in the order of matching */
	LIST_OF(struct pack_test) tests;
	struct rule_index *index;
	struct word_finder *words;          /* of `words` conditions */
	struct word_finder *addresses;      /* names, aliases and lanes of estates */
	struct vocabulary *vocabulary;
	unsigned char hash[32];
	int32_t version;
};

/* For suggestions and the like: the object of that kind with exactly this id (or scheme:code). */
void *pack_find(const struct pack *p, enum kind kind, const char *id);
/* The nearest known word of that kind, or NULL. */
const char *nearest_name(const struct pack *p, enum kind kind, const char *word);
bool clock_is_built_in(const char *name);
const char *clock_built_in_at(size_t i);        /* NULL past the end */
/* Accept, arrive, handle and what the town declares are the handler's time; the other clocks are the grid centre's. */
bool clock_is_handlers(const char *name);

#endif
