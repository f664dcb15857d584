/* side: libpq as it is meant for threads: blocking calls, one connection, one transaction at a time. */
#include "daemon/store/side.h"

#include "daemon/base/check.h"
#include "daemon/base/clock.h"
#include "daemon/store/pgconn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The planner may scan: a report reads a good part of a town. */
#define SIDE_OPTIONS                                                                                                        \
	"-c search_path=gridd,pg_catalog -c jit=off -c TimeZone=UTC -c DateStyle=ISO -c work_mem=64MB "                         \
	"-c default_transaction_isolation=repeatable\\ read -c random_page_cost=1.1 -c tcp_user_timeout=10000"

enum {
	WORK_US = 5000, /* between two rests */
	LONGEST_US = 200000, /* of work that is rested for: a thread that is told to stop shall soon hear it */
	REST = 9        /* times as long as it worked */
};

struct side {
	PGconn *conn;
	bool (*called_since)(void *ctx, int64_t mono_us); /* NULL: gives way to nobody */
	void *ctx;
	int64_t rested_mono_us;
};

static enum err_code code_of(const char *sqlstate) {
	switch (sqlstate_kind(sqlstate)) {
	case ANSWER_RETRY:
		return E_OVERLOADED;
	case ANSWER_UNAVAILABLE:
	case ANSWER_UNKNOWN:
		return E_UNAVAILABLE;
	default:
		return E_INTERNAL;
	}
}

static bool failed(struct side *s, const PGresult *res, struct err *e) {
	const char *sqlstate = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
	char line[300];
	(void)snprintf(line, sizeof line, "%s", PQerrorMessage(s->conn));
	line[strcspn(line, "\n")] = '\0';
	return err_set(e, sqlstate ? code_of(sqlstate) : E_UNAVAILABLE, "%s", line);
}

bool side_open(const char *conninfo, struct side **out, struct err *e) {
	const char *const keywords[] = {"dbname", "application_name", "options", "connect_timeout", NULL};
	const char *const values[] = {conninfo, "gridd side", SIDE_OPTIONS, "5", NULL};
	struct side *s = calloc(1, sizeof *s);
	CHECK(s != NULL);
	s->conn = PQconnectdbParams(keywords, values, 1);
	if (PQstatus(s->conn) == CONNECTION_OK) {
		*out = s;
		return true;
	}
	(void)failed(s, NULL, e);
	side_close(&s);
	return false;
}

void side_close(struct side **s) {
	if (!*s)
		return;
	PQfinish((*s)->conn);
	free(*s);
	*s = NULL;
}

static bool run(struct side *s, const char *sql, struct err *e) {
	PGresult *res = PQexec(s->conn, sql);
	const bool ok = PQresultStatus(res) == PGRES_COMMAND_OK || failed(s, res, e);
	PQclear(res);
	return ok;
}

bool side_begin(struct side *s, struct err *e) { return run(s, "BEGIN", e); }

/* COMMIT of a transaction that failed says ROLLBACK, and no error. */
bool side_commit(struct side *s, struct err *e) {
	PGresult *res = PQexec(s->conn, "COMMIT");
	bool ok = PQresultStatus(res) == PGRES_COMMAND_OK || failed(s, res, e);
	if (ok && strcmp(PQcmdStatus(res), "COMMIT") != 0)
		ok = err_set(e, E_INTERNAL, "the transaction had failed before its end");
	PQclear(res);
	return ok;
}

static bool submit(struct side *s, const struct statement *st, const struct params *p, struct err *e) {
	const int ok = p ? PQsendQueryParams(s->conn, st->sql, p->n, p->types, p->values, p->lengths, p->formats, 0)
	                 : PQsendQueryParams(s->conn, st->sql, 0, NULL, NULL, NULL, NULL, 0);
	return ok == 1 || failed(s, NULL, e);
}

void side_give_way(struct side *s, bool (*called_since)(void *ctx, int64_t mono_us), void *ctx) {
	s->called_since = called_since;
	s->ctx = ctx;
	s->rested_mono_us = clock_monotonic_us();
}

static void rest(struct side *s) {
	if (!s->called_since)
		return;
	const int64_t now_us = clock_monotonic_us(), worked_us = now_us - s->rested_mono_us;
	if (worked_us < WORK_US)
		return;
	if (s->called_since(s->ctx, s->rested_mono_us)) {
		const int64_t rest_us = REST * (worked_us < LONGEST_US ? worked_us : LONGEST_US);
		(void)nanosleep(&(struct timespec){.tv_sec = rest_us / SECOND_US, .tv_nsec = rest_us % SECOND_US * 1000}, NULL);
	}
	s->rested_mono_us = clock_monotonic_us();
}

/* What is left of an answer; an error in it is kept if there was none before. */
static bool drain(struct side *s, bool ok, struct err *e) {
	PGresult *res;
	while ((res = PQgetResult(s->conn)) != NULL) {
		const ExecStatusType status = PQresultStatus(res);
		if (ok && status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_SINGLE_TUPLE)
			ok = failed(s, res, e);
		PQclear(res);
	}
	return ok;
}

bool side_ask(struct side *s, const struct statement *st, const struct params *p, struct arena *a, struct rows **out,
              struct err *e) {
	if (!submit(s, st, p, e))
		return false;
	PGresult *res = PQgetResult(s->conn);
	const ExecStatusType status = PQresultStatus(res);
	bool ok = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || failed(s, res, e);
	if (ok)
		*out = rows_copy(res, a);
	PQclear(res);
	return drain(s, ok, e);
}

/* A server that goes on sending what nobody wants is told to stop. */
static void cancel(struct side *s) {
	char why[256];
	PGcancel *c = PQgetCancel(s->conn);
	if (c)
		(void)PQcancel(c, why, (int)sizeof why);
	PQfreeCancel(c);
}

/* The caller's own reason stands, whatever the cancelled statement says. */
static bool break_off(struct side *s) {
	struct err ignored = {0};
	cancel(s);
	(void)drain(s, true, &ignored);
	return false;
}

bool side_stream(struct side *s, const struct statement *st, const struct params *p, struct arena *a, on_side_row on_row,
                 void *ctx, struct err *e) {
	PGresult *res;
	if (!submit(s, st, p, e))
		return false;
	CHECK(PQsetSingleRowMode(s->conn) == 1);
	while ((res = PQgetResult(s->conn)) != NULL) {
		const ExecStatusType status = PQresultStatus(res);
		bool ok = true;
		if (status == PGRES_SINGLE_TUPLE) {
			arena_reset(a);
			ok = on_row(rows_copy(res, a), a, ctx, e);
			PQclear(res);
			if (!ok)
				return break_off(s);
			rest(s);
			continue;
		}
		ok = status == PGRES_TUPLES_OK || failed(s, res, e);
		PQclear(res);
		if (!ok)
			return drain(s, false, e);
	}
	return true;
}
