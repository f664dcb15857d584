/* conditions: the table of conditions, and the evaluator. */
#include "daemon/rules/conditions.h"

#include "daemon/rules/words.h"

#include <stdlib.h>
#include <string.h>

const char *const estate_has_words[5] = {"property_firm", "lift_firm", "committee", "owners_committee", NULL};
static const char *const known_words[] = {"class", "condition", "estate", "grid", "place", NULL};

const struct cond_row cond_rows[FIELD_ATTRS] = {
    [FIELD_CLASS] = {"class", KIND_CLASS_OR_BIG, NULL, UNKNOWN_CLASS, "no class is known"},
    [FIELD_CONDITION] = {"condition", KIND_NONE, NULL, UNKNOWN_CONDITION, "no condition is given"},
    [FIELD_ESTATE] = {"estate", KIND_ESTATE, NULL, UNKNOWN_ESTATE, "no estate is known"},
    [FIELD_ESTATE_KIND] = {"estate.kind", KIND_ESTATE_KIND, NULL, UNKNOWN_ESTATE, "no estate is known"},
    [FIELD_ESTATE_MANAGEMENT] = {"estate.management", KIND_NONE, management_names, UNKNOWN_ESTATE, "no estate is known"},
    [FIELD_ESTATE_HAS] = {"estate.has", KIND_NONE, estate_has_words, UNKNOWN_ESTATE, "no estate is known"},
    [FIELD_GRID] = {"grid", KIND_GRID, NULL, UNKNOWN_GRID, "no grid is known"},
    [FIELD_CHANNEL] = {"channel", KIND_CHANNEL, NULL, NEVER_UNKNOWN, NULL},
    [FIELD_CHANNEL_KIND] = {"channel.kind", KIND_NONE, channel_kind_names, NEVER_UNKNOWN, NULL},
    [FIELD_URGENCY] = {"urgency", KIND_NONE, urgency_names, NEVER_UNKNOWN, NULL},
    [FIELD_TAGS] = {"tags", KIND_NONE, NULL, NEVER_UNKNOWN, NULL},
    [FIELD_WORDS] = {"words", KIND_NONE, NULL, NEVER_UNKNOWN, NULL},
    [FIELD_OPEN] = {"open", KIND_CALENDAR, NULL, NEVER_UNKNOWN, NULL},
    [FIELD_CLOSED] = {"closed", KIND_CALENDAR, NULL, NEVER_UNKNOWN, NULL},
    [FIELD_GIVEN] = {"given", KIND_NONE, known_words, NEVER_UNKNOWN, NULL},
    [FIELD_MISSING] = {"missing", KIND_NONE, known_words, NEVER_UNKNOWN, NULL},
};

bool field_has_set(int field) { return field <= FIELD_WORDS || field >= FIELD_ATTRS; }

static bool is_known(const struct seen *s, const char *what) {
	switch (what[0]) {
	case 'e':
		return s->estate != NULL;
	case 'g':
		return s->grid != NULL;
	case 'p':
		return s->in->has_place;
	default:
		return strcmp(what, "class") == 0 ? s->class_def != NULL : s->condition != NULL;
	}
}

/* `given` and `missing` want all that they name. */
static enum answer answer_known(const struct cond *c, const struct seen *s, bool wanted) {
	for (uint32_t i = 0; i < c->n; i++)
		if (is_known(s, c->values[i]) != wanted)
			return ANSWER_NO;
	return ANSWER_YES;
}

static enum answer answer_open(const struct cond *c, const struct seen *s, bool wanted) {
	for (uint32_t i = 0; i < c->n; i++) {
		const struct calendar *calendar = pack_find(s->pack, KIND_CALENDAR, c->values[i]);
		if (calendar_is_open(calendar, s->in->at_us) == wanted)
			return ANSWER_YES;
	}
	return ANSWER_NO;
}

static enum answer answer_by_set(const struct cond *c, const struct symbol_set *set) {
	if (set->missing)
		return ANSWER_CANNOT_TELL;
	for (uint32_t i = 0; i < set->n; i++)
		for (uint32_t j = 0; j < c->n; j++)
			if (set->v[i] == c->symbols[j])
				return ANSWER_YES;
	return ANSWER_NO;
}

enum answer cond_answer(const struct cond *c, const struct seen *s) {
	switch (c->field) {
	case FIELD_OPEN:
		return answer_open(c, s, true);
	case FIELD_CLOSED:
		return answer_open(c, s, false);
	case FIELD_GIVEN:
		return answer_known(c, s, true);
	case FIELD_MISSING:
		return answer_known(c, s, false);
	default:
		return answer_by_set(c, &s->sets[c->field]);
	}
}

enum answer rule_answer(const struct rule *r, const struct seen *s) {
	enum answer all = ANSWER_YES;
	for (size_t i = 0; i < r->n_conds; i++) {
		const enum answer one = cond_answer(&r->conds[i], s);
		if (one == ANSWER_NO)
			return ANSWER_NO;
		if (one == ANSWER_CANNOT_TELL)
			all = one;
	}
	return all;
}

size_t rules_scan(const struct seen *s, enum answer *answer) {
	size_t i = 0;
	while (i < s->pack->rules.n && (*answer = rule_answer(s->pack->rules.v[i], s)) == ANSWER_NO)
		i++;
	return i;
}

static struct symbol_set set_of(const char *const *v, uint32_t n) { return (struct symbol_set){.v = v, .n = n}; }

static const struct symbol_set not_known = {.missing = true};

static void see_class(struct seen *s) {
	const struct match_in *in = s->in;
	s->class_def = in->class_code ? pack_class(s->pack, in->class_code) : NULL;
	s->sets[FIELD_CLASS] = s->sets[FIELD_CONDITION] = not_known;
	if (!s->class_def)
		return;
	s->class_symbols[0] = s->class_def->code;
	s->class_symbols[1] = s->class_def->big;
	s->sets[FIELD_CLASS] = set_of(s->class_symbols, 2);
	s->condition = in->condition ? class_condition(s->class_def, in->condition) : NULL;
	if (s->condition)
		s->sets[FIELD_CONDITION] = set_of((const char *const *)&s->condition->id, 1);
}

static void see_estate(struct seen *s, struct arena *a) {
	const struct match_in *in = s->in;
	const char *found = NULL;
	s->estate = in->estate ? pack_estate(s->pack, in->estate) : NULL;
	if (s->estate) {
		s->estate_from = "param";
	} else if (!in->estate && in->address) {
		s->estate = pack_estate_by_address(s->pack, in->address, a, &found);
		s->estate_from = s->estate ? arena_printf(a, "address: %s", found) : NULL;
	}
	for (int f = FIELD_ESTATE; f <= FIELD_ESTATE_HAS; f++)
		s->sets[f] = not_known;
	const struct estate *e = s->estate;
	if (!e)
		return;
	s->sets[FIELD_ESTATE] = set_of(&e->id, 1);
	s->sets[FIELD_ESTATE_KIND] = set_of(&e->kind, 1);
	s->sets[FIELD_ESTATE_MANAGEMENT] = set_of(&s->pack->management_symbols[e->management], 1);
	const char *const owned[] = {e->property_firm, e->lift_firm, e->committee, e->owners_committee};
	uint32_t n = 0;
	for (size_t i = 0; i < 4; i++)
		if (owned[i])
			s->has_symbols[n++] = s->pack->has_symbols[i];
	s->sets[FIELD_ESTATE_HAS] = set_of(s->has_symbols, n);
}

static void see_grid(struct seen *s) {
	const struct grid *grid = s->in->grid ? pack_grid(s->pack, s->in->grid) : NULL;
	s->grid = grid ? grid->id : s->estate && !s->in->grid ? s->estate->grid : NULL;
	s->sets[FIELD_GRID] = s->grid ? set_of(&s->grid, 1) : not_known;
}

static void see_source(struct seen *s) {
	const struct pack *p = s->pack;
	s->channel = s->in->channel ? pack_channel(p, s->in->channel) : NULL;
	if (s->channel) {
		s->sets[FIELD_CHANNEL] = set_of(&s->channel->id, 1);
		s->sets[FIELD_CHANNEL_KIND] = set_of(&p->channel_kind_symbols[s->channel->kind], 1);
	}
	s->sets[FIELD_URGENCY] = set_of(&p->urgency_symbols[s->in->urgency], 1);
}

/* What no rule names has no symbol and is left out. */
static void see_tags(struct seen *s, struct arena *a) {
	const struct strs *tags = s->in->tags;
	if (!tags || tags->n == 0)
		return;
	const char **v = arena_array(a, const char *, tags->n);
	uint32_t n = 0;
	for (size_t i = 0; i < tags->n; i++) {
		const char *symbol = dict_interned(&s->pack->symbols, tags->v[i]);
		if (symbol)
			v[n++] = symbol;
	}
	s->sets[FIELD_TAGS] = set_of(v, n);
}

static int by_pointer(const void *a, const void *b) {
	const uintptr_t x = (uintptr_t) * (const char *const *)a, y = (uintptr_t) * (const char *const *)b;
	return (x > y) - (x < y);
}

static void see_words(struct seen *s, struct arena *a) {
	if (!s->in->text || word_finder_is_empty(s->pack->words))
		return;
	word_hit_list hits = {0};
	word_finder_search(s->pack->words, s->in->text, a, &hits, NULL);
	const char **v = arena_array(a, const char *, hits.n ? hits.n : 1);
	for (size_t i = 0; i < hits.n; i++)
		v[i] = hits.v[i].thing;
	if (hits.n > 1)
		qsort(v, hits.n, sizeof *v, by_pointer);
	uint32_t n = 0;
	for (size_t i = 0; i < hits.n; i++)
		if (i == 0 || v[i] != v[n - 1])
			v[n++] = v[i];
	s->sets[FIELD_WORDS] = set_of(v, n);
}

static void see_attrs(struct seen *s, struct arena *a) {
	const struct dict *names = &s->pack->attr_names;
	for (size_t i = 0; i < names->n; i++) {
		struct symbol_set *set = &s->sets[FIELD_ATTRS + i];
		*set = not_known;
		for (size_t j = 0; j < s->in->n_attrs && set->missing; j++) {
			if (strcmp(s->in->attrs[j].name, names->entries[i].key) != 0)
				continue;
			const char **v = arena_array(a, const char *, 1);
			v[0] = dict_interned(&s->pack->symbols, s->in->attrs[j].value);
			*set = set_of(v, v[0] != NULL);
		}
	}
}

void seen_fill(struct seen *s, const struct pack *p, const struct match_in *in, struct arena *a) {
	memset(s, 0, offsetof(struct seen, sets[FIELD_ATTRS]));
	s->pack = p;
	s->in = in;
	see_class(s);
	see_estate(s, a);
	see_grid(s);
	see_source(s);
	see_tags(s, a);
	see_words(s, a);
	see_attrs(s, a);
}
