/* pgconn_parts: what pgconn.c (the connection) and questions.c (what is asked on it) share. */
#ifndef GRIDD_STORE_PGCONN_PARTS_H
#define GRIDD_STORE_PGCONN_PARTS_H

#include "daemon/store/pgconn.h"

enum { PREPARED_MAX = 128 };

struct question;

struct pgconn {
	struct event_base *base;
	struct pgconn_config cfg;
	struct arena arena;
	PGconn *conn;                       /* NULL between tries */
	struct event *io_read, *io_write, *timer;
	int backoff_ms;
	bool up;
	bool broken;                        /* found while sending; told from the loop */
	bool warned;                        /* a warning came since the last Sync */
	struct question *first, *last;      /* sent, not answered */
	size_t in_flight;
	const struct statement *prepared[PREPARED_MAX];
	size_t n_prepared;
};

void pgconn_flush(struct pgconn *c);
void pgconn_break(struct pgconn *c);
void pgconn_fail(struct pgconn *c, const struct err *why);

/* Takes in what has arrived, tells the askers; false: the connection is broken. */
bool questions_read(struct pgconn *c);
void questions_fail_all(struct pgconn *c, const struct err *why);

#endif
