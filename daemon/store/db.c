/* db: five connections and what is known of the database behind them. */
#include "daemon/store/db.h"

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/base/log.h"
#include "daemon/store/feed_hint.h"
#include "daemon/store/loader.h"
#include "daemon/store/migrate.h"
#include "daemon/store/private_hash.h"
#include "daemon/store/store_parts.h"
#include "daemon/store/write_rows.h"
#include "statements.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_S = 30, SAMPLE_TEST_S = 1, JUMP_US = 1000000, QUESTIONS_IN_FLIGHT = 64 };

/* The connections, in the order of `conns`. */
enum { WRITER, WRITER_2, READER, JOBS, LISTENER, CONNS };

#define OPTIONS "-c search_path=gridd,pg_catalog -c jit=off -c TimeZone=UTC -c DateStyle=ISO "
/* What is planned once is planned for tables of any size: it must not think of scanning those that are small now. */
#define GENERIC_OPTIONS                                                                                                     \
	OPTIONS "-c plan_cache_mode=force_generic_plan -c lock_timeout=3s -c enable_seqscan=off -c random_page_cost=1.1 "
#define WRITER_OPTIONS GENERIC_OPTIONS "-c work_mem=32MB -c enable_mergejoin=off"
static const struct {
	const char *name, *options;
} conn_kinds[CONNS] = {
    [WRITER] = {"gridd writer", WRITER_OPTIONS},
    [WRITER_2] = {"gridd writer 2", WRITER_OPTIONS},
    /* A list's filters differ from call to call: each is planned for its values, and walks an index in the order it shows.
     */
    [READER] = {"gridd reader",
                OPTIONS "-c plan_cache_mode=force_custom_plan -c random_page_cost=1.1 -c enable_seqscan=off"},
    /* Leases, timers, deliveries: none of them waits for somebody's list. */
    [JOBS] = {"gridd jobs", GENERIC_OPTIONS},
    /* Also for what reads whole tables, so that no case.get waits behind it. */
    [LISTENER] = {"gridd listener", OPTIONS "-c work_mem=64MB"},
};

/* A question that waits or is under way. */
struct asked {
	struct asked *next;
	struct db *db;
	const struct statement *st;
	const struct params *params;
	struct arena *arena;
	on_rows done;
	void *ctx;
};

struct asked_queue {
	struct asked *first, **end;
};

struct link {
	struct db *db;
	struct pgconn *conn;
	bool checked; /* its promise was read and is good */
};

struct db {
	struct event_base *base;
	struct db_config cfg;
	struct db_hooks hooks;
	struct link links[CONNS];
	struct writer *writer;
	struct loader *loader;
	struct feed_hints *feed_hints;
	struct asked_queue waiting[CONNS]; /* not sent yet; those of the writers are empty */
	struct asked_queue refused;        /* too many of them; told from the loop */
	size_t n_asked;                    /* sent or not */
	struct event *pump, *sampler;
	struct case_clock clock;
	struct db_info info;
	unsigned char hmac_key[HMAC_KEY_BYTES];
	struct write_types write_types;
	bool ready, never, told_lost; /* never: it was refused, and stays so */
	struct arena arena;
};

static const struct statement listen_statement = {"", "LISTEN gridd"};

/* ---- Asking ---- */

static void asked_queue_init(struct asked_queue *q) { q->end = &q->first; }

static void asked_add(struct asked_queue *q, struct asked *one) {
	*q->end = one;
	q->end = &one->next;
}

static struct asked *asked_take(struct asked_queue *q) {
	struct asked *one = q->first;
	q->first = one->next;
	if (!q->first)
		q->end = &q->first;
	return one;
}

static void tell_asker(struct asked *one, const struct rows *rows, const struct err *why) {
	one->db->n_asked--;
	one->done(rows, why, one->ctx);
	free(one);
}

static void tell_all(struct asked_queue *q, enum err_code code, const char *text) {
	struct err why;
	(void)err_set(&why, code, "%s", text);
	while (q->first)
		tell_asker(asked_take(q), NULL, &why);
}

static void wake_pump(struct db *d) { event_active(d->pump, EV_TIMEOUT, 0); }

static void on_question_answer(const struct answer *a, void *ctx) {
	struct asked *one = ctx;
	wake_pump(one->db);
	if (a->kind == ANSWER_OK) {
		tell_asker(one, rows_copy(a->result, one->arena), NULL);
		return;
	}
	log_warn("db.question_failed", "statement", one->st->name, "sqlstate", a->sqlstate, "message", a->err.text);
	struct err why = a->err;
	if (why.code == E_OUTCOME_UNKNOWN) /* a question stores nothing: it may simply be asked again */
		why.code = E_UNAVAILABLE;
	tell_asker(one, NULL, &why);
}

static void pump(struct db *d, size_t link) {
	struct asked_queue *q = &d->waiting[link];
	if (!d->ready)
		tell_all(q, E_UNAVAILABLE, "the database cannot be reached");
	while (q->first && pgconn_in_flight(d->links[link].conn) < QUESTIONS_IN_FLIGHT) {
		struct asked *one = asked_take(q);
		pgconn_send(d->links[link].conn, one->st, one->params, on_question_answer, one);
	}
}

static void on_pump(evutil_socket_t fd, short what, void *ctx) {
	(void)fd, (void)what;
	struct db *d = ctx;
	tell_all(&d->refused, E_OVERLOADED, "too many questions wait for the database");
	pump(d, READER);
	pump(d, JOBS);
	pump(d, LISTENER);
}

static void put_question(struct db *d, size_t link, const struct asked *question) {
	struct asked *one = calloc(1, sizeof *one);
	CHECK(one != NULL);
	*one = *question;
	asked_add(d->n_asked < LIMIT_WAITING_CALLS ? &d->waiting[link] : &d->refused, one);
	d->n_asked++;
	wake_pump(d);
}

void db_ask(struct db *d, const struct statement *st, struct params *p, struct arena *a, on_rows done, void *ctx) {
	put_question(d, READER, &(struct asked){.db = d, .st = st, .params = p, .arena = a, .done = done, .ctx = ctx});
}

void db_ask_job(struct db *d, const struct statement *st, struct params *p, struct arena *a, on_rows done, void *ctx) {
	put_question(d, JOBS, &(struct asked){.db = d, .st = st, .params = p, .arena = a, .done = done, .ctx = ctx});
}

void db_ask_slow(struct db *d, const struct statement *st, struct params *p, struct arena *a, on_rows done, void *ctx) {
	put_question(d, LISTENER, &(struct asked){.db = d, .st = st, .params = p, .arena = a, .done = done, .ctx = ctx});
}

/* ---- Case time ---- */

static void take_sample(struct db *d, int64_t db_us, bool frozen) {
	const int64_t moved_us = case_clock_sample(&d->clock, db_us, clock_monotonic_us(), frozen);
	if (!frozen && (moved_us > JUMP_US || moved_us < -JUMP_US))
		log_fmt(LOG_WARN, "clock.jump", "seconds", "%.3f", (double)moved_us / 1e6);
}

static void on_sample(const struct answer *a, void *ctx) {
	if (a->kind != ANSWER_OK || PQntuples(a->result) != 1)
		return;
	take_sample(ctx, strtoll(PQgetvalue(a->result, 0, 0), NULL, 10), PQgetvalue(a->result, 0, 1)[0] == 't');
}

void db_sample_clock(struct db *d) {
	if (d->links[READER].checked)
		pgconn_send(d->links[READER].conn, &stmt_sample_clock, NULL, on_sample, d);
}

void db_clock_moved(struct db *d, int64_t now_us) { take_sample(d, now_us, true); }

static void on_sampler(evutil_socket_t fd, short what, void *ctx) {
	(void)fd, (void)what;
	db_sample_clock(ctx);
}

int64_t db_now_us(struct db *d) { return case_clock_now(&d->clock, clock_monotonic_us()); }

/* ---- What the database is, and whether it will do ---- */

/* Columns of promise.sql. */
enum {
	SAYS_VERSION,
	SAYS_FSYNC,
	SAYS_COMMIT,
	SAYS_STANDBYS,
	SAYS_ENCODING,
	SAYS_SCHEMA,
	SAYS_MIN_BINARY,
	SAYS_CLOCK,
	SAYS_KEY,
	SAYS_NOW,
	SAYS_TEST_NOW,
	SAYS_TYPES /* four of them, as in struct write_types */
};

static const char *says(const PGresult *res, int column) { return PQgetvalue(res, 0, column); }

static bool key_from_hex(const char *hex, unsigned char key[HMAC_KEY_BYTES]) {
	for (size_t i = 0; i < HMAC_KEY_BYTES; i++) {
		unsigned v;
		if (sscanf(hex + 2 * i, "%2x", &v) != 1)
			return false;
		key[i] = (unsigned char)v;
	}
	return true;
}

static bool check_durable(const PGresult *res, struct err *e) {
	if (strcmp(says(res, SAYS_FSYNC), "on") != 0)
		return err_set(e, E_CONFIG, "the database runs with fsync=off: an acknowledged case could be lost");
	if (strcmp(says(res, SAYS_COMMIT), "off") == 0)
		return err_set(e, E_CONFIG, "the database has synchronous_commit=off: an acknowledged case could be lost");
	return true;
}

static bool check_promise(struct db *d, const PGresult *res, struct err *e) {
	const long min_binary = strtol(says(res, SAYS_MIN_BINARY), NULL, 10);
	const bool test = strcmp(says(res, SAYS_CLOCK), "test") == 0;
	if (strtol(says(res, SAYS_SCHEMA), NULL, 10) < migrate_newest())
		return err_set(e, E_CONFIG, "the database has schema %s, this gridd needs %d: run gridd --migrate",
		               says(res, SAYS_SCHEMA), migrate_newest());
	if (min_binary > migrate_newest())
		return err_set(e, E_CONFIG, "the database asks for a newer gridd (schema %ld, this one knows %d)", min_binary,
		               migrate_newest());
	if (strncmp(says(res, SAYS_ENCODING), "UTF8 ", 5) != 0)
		return err_set(e, E_CONFIG, "the database's encoding is %s; gridd needs UTF8", says(res, SAYS_ENCODING));
	if (test != d->cfg.test_clock)
		return err_set(e, E_CONFIG,
		               test ? "the database was made for a test clock: start with --test-clock"
		                    : "the database runs on real time: --test-clock needs a new one");
	if (!key_from_hex(says(res, SAYS_KEY), d->hmac_key))
		return err_set(e, E_CONFIG, "the database has no key for keyed hashes in meta");
	return !d->cfg.require_durable || check_durable(res, e);
}

static unsigned type_oid(const PGresult *res, int nth) { return (unsigned)strtoul(says(res, SAYS_TYPES + nth), NULL, 10); }

static void note_info(struct db *d, const PGresult *res) {
	const char *standbys = says(res, SAYS_STANDBYS);
	(void)snprintf(d->info.version, sizeof d->info.version, "%s", says(res, SAYS_VERSION));
	(void)snprintf(d->info.durability, sizeof d->info.durability, "fsync=%s synchronous_commit=%s standby=%s",
	               says(res, SAYS_FSYNC), says(res, SAYS_COMMIT), standbys[0] ? standbys : "-");
	d->info.schema_version = (int)strtol(says(res, SAYS_SCHEMA), NULL, 10);
	d->info.test_clock = d->cfg.test_clock;
	d->write_types = (struct write_types){type_oid(res, 0), type_oid(res, 1), type_oid(res, 2), type_oid(res, 3)};
}

static void note_error(struct db *d, const struct err *why) {
	(void)snprintf(d->info.last_error, sizeof d->info.last_error, "%.*s", (int)sizeof d->info.last_error - 1, why->text);
}

static void refuse(struct db *d, const struct err *why) {
	note_error(d, why);
	if (d->never)
		return;
	d->never = true;
	d->ready = false;
	d->hooks.on_refused(why, d->hooks.ctx);
}

static void become_ready(struct db *d) {
	for (size_t i = 0; i < CONNS; i++)
		if (!d->links[i].checked)
			return;
	if (d->ready || d->never)
		return;
	d->ready = true;
	d->told_lost = false;
	d->info.last_error[0] = '\0';
	d->hooks.on_ready(d->hooks.ctx);
}

static void on_listening(const struct answer *a, void *ctx) {
	struct link *l = ctx;
	l->checked = a->kind == ANSWER_OK;
	become_ready(l->db);
}

/* undefined_table, undefined_function, invalid_schema_name, undefined_column: there is no gridd in this database. */
static bool is_schemaless(const char *sqlstate) {
	static const char *const states[] = {"42P01", "42883", "3F000", "42703"};
	for (size_t i = 0; i < COUNT_OF(states); i++)
		if (strcmp(sqlstate, states[i]) == 0)
			return true;
	return false;
}

static void on_promise(const struct answer *a, void *ctx) {
	struct link *l = ctx;
	struct db *d = l->db;
	struct err why;
	if (a->kind != ANSWER_OK) {
		if (is_schemaless(a->sqlstate)) {
			(void)err_set(&why, E_CONFIG, "the database has no gridd schema: run gridd --migrate");
			refuse(d, &why);
		} else {
			pgconn_reset(l->conn, &a->err);
		}
		return;
	}
	if (!check_promise(d, a->result, &why)) {
		refuse(d, &why);
		return;
	}
	note_info(d, a->result);
	const bool frozen = d->cfg.test_clock;
	take_sample(d, strtoll(says(a->result, frozen ? SAYS_TEST_NOW : SAYS_NOW), NULL, 10), frozen);
	if (l == &d->links[LISTENER]) {
		pgconn_send(l->conn, &listen_statement, NULL, on_listening, l);
		return;
	}
	l->checked = true;
	become_ready(d);
}

/* ---- Connections coming and going ---- */

static void on_conn_up(struct pgconn *c, void *ctx) { pgconn_send(c, &stmt_promise, NULL, on_promise, ctx); }

static void on_conn_down(struct pgconn *c, const struct err *why, void *ctx) {
	(void)c;
	struct link *l = ctx;
	struct db *d = l->db;
	l->checked = false;
	d->ready = false;
	note_error(d, why);
	writer_wake(d->writer);
	loader_wake(d->loader);
	wake_pump(d);
	if (d->told_lost)
		return;
	d->told_lost = true;
	d->hooks.on_lost(why, d->hooks.ctx);
}

static void on_notify(const char *channel, const char *payload, void *ctx) {
	struct link *l = ctx;
	if (l->db->hooks.on_hint)
		l->db->hooks.on_hint(channel, payload, l->db->hooks.ctx);
}

void db_hint_here(struct db *d, const char *payload) { on_notify("gridd", payload, &d->links[LISTENER]); }

static void open_links(struct db *d) {
	for (size_t i = 0; i < CONNS; i++) {
		struct link *l = &d->links[i];
		l->db = d;
		const struct pgconn_config cfg = {
		    .name = conn_kinds[i].name,
		    .conninfo = d->cfg.conninfo,
		    .options = conn_kinds[i].options,
		    .hooks = {.on_up = on_conn_up, .on_down = on_conn_down, .on_notify = on_notify, .ctx = l}};
		l->conn = pgconn_new(d->base, &cfg);
	}
}

bool db_new(struct event_base *base, const struct db_config *cfg, const struct db_hooks *hooks, struct db **out,
            struct err *e) {
	char *why = NULL;
	PQconninfoOption *options = PQconninfoParse(cfg->conninfo, &why);
	if (!options) {
		(void)err_set(e, E_CONFIG, "the database's conninfo: %s", why ? why : "out of memory");
		PQfreemem(why);
		return false;
	}
	PQconninfoFree(options);
	struct db *d = calloc(1, sizeof *d);
	CHECK(d != NULL);
	d->base = base;
	d->cfg = *cfg;
	d->hooks = *hooks;
	arena_init(&d->arena);
	d->cfg.conninfo = arena_strdup(&d->arena, cfg->conninfo);
	for (size_t i = 0; i < CONNS; i++)
		asked_queue_init(&d->waiting[i]);
	asked_queue_init(&d->refused);
	d->writer = writer_new(base, d);
	d->loader = loader_new(base, d);
	d->feed_hints = feed_hints_new(base, d);
	d->pump = event_new(base, -1, 0, on_pump, d);
	d->sampler = event_new(base, -1, EV_PERSIST, on_sampler, d);
	CHECK(d->pump && d->sampler);
	const struct timeval each = {.tv_sec = cfg->test_clock ? SAMPLE_TEST_S : SAMPLE_S};
	evtimer_add(d->sampler, &each);
	open_links(d);
	*out = d;
	return true;
}

void db_free(struct db **pd) {
	struct db *d = *pd;
	if (!d)
		return;
	d->ready = false;
	for (size_t i = 0; i < CONNS; i++)
		pgconn_free(&d->links[i].conn);
	tell_all(&d->refused, E_OVERLOADED, "gridd is stopping");
	for (size_t i = 0; i < CONNS; i++)
		tell_all(&d->waiting[i], E_UNAVAILABLE, "gridd is stopping");
	writer_free(&d->writer);
	loader_free(&d->loader);
	feed_hints_free(&d->feed_hints);
	event_free(d->pump);
	event_free(d->sampler);
	arena_fini(&d->arena);
	free(d);
	*pd = NULL;
}

const char *db_conninfo(const struct db *d) { return d->cfg.conninfo; }
bool db_is_ready(const struct db *d) { return d->ready; }
struct writer *db_writer(struct db *d) {
	return d->writer;
}
struct loader *db_loader(struct db *d) {
	return d->loader;
}
struct feed_hints *db_feed_hints(struct db *d) {
	return d->feed_hints;
}
struct pgconn *db_writer_conn(struct db *d, enum writer_lane lane) {
	return d->links[lane == LANE_FIRST ? WRITER : WRITER_2].conn;
}
const struct write_types *db_write_types(const struct db *d) { return &d->write_types; }
const unsigned char *db_hmac_key(const struct db *d) { return d->hmac_key; }

void db_info(const struct db *d, struct db_info *out) {
	*out = d->info;
	out->ready = d->ready;
}
