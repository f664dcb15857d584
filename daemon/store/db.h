/* db: the database as the rest of gridd sees it: connected or not, and since when; owns the connections.
 *
 * No blocking libpq call is made on the loop. It connects with a timer of its own, reconnects with back-off (100 ms doubling
 * to 5 s), and keeps five connections: two writers, reader, jobs, listen. Not a pool: each has one owner. */
#ifndef GRIDD_STORE_DB_H
#define GRIDD_STORE_DB_H

#include "daemon/base/clock.h"
#include "daemon/store/params.h"
#include "daemon/store/rows.h"
#include "daemon/store/statement.h"

#include <event2/event.h>

struct db;
struct writer;

struct db_config {
	const char *conninfo;               /* of role gridd_app: "host=/run/... dbname=gridd user=gridd_app" */
	bool test_clock;                    /* the database must be marked so, and only then */
	bool require_durable;               /* refuse fsync=off or synchronous_commit=off (default) */
};

struct db_hooks {
	void (*on_ready)(void *ctx);                            /* all connections are up and the promise was checked */
	void (*on_lost)(const struct err *why, void *ctx);      /* until on_ready comes again calls get `unavailable` */
	void (*on_refused)(const struct err *why, void *ctx);   /* it can never work: wrong schema, clock, durability */
	/* A NOTIFY: a hint, never the truth. "pack TOWN": another version is active; "feed TOWN": new events, once a batch. */
	void (*on_hint)(const char *channel, const char *payload, void *ctx);
	void *ctx;
};

bool db_new(struct event_base *base, const struct db_config *cfg, const struct db_hooks *hooks, struct db **out,
            struct err *e) MUST_CHECK;
void db_free(struct db **d);
bool db_is_ready(const struct db *d);
/* Where it is, for connections of threads (store/side.h). Borrowed, for as long as `d` lives. */
const char *db_conninfo(const struct db *d);
struct writer *db_writer(struct db *d);
struct loader *db_loader(struct db *d);

/* Case time, in microseconds (docs: base/clock.h). Call only when db_is_ready was true once. */
int64_t db_now_us(struct db *d);
/* Takes a fresh sample soon (after test.advance, or every 30 s by itself; each second with a test clock). */
void db_sample_clock(struct db *d);
/* This daemon just moved the test clock, and knows where it stands. */
void db_clock_moved(struct db *d, int64_t now_us);

/* What system.info says of the database: "PostgreSQL 15.8", "fsync=on synchronous_commit=on standby=-", schema version. */
struct db_info {
	char version[64], durability[160], last_error[240];
	int schema_version;
	bool ready, test_clock;
};
void db_info(const struct db *d, struct db_info *out);
/* The key for keyed hashes of addresses and phones (32 bytes), read from `meta` at connect. */
const unsigned char *db_hmac_key(const struct db *d);

/* Asks one statement on the reader connection (custom plans, read only unless stated). on_rows runs once, never from within
 * this call: rows (in the asker's arena), or NULL and why. Questions wait in line and are pipelined; with LIMIT_WAITING_CALLS
 * waiting the answer is E_OVERLOADED. `arena` must live until the answer. */
typedef void (*on_rows)(const struct rows *rows, const struct err *why, void *ctx);
void db_ask(struct db *d, const struct statement *st, struct params *p, struct arena *a, on_rows done, void *ctx);
/* The same on the connection of the jobs (generic plans), which may write: leases, timers, deliveries, test clock. */
void db_ask_job(struct db *d, const struct statement *st, struct params *p, struct arena *a, on_rows done, void *ctx);
/* The same for what reads whole tables, on the connection that otherwise only listens: nobody's case.get waits behind it. */
void db_ask_slow(struct db *d, const struct statement *st, struct params *p, struct arena *a, on_rows done, void *ctx);

#endif
