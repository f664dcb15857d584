/* writer: gathers what waits into batches, sends one at a time, tells each call what became of it. */
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
	TRIES = 4,                          /* the first, and three retries */
	LOOK_AHEAD = 4 * LIMIT_WRITE_BATCH, /* waiting calls looked at for one batch: copies of one key must not make it slow */
	RANGES = 16                         /* halves of halves of LIMIT_WRITE_BATCH, and some */
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

struct writer {
	struct db *db;
	struct event *kick;
	struct queue waiting, refused; /* refused at the door, to be told from the loop */
	struct waiting *batch[LIMIT_WRITE_BATCH];
	size_t n_batch;
	struct range todo[RANGES]; /* of the batch, the last one next */
	size_t n_todo;
	struct range sent;
	bool busy;  /* an answer is on its way */
	bool alone; /* the batch belongs to a poisoner */
	struct batch_keys keys;
	struct poisoners poisoners;
	struct arena arena; /* of the range that is sent */
	struct arena told;  /* of the answers that are being told */
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
static bool fits(struct writer *w, const struct write_item *item) {
	const bool alone = poisoners_alone(&w->poisoners, item->principal, clock_monotonic_us());
	if (w->alone || (alone && w->n_batch) || !batch_keys_add(&w->keys, item))
		return false;
	w->alone = alone;
	return true;
}

/* Not before the database was there once: only then the key for hashes is known. */
static void make_row(struct writer *w, struct waiting *call) {
	if (!call->row)
		call->row = write_row_new(&call->item, db_hmac_key(w->db), &call->arena);
}

static void gather(struct writer *w) {
	struct queue *q = &w->waiting;
	struct waiting **at = &q->first;
	w->n_batch = 0;
	w->alone = false;
	batch_keys_clear(&w->keys);
	for (int looked = 0; *at && looked < LOOK_AHEAD && w->n_batch < LIMIT_WRITE_BATCH; looked++) {
		if (fits(w, &(*at)->item))
			w->batch[w->n_batch++] = queue_take(q, at);
		else
			at = &(*at)->next;
	}
	for (size_t i = 0; i < w->n_batch; i++)
		make_row(w, w->batch[i]);
}

static void on_range_answer(const struct answer *a, void *ctx);

static void send_range(struct writer *w, struct range r) {
	struct row_of calls[LIMIT_WRITE_BATCH];
	for (size_t i = 0; i < r.n; i++) {
		const struct waiting *call = w->batch[r.from + i];
		calls[i] = (struct row_of){&call->item, call->row};
	}
	w->sent = r;
	w->busy = true;
	arena_reset(&w->arena);
	const struct params *p = write_rows_params(calls, r.n, db_now_us(w->db), &w->arena);
	pgconn_send(db_writer_conn(w->db), &stmt_write_batch, p, on_range_answer, w);
}

static void push(struct writer *w, struct range r) {
	CHECK(w->n_todo < RANGES);
	w->todo[w->n_todo++] = r;
}

static void send_next(struct writer *w) {
	if (!w->n_todo && w->waiting.first) {
		gather(w);
		push(w, (struct range){.from = 0, .n = w->n_batch});
	}
	if (w->n_todo)
		send_range(w, w->todo[--w->n_todo]);
}

static void fail_range(struct writer *w, struct range r, enum err_code code, const char *why) {
	for (size_t i = 0; i < r.n; i++)
		tell_failed(w->batch[r.from + i], code, why);
}

static void fail_everything(struct writer *w, const char *why) {
	while (w->n_todo)
		fail_range(w, w->todo[--w->n_todo], E_UNAVAILABLE, why);
	refuse_all(&w->waiting, E_UNAVAILABLE, why);
}

static void on_kick(evutil_socket_t fd, short what, void *ctx) {
	(void)fd, (void)what;
	struct writer *w = ctx;
	refuse_all(&w->refused, E_OVERLOADED, "too many calls wait for the database");
	if (w->busy)
		return;
	if (!db_is_ready(w->db)) {
		fail_everything(w, "the database cannot be reached");
		return;
	}
	send_next(w);
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

static void halve(struct writer *w, struct range r) {
	const size_t half = r.n / 2;
	push(w, (struct range){.from = r.from + half, .n = r.n - half});
	push(w, (struct range){.from = r.from, .n = half});
}

static void on_refused(struct writer *w, struct range r, const struct answer *a) {
	switch (a->kind) {
	case ANSWER_RETRY:
		log_warn("write.retry", "sqlstate", a->sqlstate, "message", a->err.text);
		r.tries++;
		if (r.tries < TRIES)
			push(w, r);
		else
			fail_range(w, r, E_OVERLOADED, "others write the same things at the same time");
		break;
	case ANSWER_POISON:
	case ANSWER_BROKEN:
		if (r.n == 1)
			tell_culprit(w, w->batch[r.from], a);
		else
			halve(w, r);
		break;
	default:
		log_warn("write.failed", "sqlstate", a->sqlstate, "message", a->err.text);
		fail_range(w, r, a->err.code, a->err.text);
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

static void tell_row(struct waiting *call, const struct rows *rows, size_t i) {
	struct outcome out = {.number = rows_text(rows, i, ANSWER_NUMBER),
	                      .seq = rows_int(rows, i, ANSWER_SEQ),
	                      .reply = rows_text(rows, i, ANSWER_REPLY),
	                      .similar = rows_text(rows, i, ANSWER_SIMILAR)};
	CHECK(kind_parse(rows_text(rows, i, ANSWER_OUTCOME), &out.kind));
	tell(call, &out);
}

/* The next batch leaves before this one's calls are told: the database works while we write replies. */
static void on_stored(struct writer *w, struct range r, const struct answer *a) {
	struct waiting *calls[LIMIT_WRITE_BATCH];
	arena_reset(&w->told);
	const struct rows *rows = rows_copy(a->result, &w->told);
	CHECK(rows->n == r.n);
	memcpy(calls, &w->batch[r.from], r.n * sizeof *calls);
	if (db_is_ready(w->db))
		send_next(w);
	for (size_t i = 0; i < r.n; i++)
		tell_row(calls[i], rows, i);
}

static void on_range_answer(const struct answer *a, void *ctx) {
	struct writer *w = ctx;
	w->busy = false;
	if (a->kind == ANSWER_OK)
		on_stored(w, w->sent, a);
	else
		on_refused(w, w->sent, a);
	writer_wake(w);
}

void writer_put(struct writer *w, const struct write_item *item, on_written done, void *ctx) {
	struct waiting *call = calloc(1, sizeof *call);
	CHECK(call != NULL);
	call->item = *item;
	call->done = done;
	call->ctx = ctx;
	arena_init(&call->arena);
	if (item->ref && !item->key) {      /* the outside number is its key, whoever sends it */
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
	arena_init(&w->arena);
	arena_init(&w->told);
	w->kick = event_new(base, -1, 0, on_kick, w);
	CHECK(w->kick != NULL);
	return w;
}

void writer_free(struct writer **w) {
	if (!*w)
		return;
	refuse_all(&(*w)->refused, E_OVERLOADED, "gridd is stopping");
	fail_everything(*w, "gridd is stopping");
	event_free((*w)->kick);
	arena_fini(&(*w)->arena);
	arena_fini(&(*w)->told);
	free(*w);
	*w = NULL;
}
