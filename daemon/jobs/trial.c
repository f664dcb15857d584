/* trial: asks five times a second what has become of a test notice. */
#include "daemon/jobs/trial.h"

#include "daemon/base/check.h"
#include "daemon/store/outbox.h"

#include <stdlib.h>
#include <string.h>

enum {
	LOOK_MS = 200,
	TAKEN_WITHIN_S = 5,
	OVER_WITHIN_S = 65      /* longer than any try takes */
};

struct trial {
	struct server *sv;
	struct arena arena;
	struct notice_name name;
	struct event *look;
	int64_t began_mono_us;
	bool taken;             /* a worker has it */
	on_channel_tried done;
	void *call;
};

static void end(struct trial *t, bool ok, const char *failure) {
	t->done(ok, failure, t->call);
	event_free(t->look);
	arena_fini(&t->arena);
	free(t);
}

static void look_later(struct trial *t) {
	static const struct timeval pause = {.tv_usec = LOOK_MS * 1000};
	CHECK(event_add(t->look, &pause) == 0);
}

/* Columns of outbox_fate.sql. */
enum { FATE_STATE, FATE_FAILURE, FATE_TAKEN };

static void on_fate(const struct rows *rows, const struct err *why, void *ctx) {
	struct trial *t = ctx;
	if (!rows || rows->n == 0) {
		end(t, false, why ? why->text : "the test notice is gone");
		return;
	}
	const char *state = rows_text(rows, 0, FATE_STATE);
	t->taken = rows_bool(rows, 0, FATE_TAKEN);
	if (strcmp(state, "delivered") == 0)
		end(t, true, NULL);
	else if (strcmp(state, "waiting") == 0)
		look_later(t);
	else
		end(t, false, rows_text(rows, 0, FATE_FAILURE));
}

/* A daemon that stops doesn't wait: the notice is given up, so that it doesn't go out when nobody expects it. */
static const char *why_not_wait(const struct trial *t) {
	const int64_t waited_us = clock_monotonic_us() - t->began_mono_us;
	if (t->sv->stopping)
		return "gridd is stopping";
	if (!t->taken && waited_us > TAKEN_WITHIN_S * SECOND_US)
		return "no worker took it within 5 s: see `worker` in system.info, and whether its config has channels";
	return waited_us > OVER_WITHIN_S * SECOND_US ? "no word of it within 65 s" : NULL;
}

static void on_look(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	struct trial *t = arg;
	outbox_fate(t->sv->db, &t->name, why_not_wait(t), &t->arena, on_fate, t);
}

static void on_written(const struct rows *rows, const struct err *why, void *ctx) {
	struct trial *t = ctx;
	if (!rows || rows->n == 0) {
		end(t, false, why ? why->text : "the channel is paused: `gridctl notify resume` first");
		return;
	}
	t->name.seq = rows_int(rows, 0, 0);
	t->name.n = 1;
	look_later(t);
}

void trial_begin(struct server *sv, const struct channel_test *what, on_channel_tried done, void *call) {
	struct trial *t = calloc(1, sizeof *t);
	CHECK(t != NULL);
	*t = (struct trial){.sv = sv, .began_mono_us = clock_monotonic_us(), .done = done, .call = call};
	arena_init(&t->arena);
	t->look = event_new(sv->base, -1, 0, on_look, t);
	CHECK(t->look != NULL);
	t->name.town = arena_strdup(&t->arena, what->town);
	const struct outbox_trial ask = {.by = {t->name.town, arena_strdup(&t->arena, what->channel)},
	                                 .to = arena_strdup(&t->arena, what->to),
	                                 .now_us = db_now_us(sv->db)};
	outbox_test(sv->db, &ask, &t->arena, on_written, t);
}
