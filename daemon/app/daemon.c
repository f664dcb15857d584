/* daemon: wires database, towns, sockets and signals together, and takes them apart again. */
#include "daemon/app/daemon.h"

#include "daemon/app/reload.h"
#include "daemon/app/session.h"
#include "daemon/base/check.h"
#include "daemon/base/strbuf.h"
#include "daemon/call/worker.h"
#include "daemon/jobs/advance.h"
#include "daemon/jobs/dead_letters.h"
#include "daemon/jobs/feed.h"
#include "daemon/jobs/keeper.h"
#include "daemon/jobs/month_report.h"
#include "daemon/jobs/monthly.h"
#include "daemon/jobs/night_report.h"
#include "daemon/jobs/nightly.h"
#include "daemon/jobs/recalc.h"
#include "daemon/jobs/trial.h"
#include "daemon/methods/methods.h"
#include "daemon/store/embedded.h"
#include "daemon/store/migrate.h"
#include "daemon/store/statement.h"
#include "statements.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct daemon {
	struct config *cfg;
	int argc;
	char **argv;
	struct server sv;
	struct embedded *embedded;
	struct timekeeper *timekeeper;
	struct auditor *auditor;
	struct advance *advance;
	struct dead_letters *dead_letters;
	struct keeper *keeper;
	struct feed *feed;
	struct recalc *recalc;
	struct schedule *nightly, *monthly;
	struct arena arena; /* of the start */
	struct event *on_term, *on_int, *on_hup, *on_child, *drain;
	int64_t drain_until_us;
	bool announced, clock_set, rereading;
	int exit_code;
};

static const int64_t thread_patience_us = 10 * SECOND_US; /* beyond shutdown_seconds */

static void start_drain(struct daemon *d, const char *why);

static bool wants_worker(const struct daemon *d) { return d->cfg->channels.n && !d->cfg->worker_apart && !d->sv.stopping; }

static void start_work(struct daemon *d) {
	towns_start(d->sv.towns);
	timekeeper_start(d->timekeeper);
	auditor_start(d->auditor);
	dead_letters_start(d->dead_letters);
	keeper_want(d->keeper, wants_worker(d));
	recalc_start(d->recalc);
	schedule_start(d->nightly);
	schedule_start(d->monthly);
}

/* The test clock begins at 0 in a database made for it: whoever comes first sets it. */
static void on_clock_set(const struct rows *rows, const struct err *why, void *ctx) {
	struct daemon *d = ctx;
	if (!rows) {
		log_error("clock.not_set", "error", why->text);
		d->exit_code = 1;
		start_drain(d, "the test clock cannot be set");
		return;
	}
	db_clock_moved(d->sv.db, rows_int(rows, 0, 0));
	start_work(d);
}

static void on_db_ready(void *ctx) {
	struct daemon *d = ctx;
	const bool fresh = d->cfg->test_clock && db_now_us(d->sv.db) == 0;
	if (d->clock_set || (!fresh && d->cfg->test_clock_at_us == NO_TIME)) {
		start_work(d);
		return;
	}
	d->clock_set = true;
	struct params *p = params_new(&d->arena);
	params_int8(p, d->cfg->test_clock_at_us == NO_TIME ? clock_host_us() : d->cfg->test_clock_at_us);
	db_ask(d->sv.db, &stmt_advance_clock, p, &d->arena, on_clock_set, d);
}

static void on_db_lost(const struct err *why, void *ctx) {
	(void)ctx;
	log_warn("db.lost", "error", why->text);
}

static void on_db_refused(const struct err *why, void *ctx) {
	struct daemon *d = ctx;
	log_error("db.refused", "error", why->text);
	d->exit_code = 1;
	start_drain(d, "the database was refused");
}

/* Other daemons tell what they did; whoever misses it finds out by asking, a second later. */
static void on_db_hint(const char *channel, const char *payload, void *ctx) {
	struct daemon *d = ctx;
	(void)channel;
	if (d->sv.towns && strncmp(payload, "pack ", 5) == 0)
		towns_hint(d->sv.towns);
	if (d->feed && strncmp(payload, "feed ", 5) == 0)
		feed_hint(d->feed);
}

static void on_towns_change(void *ctx) {
	struct daemon *d = ctx;
	const char *why = NULL;
	if (d->recalc)
		recalc_hint(d->recalc);
	if (d->announced || !server_ready(&d->sv, &why))
		return;
	d->announced = true;
	log_info("ready", "listen", d->cfg->listen.v[0].url, "db",
	         d->embedded ? embedded_conninfo(d->embedded) : d->cfg->database);
}

/* Threads hold what would be freed; one that hangs in a question to the database doesn't hold us for ever. */
static void on_drain_beat(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	struct daemon *d = arg;
	const int64_t late_us = clock_monotonic_us() - d->drain_until_us;
	const bool over =
	    d->sv.calls == 0 && d->sv.asides == 0 && net_conns(d->sv.net) == 0 && (!d->keeper || keeper_is_idle(d->keeper));
	if (worker_threads() ? late_us >= thread_patience_us : over || late_us >= 0)
		CHECK(event_base_loopbreak(d->sv.base) == 0);
}

/* No new calls; what is under way is answered, up to shutdown_seconds. */
static void start_drain(struct daemon *d, const char *why) {
	if (d->sv.stopping)
		return;
	log_info("stopping", "why", why);
	d->sv.stopping = true;
	d->drain_until_us = clock_monotonic_us() + (int64_t)d->cfg->shutdown_seconds * 1000000;
	net_drain(d->sv.net);
	if (d->timekeeper) {
		timekeeper_stop(d->timekeeper);
		auditor_stop(d->auditor);
		recalc_stop(d->recalc);
		schedule_stop(d->nightly);
		schedule_stop(d->monthly);
		keeper_stop(d->keeper);
	}
	const struct timeval beat = {.tv_usec = 10000};
	CHECK(event_add(d->drain, &beat) == 0);
}

static void on_stop_signal(evutil_socket_t signal_nr, short what, void *arg) {
	(void)what;
	start_drain(arg, signal_nr == SIGTERM ? "SIGTERM" : "SIGINT");
}

/* Listeners and the database need a restart; who is who, the log and the packs don't. */
static void on_reread(struct config **fresh, void *ctx) {
	struct daemon *d = ctx;
	d->rereading = false;
	if (!*fresh)
		return;
	config_fini(d->cfg);
	*d->cfg = **fresh;
	free(*fresh);
	*fresh = NULL;
	log_set_level(d->cfg->log_level);
	towns_reload_dirs(d->sv.towns, &d->cfg->packs, "SIGHUP");
	keeper_want(d->keeper, wants_worker(d));
	keeper_reload(d->keeper);
	log_info("config.reloaded", "file", d->cfg->file);
}

static void on_hangup(evutil_socket_t signal_nr, short what, void *arg) {
	(void)signal_nr, (void)what;
	struct daemon *d = arg;
	if (d->rereading)
		return;
	d->rereading = true;
	reload_begin(d->sv.base, d->argc, d->argv, on_reread, d);
}

/* Without its database an embedded gridd is of no use, and whoever started it should know. A worker is started again. */
static void on_child_signal(evutil_socket_t signal_nr, short what, void *arg) {
	(void)signal_nr, (void)what;
	struct daemon *d = arg;
	if (d->keeper)
		keeper_child_ended(d->keeper);
	if (d->embedded && embedded_ended(d->embedded)) {
		log_error("embedded.ended", "remedy", "see its log; start gridd again");
		d->exit_code = 1;
		start_drain(d, "the embedded PostgreSQL ended");
	}
}

static struct event *on_signal(struct daemon *d, int signal_nr, event_callback_fn fn) {
	struct event *ev = evsignal_new(d->sv.base, signal_nr, fn, d);
	CHECK(ev && event_add(ev, NULL) == 0);
	return ev;
}

static bool start_embedded(struct daemon *d, struct err *e) {
	const struct config *cfg = d->cfg;
	const struct embedded_config ec = {
	    .dir = cfg->embedded_dir, .run_as = cfg->embedded_run_as, .extra = cfg->embedded_settings};
	if (mkdir(cfg->embedded_dir, 0755) != 0 && errno != EEXIST)
		return err_sys(e, "cannot make the folder %s", cfg->embedded_dir);
	if (!embedded_start(&ec, &d->embedded, e))
		return false;
	int from = 0, to = 0;
	const char *owner = arena_printf(&d->arena, "%s user=gridd_owner", embedded_conninfo(d->embedded));
	const char *backup = arena_printf(&d->arena, "%s/backup", cfg->embedded_dir);
	if (!migrate_run(owner, cfg->test_clock, backup, &from, &to, e))
		return false;
	log_fmt(LOG_INFO, "schema", "version", "%d was=%d", to, from);
	return true;
}

static bool open_database(struct daemon *d, struct err *e) {
	const struct config *cfg = d->cfg;
	const char *conninfo = cfg->database;
	if (!conninfo) {
		if (!start_embedded(d, e))
			return false;
		conninfo = arena_printf(&d->arena, "%s user=gridd_app", embedded_conninfo(d->embedded));
	}
	const struct db_config dc = {.conninfo = conninfo, .test_clock = cfg->test_clock, .require_durable = !cfg->allow_unsafe};
	const struct db_hooks hooks = {on_db_ready, on_db_lost, on_db_refused, on_db_hint, d};
	return db_new(d->sv.base, &dc, &hooks, &d->sv.db, e);
}

static bool open_sockets(struct daemon *d, struct err *e) {
	const struct net_hooks hooks = session_hooks(&d->sv);
	if (!net_new(d->sv.base, &hooks, &d->sv.net, e))
		return false;
	for (size_t i = 0; i < d->cfg->listen.n; i++)
		if (!net_listen(d->sv.net, d->cfg->listen.v[i].url, d->cfg->listen.v[i].name, d->cfg->any_address, e))
			return false;
	return true;
}

/* ---- What jobs do for methods ---- */

static void open_advance(void *ctx, int64_t to_us, on_advanced done, void *call) {
	advance_to(((struct daemon *)ctx)->advance, to_us, done, call);
}

static bool open_subscribe(void *ctx, const struct subscription *s) {
	return feed_subscribe(((struct daemon *)ctx)->feed, s);
}

static void open_wait_feed(void *ctx, const char *town, int64_t after, int32_t wait_ms, void (*done)(void *), void *call) {
	feed_wait(((struct daemon *)ctx)->feed, town, after, wait_ms, done, call);
}

static void open_forget(void *ctx, struct conn *conn) { feed_forget(((struct daemon *)ctx)->feed, conn); }

static void open_test_channel(void *ctx, const struct channel_test *what, on_channel_tried done, void *call) {
	trial_begin(&((struct daemon *)ctx)->sv, what, done, call);
}

static void open_worker(void *ctx, struct worker_info *out) {
	const struct daemon *d = ctx;
	keeper_info(d->keeper, out);
	if (d->cfg->worker_apart && !out->pid)
		out->state = "apart";
}

static void open_report(void *ctx, const struct report_ask *ask, on_reported done, void *call) {
	struct daemon *d = ctx;
	night_report(&(struct report_sources){&d->sv, &d->cfg->reports, &d->cfg->channels}, ask, done, call);
}

static void open_figures(void *ctx, const struct figures_ask *ask, on_reported done, void *call) {
	struct daemon *d = ctx;
	month_report(&d->sv, &d->cfg->reports, ask, done, call);
}

static void open_jobs(struct daemon *d) {
	d->timekeeper = timekeeper_new(&d->sv);
	d->auditor = auditor_new(&d->sv);
	d->nightly = schedule_new(&d->sv, &d->cfg->reports, &nightly_kind);
	d->monthly = schedule_new(&d->sv, &d->cfg->reports, &monthly_kind);
	d->advance = advance_new(&d->sv, &(struct advance_jobs){d->timekeeper, d->auditor, {d->nightly, d->monthly}});
	d->dead_letters = dead_letters_new(&d->sv);
	const struct keeper_config kc = {
	    .base = d->sv.base, .argc = d->argc, .argv = d->argv, .conninfo = d->embedded ? db_conninfo(d->sv.db) : NULL};
	d->keeper = keeper_new(&kc);
	d->feed = feed_new(&d->sv);
	d->recalc = recalc_new(&d->sv);
	d->sv.jobs = (struct job_doors){.ctx = d,
	                                .advance = open_advance,
	                                .subscribe = open_subscribe,
	                                .wait_feed = open_wait_feed,
	                                .forget = open_forget,
	                                .test_channel = open_test_channel,
	                                .report = open_report,
	                                .figures = open_figures,
	                                .worker = open_worker};
}

static bool daemon_open(struct daemon *d, struct err *e) {
	d->sv.base = event_base_new();
	CHECK(d->sv.base != NULL);
	d->sv.methods = methods;
	d->sv.principals = &d->cfg->principals;
	d->sv.test_clock = d->cfg->test_clock;
	d->sv.started_mono_us = clock_monotonic_us();
	d->drain = event_new(d->sv.base, -1, EV_PERSIST, on_drain_beat, d);
	d->on_term = on_signal(d, SIGTERM, on_stop_signal);
	d->on_int = on_signal(d, SIGINT, on_stop_signal);
	d->on_hup = on_signal(d, SIGHUP, on_hangup);
	if (!open_database(d, e) || !open_sockets(d, e))
		return false;
	d->on_child = on_signal(d, SIGCHLD, on_child_signal);
	const struct towns_config tc = {
	    .base = d->sv.base, .db = d->sv.db, .dirs = d->cfg->packs, .actor = "gridd", .on_change = on_towns_change, .ctx = d};
	d->sv.towns = towns_new(&tc);
	open_jobs(d);
	return true;
}

static void daemon_close(struct daemon *d) {
	struct event *const events[] = {d->on_term, d->on_int, d->on_hup, d->on_child, d->drain};
	/* What the database still owes an answer gets one while whoever asked is there. */
	net_free(&d->sv.net);
	db_free(&d->sv.db);
	feed_free(&d->feed);
	recalc_free(&d->recalc);
	dead_letters_free(&d->dead_letters);
	keeper_free(&d->keeper);
	advance_free(&d->advance);
	schedule_free(&d->monthly);
	schedule_free(&d->nightly);
	auditor_free(&d->auditor);
	timekeeper_free(&d->timekeeper);
	towns_free(&d->sv.towns);
	for (size_t i = 0; i < COUNT_OF(events); i++)
		if (events[i])
			event_free(events[i]);
	event_base_free(d->sv.base);
	embedded_stop(&d->embedded);
	arena_fini(&d->arena);
}

int daemon_run(struct config *cfg, int argc, char **argv) {
	struct daemon d = {.cfg = cfg, .argc = argc, .argv = argv};
	struct err e = {0};
	arena_init(&d.arena);
	log_set_level(cfg->log_level);
	if (daemon_open(&d, &e)) {
		CHECK(event_base_dispatch(d.sv.base) >= 0);
	} else {
		(void)fprintf(stderr, "gridd: %s\n", e.text);
		d.exit_code = 1;
	}
	daemon_close(&d);
	if (d.announced)
		log_info("stopped");
	return d.exit_code;
}

int daemon_migrate(const struct config *cfg) {
	struct err e = {0};
	int from = 0, to = 0;
	if (!cfg->owner_database) {
		(void)fprintf(stderr, "gridd: --migrate needs `owner_database` in the config file: a connection as gridd_owner\n");
		return 1;
	}
	if (!migrate_run(cfg->owner_database, cfg->test_clock, NULL, &from, &to, &e)) {
		(void)fprintf(stderr, "gridd: %s\n", e.text);
		return 1;
	}
	(void)printf("schema %d -> %d\n", from, to);
	return 0;
}
