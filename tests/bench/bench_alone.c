/* bench_alone: PostgreSQL alone: the writer's own statement for new cases, with rows like the stored ones, over one connection. */
#include "daemon/store/statement.h"
#include "statements.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ROW_COLUMNS = 54, TASK_COLUMNS = 11 };
enum { COL_KEY = 2, COL_REF = 5, COL_GROUP_ORD = 8, COL_ADDRESS_HASH = 48, COL_CELL = 50 };     /* of alone_rows.sql */
enum { OID_TIME = 1184 };

/* The statement's parameters: when it is recorded, then an array of records each. Few cases tell anybody: here none does. */
enum { RECORDED, ROWS, TASKS, NOTICES, PARAMS };
static const char *const record_types[PARAMS] = {[ROWS] = "write_row", [TASKS] = "write_task", [NOTICES] = "write_notice"};

struct buffer {
	unsigned char *p;
	size_t n, room;
};

/* The parameters of one batch, on the wire's form. */
struct batch {
	struct buffer values[PARAMS];
};

static PGconn *conn;
static PGresult *rows, *tasks;
static Oid records[PARAMS];             /* of record_types */
static unsigned long fresh;             /* counts keys, so that none comes twice */

static _Noreturn void die(const char *what) {
	fprintf(stderr, "bench_alone: %s: %s\n", what, conn ? PQerrorMessage(conn) : "");
	exit(1);
}

static double now_s(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void add(struct buffer *b, const void *p, size_t n) {
	if (b->n + n > b->room) {
		b->room = (b->n + n) * 2;
		b->p = realloc(b->p, b->room);
		if (!b->p)
			die("memory");
	}
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

static void add_big_endian(struct buffer *b, uint64_t v, int bytes) {
	unsigned char out[8];
	for (int i = 0; i < bytes; i++)
		out[i] = (unsigned char)(v >> (8 * (bytes - 1 - i)));
	add(b, out, (size_t)bytes);
}

static void begin_array(struct buffer *b, Oid element, size_t n) {
	b->n = 0;
	add_big_endian(b, n ? 1 : 0, 4);
	add_big_endian(b, 1, 4);                /* there may be nulls */
	add_big_endian(b, element, 4);
	if (!n)
		return;
	add_big_endian(b, n, 4);
	add_big_endian(b, 1, 4);
}

static void add_element(struct buffer *b, const void *p, size_t n) {
	add_big_endian(b, n, 4);
	add(b, p, n);
}

static void add_cell(struct buffer *b, const PGresult *from, int row, int column) {
	if (PQgetisnull(from, row, column))
		add_big_endian(b, UINT32_MAX, 4);
	else
		add_element(b, PQgetvalue(from, row, column), (size_t)PQgetlength(from, row, column));
}

/* As long as what it stands for, so that indexes and WAL are what they would be. */
static void add_fresh_text(struct buffer *b, const PGresult *from, int row, int column) {
	char text[512];
	const int n = PQgetlength(from, row, column);
	char tail[40];
	const int tail_n = snprintf(tail, sizeof tail, "%x-%lu", (unsigned)getpid(), fresh);
	const int keep = n > tail_n ? n - tail_n : 0;
	if (PQgetisnull(from, row, column) || keep + tail_n >= (int)sizeof text) {
		add_cell(b, from, row, column);
		return;
	}
	memcpy(text, PQgetvalue(from, row, column), (size_t)keep);
	memcpy(text + keep, tail, (size_t)tail_n);
	add_element(b, text, (size_t)(keep + tail_n));
}

/* Another address, another place: else every case would be similar to every other. */
static void add_fresh_number(struct buffer *b, const PGresult *from, int row, int column) {
	uint64_t x = (fresh + (uint64_t)getpid() * 1000003U) * UINT64_C(0x9E3779B97F4A7C15);
	if (PQgetisnull(from, row, column)) {
		add_cell(b, from, row, column);
		return;
	}
	x ^= x >> 29;
	add_big_endian(b, 8, 4);
	add_big_endian(b, x, 8);
}

/* The value of a column, with its type before it. */
static void add_row_value(struct buffer *b, int column, int row, size_t place) {
	add_big_endian(b, PQftype(rows, column), 4);
	if (column == COL_KEY || column == COL_REF)
		add_fresh_text(b, rows, row, column);
	else if (column == COL_ADDRESS_HASH || column == COL_CELL)
		add_fresh_number(b, rows, row, column);
	else if (column == COL_GROUP_ORD) /* they are of one town */
		add_big_endian(b, 4, 4), add_big_endian(b, place + 1, 4);
	else
		add_cell(b, rows, row, column);
}

/* A record's bytes come after their number, which is known when they are there. */
static size_t begin_record(struct buffer *b, int columns) {
	add_big_endian(b, 0, 4);
	const size_t at = b->n;
	add_big_endian(b, (uint64_t)columns, 4);
	return at;
}

static void end_record(struct buffer *b, size_t at) {
	const size_t n = b->n - at;
	for (size_t i = 0; i < 4; i++)
		b->p[at - 4 + i] = (unsigned char)(n >> (8 * (3 - i)));
}

static void fill_rows(struct buffer *b, size_t first, size_t n) {
	begin_array(b, records[ROWS], n);
	for (size_t i = 0; i < n; i++) {
		const int row = (int)((first + i) % (size_t)PQntuples(rows));
		const size_t at = begin_record(b, ROW_COLUMNS);
		fresh = first + i;
		for (int column = 0; column < ROW_COLUMNS; column++)
			add_row_value(b, column, row, i);
		end_record(b, at);
	}
}

/* First and last task of a template: alone_tasks.sql gives them in the templates' order, numbered in column 0. */
static int *task_from;

static void index_tasks(void) {
	const int n = PQntuples(rows);
	task_from = calloc((size_t)n + 1, sizeof *task_from);
	if (!task_from)
		die("memory");
	for (int row = 0, at = 0; row <= n; row++) {
		while (at < PQntuples(tasks) && strtol(PQgetvalue(tasks, at, TASK_COLUMNS), NULL, 10) <= row)
			at++;
		task_from[row] = at;
	}
}

static void add_task(struct buffer *b, int task, size_t ord) {
	const size_t at = begin_record(b, TASK_COLUMNS);
	add_big_endian(b, PQftype(tasks, 0), 4);
	add_big_endian(b, 8, 4), add_big_endian(b, ord, 8);
	for (int column = 1; column < TASK_COLUMNS; column++) {
		add_big_endian(b, PQftype(tasks, column), 4);
		add_cell(b, tasks, task, column);
	}
	end_record(b, at);
}

static void fill_tasks(struct buffer *b, size_t first, size_t n) {
	size_t count = 0;
	for (size_t i = 0; i < n; i++) {
		const size_t row = (first + i) % (size_t)PQntuples(rows);
		count += (size_t)(task_from[row + 1] - task_from[row]);
	}
	begin_array(b, records[TASKS], count);
	for (size_t i = 0; i < n; i++) {
		const size_t row = (first + i) % (size_t)PQntuples(rows);
		for (int t = task_from[row]; t < task_from[row + 1]; t++)
			add_task(b, t, i + 1);
	}
}

static void fill_batch(struct batch *batch, size_t first, size_t n) {
	batch->values[RECORDED].n = 0;
	add(&batch->values[RECORDED], PQgetvalue(rows, 0, 11), 8);     /* like `at` */
	fill_rows(&batch->values[ROWS], first, n);
	fill_tasks(&batch->values[TASKS], first, n);
	begin_array(&batch->values[NOTICES], records[NOTICES], 0);
}

static void ask_types(void) {
	for (int i = 0; i < PARAMS; i++) {
		char sql[100];
		if (!record_types[i])
			continue;
		(void)snprintf(sql, sizeof sql, "SELECT 'gridd.%s'::regtype::oid", record_types[i]);
		PGresult *res = PQexec(conn, sql);
		if (PQresultStatus(res) != PGRES_TUPLES_OK)
			die(sql);
		records[i] = (Oid)strtoul(PQgetvalue(res, 0, 0), NULL, 10);
		PQclear(res);
	}
}

static char *read_file(const char *folder, const char *name) {
	static char text[16384];
	char path[4096];
	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "re");
	const size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
	if (!n)
		die(path);
	text[n] = '\0';
	(void)fclose(f);
	return text;
}

static PGresult *query(const char *sql) {
	PGresult *res = PQexecParams(conn, sql, 0, NULL, NULL, NULL, NULL, 1);
	if (PQresultStatus(res) != PGRES_TUPLES_OK)
		die("reading the stored rows");
	return res;
}

/* Every row must have been stored; one that wasn't measures something else. */
static void send_batch(const struct batch *batch, size_t n) {
	const char *values[PARAMS];
	int lengths[PARAMS], formats[PARAMS];
	for (size_t p = 0; p < PARAMS; p++) {
		values[p] = (const char *)batch->values[p].p;
		lengths[p] = (int)batch->values[p].n;
		formats[p] = 1;
	}
	PGresult *res = PQexecPrepared(conn, "write_new", PARAMS, values, lengths, formats, 0);
	if (PQresultStatus(res) != PGRES_TUPLES_OK || (size_t)PQntuples(res) != n)
		die("the statement");
	for (size_t i = 0; i < n; i++) {
		if (strcmp(PQgetvalue(res, (int)i, 1), "stored") != 0)
			die("a row was not stored");
	}
	PQclear(res);
}

static void open_all(const char *conninfo, const char *folder) {
	conn = PQconnectdb(conninfo);
	if (PQstatus(conn) != CONNECTION_OK)
		die("connecting");
	/* As on the product's writing connections (daemon/store/db.c). */
	PQclear(PQexec(conn, "SET plan_cache_mode = force_generic_plan; SET work_mem = '32MB'; SET jit = off; "
	                     "SET enable_seqscan = off; SET enable_mergejoin = off; SET random_page_cost = 1.1"));
	rows = query(read_file(folder, "alone_rows.sql"));
	tasks = query(read_file(folder, "alone_tasks.sql"));
	if (PQntuples(rows) == 0 || PQnfields(rows) != ROW_COLUMNS || PQnfields(tasks) != TASK_COLUMNS + 1)
		die("no stored cases to copy, or the columns of alone_*.sql are not the writer's");
	index_tasks();
	ask_types();
	PQclear(PQprepare(conn, "write_new", stmt_write_new.sql, 1, &(Oid){OID_TIME}));
}

static int by_value(const void *a, const void *b) {
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv) {
	if (argc != 5) {
		fprintf(stderr, "usage: bench_alone CONNINFO FOLDER_OF_SQL ROWS_A_BATCH BATCHES\n");
		return 2;
	}
	const size_t n = strtoul(argv[3], NULL, 10), n_batches = strtoul(argv[4], NULL, 10);
	open_all(argv[1], argv[2]);
	struct batch *batches = calloc(n_batches + 1, sizeof *batches);
	double *took = calloc(n_batches + 1, sizeof *took);
	if (!batches || !took || !n || !n_batches)
		die("nothing to do");
	for (size_t b = 0; b <= n_batches; b++)
		fill_batch(&batches[b], b * n, n);
	send_batch(&batches[n_batches], n);             /* plans it */
	const double began = now_s();
	for (size_t b = 0; b < n_batches; b++) {
		const double sent = now_s();
		send_batch(&batches[b], n);
		took[b] = now_s() - sent;
	}
	const double seconds = now_s() - began;
	qsort(took, n_batches, sizeof *took, by_value);
	printf("calls=%zu errors=0 seconds=%.3f per_second=%.0f batch=%zu p50_us=%.0f p99_us=%.0f\n", n * n_batches, seconds,
	       (double)(n * n_batches) / seconds, n, took[n_batches / 2] * 1e6, took[n_batches * 99 / 100] * 1e6);
	return 0;
}
