/* embedded: makes, starts and stops gridd's own private PostgreSQL. */
#include "daemon/store/embedded.h"

#include "daemon/base/civil.h"
#include "daemon/base/clock.h"
#include "daemon/base/list.h"
#include "daemon/store/embedded_parts.h"
#include "statements.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { START_WAIT_S = 300, STOP_WAIT_S = 30, STEP_MS = 20 };

struct embedded {
	struct arena arena;
	struct run_as as;
	struct folder folder;
	int log_fd;
	pid_t pid;
	const char *conninfo;
};

/* Fixed for the embedded server; `extra` of the config comes behind and wins. */
static const char *const settings[] = {
    "listen_addresses=",
    "port=5432",
    "max_connections=50",
    "shared_buffers=256MB",
    "max_wal_size=2GB",
    "wal_compression=lz4",
    "checkpoint_timeout=15min",
    "autovacuum_naptime=15s",
    "log_min_messages=warning",
    "jit=off",
    "log_line_prefix=%m [%p] %u ",
    "timezone=UTC",
    "fsync=on",
    "synchronous_commit=on",
};

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw) {
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

/* Made beside its place and moved there when it is whole: initdb that was killed leaves nothing that looks like a cluster.
 */
static bool make_cluster(struct embedded *m, struct err *e) {
	const char *fresh = arena_printf(&m->arena, "%s.new", m->folder.cluster);
	(void)nftw(fresh, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (mkdir(fresh, 0700) != 0)
		return err_sys(e, "cannot make %s", fresh);
	if (m->as.change && chown(fresh, m->as.uid, m->as.gid) != 0)
		return err_sys(e, "cannot give %s to user %s", fresh, m->as.name);
	char *const argv[] = {arena_printf(&m->arena, "%s/initdb", m->folder.bin_dir),
	                      "-D",
	                      (char *)fresh,
	                      "--encoding=UTF8",
	                      "--locale=C.UTF-8",
	                      "--data-checksums",
	                      "-A",
	                      "peer",
	                      "-U",
	                      "gridd_super",
	                      NULL};
	const struct child_spec spec = {.as = &m->as, .argv = argv, .log_fd = m->log_fd};
	if (!child_run(&spec, m->folder.log, e))
		return false;
	if (rename(fresh, m->folder.cluster) != 0)
		return err_sys(e, "cannot move %s into place", fresh);
	return true;
}

typedef LIST_OF(char *) arg_list;

static void add_setting(struct embedded *m, arg_list *args, char *setting) {
	*LIST_ADD(args, &m->arena) = "-c";
	*LIST_ADD(args, &m->arena) = setting;
}

static void add_extra(struct embedded *m, arg_list *args, const char *extra) {
	while (extra && *extra) {
		const size_t n = strcspn(extra, " ");
		char *word = arena_strndup(&m->arena, extra, n);
		if (n && strcmp(word, "-c") != 0)
			add_setting(m, args, word);
		extra += n + (extra[n] == ' ');
	}
}

static char **server_args(struct embedded *m, const char *extra) {
	arg_list args = {0};
	*LIST_ADD(&args, &m->arena) = arena_printf(&m->arena, "%s/postgres", m->folder.bin_dir);
	*LIST_ADD(&args, &m->arena) = "-D";
	*LIST_ADD(&args, &m->arena) = (char *)m->folder.cluster;
	for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
		add_setting(m, &args, (char *)settings[i]);
	add_setting(m, &args, arena_printf(&m->arena, "unix_socket_directories=\"%s\"", m->folder.socket_dir));
	add_setting(m, &args, arena_printf(&m->arena, "hba_file=%s", m->folder.hba));
	add_setting(m, &args, arena_printf(&m->arena, "ident_file=%s", m->folder.ident));
	add_extra(m, &args, extra);
	*LIST_ADD(&args, &m->arena) = NULL;
	return args.v;
}

bool embedded_ended(struct embedded *m) {
	if (m->pid > 0 && waitpid(m->pid, NULL, WNOHANG) == m->pid)
		m->pid = 0;
	return m->pid == 0;
}

static void pause_a_step(void) { (void)nanosleep(&(struct timespec){.tv_nsec = STEP_MS * 1000000L}, NULL); }

/* conninfo with one more `name=value`. */
static const char *conninfo_with(struct embedded *m, const char *more) {
	return arena_printf(&m->arena, "%s %s", m->conninfo, more);
}

/* The first connection that it takes; NULL and why: it ended, refuses us for good, or takes too long. */
static PGconn *connect_when_up(struct embedded *m, struct err *e) {
	const char *conninfo = conninfo_with(m, "user=gridd_super dbname=postgres");
	const int64_t until_us = clock_monotonic_us() + START_WAIT_S * SECOND_US;
	char line[200];
	bool was_up = false;
	while (clock_monotonic_us() < until_us) {
		PGconn *conn = PQconnectdb(conninfo);
		if (PQstatus(conn) == CONNECTION_OK)
			return conn;
		if (was_up)
			(void)err_set(e, E_IO, "connecting to the embedded PostgreSQL: %s", PQerrorMessage(conn));
		PQfinish(conn);
		if (was_up)
			return NULL;
		was_up = PQping(conninfo) == PQPING_OK;
		if (embedded_ended(m)) {
			(void)err_set(e, E_IO, "the embedded PostgreSQL ended at once: %s (all of it in %s)",
			              log_last_line(m->folder.log, line, sizeof line), m->folder.log);
			return NULL;
		}
		pause_a_step();
	}
	(void)err_set(e, E_IO, "the embedded PostgreSQL did not come up within %d s: see %s", START_WAIT_S, m->folder.log);
	return NULL;
}

static bool run_sql(PGconn *conn, const char *sql, struct err *e) {
	PGresult *res = PQexec(conn, sql);
	const ExecStatusType status = PQresultStatus(res);
	const bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
	if (!ok)
		(void)err_set(e, E_IO, "preparing the embedded PostgreSQL: %s", PQerrorMessage(conn));
	PQclear(res);
	return ok;
}

static bool has_database(PGconn *conn) {
	PGresult *res = PQexec(conn, "SELECT FROM pg_database WHERE datname = 'gridd'");
	const bool has = PQresultStatus(res) == PGRES_TUPLES_OK && PQntuples(res) == 1;
	PQclear(res);
	return has;
}

/* Roles and database. Asked at every start: a first start may have been killed in between. */
static bool bootstrap(struct embedded *m, struct err *e) {
	PGconn *conn = connect_when_up(m, e);
	if (!conn)
		return false;
	const bool ok = run_sql(conn, stmt_bootstrap_roles.sql, e) &&
	                (has_database(conn) || run_sql(conn, stmt_bootstrap_database.sql, e));
	PQfinish(conn);
	return ok;
}

/* A value for conninfo: quoted, with ' and \ escaped. */
static const char *quoted(struct arena *a, const char *s) {
	char *out = arena_alloc(a, 2 * strlen(s) + 3), *at = out;
	*at++ = '\'';
	for (; *s; s++) {
		if (*s == '\'' || *s == '\\')
			*at++ = '\\';
		*at++ = *s;
	}
	*at = '\'';
	return out;
}

static bool start(struct embedded *m, const struct embedded_config *cfg, struct err *e) {
	if (!run_as_find(cfg->run_as, &m->arena, &m->as, e) || !folder_open(cfg, &m->as, &m->arena, &m->folder, e))
		return false;
	m->log_fd = open(m->folder.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	if (m->log_fd < 0)
		return err_sys(e, "cannot write %s", m->folder.log);
	m->conninfo = arena_printf(&m->arena, "host=%s port=5432 dbname=gridd", quoted(&m->arena, m->folder.socket_dir));
	if (!folder_has_cluster(&m->folder) && !make_cluster(m, e))
		return false;
	if (!folder_write_access(&m->folder, &m->as, e) || !folder_wait_for_orphan(&m->folder, e))
		return false;
	const struct child_spec spec = {
	    .as = &m->as, .argv = server_args(m, cfg->extra), .log_fd = m->log_fd, .die_with_us = true};
	return child_start(&spec, &m->pid, e) && bootstrap(m, e);
}

bool embedded_start(const struct embedded_config *cfg, struct embedded **out, struct err *e) {
	*out = calloc(1, sizeof **out);
	if (!*out)
		return err_sys(e, "cannot start the embedded PostgreSQL");
	(*out)->log_fd = -1;
	(*out)->folder.lock_fd = -1;
	arena_init(&(*out)->arena);
	if (start(*out, cfg, e))
		return true;
	embedded_stop(out);
	return false;
}

const char *embedded_conninfo(const struct embedded *m) { return m->conninfo; }
pid_t embedded_pid(const struct embedded *m) { return m->pid; }

/* SIGINT: a fast shutdown; SIGQUIT, when that takes too long: at once, and recovery at the next start. */
static void stop_server(struct embedded *m) {
	static const int signals[] = {SIGINT, SIGQUIT};
	for (size_t i = 0; i < sizeof signals / sizeof signals[0] && !embedded_ended(m); i++) {
		(void)kill(m->pid, signals[i]);
		const int64_t until_us = clock_monotonic_us() + STOP_WAIT_S * SECOND_US;
		while (!embedded_ended(m) && clock_monotonic_us() < until_us)
			pause_a_step();
	}
}

void embedded_stop(struct embedded **m) {
	if (!*m)
		return;
	stop_server(*m);
	folder_close(&(*m)->folder);
	if ((*m)->log_fd >= 0)
		(void)close((*m)->log_fd);
	arena_fini(&(*m)->arena);
	free(*m);
	*m = NULL;
}
