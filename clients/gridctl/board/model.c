/* model: rows by number, names by code. */
#include "clients/gridctl/board/model.h"

#include "clients/gridctl/term/words.h"
#include "daemon/base/check.h"
#include "daemon/base/civil.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 256 };

const char *const model_acts[] = {"case.urge",        "case.dispatch",  "case.verify",
                                  "supervision.open", "request.decide", "request.ask"};

void model_init(struct model *m) {
	*m = (struct model){.last_seq = -1, .changed = true};
	arena_init(&m->names_arena);
	dict_init(&m->names, &m->names_arena);
	dict_init(&m->codes, &m->names_arena);
}

static void row_free(struct row *r) {
	free(r->number);
	free(r->state);
	free(r->class);
	free(r->estate);
	free(r->address);
	free(r->unit);
	free(r->clocks);
	free(r);
}

void model_fini(struct model *m) {
	for (size_t i = 0; i < m->n_rows; i++)
		row_free(m->rows[i]);
	for (size_t i = 0; i < EVENTS_KEPT; i++) {
		free(m->events[i].number);
		free(m->events[i].at);
		free(m->events[i].what);
		free(m->events[i].unit);
		free(m->events[i].detail);
	}
	free(m->rows);
	free(m->slots);
	free(m->shown);
	free(m->units);
	free(m->filter);
	free(m->unit_filter);
	arena_fini(&m->names_arena);
	*m = (struct model){0};
}

void text_set(char **at, const char *text) {
	if (*at && text && strcmp(*at, text) == 0)
		return;
	free(*at);
	*at = text ? strdup(text) : NULL;
	CHECK(!text || *at);
}

/* ---- Rows by number ---- */

static uint32_t hash_of(const char *text) {
	uint32_t h = 2166136261U;
	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 16777619U;
	return h;
}

/* Where that number is, or the free slot where it belongs. */
static size_t slot_of(const struct model *m, const char *number) {
	size_t at = hash_of(number) & (m->n_slots - 1);
	while (m->slots[at] && strcmp(m->rows[m->slots[at] - 1]->number, number) != 0)
		at = (at + 1) & (m->n_slots - 1);
	return at;
}

struct row *model_find(const struct model *m, const char *number) {
	if (!m->n_slots || !number)
		return NULL;
	const uint32_t at = m->slots[slot_of(m, number)];
	return at ? m->rows[at - 1] : NULL;
}

static void hash_again(struct model *m, size_t n_slots) {
	free(m->slots);
	m->n_slots = n_slots;
	m->slots = calloc(n_slots, sizeof *m->slots);
	CHECK(m->slots != NULL);
	for (size_t i = 0; i < m->n_rows; i++)
		m->slots[slot_of(m, m->rows[i]->number)] = (uint32_t)i + 1;
}

struct row *model_add(struct model *m, const char *number) {
	if (m->n_rows == m->cap_rows) {
		m->cap_rows = m->cap_rows ? 2 * m->cap_rows : FIRST_SLOTS;
		m->rows = realloc(m->rows, m->cap_rows * sizeof *m->rows);
		CHECK(m->rows != NULL);
	}
	struct row *r = calloc(1, sizeof *r);
	CHECK(r != NULL);
	*r = (struct row){.due_us = NO_TIME, .urgency = 'n', .allowed_at = -1, .round = m->round, .hidden = true};
	text_set(&r->number, number);
	m->rows[m->n_rows++] = r;
	if (2 * m->n_rows > m->n_slots)
		hash_again(m, m->n_slots ? 2 * m->n_slots : FIRST_SLOTS);
	else
		m->slots[slot_of(m, number)] = (uint32_t)m->n_rows;
	m->changed = true;
	return r;
}

/* Takes a slot out; those that had to stand behind it move up. */
static void slot_free(struct model *m, size_t at) {
	m->slots[at] = 0;
	for (size_t next = (at + 1) & (m->n_slots - 1); m->slots[next]; next = (next + 1) & (m->n_slots - 1)) {
		const uint32_t moved = m->slots[next];
		m->slots[next] = 0;
		m->slots[slot_of(m, m->rows[moved - 1]->number)] = moved;
	}
}

void model_remove(struct model *m, struct row *r) {
	const size_t at = slot_of(m, r->number), i = m->slots[at] - 1;
	slot_free(m, at);
	struct row *last = m->rows[m->n_rows - 1];
	if (last != r) {
		m->slots[slot_of(m, last->number)] = (uint32_t)i + 1;
		m->rows[i] = last;
	}
	m->n_rows--;
	row_free(r);
	/* What is shown points at rows. */
	m->n_shown = 0;
	m->changed = true;
}

void model_drop(struct model *m, const char *number) {
	struct row *r = model_find(m, number);
	if (r)
		model_remove(m, r);
}

/* ---- Names ---- */

static const char *key_of(struct arena *a, char kind, const char *code) { return arena_printf(a, "%c:%s", kind, code); }

static struct both *name_find(const struct model *m, char kind, const char *code) {
	char key[256];
	const size_t n = strlen(code);
	if (n + 3 > sizeof key)
		return NULL;
	key[0] = kind;
	key[1] = ':';
	memcpy(key + 2, code, n + 1);
	return dict_get(&m->names, key);
}

bool model_knows(const struct model *m, char kind, const char *code) { return !code || name_find(m, kind, code); }

bool model_name_has(const struct model *m, char kind, const char *code, const char *part) {
	const struct both *name = code ? name_find(m, kind, code) : NULL;
	return (code && strcasestr(code, part)) || (name && name->zh && strcasestr(name->zh, part)) ||
	       (name && name->en && strcasestr(name->en, part));
}

static bool same_text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

void model_learn(struct model *m, char kind, const char *code, struct both name) {
	if (!code || (!name.zh && !name.en))
		return;
	struct both *known = name_find(m, kind, code);
	if (known && same_text(known->zh, name.zh) && same_text(known->en, name.en))
		return;
	const bool is_new = !known;
	if (is_new)
		known = arena_new(&m->names_arena, struct both);
	known->zh = arena_strdup(&m->names_arena, name.zh);
	known->en = arena_strdup(&m->names_arena, name.en);
	if (is_new)
		(void)dict_put(&m->names, key_of(&m->names_arena, kind, code), known);
	m->changed = true;
}

/* A Chinese name is better than a code also for readers of English. */
static const char *name_of(const struct model *m, char kind, const char *code) {
	const struct both *name = code ? name_find(m, kind, code) : NULL;
	if (!name)
		return code ? code : "";
	const char *first = term_zh() ? name->zh : name->en, *second = term_zh() ? name->en : name->zh;
	return first ? first : second ? second : code;
}

const char *model_unit_name(const struct model *m, const char *code) {
	return code && *code ? name_of(m, 'u', code) : T("(nobody)", "（无）");
}

const char *model_class_name(const struct model *m, const char *code) { return name_of(m, 'c', code); }

const char *row_place(const struct model *m, const struct row *r) {
	if (r->estate)
		return name_of(m, 'e', r->estate);
	return r->address ? r->address : "";
}

const char *row_state_name(const struct row *r) {
	const char *zh = r->state ? word_zh(r->state) : NULL;
	return zh && term_zh() ? zh : r->state ? r->state : "?";
}

const char *model_unit_code(const struct model *m, const char *word) {
	if (name_find(m, 'u', word))
		return word;
	for (size_t i = 0; i < m->names.n; i++) {
		const struct both *name = m->names.entries[i].value;
		if (m->names.entries[i].key[0] == 'u' && (same_text(name->zh, word) || same_text(name->en, word)))
			return m->names.entries[i].key + 2;
	}
	return NULL;
}

/* ---- The list ---- */

void model_list_begin(struct model *m) {
	m->listing = true;
	m->round++;
}

void model_list_end(struct model *m) {
	m->listing = false;
	for (size_t i = m->n_rows; i-- > 0;) {
		struct row *r = m->rows[i];
		/* Closed while the list was read; or known from before, and neither the list nor an event had it. */
		if ((r->hidden && r->want == WANT_NOTHING) || r->round != m->round)
			model_remove(m, r);
	}
	m->changed = true;
}
