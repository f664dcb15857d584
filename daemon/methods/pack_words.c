/* pack_words: looks words up in the town's pack, and says what a word that isn't there may have meant. */
#include "daemon/methods/pack_words.h"

#include "daemon/base/suggest.h"

#include <string.h>
#include <strings.h>

static void fault_near(struct call *c, const char *path, const char *message, const char *near) {
	struct fault f = {.path = path, .code = "unknown", .suggestion = near, .message = message};
	if (near)
		f.message = arena_printf(&c->arena, "%s; did you mean %s?", message, near);
	faults_add(&c->faults, f);
}

/* "housing (房管办)" */
static const char *with_name(struct call *c, const struct pack_word *w) {
	const char *name = w->zh ? w->zh : w->en;
	return name ? arena_printf(&c->arena, "%s (%s)", w->code, name) : w->code;
}

static const char *listed(struct call *c, const struct meaning *m) {
	const char *text = "";
	for (size_t i = 0; i < m->words.n; i++)
		text = arena_printf(&c->arena, "%s%s%s", text, i ? ", " : "", with_name(c, m->words.v[i]));
	return m->total > m->words.n ? arena_printf(&c->arena, "%s and %zu more", text, m->total - m->words.n) : text;
}

void word_fault(struct call *c, const char *path, enum word_kind kind, const char *word) {
	struct fault f = {.path = path, .code = "unknown"};
	struct meaning m;
	const char *what = word_kind_names[kind];
	pack_word_meant(c->pack, kind, word, &c->arena, &m);
	if (m.total == 1)
		f.suggestion = m.words.v[0]->code;
	if (m.how == MEANT_SEVERAL) {
		f.code = "ambiguous";
		f.message = arena_printf(&c->arena, "%.200s is the name of %zu of them: say which by its code: %s", word, m.total,
		                         listed(c, &m));
	} else if (m.total > 1) {
		f.message = arena_printf(&c->arena, "the pack knows no %s %.200s, which is a part of: %s", what, word, listed(c, &m));
	} else if (m.total == 1) {
		f.message = arena_printf(&c->arena, "the pack knows no %s %.200s; did you mean %s?", what, word, listed(c, &m));
	} else {
		f.message = arena_printf(&c->arena, "the pack knows no %s %.200s", what, word);
	}
	faults_add(&c->faults, f);
}

const struct pack_word *word_find(struct call *c, const char *path, enum word_kind kind, const char *word) {
	const struct pack_word *found = word ? pack_word_find(c->pack, kind, word) : NULL;
	if (word && !found)
		word_fault(c, path, kind, word);
	return found;
}

static const char *word_code(struct call *c, const char *path, enum word_kind kind, const char *word) {
	const struct pack_word *found = word_find(c, path, kind, word);
	return found ? found->code : NULL;
}

const char *word_unit(struct call *c, const char *path, const char *word) { return word_code(c, path, WORD_UNIT, word); }
const char *word_result(struct call *c, const char *path, const char *word) { return word_code(c, path, WORD_RESULT, word); }
const char *word_clock(struct call *c, const char *path, const char *word) { return word_code(c, path, WORD_CLOCK, word); }

static bool is_name(const char *zh, const char *en, const char *word) {
	return (zh && strcmp(zh, word) == 0) || (en && strcasecmp(en, word) == 0);
}

const struct condition *word_condition(const struct class_def *class, const char *word) {
	const struct condition *found = class_condition(class, word);
	if (found)
		return found;
	for (size_t i = 0; i < class->conditions.n; i++) {
		const struct condition *other = &class->conditions.v[i];
		if (!is_name(other->zh, other->en, word))
			continue;
		if (found)
			return NULL;
		found = other;
	}
	return found;
}

const struct named *word_value(const named_list *values, const char *word) {
	const struct named *found = named_find(values, word);
	if (found)
		return found;
	for (size_t i = 0; i < values->n; i++) {
		if (!is_name(values->v[i].zh, values->v[i].en, word))
			continue;
		if (found)
			return NULL;
		found = &values->v[i];
	}
	return found;
}

struct limit word_limit(struct call *c, const char *path, const char *word) {
	struct limit limit = {0};
	struct err e;
	if (word && !limit_parse(word, &limit, &e)) {
		faults_at(&c->faults, path, "format", "%s", e.text);
		return (struct limit){0};
	}
	return limit;
}

/* By id, else by a name that only one reason of that kind has. */
static const struct reason *find_reason(const struct call *c, const char *of, const char *word) {
	const struct town *town = pack_town(c->pack);
	const struct reason *found = pack_reason(c->pack, word);
	if (found && strcmp(found->of, of) == 0)
		return found;
	found = NULL;
	for (size_t i = 0; i < town->reasons.n; i++) {
		const struct reason *other = &town->reasons.v[i];
		if (strcmp(other->of, of) != 0 || !is_name(other->named.zh, other->named.en, word))
			continue;
		if (found)
			return NULL;
		found = other;
	}
	return found;
}

struct reason_words word_reason(struct call *c, const char *path, const char *of, const char *word) {
	const struct town *town = pack_town(c->pack);
	struct suggest near;
	const char *all = NULL;
	if (!word)
		return (struct reason_words){0};
	suggest_start(&near, word);
	for (size_t i = 0; i < town->reasons.n; i++) {
		const char *id = town->reasons.v[i].named.id;
		if (strcmp(town->reasons.v[i].of, of) != 0)
			continue;
		all = all ? arena_printf(&c->arena, "%s, %s", all, id) : id;
		suggest_offer(&near, id);
	}
	if (!all)
		return (struct reason_words){.text = word};
	const struct reason *known = find_reason(c, of, word);
	if (known)
		return (struct reason_words){.code = known->named.id};
	const char *message = arena_printf(&c->arena, "the pack has no reason to %s called %.80s, but: %.300s", of, word, all);
	fault_near(c, path, message, near.best);
	return (struct reason_words){0};
}
