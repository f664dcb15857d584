/* pack_words: looks words up in the town's pack. */
#include "daemon/methods/pack_words.h"

#include "daemon/base/suggest.h"

#include <string.h>

static void fault_near(struct call *c, const char *path, const char *message, const char *near) {
	struct fault f = {.path = path, .code = "unknown", .suggestion = near, .message = message};
	if (near)
		f.message = arena_printf(&c->arena, "%s; did you mean %s?", message, near);
	faults_add(&c->faults, f);
}

void word_fault(struct call *c, const char *path, const char *what, const char *word) {
	fault_near(c, path, arena_printf(&c->arena, "the pack knows no %s %.80s", what, word), pack_suggest(c->pack, what, word));
}

const char *word_unit(struct call *c, const char *path, const char *word) {
	const struct unit *unit = word ? pack_unit(c->pack, word) : NULL;
	if (word && !unit)
		word_fault(c, path, "unit", word);
	return unit ? unit->id : NULL;
}

const char *word_result(struct call *c, const char *path, const char *word) {
	const struct named *result = word ? pack_result(c->pack, word) : NULL;
	if (word && !result)
		word_fault(c, path, "result", word);
	return result ? result->id : NULL;
}

const char *word_clock(struct call *c, const char *path, const char *word) {
	if (!word || pack_has_clock(c->pack, word))
		return word;
	word_fault(c, path, "clock", word);
	return NULL;
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

struct reason_words word_reason(struct call *c, const char *path, const char *of, const char *word) {
	const struct town *town = pack_town(c->pack);
	const struct reason *known = word ? pack_reason(c->pack, word) : NULL;
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
	if (known && strcmp(known->of, of) == 0)
		return (struct reason_words){.code = known->named.id};
	const char *message = arena_printf(&c->arena, "the pack has no reason to %s called %.80s, but: %.300s", of, word, all);
	fault_near(c, path, message, near.best);
	return (struct reason_words){0};
}
