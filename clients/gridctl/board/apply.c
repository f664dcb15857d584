/* apply: the daemon's answers and events, taken into the model. */
#include "clients/gridctl/board/model.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/views/event.h"
#include "daemon/base/check.h"
#include "daemon/base/civil.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool state_is_open(const char *state) {
	static const char *const open[] = {"triage", "dispatched", "handling", "finished", "suspended"};
	for (size_t i = 0; state && i < COUNT_OF(open); i++)
		if (strcmp(open[i], state) == 0)
			return true;
	return false;
}

static bool is(const char *text, const char *word) { return text && strcmp(text, word) == 0; }

static int64_t time_in(struct json_object *in, const char *path) {
	const char *text = tree_str(in, path);
	struct err ignored;
	int64_t at_us;
	return text && rfc3339_parse(text, &at_us, &ignored) ? at_us : NO_TIME;
}

/* ---- Clocks ---- */

/* Those that can run for whoever holds a case in that state, the more pressing one first: as the daemon has it. */
static const struct {
	const char *state, *clocks[2];
} holder_clocks[] = {{"triage", {"dispatch", NULL}},
                     {"dispatched", {"accept", "handle"}},
                     {"handling", {"handle", NULL}},
                     {"finished", {"verify", NULL}}};

static bool is_holders(const char *name) {
	for (size_t i = 0; i < COUNT_OF(holder_clocks); i++)
		for (size_t k = 0; k < 2; k++)
			if (is(holder_clocks[i].clocks[k], name))
				return true;
	return false;
}

static const struct row_clock *newest_clock(const struct row *r, const char *name) {
	const struct row_clock *best = NULL;
	for (size_t i = 0; i < r->n_clocks; i++) {
		const struct row_clock *c = &r->clocks[i];
		const bool counts = strcmp(c->name, name) == 0 && (c->task == 0 || c->task == r->lead);
		if (counts && (!best || c->started_us >= best->started_us))
			best = c;
	}
	return best;
}

void row_reckon_due(struct row *r) {
	r->due_us = NO_TIME;
	for (size_t i = 0; i < COUNT_OF(holder_clocks); i++) {
		if (!is(r->state, holder_clocks[i].state))
			continue;
		for (size_t k = 0; k < 2 && holder_clocks[i].clocks[k]; k++) {
			const struct row_clock *c = newest_clock(r, holder_clocks[i].clocks[k]);
			if (c && c->running) {
				r->due_us = c->due_us;
				return;
			}
		}
	}
}

void row_put_clock(struct row *r, struct json_object *clock) {
	const char *name = tree_str(clock, "name");
	if (!name || !is_holders(name))
		return;
	struct row_clock made = {.task = tree_int(clock, "task"),
	                         .started_us = time_in(clock, "started_at"),
	                         .due_us = time_in(clock, "due_at"),
	                         .running = is(tree_str(clock, "state"), "running")};
	(void)snprintf(made.name, sizeof made.name, "%s", name);
	struct row_clock *at = NULL;
	for (size_t i = 0; i < r->n_clocks && !at; i++) {
		struct row_clock *c = &r->clocks[i];
		if (strcmp(c->name, made.name) == 0 && c->task == made.task && c->started_us == made.started_us)
			at = c;
	}
	if (!at) {
		r->clocks = realloc(r->clocks, (r->n_clocks + 1) * sizeof *r->clocks);
		CHECK(r->clocks != NULL);
		at = &r->clocks[r->n_clocks++];
	}
	*at = made;
}

/* ---- Cases as they are told whole ---- */

static void learn_in(struct model *m, char kind, struct json_object *in, const char *member) {
	char zh[64], en[64];
	(void)snprintf(zh, sizeof zh, "%s_name", member);
	(void)snprintf(en, sizeof en, "%s_name_en", member);
	model_learn(m, kind, tree_str(in, member), (struct both){.en = tree_str(in, en), .zh = tree_str(in, zh)});
}

static void learn_all(struct model *m, struct json_object *one) {
	learn_in(m, 'c', one, "class");
	learn_in(m, 'e', one, "estate");
	learn_in(m, 'u', one, "unit");
	learn_in(m, 'u', one, "responsible");
	learn_in(m, 'u', one, "proposed");
	for (size_t i = 0; i < tree_count(one, "tasks"); i++)
		learn_in(m, 'u', tree_at(one, "tasks", i), "unit");
}

static char urgency_in(struct json_object *in) {
	const char *word = tree_str(in, "urgency");
	return is(word, "emergency") ? 'e' : is(word, "urgent") ? 'u' : 'n';
}

static uint32_t allowed_in(struct json_object *one) {
	uint32_t bits = 0;
	for (size_t i = 0; i < tree_count(one, "allowed"); i++)
		for (size_t k = 0; k < ACT_COUNT; k++)
			if (is(tree_word(one, "allowed", i), model_acts[k]))
				bits |= 1U << k;
	return bits;
}

static void put_task(struct row *r, struct json_object *task) {
	if (is(tree_str(task, "kind"), "lead") && tree_int(task, "n") > r->lead)
		r->lead = tree_int(task, "n");
}

static void fill(struct row *r, struct json_object *one) {
	text_set(&r->state, tree_str(one, "state"));
	text_set(&r->class, tree_str(one, "class"));
	text_set(&r->estate, tree_str(one, "estate"));
	text_set(&r->address, tree_str(one, "address"));
	text_set(&r->unit, tree_str(one, "unit"));
	r->version = tree_int(one, "version");
	r->urgency = tree_bool(one, "emergency") ? 'e' : urgency_in(one);
	r->pending = tree_str(one, "request.request") != NULL;
	r->n_clocks = 0;
	r->lead = 0;
	for (size_t i = 0; i < tree_count(one, "clocks"); i++)
		row_put_clock(r, tree_at(one, "clocks", i));
	for (size_t i = 0; i < tree_count(one, "tasks"); i++)
		put_task(r, tree_at(one, "tasks", i));
	r->due_us = time_in(one, "due_at");
	r->allowed = allowed_in(one);
	r->allowed_at = r->version;
	r->want = WANT_NOTHING;
	r->hidden = false;
}

/* A case that is over: forgotten, but not while the list is read, where it may still come as open. */
static void take_closed(struct model *m, struct row *r) {
	if (!m->listing) {
		model_remove(m, r);
		return;
	}
	r->hidden = true;
	r->want = WANT_NOTHING;
	m->n_shown = 0;
}

void model_take(struct model *m, struct json_object *one) {
	const char *number = tree_str(one, "number");
	if (!number)
		return;
	learn_all(m, one);
	struct row *r = model_find(m, number);
	const bool open = state_is_open(tree_str(one, "state"));
	m->changed = true;
	if (!r && !open)
		return;
	if (!r)
		r = model_add(m, number);
	r->round = m->round;
	if (tree_int(one, "version") < r->version)
		return;
	fill(r, one);
	if (!open)
		take_closed(m, r);
}

/* ---- Events ---- */

static void change_opened(struct row *r, struct json_object *change) {
	text_set(&r->class, tree_str(change, "class"));
	text_set(&r->estate, tree_str(change, "estate"));
	r->urgency = urgency_in(change);
}

/* An address is told to who asks for the case only. */
static void change_amended(struct row *r, struct json_object *change) {
	change_opened(r, change);
	r->want = WANT_HARD;
}

static void change_held(struct row *r, struct json_object *change) { text_set(&r->unit, tree_str(change, "unit")); }
static void change_state(struct row *r, struct json_object *change) { text_set(&r->state, tree_str(change, "state")); }
static void change_clock(struct row *r, struct json_object *change) { row_put_clock(r, tree_get(change, "clock")); }
static void change_task(struct row *r, struct json_object *change) { put_task(r, tree_get(change, "task")); }
static void change_request(struct row *r, struct json_object *change) {
	r->pending = tree_str(change, "request.unit") != NULL;
}

static const struct {
	const char *what;
	void (*apply)(struct row *r, struct json_object *change);
} appliers[] = {{"opened", change_opened}, {"amended", change_amended}, {"held", change_held},      {"state", change_state},
                {"clock", change_clock},   {"task", change_task},       {"request", change_request}};

static void apply_changes(struct row *r, struct json_object *event) {
	for (size_t i = 0; i < tree_count(event, "data.changes"); i++) {
		struct json_object *change = tree_at(event, "data.changes", i);
		for (size_t k = 0; k < COUNT_OF(appliers); k++)
			if (is(tree_str(change, "what"), appliers[k].what))
				appliers[k].apply(r, change);
	}
	text_set(&r->state, tree_str(event, "state"));
	row_reckon_due(r);
}

/* A name that no case told yet, or the place of a case without an estate. */
static bool lacks_words(const struct model *m, const struct row *r) {
	return !model_knows(m, 'c', r->class) || !model_knows(m, 'e', r->estate) || !model_knows(m, 'u', r->unit) ||
	       (!r->estate && !r->address);
}

static bool opens(struct json_object *event) {
	return tree_int(event, "version") == 1 && is(tree_str(tree_at(event, "data.changes", 0), "what"), "opened");
}

static void case_event(struct model *m, struct json_object *event, const char *number) {
	const int64_t version = tree_int(event, "version");
	const bool open = state_is_open(tree_str(event, "state"));
	struct row *r = model_find(m, number);
	if (r)
		r->round = m->round;
	if ((r && version <= r->version) || (!r && !open && !m->listing))
		return;
	const bool follows = r ? !r->hidden && version == r->version + 1 : opens(event);
	if (!r)
		r = model_add(m, number);
	m->changed = true;
	r->version = version;
	if (follows) {
		r->hidden = false;
		apply_changes(r, event);
		if (r->want == WANT_NOTHING && lacks_words(m, r))
			r->want = WANT_SOFT;
	} else {
		r->want = WANT_HARD;
	}
	if (!open)
		take_closed(m, r);
}

static const char *unit_of_event(const struct model *m, struct json_object *event) {
	const char *unit = tree_str(event, "for.unit");
	for (size_t i = 0; i < tree_count(event, "data.changes"); i++) {
		struct json_object *change = tree_at(event, "data.changes", i);
		if (is(tree_str(change, "what"), "held") && tree_str(change, "unit"))
			unit = tree_str(change, "unit");
	}
	const struct row *r = model_find(m, tree_str(event, "case"));
	return unit ? unit : r ? r->unit : NULL;
}

static struct happening *happening_at(struct model *m, size_t n) { return &m->events[n % EVENTS_KEPT]; }

/* The place of an event among those that are kept, by its number; NULL: it is there already, or too old. Past events may
 * come after newer ones. */
static struct happening *make_room(struct model *m, int64_t seq) {
	const size_t oldest = m->n_events > EVENTS_KEPT ? m->n_events - EVENTS_KEPT : 0;
	size_t at = m->n_events;
	while (at > oldest && happening_at(m, at - 1)->seq > seq)
		at--;
	const bool is_full = m->n_events >= EVENTS_KEPT;
	if ((at > oldest && happening_at(m, at - 1)->seq == seq) || (is_full && at == oldest))
		return NULL;
	/* The one that is overwritten has the texts that are to be freed. */
	const struct happening reused = *happening_at(m, m->n_events);
	for (size_t i = m->n_events++; i > at; i--)
		*happening_at(m, i) = *happening_at(m, i - 1);
	*happening_at(m, at) = reused;
	return happening_at(m, at);
}

static void remember(struct model *m, struct json_object *event) {
	struct happening *h = make_room(m, tree_int(event, "seq"));
	struct strbuf detail = {0};
	const char *type = tree_name(event, "type"), *unit = unit_of_event(m, event);
	if (!h)
		return;
	event_add_details(&detail, event);
	h->seq = tree_int(event, "seq");
	text_set(&h->number, tree_str(event, "case") ? tree_str(event, "case") : "");
	text_set(&h->at, tree_str(event, "at") ? tree_str(event, "at") : "");
	text_set(&h->what, type ? type : "?");
	text_set(&h->unit, unit ? unit : "");
	text_set(&h->detail, detail.data ? detail.data : "");
	strbuf_fini(&detail);
	m->changed = true;
}

void model_past_event(struct model *m, struct json_object *event) { remember(m, event); }

bool model_event(struct model *m, struct json_object *event) {
	const int64_t seq = tree_int(event, "seq"), at_us = time_in(event, "recorded_at");
	const char *number = tree_str(event, "case");
	if (seq <= m->last_seq)
		return false;
	m->last_seq = seq;
	/* Nobody's clock is behind what has happened: a test clock may have been moved. */
	if (at_us != NO_TIME && at_us > m->now_us)
		m->now_us = at_us;
	if (number)
		case_event(m, event, number);
	remember(m, event);
	return is(tree_str(event, "type"), "pack.loaded");
}

const struct happening *model_happening(const struct model *m, size_t i) {
	const size_t kept = m->n_events < EVENTS_KEPT ? m->n_events : EVENTS_KEPT;
	return i < kept ? &m->events[(m->n_events - 1 - i) % EVENTS_KEPT] : NULL;
}
