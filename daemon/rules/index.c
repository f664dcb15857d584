/* index: hash tables from the values that rules ask for to the rules that ask for them.
 *
 * A rule is filed under a signature: at most four of the fields it asks about; and there under each combination of the
 * values it names. Where a field may be unknown in a case, it is filed under a wildcard as well, so that "cannot tell" is
 * found in its turn. A probe looks up, for each signature, the combinations of what the case has; most of them name a value
 * that no rule of the signature asks for, and a few bits know that without a look into the big table. A rule whose
 * conditions are all in its key needs no second look: the key has answered for it, and behind it a list is closed, so that
 * lists stay short. All others are answered by the one evaluator. */
#include "daemon/rules/index.h"

#include "daemon/base/check.h"

#include <string.h>

enum { SIGNATURE_FIELDS = 4, COMBINATIONS_MAX = 64, ASKED_BITS = 10, NONE = 0xFFFFFFFF };

static const char wildcard[] = "*";
static const char *const no_symbols[1];

/* Which values its rules ask for in one field: a bit each, by hash. */
struct asked {
	uint64_t bits[(1 << ASKED_BITS) / 64];
};

struct signature {
	uint8_t fields[SIGNATURE_FIELDS];
	uint32_t n;
	uint32_t first_rule; /* none before it has this signature */
	struct asked asked[SIGNATURE_FIELDS];
};

struct entry {
	const char *symbols[SIGNATURE_FIELDS];
	uint32_t signature;
	uint32_t rule, more; /* the first rule of the list, and the item of the next */
	uint32_t last;       /* the last rule of the list */
	uint32_t last_item;  /* its item; NONE: it is the first */
	bool closed;         /* the last rule needs no second look, and decides */
};

struct slot {
	uint32_t hash, entry; /* entry + 1; 0 = free */
};

struct item {
	uint32_t rule, next;
};

struct rule_index {
	const struct pack *pack;
	LIST_OF(struct signature) signatures;
	LIST_OF(struct entry) entries;
	LIST_OF(struct item) items;
	struct slot *slots;
	size_t n_slots;
	shadowed_list shadowed;
};

struct builder {
	struct rule_index *x;
	struct arena *scratch;
	struct dict signatures; /* fields as text -> signature + 1 */
	uint32_t rule;
	uint32_t filed, closed_by; /* of this rule: combinations it came into; who kept it out of the others */
	bool complete;             /* all of its conditions are in the key */
};

/* Most telling first. Attributes come after FIELD_CONDITION; fields that aren't here are never in a key. */
static const uint8_t telling[] = {
    FIELD_ESTATE,     FIELD_WORDS,        FIELD_GRID,        FIELD_CLASS,   FIELD_CONDITION,
    FIELD_ATTRS,      FIELD_TAGS,         FIELD_ESTATE_KIND, FIELD_CHANNEL, FIELD_ESTATE_MANAGEMENT,
    FIELD_ESTATE_HAS, FIELD_CHANNEL_KIND, FIELD_URGENCY};

static int rank_of(const struct cond *c) {
	const uint8_t field = c->field > FIELD_ATTRS ? FIELD_ATTRS : c->field;
	for (size_t i = 0; i < COUNT_OF(telling); i++)
		if (telling[i] == field)
			return (int)i;
	return -1;
}

/* The chosen conditions, most telling first; of too many combinations the longest list is left to the evaluator. */
static uint32_t choose(const struct rule *r, const struct cond *chosen[SIGNATURE_FIELDS]) {
	uint32_t n = 0;
	for (size_t rank = 0; rank < COUNT_OF(telling); rank++)
		for (size_t i = 0; i < r->n_conds && n < SIGNATURE_FIELDS; i++)
			if (rank_of(&r->conds[i]) == (int)rank)
				chosen[n++] = &r->conds[i];
	for (;;) {
		uint64_t combinations = 1;
		uint32_t longest = 0;
		for (uint32_t i = 0; i < n; i++) {
			combinations *= chosen[i]->n;
			longest = chosen[i]->n > chosen[longest]->n ? i : longest;
		}
		if (combinations <= COMBINATIONS_MAX)
			return n;
		n--;
		memmove(&chosen[longest], &chosen[longest + 1], (n - longest) * sizeof(const struct cond *));
	}
}

static uint32_t signature_of(struct builder *b, const struct cond *const *chosen, uint32_t n) {
	char name[SIGNATURE_FIELDS + 1] = {0};
	for (uint32_t i = 0; i < n; i++)
		name[i] = (char)(chosen[i]->field + 1);
	const uintptr_t known = (uintptr_t)dict_get(&b->signatures, name);
	if (known)
		return (uint32_t)known - 1;
	struct signature *s = LIST_ADD(&b->x->signatures, b->scratch);
	*s = (struct signature){.n = n, .first_rule = b->rule};
	for (uint32_t i = 0; i < n; i++)
		s->fields[i] = chosen[i]->field;
	CHECK(dict_put(&b->signatures, arena_strdup(b->scratch, name), (void *)(uintptr_t)b->x->signatures.n));
	return (uint32_t)b->x->signatures.n - 1;
}

static uint32_t asked_bit(const char *symbol) {
	return (uint32_t)((uintptr_t)symbol * UINT64_C(0x9E3779B97F4A7C15) >> (64 - ASKED_BITS));
}

static void note_asked(struct signature *s, const char *const *symbols) {
	for (uint32_t i = 0; i < s->n; i++) {
		const uint32_t bit = asked_bit(symbols[i]);
		s->asked[i].bits[bit / 64] |= UINT64_C(1) << (bit % 64);
	}
}

/* False: surely no rule is filed under this key. */
static bool may_be_asked(const struct signature *s, const char *const *symbols) {
	for (uint32_t i = 0; i < s->n; i++) {
		const uint32_t bit = asked_bit(symbols[i]);
		if (!(s->asked[i].bits[bit / 64] >> (bit % 64) & 1))
			return false;
	}
	return true;
}

static uint32_t hash_of(uint32_t signature, const char *const *symbols, uint32_t n) {
	uint64_t h = (signature + 1) * UINT64_C(0x9E3779B97F4A7C15);
	for (uint32_t i = 0; i < n; i++) {
		h = (h ^ (uintptr_t)symbols[i]) * UINT64_C(0xff51afd7ed558ccd);
		h ^= h >> 32;
	}
	return (uint32_t)h;
}

/* The slot of the key, or the free one where it belongs. */
static struct slot *find_slot(const struct rule_index *x, uint32_t signature, const char *const *symbols, uint32_t n,
                              uint32_t hash) {
	const size_t mask = x->n_slots - 1;
	for (size_t at = hash & mask;; at = (at + 1) & mask) {
		struct slot *slot = &x->slots[at];
		if (slot->entry == 0)
			return slot;
		const struct entry *e = &x->entries.v[slot->entry - 1];
		if (slot->hash == hash && e->signature == signature && memcmp(e->symbols, symbols, n * sizeof *symbols) == 0)
			return slot;
	}
}

static void grow_slots(struct builder *b) {
	struct rule_index *x = b->x;
	const struct slot *old = x->slots;
	const size_t n_old = x->n_slots;
	x->n_slots = n_old ? n_old * 2 : 64;
	x->slots = arena_array(b->scratch, struct slot, x->n_slots);
	for (size_t i = 0; i < n_old; i++) {
		if (old[i].entry == 0)
			continue;
		size_t at = old[i].hash & (x->n_slots - 1);
		while (x->slots[at].entry != 0)
			at = (at + 1) & (x->n_slots - 1);
		x->slots[at] = old[i];
	}
}

static struct entry *entry_of(struct builder *b, uint32_t signature, const char *const *symbols, uint32_t n) {
	struct rule_index *x = b->x;
	if ((x->entries.n + 1) * 2 > x->n_slots)
		grow_slots(b);
	const uint32_t hash = hash_of(signature, symbols, n);
	struct slot *slot = find_slot(x, signature, symbols, n, hash);
	if (slot->entry == 0) {
		struct entry *e = LIST_ADD(&x->entries, b->scratch);
		*e = (struct entry){.signature = signature, .rule = NONE, .more = NONE, .last = NONE, .last_item = NONE};
		memcpy(e->symbols, symbols, n * sizeof *symbols);
		*slot = (struct slot){.hash = hash, .entry = (uint32_t)x->entries.n};
		note_asked(&x->signatures.v[signature], symbols);
	}
	return &x->entries.v[slot->entry - 1];
}

static void file_under(struct builder *b, uint32_t signature, const char *const *symbols, uint32_t n) {
	struct rule_index *x = b->x;
	struct entry *e = entry_of(b, signature, symbols, n);
	if (e->closed) {
		b->closed_by = e->last;
		return;
	}
	b->filed++;
	if (e->last == b->rule)
		return;
	if (e->rule == NONE) {
		e->rule = b->rule;
	} else {
		const uint32_t item = (uint32_t)x->items.n;
		*LIST_ADD(&x->items, b->scratch) = (struct item){.rule = b->rule, .next = NONE};
		*(e->last_item == NONE ? &e->more : &x->items.v[e->last_item].next) = item;
		e->last_item = item;
	}
	e->last = b->rule;
	e->closed = b->complete;
}

static enum unknown_group group_of(uint8_t field) { return field >= FIELD_ATTRS ? UNKNOWN_ATTR : cond_rows[field].group; }

/* May exactly these fields be unknown together? */
static bool can_be_unknown(const struct cond *const *chosen, uint32_t n, uint32_t mask) {
	for (uint32_t i = 0; i < n; i++) {
		const enum unknown_group group = group_of(chosen[i]->field);
		if (group == NEVER_UNKNOWN && (mask >> i & 1))
			return false;
		for (uint32_t j = 0; j < i; j++)
			if (group != UNKNOWN_ATTR && group == group_of(chosen[j]->field) && (mask >> i & 1) != (mask >> j & 1))
				return false;
	}
	return true;
}

static void file_combinations(struct builder *b, uint32_t signature, const struct cond *const *chosen, uint32_t n,
                              uint32_t unknown) {
	uint32_t at[SIGNATURE_FIELDS] = {0};
	for (uint32_t i = 0; i < n;) {
		const char *symbols[SIGNATURE_FIELDS];
		for (uint32_t j = 0; j < n; j++)
			symbols[j] = unknown >> j & 1 ? wildcard : chosen[j]->symbols[at[j]];
		file_under(b, signature, symbols, n);
		for (i = 0; i < n; i++) {
			if (!(unknown >> i & 1) && ++at[i] < chosen[i]->n)
				break;
			at[i] = 0;
		}
	}
}

static void file_rule(struct builder *b, const struct rule *r) {
	const struct cond *chosen[SIGNATURE_FIELDS];
	const uint32_t n = choose(r, chosen);
	const uint32_t signature = signature_of(b, chosen, n);
	b->complete = r->n_conds == n;
	b->filed = 0;
	if (n == 0)
		file_under(b, signature, no_symbols, 0);
	for (uint32_t unknown = 0; n > 0 && unknown < 1u << n; unknown++)
		if (can_be_unknown(chosen, n, unknown))
			file_combinations(b, signature, chosen, n, unknown);
	if (b->filed == 0)
		*LIST_ADD(&b->x->shadowed, b->scratch) = (struct shadowed){.rule = b->rule, .by = b->closed_by};
}

#define KEEP(arena, list) ((list).v = arena_memdup((arena), (list).v, (list).n * sizeof *(list).v))

struct rule_index *rule_index_new(const struct pack *p, struct arena *scratch) {
	struct arena *keep = (struct arena *)(uintptr_t)&p->arena;
	struct rule_index *x = arena_new(keep, struct rule_index);
	x->pack = p;
	struct builder b = {.x = x, .scratch = scratch};
	dict_init(&b.signatures, scratch);
	grow_slots(&b);
	for (size_t i = 0; i < p->rules.n; i++) {
		b.rule = (uint32_t)i;
		file_rule(&b, p->rules.v[i]);
	}
	KEEP(keep, x->signatures);
	KEEP(keep, x->entries);
	KEEP(keep, x->items);
	KEEP(keep, x->shadowed);
	x->slots = arena_memdup(keep, x->slots, x->n_slots * sizeof *x->slots);
	return x;
}

const shadowed_list *rule_index_shadowed(const struct rule_index *x) { return &x->shadowed; }

struct probe {
	const struct rule_index *x;
	const struct seen *seen;
	uint32_t best; /* the first rule so far that doesn't say no */
	enum answer answer;
	enum answer of_key; /* what a key says that holds all of a rule's conditions */
};

static void probe_key(struct probe *p, uint32_t signature, const char *const *symbols, uint32_t n) {
	const struct slot *slot = find_slot(p->x, signature, symbols, n, hash_of(signature, symbols, n));
	if (slot->entry == 0)
		return;
	const struct entry *e = &p->x->entries.v[slot->entry - 1];
	for (uint32_t rule = e->rule, next = e->more; rule < p->best;) {
		const bool by_key = e->closed && next == NONE;
		const enum answer answer = by_key ? p->of_key : rule_answer(p->x->pack->rules.v[rule], p->seen);
		if (answer != ANSWER_NO) {
			p->best = rule;
			p->answer = answer;
			return;
		}
		if (next == NONE)
			return;
		rule = p->x->items.v[next].rule;
		next = p->x->items.v[next].next;
	}
}

static void probe_signature(struct probe *p, uint32_t signature) {
	static const char *const unknown[] = {wildcard};
	const struct signature *s = &p->x->signatures.v[signature];
	struct symbol_set sets[SIGNATURE_FIELDS];
	uint32_t at[SIGNATURE_FIELDS] = {0};
	p->of_key = ANSWER_YES;
	for (uint32_t i = 0; i < s->n; i++) {
		sets[i] = p->seen->sets[s->fields[i]];
		if (sets[i].missing) {
			sets[i] = (struct symbol_set){.v = unknown, .n = 1};
			p->of_key = ANSWER_CANNOT_TELL;
		}
		if (sets[i].n == 0)
			return;
	}
	if (s->n == 0)
		probe_key(p, signature, no_symbols, 0);
	for (uint32_t i = 0; i < s->n;) {
		const char *symbols[SIGNATURE_FIELDS];
		for (uint32_t j = 0; j < s->n; j++)
			symbols[j] = sets[j].v[at[j]];
		if (may_be_asked(s, symbols))
			probe_key(p, signature, symbols, s->n);
		for (i = 0; i < s->n; i++) {
			if (++at[i] < sets[i].n)
				break;
			at[i] = 0;
		}
	}
}

size_t rule_index_find(const struct rule_index *x, const struct seen *s, enum answer *answer) {
	struct probe p = {.x = x, .seen = s, .best = NONE, .answer = ANSWER_NO};
	for (uint32_t i = 0; i < x->signatures.n && x->signatures.v[i].first_rule < p.best; i++)
		probe_signature(&p, i);
	*answer = p.answer;
	return p.best;
}
