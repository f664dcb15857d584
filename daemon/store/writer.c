/* writer: gathers what waits into batches, sends one on each of two connections, tells each call what became of it. */
#include "daemon/store/writer.h"

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/base/log.h"
#include "daemon/store/batch_parts.h"
#include "daemon/store/feed_hint.h"
#include "daemon/store/store_parts.h"
#include "daemon/store/write_rows.h"
#include "statements.h"

#include <inttypes.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TRIES = 4,                           /* the first, and three retries */
	LOOK_AHEAD = 4 * LIMIT_WRITE_BATCH,  /* waiting calls looked at for one batch: copies of one key must not make it slow */
	RANGES = 16,                         /* halves of halves of LIMIT_WRITE_BATCH, and some */
	SECOND_WORTH = LIMIT_WRITE_BATCH / 4, /* waiting calls that are worth a commit beside the one that is under way */
	TIME_SHARE = LIMIT_WRITE_BATCH / 8,  /* rows left to what comes by time however many calls wait */
	PLAIN_WORTH = LIMIT_WRITE_BATCH / 8, /* new cases that are worth a commit of their own beside other calls */
	REST = 8,                            /* times as long as it worked rests what comes by time, while calls come */
	BESIDE_US = 100000,                  /* they come while the last one is no longer ago */
	DOUBT = 16                           /* batches after a clash that aren't taken for new cases only */
};

struct waiting {
	struct waiting *next;
	struct write_item item;
	struct arena arena; /* of the rows */
	size_t n_rows;      /* 1, and one for each further case that the call changes */
	struct write_row **rows;
	on_written done;
	void *ctx;
};

struct queue {
	struct waiting *first, **end;
	size_t n;
};

/* A run of the batch that is stored in one transaction: all of it, or a half of a half when a row in it is poisoned. */
struct range {
	size_t from, n;
	int tries;
	bool plain; /* new cases whose keys are taken to be free: by write_new.sql */
};

/* One connection, and the batch that is on it. Two of them: while one waits for its commit, or for the disk, the other's
 * rows go in. Where both want the same key or case the database lets one wait, as it does between two daemons. */
struct lane {
	struct writer *w;
	enum writer_lane nr;
	struct waiting *batch[LIMIT_WRITE_BATCH];
	size_t n_batch, n_rows; /* calls, and their rows: both at most LIMIT_WRITE_BATCH */
	struct range todo[RANGES]; /* of the batch, the last one next */
	size_t n_todo;
	struct range sent;
	bool busy;    /* an answer is on its way */
	bool alone;   /* the batch belongs to a poisoner */
	bool by_time; /* there is nothing in what is sent but what comes by time */
	int64_t sent_mono_us;
	struct batch_keys keys;
	struct arena arena; /* of the range that is sent */
	struct arena told;  /* of the answers that are being told */
};

struct writer {
	struct db *db;
	struct event *kick;
	struct queue waiting, timed;
	struct queue refused; /* at the door, to be told from the loop */
	struct lane lanes[WRITER_LANES];
	struct poisoners poisoners;
	int64_t called_mono_us;     /* when the last call came */
	int64_t rest_until_mono_us; /* what comes by time leaves the machine to calls */
	int doubt; /* batches still to go by the general statement, because a key of new cases was taken lately */
};

static void queue_init(struct queue *q) { *q = (struct queue){.end = &q->first}; }

static void queue_add(struct queue *q, struct waiting *call) {
	*q->end = call;
	q->end = &call->next;
	q->n++;
}

/* Takes out the call that *at points to; the rest stays in order. */
static struct waiting *queue_take(struct queue *q, struct waiting **at) {
	struct waiting *call = *at;
	*at = call->next;
	if (!*at)
		q->end = at;
	call->next = NULL;
	q->n--;
	return call;
}

static void tell(struct waiting *call, const struct outcome *out) {
	call->done(out, call->ctx);
	arena_fini(&call->arena);
	free(call);
}

static void tell_failed(struct waiting *call, enum err_code code, const char *why) {
	struct outcome out = {.kind = OUT_FAILED};
	(void)err_set(&out.err, code, "%s", why);
	tell(call, &out);
}

static void refuse_all(struct queue *q, enum err_code code, const char *why) {
	while (q->first)
		tell_failed(queue_take(q, &q->first), code, why);
}

/* A poisoner's call has a batch of its own. */
static bool fits(struct lane *l, const struct waiting *call, size_t most_rows) {
	const bool alone = poisoners_alone(&l->w->poisoners, call->item.principal, clock_monotonic_us());
	if (l->n_rows + call->n_rows > most_rows || l->alone || (alone && l->n_batch) ||
	    !batch_keys_add(&l->keys, &call->item))
		return false;
	l->alone = alone;
	return true;
}

/* Not before the database was there once: only then the key for hashes is known. */
static void make_rows(struct writer *w, struct waiting *call) {
	if (call->rows)
		return;
	size_t n = 0;
	call->rows = arena_array(&call->arena, struct write_row *, call->n_rows);
	for (const struct write_item *one = &call->item; one; one = one->with)
		call->rows[n++] = write_row_new(one, db_hmac_key(w->db), &call->arena);
}

/* Takes what fits, in its order, until the batch has so many rows. */
static void gather_from(struct lane *l, struct queue *q, size_t most_rows) {
	struct waiting **at = &q->first;
	for (int looked = 0; *at && looked < LOOK_AHEAD && l->n_rows < most_rows; looked++) {
		struct waiting *call = *at;
		if (!fits(l, call, most_rows)) {
			at = &call->next;
			continue;
		}
		l->batch[l->n_batch++] = queue_take(q, at);
		l->n_rows += call->n_rows;
	}
}

/* Not while it rests; while calls wait, one lane at a time takes what comes by time, so that they find the other free. */
static bool takes_timed(const struct lane *l) {
	if (clock_monotonic_us() < l->w->rest_until_mono_us)
		return false;
	if (!l->w->waiting.n)
		return true;
	for (size_t i = 0; i < WRITER_LANES; i++)
		if (&l->w->lanes[i] != l && l->w->lanes[i].busy && l->w->lanes[i].by_time)
			return false;
	return true;
}

static void gather(struct lane *l) {
	struct writer *w = l->w;
	const bool timed = takes_timed(l);
	const size_t share = !timed ? 0 : w->timed.n < TIME_SHARE ? w->timed.n : TIME_SHARE;
	l->n_batch = l->n_rows = 0;
	l->alone = false;
	batch_keys_clear(&l->keys);
	gather_from(l, &w->waiting, LIMIT_WRITE_BATCH - share);
	const size_t room = l->n_rows + LIMIT_TIME_BATCH;
	if (timed)
		gather_from(l, &w->timed, room < LIMIT_WRITE_BATCH ? room : LIMIT_WRITE_BATCH);
	for (size_t i = 0; i < l->n_batch; i++)
		make_rows(w, l->batch[i]);
}

static void on_range_answer(const struct answer *a, void *ctx);

/* The rows of the range's calls, one after the other. */
static size_t rows_of(const struct lane *l, struct range r, struct row_of out[LIMIT_WRITE_BATCH]) {
	size_t n = 0;
	for (size_t i = 0; i < r.n; i++) {
		const struct waiting *call = l->batch[r.from + i];
		const struct write_item *one = &call->item;
		for (size_t k = 0; k < call->n_rows; k++, one = one->with)
			out[n++] = (struct row_of){one, call->rows[k], (int32_t)i + 1, call->item.by_time};
	}
	return n;
}

static bool all_by_time(const struct lane *l, struct range r) {
	for (size_t i = 0; i < r.n; i++)
		if (!l->batch[r.from + i]->item.by_time)
			return false;
	return true;
}

static void send_range(struct lane *l, struct range r) {
	struct row_of rows[LIMIT_WRITE_BATCH];
	const size_t n = rows_of(l, r, rows);
	l->sent = r;
	l->busy = true;
	l->by_time = all_by_time(l, r);
	l->sent_mono_us = clock_monotonic_us();
	arena_reset(&l->arena);
	const struct batch_of batch = {rows, n, db_write_types(l->w->db)};
	struct params *(*const make)(const struct batch_of *, int64_t, struct arena *) =
	    r.plain ? write_new_params : write_rows_params;
	const struct params *p = make(&batch, db_now_us(l->w->db), &l->arena);
	pgconn_send(db_writer_conn(l->w->db, l->nr), r.plain ? &stmt_write_new : &stmt_write_batch, p, on_range_answer, l);
}

static void push(struct lane *l, struct range r) {
	CHECK(l->n_todo < RANGES);
	l->todo[l->n_todo++] = r;
}

/* Puts the plain calls in front, both kinds in their order; how many they are. */
static size_t plain_first(struct lane *l) {
	struct waiting *others[LIMIT_WRITE_BATCH];
	size_t n = 0, n_others = 0;
	for (size_t i = 0; i < l->n_batch; i++)
		if (write_item_is_plain(&l->batch[i]->item))
			l->batch[n++] = l->batch[i];
		else
			others[n_others++] = l->batch[i];
	memcpy(&l->batch[n], others, n_others * sizeof *others);
	return n;
}

/* New cases go by a statement of their own, which does less for each; and first, if what comes by time is all that goes with
 * them. A few of them among other calls aren't worth a second commit. */
static void split(struct lane *l) {
	struct writer *w = l->w;
	size_t n = 0;
	if (w->doubt > 0)
		w->doubt--;
	else
		n = plain_first(l);
	const struct range rest = {.from = n, .n = l->n_batch - n};
	if (n < PLAIN_WORTH && !all_by_time(l, rest)) {
		push(l, (struct range){.from = 0, .n = l->n_batch});
		return;
	}
	if (rest.n)
		push(l, rest);
	if (n)
		push(l, (struct range){.from = 0, .n = n, .plain = true});
}

/* What is left of the batch, else a new one, if there is one to be had. */
static void send_next(struct lane *l) {
	if (!l->n_todo) {
		gather(l);
		if (l->n_batch)
			split(l);
	}
	if (l->n_todo)
		send_range(l, l->todo[--l->n_todo]);
}

static void fail_range(struct lane *l, struct range r, enum err_code code, const char *why) {
	for (size_t i = 0; i < r.n; i++)
		tell_failed(l->batch[r.from + i], code, why);
}

/* What is on its way is told by its own answer. */
static void fail_what_waits(struct writer *w, const char *why) {
	for (size_t i = 0; i < WRITER_LANES; i++)
		while (!w->lanes[i].busy && w->lanes[i].n_todo)
			fail_range(&w->lanes[i], w->lanes[i].todo[--w->lanes[i].n_todo], E_UNAVAILABLE, why);
	refuse_all(&w->waiting, E_UNAVAILABLE, why);
	refuse_all(&w->timed, E_UNAVAILABLE, why);
}

/* A lane takes what waits at once when the other is free, or busy with what comes by time; beside calls only what is worth a
 * commit of its own. What comes by time goes on both lanes only as whole batches, and while there are no calls at all. */
static bool is_worth_it(const struct writer *w, const struct lane *l) {
	bool busy = false, busy_with_calls = false;
	const size_t timed = takes_timed(l) ? w->timed.n : 0;
	if (l->n_todo)
		return true;
	for (size_t i = 0; i < WRITER_LANES; i++) {
		busy = busy || w->lanes[i].busy;
		busy_with_calls = busy_with_calls || (w->lanes[i].busy && !w->lanes[i].by_time);
	}
	if (!busy)
		return w->waiting.n || timed;
	if (w->waiting.n)
		return w->waiting.n >= (busy_with_calls ? SECOND_WORTH : 1);
	return !busy_with_calls && timed >= LIMIT_TIME_BATCH;
}

static void on_kick(evutil_socket_t fd, short what, void *ctx) {
	(void)fd, (void)what;
	struct writer *w = ctx;
	refuse_all(&w->refused, E_OVERLOADED, "too many calls wait for the database");
	if (!db_is_ready(w->db)) {
		fail_what_waits(w, "the database cannot be reached");
		return;
	}
	for (size_t i = 0; i < WRITER_LANES; i++) {
		struct lane *l = &w->lanes[i];
		if (!l->busy && is_worth_it(w, l))
			send_next(l);
	}
	const int64_t left_us = w->rest_until_mono_us - clock_monotonic_us();
	if (w->timed.n && left_us > 0)
		event_add(w->kick, &(struct timeval){.tv_sec = left_us / SECOND_US, .tv_usec = left_us % SECOND_US});
}

/* The one row that can't be stored. Its incident is found in the log, where neither its text nor its reporter is. */
static void tell_culprit(struct writer *w, struct waiting *call, const struct answer *a) {
	struct outcome out = {.kind = OUT_FAILED};
	uint64_t id = 0;
	CHECK(RAND_bytes((unsigned char *)&id, sizeof id) == 1);
	(void)snprintf(out.incident, sizeof out.incident, "%016" PRIx64, id);
	(void)err_set(&out.err, E_INTERNAL, "the database refused to store it; incident %s", out.incident);
	log_error("write.refused", "incident", out.incident, "town", call->item.town, "principal", call->item.principal,
	          "sqlstate", a->sqlstate, "message", a->err.text);
	poisoners_note(&w->poisoners, call->item.principal, clock_monotonic_us());
	tell(call, &out);
}

static void halve(struct lane *l, struct range r) {
	const size_t half = r.n / 2;
	push(l, (struct range){.from = r.from + half, .n = r.n - half, .plain = r.plain});
	push(l, (struct range){.from = r.from, .n = half, .plain = r.plain});
}

/* Where one key comes again others may: clients send all that they weren't answered. */
static void doubt(struct lane *l, struct range r) {
	l->w->doubt = DOUBT;
	r.plain = false;
	push(l, r);
}

/* A key or an outside number of new cases was taken. Nothing was stored; the general statement finds out who has it. */
static bool is_clash(struct range r, const struct answer *a) { return r.plain && strcmp(a->sqlstate, "23505") == 0; }

static void on_refused(struct lane *l, struct range r, const struct answer *a) {
	if (is_clash(r, a)) {
		doubt(l, r);
		return;
	}
	switch (a->kind) {
	case ANSWER_RETRY:
		log_warn("write.retry", "sqlstate", a->sqlstate, "message", a->err.text);
		r.tries++;
		if (r.tries < TRIES)
			push(l, r);
		else
			fail_range(l, r, E_OVERLOADED, "others write the same things at the same time");
		break;
	case ANSWER_POISON:
	case ANSWER_BROKEN:
		if (r.n == 1)
			tell_culprit(l->w, l->batch[r.from], a);
		else
			halve(l, r);
		break;
	default:
		log_warn("write.failed", "sqlstate", a->sqlstate, "message", a->err.text);
		fail_range(l, r, a->err.code, a->err.text);
	}
}

static void tell_row(struct writer *w, struct waiting *call, const struct rows *rows, size_t i) {
	struct outcome out;
	outcome_read(rows, i, call->item.reply, &out);
	if (out.kind == OUT_STORED)
		feed_hints_note(db_feed_hints(w->db), call->item.town);
	tell(call, &out);
}

/* The next batch leaves before this one's calls are told: the database works while we write replies. A call's answer is that of
 * its first row. */
static void on_stored(struct lane *l, struct range r, const struct answer *a) {
	struct waiting *calls[LIMIT_WRITE_BATCH];
	size_t row = 0;
	arena_reset(&l->told);
	const struct rows *rows = rows_copy(a->result, &l->told);
	memcpy(calls, &l->batch[r.from], r.n * sizeof *calls);
	if (db_is_ready(l->w->db))
		send_next(l);
	for (size_t i = 0; i < r.n; i++) {
		const size_t n = calls[i]->n_rows;
		CHECK(row + n <= rows->n);
		tell_row(l->w, calls[i], rows, row);
		row += n;
	}
}

/* What comes by time would have the whole machine for as long as it is behind, and each call wait for it in several places. */
static void rest(struct lane *l) {
	const int64_t now_us = clock_monotonic_us();
	if (l->by_time && now_us - l->w->called_mono_us < BESIDE_US)
		l->w->rest_until_mono_us = now_us + REST * (now_us - l->sent_mono_us);
}

static void on_range_answer(const struct answer *a, void *ctx) {
	struct lane *l = ctx;
	l->busy = false;
	rest(l);
	if (a->kind == ANSWER_OK)
		on_stored(l, l->sent, a);
	else
		on_refused(l, l->sent, a);
	writer_wake(l->w);
}

/* Also one that changes more cases than a batch is sure to have room for. */
static struct queue *queue_of(struct writer *w, const struct waiting *call) {
	if (call->n_rows > LIMIT_WRITE_GROUP)
		return &w->refused;
	if (call->item.by_time)
		return &w->timed;
	return w->waiting.n < LIMIT_WAITING_CALLS ? &w->waiting : &w->refused;
}

void writer_put(struct writer *w, const struct write_item *item, on_written done, void *ctx) {
	struct waiting *call = calloc(1, sizeof *call);
	CHECK(call != NULL);
	call->item = *item;
	call->n_rows = write_item_rows(item);
	call->done = done;
	call->ctx = ctx;
	arena_init(&call->arena);
	if (!item->principal)
		call->item.principal = "";
	if (item->ref && !item->key && !item->after->id) { /* the outside number is its key, whoever sends it */
		call->item.principal = "";
		call->item.key = arena_printf(&call->arena, "ref:%s:%s", item->ref_channel, item->ref);
	}
	if (!item->by_time)
		w->called_mono_us = clock_monotonic_us();
	if (db_is_ready(w->db))
		make_rows(w, call);
	queue_add(queue_of(w, call), call);
	writer_wake(w);
}

size_t writer_waiting(const struct writer *w) { return w->waiting.n; }

void writer_forget_calls(struct writer *w) {
	w->called_mono_us = w->rest_until_mono_us = 0;
	writer_wake(w);
}

void writer_wake(struct writer *w) { event_active(w->kick, EV_TIMEOUT, 0); }

struct writer *writer_new(struct event_base *base, struct db *d) {
	struct writer *w = calloc(1, sizeof *w);
	CHECK(w != NULL);
	w->db = d;
	queue_init(&w->waiting);
	queue_init(&w->timed);
	queue_init(&w->refused);
	for (size_t i = 0; i < WRITER_LANES; i++) {
		w->lanes[i].w = w;
		w->lanes[i].nr = (enum writer_lane)i;
		arena_init(&w->lanes[i].arena);
		arena_init(&w->lanes[i].told);
	}
	w->kick = event_new(base, -1, 0, on_kick, w);
	CHECK(w->kick != NULL);
	return w;
}

void writer_free(struct writer **w) {
	if (!*w)
		return;
	refuse_all(&(*w)->refused, E_OVERLOADED, "gridd is stopping");
	fail_what_waits(*w, "gridd is stopping");
	event_free((*w)->kick);
	for (size_t i = 0; i < WRITER_LANES; i++) {
		arena_fini(&(*w)->lanes[i].arena);
		arena_fini(&(*w)->lanes[i].told);
	}
	free(*w);
	*w = NULL;
}
