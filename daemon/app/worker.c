/* worker: wires database, towns and delivery together in a process without sockets, because what it waits for may take a minute. */
#include "daemon/app/worker.h"

#include "daemon/app/reload.h"
#include "daemon/base/check.h"
#include "daemon/jobs/delivery.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A configuration that was read again; it lives as long as a try uses its channels. */
struct reading_of_config {
	struct channel_book book; /* first: what is dropped is the whole of it */
	struct config cfg;
};

struct delivery_worker {
	struct config *cfg; /* the newest */
	struct channel_book first;
	int argc;
	char **argv;
	struct server sv;
	struct delivery *delivery;
	struct event *on_term, *on_int, *on_hup, *drain;
	int64_t drain_until_us;
	bool announced, rereading;
	int exit_code;
};

static void start_drain(struct delivery_worker *w, const char *why) {
	static const struct timeval beat = {.tv_usec = 10000};
	if (w->sv.stopping)
		return;
	log_info("worker.stopping", "why", why);
	w->sv.stopping = true;
	w->drain_until_us = clock_monotonic_us() + (int64_t)w->cfg->shutdown_seconds * SECOND_US;
	delivery_stop(w->delivery);
	CHECK(event_add(w->drain, &beat) == 0);
}

static void on_drain_beat(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	struct delivery_worker *w = arg;
	if (delivery_under_way(w->delivery) == 0 || clock_monotonic_us() >= w->drain_until_us)
		CHECK(event_base_loopbreak(w->sv.base) == 0);
}

/* ---- The database ---- */

static void on_db_ready(void *ctx) {
	struct delivery_worker *w = ctx;
	towns_start(w->sv.towns);
	delivery_start(w->delivery);
}

static void on_db_lost(const struct err *why, void *ctx) {
	(void)ctx;
	log_warn("worker.db_lost", "error", why->text);
}

static void on_db_refused(const struct err *why, void *ctx) {
	struct delivery_worker *w = ctx;
	log_error("worker.db_refused", "error", why->text);
	w->exit_code = 1;
	start_drain(w, "the database was refused");
}

/* New events may come with notices; "outbox": somebody wants one to go at once. */
static void on_db_hint(const char *channel, const char *payload, void *ctx) {
	struct delivery_worker *w = ctx;
	(void)channel;
	if (strncmp(payload, "pack ", 5) == 0)
		towns_hint(w->sv.towns);
	else if (strncmp(payload, "feed ", 5) == 0 || strncmp(payload, "outbox", 6) == 0)
		delivery_hint(w->delivery);
}

static void on_towns_change(void *ctx) {
	struct delivery_worker *w = ctx;
	const char *why = NULL;
	if (!server_ready(&w->sv, &why))
		return;
	if (!w->announced)
		log_fmt(LOG_INFO, "worker.ready", "pid", "%ld channels=%zu", (long)getpid(), w->cfg->channels.n);
	w->announced = true;
	delivery_hint(w->delivery);
}

/* ---- Config ---- */

static void keep_first(struct channel_book *b) { (void)b; /* main's, which ends it */ }

static void drop_reading(struct channel_book *b) {
	struct reading_of_config *r = (struct reading_of_config *)b;
	config_fini(&r->cfg);
	free(r);
}

static void on_reread(struct config **fresh, void *ctx) {
	struct delivery_worker *w = ctx;
	w->rereading = false;
	if (!*fresh)
		return;
	struct reading_of_config *r = calloc(1, sizeof *r);
	CHECK(r != NULL);
	r->cfg = **fresh;
	free(*fresh);
	*fresh = NULL;
	r->book = (struct channel_book){
	    .channels = &r->cfg.channels, .language = r->cfg.reports.language, .drop = drop_reading};
	w->cfg = &r->cfg;
	log_set_level(w->cfg->log_level);
	delivery_reload(w->delivery, &r->book);
	log_fmt(LOG_INFO, "worker.reloaded", "channels", "%zu", w->cfg->channels.n);
}

static void on_hangup(evutil_socket_t signal_nr, short what, void *arg) {
	(void)signal_nr, (void)what;
	struct delivery_worker *w = arg;
	if (w->rereading)
		return;
	w->rereading = true;
	reload_begin(w->sv.base, w->argc, w->argv, on_reread, w);
}

/* ---- Together ---- */

static void on_stop_signal(evutil_socket_t signal_nr, short what, void *arg) {
	(void)what;
	start_drain(arg, signal_nr == SIGTERM ? "SIGTERM" : "SIGINT");
}

static struct event *on_signal(struct delivery_worker *w, int signal_nr, event_callback_fn fn) {
	struct event *ev = evsignal_new(w->sv.base, signal_nr, fn, w);
	CHECK(ev && event_add(ev, NULL) == 0);
	return ev;
}

/* Whoever started us may have held SIGHUP back until now. */
static void open_signals(struct delivery_worker *w) {
	sigset_t held;
	w->drain = event_new(w->sv.base, -1, EV_PERSIST, on_drain_beat, w);
	CHECK(w->drain != NULL);
	w->on_term = on_signal(w, SIGTERM, on_stop_signal);
	w->on_int = on_signal(w, SIGINT, on_stop_signal);
	w->on_hup = on_signal(w, SIGHUP, on_hangup);
	sigemptyset(&held);
	sigaddset(&held, SIGHUP);
	(void)sigprocmask(SIG_UNBLOCK, &held, NULL);
}

static bool worker_open(struct delivery_worker *w, struct err *e) {
	const struct config *cfg = w->cfg;
	const struct db_config dc = {
	    .conninfo = cfg->database, .test_clock = cfg->test_clock, .require_durable = !cfg->allow_unsafe};
	const struct db_hooks hooks = {on_db_ready, on_db_lost, on_db_refused, on_db_hint, w};
	w->sv.base = event_base_new();
	CHECK(w->sv.base != NULL);
	w->sv.test_clock = cfg->test_clock;
	if (!db_new(w->sv.base, &dc, &hooks, &w->sv.db, e))
		return false;
	const struct towns_config tc = {
	    .base = w->sv.base, .db = w->sv.db, .actor = "gridd", .on_change = on_towns_change, .ctx = w};
	w->sv.towns = towns_new(&tc);
	w->delivery = delivery_new(&w->sv, &w->first);
	open_signals(w);
	return true;
}

static void worker_close(struct delivery_worker *w) {
	struct event *const events[] = {w->on_term, w->on_int, w->on_hup, w->drain};
	db_free(&w->sv.db);
	delivery_free(&w->delivery);
	towns_free(&w->sv.towns);
	for (size_t i = 0; i < COUNT_OF(events); i++)
		if (events[i])
			event_free(events[i]);
	event_base_free(w->sv.base);
}

int worker_serve(struct config *cfg, int argc, char **argv) {
	struct delivery_worker w = {
	    .cfg = cfg,
	    .first = {.channels = &cfg->channels, .language = cfg->reports.language, .drop = keep_first},
	    .argc = argc,
	    .argv = argv};
	struct err e = {0};
	log_set_level(cfg->log_level);
	post_init();
	if (!worker_open(&w, &e)) {
		(void)fprintf(stderr, "gridd: %s\n", e.text);
		worker_close(&w);
		return 1;
	}
	CHECK(event_base_dispatch(w.sv.base) >= 0);
	/* What is still being sent is sent again, by whoever runs next. */
	if (delivery_under_way(w.delivery)) {
		log_fmt(LOG_WARN, "worker.broken_off", "tries", "%zu", delivery_under_way(w.delivery));
		_exit(w.exit_code);
	}
	worker_close(&w);
	log_info("worker.stopped");
	return w.exit_code;
}
