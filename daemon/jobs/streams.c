/* streams: readers of the feed, grouped by what they may see and where they stand. */
#include "daemon/jobs/streams.h"

#include "daemon/base/check.h"
#include "daemon/base/log.h"
#include "daemon/call/event_view.h"
#include "daemon/call/scope_of.h"
#include "daemon/store/feed.h"
#include "daemon/wire/rpc.h"

#include <stdlib.h>
#include <string.h>

enum {
	PAGE_ROWS = 100,
	PACE_BYTES = 256 << 10,             /* unread: send no more for now */
	SLOW_SECONDS = 10                   /* so long above PACE_BYTES, and the reader is cut off */
};

struct subscriber {
	struct subscriber *next;
	struct conn *conn;
	struct principal who;
	int64_t full_since_us;              /* monotonic; 0: it isn't */
};

struct stream {
	struct streams *of;
	struct stream *next;
	struct subscriber *subscribers;     /* of equal rights; none: it ends with the answer it waits for */
	struct arena own, page;             /* own: what it asks for; page: one question and its answer */
	const char *town;
	struct strs types;
	int64_t case_id, after, head;
	bool asking;
};

struct streams {
	struct server *sv;
	struct stream *first;
	size_t subscribers;
};

/* ---- Streams ---- */

static struct stream *stream_new(struct streams *s, const struct subscription *sub) {
	struct stream *st = calloc(1, sizeof *st);
	CHECK(st != NULL);
	*st = (struct stream){.of = s, .next = s->first, .case_id = sub->case_id, .after = sub->after};
	arena_init(&st->own);
	arena_init(&st->page);
	st->town = arena_strdup(&st->own, sub->town);
	for (size_t i = 0; i < sub->types.n; i++)
		STRS_ADD(&st->types, &st->own, arena_strdup(&st->own, sub->types.v[i]));
	s->first = st;
	return st;
}

/* Streams without readers, but for those that an answer is still on its way to. */
static void drop_empty(struct streams *s) {
	for (struct stream **at = &s->first; *at;) {
		struct stream *st = *at;
		if (st->subscribers || st->asking) {
			at = &st->next;
			continue;
		}
		*at = st->next;
		arena_fini(&st->own);
		arena_fini(&st->page);
		free(st);
	}
}

static bool same_strs(const struct strs *a, const struct strs *b) {
	for (size_t i = 0; a->n == b->n && i < a->n; i++)
		if (strcmp(a->v[i], b->v[i]) != 0)
			return false;
	return a->n == b->n;
}

static bool same_rights(const struct principal *a, const struct principal *b) {
	return a->roles == b->roles && strcmp(a->unit, b->unit) == 0 && strcmp(a->town, b->town) == 0 &&
	       (!(a->roles & ROLE_PLATFORM) || strcmp(a->name, b->name) == 0);
}

/* Two that have met go on together. */
static void join(struct stream *st) {
	for (struct stream *other = st->of->first; other && st->subscribers; other = other->next) {
		if (other == st || other->asking || !other->subscribers || other->after != st->after ||
		    other->case_id != st->case_id || strcmp(other->town, st->town) != 0 || !same_strs(&other->types, &st->types) ||
		    !same_rights(&other->subscribers->who, &st->subscribers->who))
			continue;
		struct subscriber **end = &other->subscribers;
		while (*end)
			end = &(*end)->next;
		*end = st->subscribers;
		st->subscribers = NULL;
		other->head = st->head > other->head ? st->head : other->head;
	}
}

/* ---- Subscribers ---- */

static void let_go(struct streams *s, struct subscriber **at) {
	struct subscriber *sub = *at;
	*at = sub->next;
	conn_unref(&sub->conn);
	free(sub);
	s->subscribers--;
}

/* Says where to go on, and lets it go. */
static void cut_off(struct stream *st, struct subscriber **at, const char *reason) {
	struct strbuf params, line;
	struct json_out j;
	strbuf_init(&params);
	strbuf_init(&line);
	jout_init(&j, &params);
	jout_object(&j);
	jout_kv_str(&j, "town", st->town);
	jout_kv_int(&j, "after", st->after);
	jout_kv_str(&j, "reason", reason);
	jout_end_object(&j);
	rpc_write_notification(&line, "events.end", params.data);
	conn_send((*at)->conn, line.data, line.len);
	log_info("feed.cut_off", "principal", (*at)->who.name, "reason", reason);
	strbuf_fini(&params);
	strbuf_fini(&line);
	let_go(st->of, at);
}

/* A slow one goes its own way, so that the others needn't wait for it. */
static void part(struct stream *st, struct subscriber **at) {
	const struct subscription same = {.town = st->town, .after = st->after, .types = st->types, .case_id = st->case_id};
	struct subscriber *sub = *at;
	struct stream *alone = stream_new(st->of, &same);
	*at = sub->next;
	sub->next = NULL;
	alone->head = st->head;
	alone->subscribers = sub;
}

/* True: the reader has so much unread that nothing is to be sent now. */
static bool is_full(struct subscriber *sub) {
	if (conn_output_bytes(sub->conn) <= PACE_BYTES)
		sub->full_since_us = 0;
	else if (!sub->full_since_us)
		sub->full_since_us = clock_monotonic_us();
	return sub->full_since_us != 0;
}

/* ---- Asking and telling ---- */

static void send_line(const struct stream *st, const struct strbuf *line) {
	for (struct subscriber *sub = st->subscribers; sub; sub = sub->next)
		conn_send(sub->conn, line->data, line->len);
}

static bool send_events(struct stream *st, const struct rows *rows, const struct pack *pack, struct err *e) {
	const struct event_view view = {st->town, pack, &st->page};
	struct strbuf event, line;
	bool ok = true;
	strbuf_init(&event);
	strbuf_init(&line);
	for (size_t i = 0; ok && i + 1 < rows->n; i++) {
		struct json_out j;
		strbuf_clear(&event);
		strbuf_clear(&line);
		jout_init(&j, &event);
		ok = event_view_write(&view, rows, i, &j, e);
		if (ok) {
			rpc_write_notification(&line, "event", event.data);
			send_line(st, &line);
			st->after = rows_int(rows, i, EVENT_SEQ);
		}
	}
	strbuf_fini(&event);
	strbuf_fini(&line);
	return ok;
}

static struct pack *pack_of(const struct stream *st) {
	struct err e = {0};
	const struct town_slot *slot = towns_find(st->of->sv->towns, st->town, &e);
	return slot ? slot->pack : NULL;
}

static void pump(struct stream *st);

static void on_page(const struct rows *rows, const struct err *why, void *ctx) {
	struct stream *st = ctx;
	struct err e = {0};
	st->asking = false;
	if (!rows || !st->subscribers) {
		if (!rows)
			log_debug("feed.not_read", "error", why->text);
		drop_empty(st->of);
		return;
	}
	if (send_events(st, rows, pack_of(st), &e)) {
		st->after = rows_int(rows, rows->n - 1, EVENT_SEQ);
		join(st);
		pump(st);
	} else {
		log_error("feed.broken", "error", e.text);
		while (st->subscribers)
			cut_off(st, &st->subscribers, "internal");
	}
	drop_empty(st->of);
}

/* Asks for what comes next, unless the readers have enough to read. Readers that are behind the others are parted first. */
static void pump(struct stream *st) {
	if (st->asking || !st->subscribers || st->after >= st->head || !db_is_ready(st->of->sv->db))
		return;
	for (struct subscriber **at = &st->subscribers; *at && st->subscribers->next;) {
		if (is_full(*at))
			part(st, at);
		else
			at = &(*at)->next;
	}
	if (is_full(st->subscribers))
		return;
	struct scope *scope;
	st->asking = true;
	arena_reset(&st->page);
	scope = arena_new(&st->page, struct scope);
	scope_of(&st->subscribers->who, pack_of(st), &st->page, scope);
	const struct feed_ask ask = {st->town, st->after, PAGE_ROWS, scope, st->types, st->case_id};
	feed_read(st->of->sv->db, &ask, &st->page, on_page, st);
}

void streams_advance(struct streams *s, const char *town, int64_t head) {
	for (struct stream *st = s->first; st; st = st->next)
		if (strcmp(st->town, town) == 0) {
			st->head = head;
			pump(st);
		}
}

/* ---- Who reads ---- */

/* Why that reader can't go on; NULL: it can. */
static const char *reason_to_end(struct subscriber *sub, const struct server *sv) {
	const struct principal before = sub->who;
	access_renew(&sub->who, conn_peer(sub->conn), sv->principals);
	if (!same_rights(&before, &sub->who))
		return "rights_changed";
	if (is_full(sub) && clock_monotonic_us() - sub->full_since_us > (int64_t)SLOW_SECONDS * 1000000)
		return "slow";
	return NULL;
}

bool streams_look_after(struct streams *s) {
	bool soon = false;
	for (struct stream *st = s->first; st; st = st->next) {
		for (struct subscriber **at = &st->subscribers; *at;) {
			const char *reason = reason_to_end(*at, s->sv);
			if (conn_is_gone((*at)->conn)) {
				let_go(s, at);
			} else if (reason) {
				cut_off(st, at, reason);
			} else {
				soon = soon || (*at)->full_since_us;
				at = &(*at)->next;
			}
		}
		pump(st);
	}
	drop_empty(s);
	return soon;
}

size_t streams_subscribers(const struct streams *s) { return s->subscribers; }

/* Those of that connection, of one town or (NULL) of all. */
static void forget(struct streams *s, const struct conn *conn, const char *town) {
	for (struct stream *st = s->first; st; st = st->next)
		for (struct subscriber **at = &st->subscribers; *at;) {
			if ((*at)->conn == conn && (!town || strcmp(town, st->town) == 0))
				let_go(s, at);
			else
				at = &(*at)->next;
		}
	drop_empty(s);
}

void streams_forget(struct streams *s, struct conn *conn) { forget(s, conn, NULL); }

bool streams_subscribe(struct streams *s, const struct subscription *sub) {
	forget(s, sub->conn, sub->town);
	if (s->subscribers >= LIMIT_SUBSCRIBERS)
		return false;
	struct subscriber *one = calloc(1, sizeof *one);
	CHECK(one != NULL);
	*one = (struct subscriber){.conn = conn_ref(sub->conn), .who = *sub->who};
	stream_new(s, sub)->subscribers = one;
	s->subscribers++;
	return true;
}

struct streams *streams_new(struct server *sv) {
	struct streams *s = calloc(1, sizeof *s);
	CHECK(s != NULL);
	s->sv = sv;
	return s;
}

void streams_free(struct streams **streams) {
	struct streams *s = *streams;
	*streams = NULL;
	if (!s)
		return;
	for (struct stream *st = s->first; st; st = st->next)
		while (st->subscribers)
			let_go(s, &st->subscribers);
	drop_empty(s);
	free(s);
}
