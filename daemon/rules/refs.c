/* refs: the names of a pack: who has which, and whether what is referred to is there. */
#include "daemon/rules/decode.h"

#include "daemon/base/check.h"
#include "daemon/base/suggest.h"

#include <string.h>

static const char *const actor_words[] = {"estate.property_firm",    "estate.lift_firm", "estate.committee",
                                          "estate.owners_committee", "grid.committee",   NULL};
static const char *const told_words[] = {"unit", "unit.leader", "desk", NULL};
static const char *const start_words[] = {"received", "dispatched", NULL};
static const char *const clock_words[] = {"discover", "dispatch", "accept",  "arrive",    "handle",
                                          "verify",   "decide",   "overall", "supervise", NULL};

/* What may be written where a thing of that kind is meant: its name, one of another kind's, or one of the words. */
static const struct {
	const char *what;
	enum kind kind, also;
	const char *const *words;
} ref_rows[KINDS] = {
    [KIND_UNIT] = {"unit", KIND_UNIT, KIND_NONE, NULL},
    [KIND_UNIT_KIND] = {"unit kind", KIND_UNIT_KIND, KIND_NONE, NULL},
    [KIND_ESTATE] = {"estate", KIND_ESTATE, KIND_NONE, NULL},
    [KIND_ESTATE_KIND] = {"estate kind", KIND_ESTATE_KIND, KIND_NONE, NULL},
    [KIND_GRID] = {"grid", KIND_GRID, KIND_NONE, NULL},
    [KIND_CLASS] = {"class", KIND_CLASS, KIND_NONE, NULL},
    [KIND_BIG_CLASS] = {"big class", KIND_BIG_CLASS, KIND_NONE, NULL},
    [KIND_CHANNEL] = {"channel", KIND_CHANNEL, KIND_NONE, NULL},
    [KIND_REASON] = {"reason", KIND_REASON, KIND_NONE, NULL},
    [KIND_RESULT] = {"result", KIND_RESULT, KIND_NONE, NULL},
    [KIND_MARK] = {"mark", KIND_MARK, KIND_NONE, NULL},
    [KIND_CLOCK] = {"clock", KIND_CLOCK, KIND_NONE, clock_words},
    [KIND_HOLIDAYS] = {"holidays", KIND_HOLIDAYS, KIND_NONE, NULL},
    [KIND_CALENDAR] = {"calendar", KIND_CALENDAR, KIND_NONE, NULL},
    [KIND_LADDER] = {"ladder", KIND_LADDER, KIND_NONE, NULL},
    [KIND_RULE] = {"rule", KIND_RULE, KIND_NONE, NULL},
    [KIND_TEST] = {"test", KIND_TEST, KIND_NONE, NULL},
    [KIND_CLASS_OR_BIG] = {"class", KIND_CLASS, KIND_BIG_CLASS, NULL},
    [KIND_ACTOR] = {"unit", KIND_UNIT, KIND_NONE, actor_words},
    [KIND_TOLD] = {"unit", KIND_UNIT, KIND_NONE, told_words},
    [KIND_START] = {"start of a clock", KIND_MARK, KIND_NONE, start_words},
};

static bool is_word(const char *const *words, const char *word) {
	for (; words && *words; words++)
		if (strcmp(*words, word) == 0)
			return true;
	return false;
}

bool clock_is_built_in(const char *name) { return is_word(clock_words, name); }

const char *clock_built_in_at(size_t i) { return i < COUNT_OF(clock_words) ? clock_words[i] : NULL; }

bool clock_is_handlers(const char *name) {
	static const char *const words[] = {"accept", "arrive", "handle", NULL};
	return is_word(words, name) || !clock_is_built_in(name);
}

static void offer_ids(struct suggest *s, const struct dict *ids) {
	for (size_t i = 0; i < ids->n; i++)
		if (!strchr(ids->entries[i].key, ':'))
			suggest_offer(s, ids->entries[i].key);
}

const char *nearest_name(const struct pack *p, enum kind kind, const char *word) {
	struct suggest s;
	suggest_start(&s, word);
	for (const char *const *w = ref_rows[kind].words; w && *w; w++)
		suggest_offer(&s, *w);
	offer_ids(&s, &p->ids[ref_rows[kind].kind]);
	if (ref_rows[kind].also != KIND_NONE)
		offer_ids(&s, &p->ids[ref_rows[kind].also]);
	return s.best;
}

/* A pack calls its own things by their ids; `scheme:code` is for callers. */
static bool name_exists(const struct pack *p, enum kind kind, const char *word) {
	if (is_word(ref_rows[kind].words, word))
		return true;
	if (strchr(word, ':'))
		return false;
	return dict_has(&p->ids[ref_rows[kind].kind], word) ||
	       (ref_rows[kind].also != KIND_NONE && dict_has(&p->ids[ref_rows[kind].also], word));
}

/* Most names are there already: only the others are kept for later. */
void load_refer(struct load *l, enum kind kind, const char *word, const struct yaml_node *at) {
	if (name_exists(l->pack, kind, word))
		return;
	*LIST_ADD(&l->refs, l->scratch) =
	    (struct ref){.file = l->file, .word = load_intern(l, word), .line = at->line, .col = at->col, .kind = kind};
}

bool load_is_unreadable(const struct load *l, enum kind kind) { return l->unreadable >> kind & 1; }

void refs_check(struct load *l) {
	for (size_t i = 0; i < l->refs.n; i++) {
		const struct ref *r = &l->refs.v[i];
		if (name_exists(l->pack, r->kind, r->word) || load_is_unreadable(l, ref_rows[r->kind].kind))
			continue;
		const struct yaml_node at = {.line = r->line, .col = r->col};
		yaml_fault(l->faults, r->file, &at, "reference", nearest_name(l->pack, r->kind, r->word), "there is no %s `%s`",
		           ref_rows[r->kind].what, r->word);
	}
}

void load_define(struct load *l, enum kind kind, const char *id, void *thing, const struct yaml_node *at) {
	if (!id)
		return;
	if (is_word(ref_rows[kind].words, id))
		load_fault(l, at, "duplicate", "`%s` is a word of the language; the %s needs another id", id, ref_rows[kind].what);
	else if (!dict_put(&l->pack->ids[kind], id, thing))
		load_fault(l, at, "duplicate", "the %s `%s` stands here twice", ref_rows[kind].what, id);
}

void load_define_codes(struct load *l, enum kind kind, const foreign_code_list *codes, void *thing,
                       const struct yaml_node *at) {
	for (size_t i = 0; i < codes->n; i++) {
		const char *name = arena_printf(l->keep, "%s:%s", codes->v[i].scheme, codes->v[i].code);
		if (!dict_put(&l->pack->ids[kind], name, thing))
			load_fault(l, at, "duplicate", "the code `%s` is given to two things (%s)", name, ref_rows[kind].what);
	}
}

void load_codes(struct load *l, const struct yaml_node *node, void *foreign_codes) {
	foreign_code_list *out = foreign_codes;
	if (node->kind != YAML_MAP) {
		load_fault(l, node, "type", "`codes` must be a map of scheme to codes");
		return;
	}
	for (const struct yaml_node *c = node->child; c; c = c->next) {
		struct strs codes = {0};
		load_texts(l, c, &codes);
		for (size_t i = 0; i < codes.n; i++)
			*LIST_ADD(out, l->keep) = (struct foreign_code){.scheme = c->key, .code = codes.v[i]};
	}
}
