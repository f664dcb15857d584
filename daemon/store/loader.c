/* loader: gathers the commands that wait for their case, and loads all of them with one statement at a time. */
#include "daemon/store/loader.h"

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/store/case_json.h"
#include "daemon/store/store_parts.h"
#include "statements.h"

#include <stdlib.h>
#include <string.h>

struct asking {
	struct asking *next;
	struct load_ask ask;
	struct arena *arena;                /* the asker's */
	on_loaded done;
	void *ctx;
};

struct asking_queue {
	struct asking *first, **end;
	size_t n;
};

struct loader {
	struct db *db;
	struct event *kick;
	struct asking_queue waiting, refused;   /* refused at the door, to be told from the loop */
	struct asking *sent[LIMIT_LOAD_BATCH];
	size_t n_sent;                          /* 0: the connection is free for us */
	struct arena arena;                     /* of what is sent and comes back */
};

/* ---- One command as a row ---- */

struct load_row {
	const char *town;
	int64_t id;
	const char *number, *channel, *ref, *principal, *key;
	bool sees_all;
	const char *submitter, *units;
};

#define COLUMN(type, member)                                                                                                \
	{ type, offsetof(struct load_row, member) }
static const struct column columns[] = {
    COLUMN(COL_TEXT, town),      COLUMN(COL_INT8, id),  COLUMN(COL_TEXT, number),   COLUMN(COL_TEXT, channel),
    COLUMN(COL_TEXT, ref),       COLUMN(COL_TEXT, principal), COLUMN(COL_TEXT, key), COLUMN(COL_BOOL, sees_all),
    COLUMN(COL_TEXT, submitter), COLUMN(COL_TEXT, units),
};
#undef COLUMN

/* Columns of load_cases.sql. */
enum { LOAD_ORD, LOAD_ID, LOAD_NUMBER, LOAD_AGG, LOAD_KEY_KNOWN };

/* A number that can't be one finds nothing, as id 0. */
static int64_t id_of(const struct case_name *name) {
	int64_t id = 0;
	if (name->id)
		return name->id;
	if (!name->number)
		return name->channel ? NO_INT : 0;
	return case_number_id(name->number, &id) ? id : 0;
}

static struct load_row row_of(const struct load_ask *ask, struct arena *a) {
	const struct scope *s = ask->scope;
	struct load_row row = {.town = ask->name.town,
	                       .id = id_of(&ask->name),
	                       .number = ask->name.id ? NULL : ask->name.number,
	                       .channel = ask->name.channel,
	                       .ref = ask->name.ref,
	                       .principal = ask->principal,
	                       .key = ask->key,
	                       .sees_all = !s || s->all};
	if (row.sees_all)
		return row;
	row.submitter = s->submitter;
	row.units = texts_literal(&s->units, a);
	return row;
}

static struct params *params_of(struct loader *l) {
	struct load_row *rows = arena_array(&l->arena, struct load_row, l->n_sent);
	for (size_t i = 0; i < l->n_sent; i++)
		rows[i] = row_of(&l->sent[i]->ask, &l->arena);
	struct params *p = params_new(&l->arena);
	for (size_t i = 0; i < COUNT_OF(columns); i++)
		params_column(p, &(struct column_source){rows, l->n_sent, sizeof *rows}, columns[i]);
	return p;
}

/* ---- The queue ---- */

static void queue_add(struct asking_queue *q, struct asking *one) {
	*q->end = one;
	q->end = &one->next;
	q->n++;
}

static struct asking *queue_take(struct asking_queue *q) {
	struct asking *one = q->first;
	q->first = one->next;
	if (!q->first)
		q->end = &q->first;
	q->n--;
	return one;
}

static void tell(struct asking *one, const struct loaded *got, const struct err *why) {
	one->done(got, why, one->ctx);
	free(one);
}

static void tell_all(struct asking_queue *q, enum err_code code, const char *text) {
	struct err why;
	(void)err_set(&why, code, "%s", text);
	while (q->first)
		tell(queue_take(q), NULL, &why);
}

static void tell_row(struct asking *one, const struct rows *rows, size_t i) {
	struct err why;
	struct loaded *got = arena_new(one->arena, struct loaded);
	const char *number = rows_text(rows, i, LOAD_NUMBER);
	got->key_known = rows_bool(rows, i, LOAD_KEY_KNOWN);
	got->number = number ? arena_strdup(one->arena, number) : NULL;
	if (number && !case_decode(one->ask.name.town, rows_int(rows, i, LOAD_ID), rows_text(rows, i, LOAD_AGG), one->arena,
	                           &got->cr, &why))
		tell(one, NULL, &why);
	else
		tell(one, got, NULL);
}

void loader_wake(struct loader *l) { event_active(l->kick, EV_TIMEOUT, 0); }

static void on_answer_rows(const struct rows *rows, const struct err *why, void *ctx) {
	struct loader *l = ctx;
	struct asking *asked[LIMIT_LOAD_BATCH];
	const size_t n = l->n_sent;
	memcpy(asked, l->sent, n * sizeof *asked);
	CHECK(!rows || rows->n == n);
	for (size_t i = 0; i < n; i++) {
		if (rows)
			tell_row(asked[i], rows, i);
		else
			tell(asked[i], NULL, why);
	}
	l->n_sent = 0;
	loader_wake(l);
}

static void on_kick(evutil_socket_t fd, short what, void *ctx) {
	(void)fd, (void)what;
	struct loader *l = ctx;
	tell_all(&l->refused, E_OVERLOADED, "too many calls wait for the database");
	if (!db_is_ready(l->db)) {
		tell_all(&l->waiting, E_UNAVAILABLE, "the database cannot be reached");
		return;
	}
	if (l->n_sent || !l->waiting.first)
		return;
	while (l->waiting.first && l->n_sent < LIMIT_LOAD_BATCH)
		l->sent[l->n_sent++] = queue_take(&l->waiting);
	arena_reset(&l->arena);
	db_ask(l->db, &stmt_load_cases, params_of(l), &l->arena, on_answer_rows, l);
}

void loader_ask(struct loader *l, const struct load_ask *ask, struct arena *a, on_loaded done, void *ctx) {
	struct asking *one = calloc(1, sizeof *one);
	CHECK(one != NULL);
	*one = (struct asking){.ask = *ask, .arena = a, .done = done, .ctx = ctx};
	queue_add(l->waiting.n < LIMIT_WAITING_CALLS ? &l->waiting : &l->refused, one);
	loader_wake(l);
}

struct loader *loader_new(struct event_base *base, struct db *d) {
	struct loader *l = calloc(1, sizeof *l);
	CHECK(l != NULL);
	l->db = d;
	l->waiting.end = &l->waiting.first;
	l->refused.end = &l->refused.first;
	arena_init(&l->arena);
	l->kick = event_new(base, -1, 0, on_kick, l);
	CHECK(l->kick != NULL);
	return l;
}

void loader_free(struct loader **l) {
	if (!*l)
		return;
	tell_all(&(*l)->refused, E_OVERLOADED, "gridd is stopping");
	tell_all(&(*l)->waiting, E_UNAVAILABLE, "gridd is stopping");
	event_free((*l)->kick);
	arena_fini(&(*l)->arena);
	free(*l);
	*l = NULL;
}
