/* embedded: gridd's own private PostgreSQL cluster in a folder, reached by Unix socket only, living and dying with gridd. */
#ifndef GRIDD_STORE_EMBEDDED_H
#define GRIDD_STORE_EMBEDDED_H

#include "daemon/base/err.h"

#include <stddef.h>
#include <sys/types.h>

struct embedded;

struct embedded_config {
	const char *dir;                    /* holds db/ (the cluster), run/ (its socket), log, gridd.lock, backup/ */
	const char *bin_dir;                /* NULL: found (PATH, then /usr/lib/postgresql/NN/bin, newest first) */
	const char *run_as;                 /* user to run as when root; NULL: "postgres" */
	const char *extra;                  /* further `-c name=value` settings, space-separated, or NULL (tests, benches) */
};

/* Locks the folder (refuses a live one with its pid), makes the cluster if there is none, starts it and waits until it accepts
 * connections; before "ready" only, so it may block. Every failure is one sentence with the remedy. A postmaster.pid that a
 * crash left is PostgreSQL's to handle. */
bool embedded_start(const struct embedded_config *cfg, struct embedded **out, struct err *e) MUST_CHECK;
const char *embedded_conninfo(const struct embedded *m);          /* without user: "host=... port=... dbname=gridd" */
pid_t embedded_pid(const struct embedded *m);
/* Has it ended by itself? For SIGCHLD. */
bool embedded_ended(struct embedded *m);
/* Stops it (fast shutdown), waits up to 30 s, unlocks. */
void embedded_stop(struct embedded **m);

#endif
