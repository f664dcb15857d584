/* writer: gathers what waits into batches, sends one on each of two connections, tells each call what became of it. */
#include "daemon/store/writer.h"

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/base/log.h"
#include "daemon/store/batch_parts.h"
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
	SECOND_WORTH = LIMIT_WRITE_BATCH / 4 /* waiting calls that are worth a commit beside the one that is under way */
};

struct waiting {
	struct waiting *next;
	struct write_item item;
	struct arena arena; /* of the row */
	struct write_row *row;
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
};

/* One connection, and the batch that is on it. Two of them: while one waits for its commit, or for the disk, the other's
 * rows go in. Where both want the same key or case the database lets one wait, as it does between two daemons. */
struct lane {
	struct writer *w;
	enum writer_lane nr;
	struct waiting *batch[LIMIT_WRITE_BATCH];
	size_t n_batch;
	struct range todo[RANGES]; /* of the batch, the last one next */
	size_t n_todo;
	struct range sent;
	bool busy;  /* an answer is on its way */
	bool alone; /* the batch belongs to a poisoner */
	struct batch_keys keys;
	struct arena arena; /* of the range that is sent */
	struct arena told;  /* of the answers that are being told */
};

struct writer {
	struct db *db;
	struct event *kick;
	struct queue waiting, refused; /* refused at the door, to be told from the loop */
	struct lane lanes[WRITER_LANES];
	struct poisoners poisoners;
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
static bool fits(struct lane *l, const struct write_item *item) {
	const bool alone = poisoners_alone(&l->w->poisoners, item->principal, clock_monotonic_us());
	if (l->alone || (alone && l->n_batch) || !batch_keys_add(&l->keys, item))
		return false;
	l->alone = alone;
	return true;
}

/* Not before the database was there once: only then the key for hashes is known. */
static void make_row(struct writer *w, struct waiting *call) {
	if (!call->row)
		call->row = write_row_new(&call->item, db_hmac_key(w->db), &call->arena);
}

static void gather(struct lane *l) {
	struct queue *q = &l->w->waiting;
	struct waiting **at = &q->first;
	l->n_batch = 0;
	l->alone = false;
	batch_keys_clear(&l->keys);
	for (int looked = 0; *at && looked < LOOK_AHEAD && l->n_batch < LIMIT_WRITE_BATCH; looked++) {
		if (fits(l, &(*at)->item))
			l->batch[l->n_batch++] = queue_take(q, at);
		else
			at = &(*at)->next;
	}
	for (size_t i = 0; i < l->n_batch; i++)
		make_row(l->w, l->batch[i]);
}

static void on_range_answer(const struct answer *a, void *ctx);

static void send_range(struct lane *l, struct range r) {
	struct row_of calls[LIMIT_WRITE_BATCH];
	for (size_t i = 0; i < r.n; i++) {
		const struct waiting *call = l->batch[r.from + i];
		calls[i] = (struct row_of){&call->item, call->row};
	}
	l->sent = r;
	l->busy = true;
	arena_reset(&l->arena);
	const struct params *p = write_rows_params(calls, r.n, db_now_us(l->w->db), &l->arena);
	pgconn_send(db_writer_conn(l->w->db, l->nr), &stmt_write_batch, p, on_range_answer, l);
}

static void push(struct lane *l, struct range r) {
	CHECK(l->n_todo < RANGES);
	l->todo[l->n_todo++] = r;
}

/* What is left of the batch, else a new one, if there is one to be had. */
static void send_next(struct lane *l) {
	if (!l->n_todo && l->w->waiting.first) {
		gather(l);
		push(l, (struct range){.from = 0, .n = l->n_batch});
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
}

/* A free lane takes what waits at once; beside a busy one only what is worth a commit of its own. */
static void on_kick(evutil_socket_t fd, short what, void *ctx) {
	(void)fd, (void)what;
	struct writer *w = ctx;
	bool busy = false;
	refuse_all(&w->refused, E_OVERLOADED, "too many calls wait for the database");
	if (!db_is_ready(w->db)) {
		fail_what_waits(w, "the database cannot be reached");
		return;
	}
	for (size_t i = 0; i < WRITER_LANES; i++)
		busy = busy || w->lanes[i].busy;
	for (size_t i = 0; i < WRITER_LANES; i++) {
		struct lane *l = &w->lanes[i];
		if (!l->busy && (l->n_todo || !busy || w->waiting.n >= SECOND_WORTH))
			send_next(l);
		busy = busy || l->busy;
	}
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
	push(l, (struct range){.from = r.from + half, .n = r.n - half});
	push(l, (struct range){.from = r.from, .n = half});
}

static void on_refused(struct lane *l, struct range r, const struct answer *a) {
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

static bool kind_parse(const char *name, enum outcome_kind *out) {
	static const struct {
		const char *name;
		enum outcome_kind kind;
	} names[] = {{"stored", OUT_STORED},
	             {"replayed", OUT_REPLAYED},
	             {"key_conflict", OUT_KEY_CONFLICT},
	             {"version_conflict", OUT_VERSION_CONFLICT}};
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (strcmp(name, names[i].name) == 0) {
			*out = names[i].kind;
			return true;
		}
	return false;
}

/* Columns of the statement's answer. */
enum { ANSWER_ORD, ANSWER_OUTCOME, ANSWER_NUMBER, ANSWER_SEQ, ANSWER_REPLY, ANSWER_SIMILAR };

/* The reply comes back only where an earlier call's is to be told: our own is here. */
static void tell_row(struct waiting *call, const struct rows *rows, size_t i) {
	const char *earlier = rows_text(rows, i, ANSWER_REPLY);
	struct outcome out = {.number = rows_text(rows, i, ANSWER_NUMBER),
	                      .seq = rows_int(rows, i, ANSWER_SEQ),
	                      .reply = earlier ? earlier : call->item.reply,
	                      .similar = rows_text(rows, i, ANSWER_SIMILAR)};
	CHECK(kind_parse(rows_text(rows, i, ANSWER_OUTCOME), &out.kind));
	tell(call, &out);
}

/* The next batch leaves before this one's calls are told: the database works while we write replies. */
static void on_stored(struct lane *l, struct range r, const struct answer *a) {
	struct waiting *calls[LIMIT_WRITE_BATCH];
	arena_reset(&l->told);
	const struct rows *rows = rows_copy(a->result, &l->told);
	CHECK(rows->n == r.n);
	memcpy(calls, &l->batch[r.from], r.n * sizeof *calls);
	if (db_is_ready(l->w->db))
		send_next(l);
	for (size_t i = 0; i < r.n; i++)
		tell_row(calls[i], rows, i);
}

static void on_range_answer(const struct answer *a, void *ctx) {
	struct lane *l = ctx;
	l->busy = false;
	if (a->kind == ANSWER_OK)
		on_stored(l, l->sent, a);
	else
		on_refused(l, l->sent, a);
	writer_wake(l->w);
}

void writer_put(struct writer *w, const struct write_item *item, on_written done, void *ctx) {
	struct waiting *call = calloc(1, sizeof *call);
	CHECK(call != NULL);
	call->item = *item;
	call->done = done;
	call->ctx = ctx;
	arena_init(&call->arena);
	if (item->ref && !item->key) { /* the outside number is its key, whoever sends it */
		call->item.principal = "";
		call->item.key = arena_printf(&call->arena, "ref:%s:%s", item->ref_channel, item->ref);
	}
	if (db_is_ready(w->db))
		make_row(w, call);
	queue_add(w->waiting.n < LIMIT_WAITING_CALLS ? &w->waiting : &w->refused, call);
	writer_wake(w);
}

size_t writer_waiting(const struct writer *w) { return w->waiting.n; }
void writer_wake(struct writer *w) { event_active(w->kick, EV_TIMEOUT, 0); }

struct writer *writer_new(struct event_base *base, struct db *d) {
	struct writer *w = calloc(1, sizeof *w);
	CHECK(w != NULL);
	w->db = d;
	queue_init(&w->waiting);
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
