/* feed_hint: a NOTIFY in every commit would make all writers of the database wait for one lock; so it goes beside them. */
#include "daemon/store/feed_hint.h"

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/store/store_parts.h"
#include "statements.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAUSE_MS = 100, TOWNS = 64 };

struct feed_hints {
	struct db *db;
	struct event *here, *others;
	char towns[TOWNS][LIMIT_CODE_BYTES + 1]; /* with something new that others weren't told of */
	size_t n, n_here;                        /* of them, so many were told here */
	bool sending, pausing;
	struct arena arena; /* of what is sent */
};

static void on_sent(const struct rows *rows, const struct err *why, void *ctx) {
	(void)rows, (void)why; /* lost, it is a hint that didn't come */
	struct feed_hints *h = ctx;
	h->sending = false;
	arena_reset(&h->arena);
}

static void send_all(struct feed_hints *h) {
	static const struct timeval pause = {.tv_usec = PAUSE_MS * 1000};
	const char *names[TOWNS];
	struct params *p = params_new(&h->arena);
	for (size_t i = 0; i < h->n; i++)
		names[i] = h->towns[i];
	params_texts(p, names, h->n);
	h->n = h->n_here = 0;
	h->sending = h->pausing = true;
	evtimer_add(h->others, &pause);
	db_ask_job(h->db, &stmt_hint_feed, p, &h->arena, on_sent, h);
}

static void on_here(evutil_socket_t fd, short what, void *ctx) {
	(void)fd, (void)what;
	struct feed_hints *h = ctx;
	char payload[LIMIT_CODE_BYTES + 8];
	while (h->n_here < h->n) {
		(void)snprintf(payload, sizeof payload, "feed %s", h->towns[h->n_here++]);
		db_hint_here(h->db, payload);
	}
	if (h->n && !h->pausing && !h->sending)
		send_all(h);
}

static void on_pause_over(evutil_socket_t fd, short what, void *ctx) {
	struct feed_hints *h = ctx;
	h->pausing = false;
	on_here(fd, what, h);
	if (h->n && h->sending) { /* the database is slow: look again */
		static const struct timeval pause = {.tv_usec = PAUSE_MS * 1000};
		h->pausing = true;
		evtimer_add(h->others, &pause);
	}
}

/* A town that this daemon was told of just now is told of again: more has come since. */
void feed_hints_note(struct feed_hints *h, const char *town) {
	event_active(h->here, EV_TIMEOUT, 0);
	for (size_t i = 0; i < h->n; i++) {
		if (strcmp(h->towns[i], town) != 0)
			continue;
		h->n_here = h->n_here < i ? h->n_here : i;
		return;
	}
	if (h->n < TOWNS)
		(void)snprintf(h->towns[h->n++], sizeof h->towns[0], "%s", town);
}

struct feed_hints *feed_hints_new(struct event_base *base, struct db *d) {
	struct feed_hints *h = calloc(1, sizeof *h);
	CHECK(h != NULL);
	h->db = d;
	arena_init(&h->arena);
	h->here = event_new(base, -1, 0, on_here, h);
	h->others = event_new(base, -1, 0, on_pause_over, h);
	CHECK(h->here && h->others);
	return h;
}

void feed_hints_free(struct feed_hints **h) {
	if (!*h)
		return;
	event_free((*h)->here);
	event_free((*h)->others);
	arena_fini(&(*h)->arena);
	free(*h);
	*h = NULL;
}
