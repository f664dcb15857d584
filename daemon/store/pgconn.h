/* pgconn: one connection to PostgreSQL on the event loop, in pipeline mode, that comes back by itself.
 *
 * Nothing here blocks but the look-up of a host's name (give an address, or a socket's folder). Each statement is sent with a
 * Sync of its own, so each is a transaction; it has succeeded when its Sync arrived and no error came since the Sync before it,
 * because a deferred failure comes after the statement answered, and a Sync comes after a failure too. */
#ifndef GRIDD_STORE_PGCONN_H
#define GRIDD_STORE_PGCONN_H

#include "daemon/store/params.h"
#include "daemon/store/rows.h"
#include "daemon/store/statement.h"

#include <event2/event.h>
#include <libpq-fe.h>

struct pgconn;

enum answer_kind {
	ANSWER_OK,
	ANSWER_RETRY,
	ANSWER_UNAVAILABLE,
	ANSWER_UNKNOWN,
	ANSWER_POISON,
	ANSWER_BROKEN
};
/* By sqlstate.def. */
enum answer_kind sqlstate_kind(const char *sqlstate);

struct answer {
	enum answer_kind kind;
	PGresult *result;                   /* of ANSWER_OK: borrowed until the callback returns; else NULL */
	char sqlstate[6];                   /* "" where the server said nothing */
	struct err err;                     /* of all but ANSWER_OK: E_OVERLOADED, E_UNAVAILABLE, E_OUTCOME_UNKNOWN, E_INTERNAL */
};
typedef void (*on_answer)(const struct answer *a, void *ctx);

struct pgconn_hooks {
	void (*on_up)(struct pgconn *c, void *ctx);
	/* Once for each failed try and each connection lost; the unanswered statements were told before. */
	void (*on_down)(struct pgconn *c, const struct err *why, void *ctx);
	void (*on_notify)(const char *channel, const char *payload, void *ctx);    /* may be NULL */
	void *ctx;
};
struct pgconn_config {
	const char *name;                   /* application_name, and for logs: "writer" */
	const char *conninfo;
	const char *options;                /* "-c lock_timeout=3s ..." */
	struct pgconn_hooks hooks;
};

/* Copies the config's strings; connects from the loop. */
struct pgconn *pgconn_new(struct event_base *base, const struct pgconn_config *cfg);
void pgconn_free(struct pgconn **c);    /* the unanswered statements are told: unknown */
bool pgconn_is_up(const struct pgconn *c);
size_t pgconn_in_flight(const struct pgconn *c);
/* Gives up this connection and makes a new one, after the back-off. */
void pgconn_reset(struct pgconn *c, const struct err *why);

/* Only while it is up. A statement with a name is prepared at its first use on each connection; one without ("") is planned
 * each time. `p` NULL: no parameters. `done` runs once, never from within this call. */
void pgconn_send(struct pgconn *c, const struct statement *st, const struct params *p, on_answer done, void *ctx);

/* Copies a result's cells into an arena. */
struct rows *rows_copy(const PGresult *res, struct arena *a);

#endif
