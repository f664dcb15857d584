/* feed: asks for the newest numbers, and wakes whoever waited for them. */
#include "daemon/jobs/feed.h"

#include "daemon/base/check.h"
#include "daemon/jobs/streams.h"
#include "daemon/store/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BEAT_MS = 1000, PACED_BEAT_MS = 50 };

/* A call of events.read that waits for the next event. */
struct waiter {
	struct feed *feed;
	struct waiter *next, **back;        /* back: the pointer that points here */
	char town[LIMIT_CODE_BYTES + 1];
	int64_t after;
	struct event *limit;
	void (*done)(void *call);
	void *call;
};

struct feed {
	struct server *sv;
	struct streams *streams;
	struct waiter *waiters;
	struct event *beat;
	struct arena arena;                 /* of the question */
	bool asking, again;                 /* again: a hint came meanwhile */
};

static void beat_in(struct feed *f, long ms) {
	const struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
	CHECK(event_add(f->beat, &tv) == 0);
}

/* ---- Waiters ---- */

static void waiter_end(struct waiter *w) {
	void (*done)(void *) = w->done;
	void *call = w->call;
	*w->back = w->next;
	if (w->next)
		w->next->back = w->back;
	event_free(w->limit);
	free(w);
	if (done)
		done(call);
}

static void on_waited(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	waiter_end(arg);
}

void feed_wait(struct feed *f, const char *town, int64_t after, int32_t wait_ms, void (*done)(void *call), void *call) {
	const struct timeval limit = {.tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000};
	struct waiter *w = calloc(1, sizeof *w);
	CHECK(w != NULL);
	*w = (struct waiter){.feed = f, .next = f->waiters, .back = &f->waiters, .after = after, .done = done, .call = call};
	(void)snprintf(w->town, sizeof w->town, "%s", town);
	if (f->waiters)
		f->waiters->back = &w->next;
	f->waiters = w;
	w->limit = evtimer_new(f->sv->base, on_waited, w);
	CHECK(w->limit && event_add(w->limit, &limit) == 0);
	beat_in(f, 0);
}

/* Those whose town has gone on; all of them when gridd stops. */
static void wake(struct feed *f, const char *town, int64_t head) {
	for (struct waiter *w = f->waiters, *next; w; w = next) {
		next = w->next;
		if (f->sv->stopping || (town && strcmp(w->town, town) == 0 && head > w->after))
			waiter_end(w);
	}
}

/* ---- The beat ---- */

static void ask(struct feed *f);

static void on_heads(const struct rows *rows, const struct err *why, void *ctx) {
	struct feed *f = ctx;
	(void)why;
	f->asking = false;
	for (size_t i = 0; rows && i < rows->n; i++) {
		wake(f, rows_text(rows, i, 0), rows_int(rows, i, 1));
		streams_advance(f->streams, rows_text(rows, i, 0), rows_int(rows, i, 1));
	}
	if (f->again)
		ask(f);
}

static void ask(struct feed *f) {
	f->again = f->asking;
	if (f->asking || !db_is_ready(f->sv->db) || (!f->waiters && streams_subscribers(f->streams) == 0))
		return;
	f->asking = true;
	arena_reset(&f->arena);
	feed_heads(f->sv->db, &f->arena, on_heads, f);
}

static void on_beat(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	struct feed *f = arg;
	if (f->sv->stopping)
		wake(f, NULL, 0);
	const bool soon = streams_look_after(f->streams);
	ask(f);
	beat_in(f, soon || f->sv->stopping ? PACED_BEAT_MS : BEAT_MS);
}

void feed_hint(struct feed *f) { ask(f); }

bool feed_subscribe(struct feed *f, const struct subscription *s) {
	if (!streams_subscribe(f->streams, s))
		return false;
	beat_in(f, 0);
	return true;
}

void feed_forget(struct feed *f, struct conn *conn) { streams_forget(f->streams, conn); }

struct feed *feed_new(struct server *sv) {
	struct feed *f = calloc(1, sizeof *f);
	CHECK(f != NULL);
	f->sv = sv;
	f->streams = streams_new(sv);
	arena_init(&f->arena);
	f->beat = evtimer_new(sv->base, on_beat, f);
	CHECK(f->beat != NULL);
	beat_in(f, BEAT_MS);
	return f;
}

void feed_free(struct feed **feed) {
	struct feed *f = *feed;
	*feed = NULL;
	if (!f)
		return;
	while (f->waiters) {
		f->waiters->done = NULL;
		waiter_end(f->waiters);
	}
	streams_free(&f->streams);
	event_free(f->beat);
	arena_fini(&f->arena);
	free(f);
}
