/* vocabulary: gathers the words of a pack when it is loaded, and finds one by its code or its name. */
#include "daemon/rules/vocabulary.h"

#include "daemon/cases/lifecycle.h"
#include "daemon/cases/names.h"
#include "daemon/rules/vocabulary_inside.h"
#include "daemon/rules/words.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const char *const word_kind_names[WORD_KINDS + 1] = {
    [WORD_UNIT] = "unit",           [WORD_CLASS] = "class",   [WORD_BIG_CLASS] = "big_class",
    [WORD_CONDITION] = "condition", [WORD_ESTATE] = "estate", [WORD_GRID] = "grid",
    [WORD_CHANNEL] = "channel",     [WORD_RESULT] = "result", [WORD_REASON] = "reason",
    [WORD_MARK] = "mark",           [WORD_CLOCK] = "clock",   [WORD_MARK_VALUE] = "mark_value",
    [WORD_STATE] = "state",         [WORD_TAG] = "tag",       [WORD_KINDS] = NULL};

/* The kinds whose things have codes of others, scheme:code. */
static const enum kind coded_as[WORD_KINDS] = {[WORD_UNIT] = KIND_UNIT,
                                               [WORD_CLASS] = KIND_CLASS,
                                               [WORD_ESTATE] = KIND_ESTATE,
                                               [WORD_RESULT] = KIND_RESULT,
                                               [WORD_MARK] = KIND_MARK};

const char *name_key(const char *name, struct arena *a) {
	char *key = fold_to_utf8(name, FOLD_TEXT, a);
	size_t n = strlen(key);
	while (n > 0 && key[n - 1] == ' ')
		key[--n] = '\0';
	return key + strspn(key, " ");
}

/* ---- Gathering ---- */

static struct pack_word *add(struct pack *p, enum word_kind kind, const char *code, const void *thing) {
	struct pack_word *w = LIST_ADD(&p->vocabulary->kinds[kind].list, &p->arena);
	*w = (struct pack_word){.kind = kind, .code = code, .retired_day = INT32_MAX, .thing = thing};
	return w;
}

static void add_named(struct pack *p, enum word_kind kind, const struct named *n, const char *of, const void *thing) {
	struct pack_word *w = add(p, kind, n->id, thing);
	w->zh = n->zh;
	w->en = n->en;
	w->of = of;
}

static void add_list(struct pack *p, enum word_kind kind, const named_list *list, const char *of) {
	for (size_t i = 0; i < list->n; i++)
		add_named(p, kind, &list->v[i], of, &list->v[i]);
}

static void add_units(struct pack *p) {
	for (size_t i = 0; i < p->units.n; i++) {
		const struct unit *u = &p->units.v[i];
		struct pack_word *w = add(p, WORD_UNIT, u->id, u);
		w->zh = u->zh;
		w->en = u->en;
		w->retired_day = u->retired_day;
	}
}

static void add_places(struct pack *p) {
	for (size_t i = 0; i < p->estates.n; i++) {
		const struct estate *e = &p->estates.v[i];
		struct pack_word *w = add(p, WORD_ESTATE, e->id, e);
		w->zh = e->zh;
		w->en = e->en;
		w->aliases = e->aliases.n ? &e->aliases : NULL;
		w->retired_day = e->retired_day;
	}
	for (size_t i = 0; i < p->grids.n; i++)
		add(p, WORD_GRID, p->grids.v[i].id, &p->grids.v[i])->zh = p->grids.v[i].zh;
}

static void add_classes(struct pack *p) {
	for (size_t i = 0; i < p->classes.n; i++) {
		const struct class_def *c = &p->classes.v[i];
		struct pack_word *w = add(p, WORD_CLASS, c->code, c);
		w->zh = c->zh;
		w->en = c->en;
		w->retired_day = c->retired_day;
		for (size_t k = 0; k < c->conditions.n; k++) {
			const struct condition *condition = &c->conditions.v[k];
			struct pack_word *of_class = add(p, WORD_CONDITION, condition->id, condition);
			of_class->zh = condition->zh;
			of_class->en = condition->en;
			of_class->of = c->code;
		}
	}
	add_list(p, WORD_BIG_CLASS, &p->town.big_classes, NULL);
}

static void add_town(struct pack *p) {
	const struct town *t = &p->town;
	for (size_t i = 0; i < t->channels.n; i++) {
		struct pack_word *w = add(p, WORD_CHANNEL, t->channels.v[i].id, &t->channels.v[i]);
		w->zh = t->channels.v[i].zh;
		w->en = t->channels.v[i].en;
	}
	add_list(p, WORD_RESULT, &t->results, NULL);
	for (size_t i = 0; i < t->reasons.n; i++)
		add_named(p, WORD_REASON, &t->reasons.v[i].named, t->reasons.v[i].of, &t->reasons.v[i]);
	for (size_t i = 0; i < t->marks.n; i++) {
		const struct mark_def *m = &t->marks.v[i];
		add_named(p, WORD_MARK, &m->named, NULL, m);
		add_list(p, WORD_MARK_VALUE, &m->values, m->named.id);
	}
}

static void add_clocks_and_states(struct pack *p) {
	const char *clock;
	for (size_t i = 0; (clock = clock_built_in_at(i)) != NULL; i++) {
		struct pack_word *w = add(p, WORD_CLOCK, clock, NULL);
		w->zh = clock_names_of(clock).zh;
		w->en = clock_names_of(clock).en;
	}
	for (size_t i = 0; i < p->town.clocks.n; i++)
		add_named(p, WORD_CLOCK, &p->town.clocks.v[i].named, NULL, &p->town.clocks.v[i]);
	for (int s = 0; s < CASE_STATES; s++)
		add(p, WORD_STATE, state_name((enum case_state)s), NULL)->zh = state_zh((enum case_state)s);
}

static void add_tags(struct pack *p) {
	struct arena scratch;
	struct dict seen;
	arena_init(&scratch);
	dict_init(&seen, &scratch);
	for (size_t i = 0; i < p->rules.n; i++)
		for (size_t k = 0; k < p->rules.v[i]->n_conds; k++) {
			const struct cond *c = &p->rules.v[i]->conds[k];
			for (uint32_t v = 0; c->field == FIELD_TAGS && v < c->n; v++)
				if (dict_put(&seen, c->values[v], NULL))
					(void)add(p, WORD_TAG, c->values[v], NULL);
		}
	arena_fini(&scratch);
}

/* ---- By code and by name ---- */

static int by_code(const void *a, const void *b) {
	const struct pack_word *x = a, *y = b;
	const int codes = strcmp(x->code, y->code);
	return codes != 0 ? codes : strcmp(x->of ? x->of : "", y->of ? y->of : "");
}

static int code_against(const void *code, const void *word) { return strcmp(code, ((const struct pack_word *)word)->code); }

static const struct pack_word *by_its_code(const struct words_of_kind *k, const char *code) {
	return k->list.n ? bsearch(code, k->list.v, k->list.n, sizeof *k->list.v, code_against) : NULL;
}

static void add_name(struct words_of_kind *k, struct dict *names, const struct pack_word *w, const char *name) {
	const char *key = name_key(name, names->arena);
	const struct pack_word *coded = by_its_code(k, key);
	if (!key[0] || (coded && coded != w))
		return;
	struct namesake *last = dict_get(names, key);
	for (; last && last->word != w && last->next; last = last->next)
		;
	if (last && last->word == w)
		return;
	struct namesake *n = arena_new(names->arena, struct namesake);
	n->word = w;
	if (last)
		last->next = n;
	else
		(void)dict_put(names, key, n);
}

static void make_kind(struct words_of_kind *k, struct arena *a) {
	dict_init(&k->names, a);
	dict_init(&k->aliases, a);
	if (k->list.n > 1)
		qsort(k->list.v, k->list.n, sizeof *k->list.v, by_code);
	for (size_t i = 0; i < k->list.n; i++) {
		const struct pack_word *w = &k->list.v[i];
		if (w->zh)
			add_name(k, &k->names, w, w->zh);
		if (w->en)
			add_name(k, &k->names, w, w->en);
		for (size_t j = 0; w->aliases && j < w->aliases->n; j++)
			add_name(k, &k->aliases, w, w->aliases->v[j]);
	}
}

static const bool belongs[WORD_KINDS] = {[WORD_CONDITION] = true, [WORD_REASON] = true, [WORD_MARK_VALUE] = true};

void vocabulary_make(struct pack *p) {
	p->vocabulary = arena_new(&p->arena, struct vocabulary);
	add_units(p);
	add_places(p);
	add_classes(p);
	add_town(p);
	add_clocks_and_states(p);
	add_tags(p);
	for (int i = 0; i < WORD_KINDS; i++)
		make_kind(&p->vocabulary->kinds[i], &p->arena);
}

const struct namesake *vocabulary_named(const struct words_of_kind *k, const char *key) {
	const struct namesake *named = dict_get(&k->names, key);
	return named ? named : dict_get(&k->aliases, key);
}

/* All things that have codes of others begin with their own. */
static const char *own_code(const void *thing) { return *(const char *const *)thing; }
_Static_assert(offsetof(struct unit, id) == 0 && offsetof(struct estate, id) == 0 && offsetof(struct class_def, code) == 0 &&
                   offsetof(struct named, id) == 0 && offsetof(struct mark_def, named) == 0,
               "own_code reads the first member");

const struct pack_word *pack_word_find(const struct pack *p, enum word_kind kind, const char *word) {
	const struct words_of_kind *k = &p->vocabulary->kinds[kind];
	if (belongs[kind])
		return NULL;
	const struct pack_word *found = by_its_code(k, word);
	const void *thing = !found && coded_as[kind] && strchr(word, ':') ? pack_find(p, coded_as[kind], word) : NULL;
	if (found || thing)
		return found ? found : by_its_code(k, own_code(thing));
	struct arena scratch;
	arena_init(&scratch);
	const struct namesake *named = vocabulary_named(k, name_key(word, &scratch));
	arena_fini(&scratch);
	return named && !named->next ? named->word : NULL;
}
