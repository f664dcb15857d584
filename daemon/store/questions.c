/* questions: sends statements down a connection in pipeline mode and hands each its answer at its Sync. */
#include "daemon/base/check.h"
#include "daemon/store/pgconn_parts.h"

#include <stdlib.h>
#include <string.h>

struct question {
	struct question *next;
	on_answer done;
	void *ctx;
	const struct statement *preparing; /* its Parse went out with this question, no answer yet; NULL: it is prepared */
	PGresult *result;                  /* of the statement itself, if all is well so far */
	bool failed;
	struct answer failure;
};

enum answer_kind sqlstate_kind(const char *sqlstate) {
	static const struct {
		const char *code;
		enum answer_kind kind;
	} table[] = {
#define SQLSTATE(code, kind) {code, ANSWER_##kind},
#include "daemon/store/sqlstate.def"
#undef SQLSTATE
	};
	enum answer_kind kind = ANSWER_BROKEN;
	size_t longest = 0;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		const size_t n = strlen(table[i].code);
		if (n > longest && strncmp(sqlstate, table[i].code, n) == 0) {
			kind = table[i].kind;
			longest = n;
		}
	}
	return kind;
}

static enum err_code code_of(enum answer_kind kind) {
	static const enum err_code codes[] = {
	    [ANSWER_OK] = E_NONE,
	    [ANSWER_RETRY] = E_OVERLOADED,
	    [ANSWER_UNAVAILABLE] = E_UNAVAILABLE,
	    [ANSWER_UNKNOWN] = E_OUTCOME_UNKNOWN,
	    [ANSWER_POISON] = E_INTERNAL,
	    [ANSWER_BROKEN] = E_INTERNAL,
	};
	return codes[kind];
}

static void note_failure(struct question *q, enum answer_kind kind, const char *sqlstate, const char *message) {
	if (q->failed)
		return;
	q->failed = true;
	q->failure.kind = kind;
	(void)snprintf(q->failure.sqlstate, sizeof q->failure.sqlstate, "%s", sqlstate);
	(void)err_set(&q->failure.err, code_of(kind), "%s", message);
}

/* Only the primary message: the detail of a constraint holds the row, and so what a citizen wrote. */
static void note_error(struct question *q, const PGresult *res) {
	const char *sqlstate = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
	const enum answer_kind kind = sqlstate ? sqlstate_kind(sqlstate) : ANSWER_UNKNOWN;
	note_failure(q, kind, sqlstate ? sqlstate : "", message ? message : "the connection broke");
}

static void free_question(struct question *q) {
	PQclear(q->result);
	free(q);
}

static struct question *take_first(struct pgconn *c) {
	struct question *q = c->first;
	c->first = q->next;
	if (!c->first)
		c->last = NULL;
	c->in_flight--;
	return q;
}

static void forget_prepared(struct pgconn *c, const struct statement *st) {
	for (size_t i = 0; st && i < c->n_prepared; i++)
		if (c->prepared[i] == st)
			c->prepared[i--] = c->prepared[--c->n_prepared];
}

/* The Sync of the first question is here. */
static void answer_first(struct pgconn *c) {
	struct question *q = take_first(c);
	if (c->warned)
		note_failure(q, ANSWER_UNKNOWN, "01000", "the server warned at the commit: it may not be on the standby");
	c->warned = false;
	if (!q->failed && !q->result)
		note_failure(q, ANSWER_BROKEN, "", "the statement gave no result");
	if (q->failed)
		forget_prepared(c, q->preparing);
	const struct answer fine = {.kind = ANSWER_OK, .result = q->result};
	q->done(q->failed ? &q->failure : &fine, q->ctx);
	free_question(q);
}

static void take_result(struct pgconn *c, PGresult *res) {
	struct question *q = c->first;
	switch (PQresultStatus(res)) {
	case PGRES_PIPELINE_SYNC:
		PQclear(res);
		answer_first(c);
		return;
	case PGRES_COMMAND_OK:
	case PGRES_TUPLES_OK:
		PQclear(q->result); /* that of the Parse, before the statement's own */
		q->result = res;
		q->preparing = NULL;
		return;
	case PGRES_PIPELINE_ABORTED:
		break; /* the error that it follows is noted */
	default:
		note_error(q, res);
	}
	PQclear(res);
}

static void take_notifies(struct pgconn *c) {
	PGnotify *n;
	while (c->conn && (n = PQnotifies(c->conn)) != NULL) {
		if (c->cfg.hooks.on_notify)
			c->cfg.hooks.on_notify(n->relname, n->extra, c->cfg.hooks.ctx);
		PQfreemem(n);
	}
}

bool questions_read(struct pgconn *c) {
	/* Between two results libpq says NULL once; twice means that there are no more. */
	int nulls = 0;
	while (c->conn && c->first && nulls < 2 && !PQisBusy(c->conn)) {
		PGresult *res = PQgetResult(c->conn);
		nulls = res ? 0 : nulls + 1;
		if (res)
			take_result(c, res);
	}
	take_notifies(c);
	return !c->conn || PQstatus(c->conn) == CONNECTION_OK;
}

void questions_fail_all(struct pgconn *c, const struct err *why) {
	/* Those that are asked from within the callbacks find the connection down. */
	struct question *q = c->first;
	c->first = c->last = NULL;
	c->in_flight = 0;
	while (q) {
		struct question *next = q->next;
		note_failure(q, ANSWER_UNKNOWN, "", why->text);
		q->done(&q->failure, q->ctx);
		free_question(q);
		q = next;
	}
}

static bool is_prepared(const struct pgconn *c, const struct statement *st) {
	for (size_t i = 0; i < c->n_prepared; i++)
		if (c->prepared[i] == st)
			return true;
	return false;
}

static bool send_prepare(struct pgconn *c, struct question *q, const struct statement *st, const struct params *p) {
	if (!PQsendPrepare(c->conn, st->name, st->sql, p ? p->n : 0, p ? p->types : NULL))
		return false;
	q->preparing = st;
	CHECK(c->n_prepared < PREPARED_MAX);
	c->prepared[c->n_prepared++] = st;
	return true;
}

static bool send_statement(struct pgconn *c, struct question *q, const struct statement *st, const struct params *p) {
	const int n = p ? p->n : 0;
	const char *const *values = p ? p->values : NULL;
	const int *lengths = p ? p->lengths : NULL, *formats = p ? p->formats : NULL;
	if (!st->name[0])
		return PQsendQueryParams(c->conn, st->sql, n, p ? p->types : NULL, values, lengths, formats, 0);
	if (!is_prepared(c, st) && !send_prepare(c, q, st, p))
		return false;
	return PQsendQueryPrepared(c->conn, st->name, n, values, lengths, formats, 0);
}

void pgconn_send(struct pgconn *c, const struct statement *st, const struct params *p, on_answer done, void *ctx) {
	CHECK(c->up);
	struct question *q = calloc(1, sizeof *q);
	CHECK(q != NULL);
	q->done = done;
	q->ctx = ctx;
	if (c->last)
		c->last->next = q;
	else
		c->first = q;
	c->last = q;
	c->in_flight++;
	if (send_statement(c, q, st, p) && PQpipelineSync(c->conn))
		pgconn_flush(c);
	else
		pgconn_break(c);
}

struct rows *rows_copy(const PGresult *res, struct arena *a) {
	struct rows *out = arena_new(a, struct rows);
	const int n = PQntuples(res), columns = PQnfields(res);
	const char **cells = arena_array(a, const char *, (size_t)n *(size_t)columns + 1);
	for (int row = 0; row < n; row++)
		for (int column = 0; column < columns; column++)
			if (!PQgetisnull(res, row, column))
				cells[row * columns + column] =
				    arena_strndup(a, PQgetvalue(res, row, column), (size_t)PQgetlength(res, row, column));
	*out = (struct rows){.n = (size_t)n, .columns = (size_t)columns, .cells = cells};
	return out;
}
