/* pgconn: makes a connection without blocking, keeps it, and makes it again with back-off when it is lost. */
#include "daemon/store/pgconn.h"

#include "daemon/base/check.h"
#include "daemon/base/log.h"
#include "daemon/store/pgconn_parts.h"

#include <stdlib.h>
#include <string.h>

enum { CONNECT_TIMEOUT_S = 3, BACKOFF_FIRST_MS = 100, BACKOFF_MAX_MS = 5000 };

static void on_timer(evutil_socket_t fd, short what, void *ctx);
static void on_connect_io(evutil_socket_t fd, short what, void *ctx);

static struct timeval in_ms(int ms) { return (struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000}; }

static void drop_events(struct pgconn *c) {
	if (c->io_read)
		event_free(c->io_read);
	if (c->io_write)
		event_free(c->io_write);
	c->io_read = c->io_write = NULL;
}

static void close_connection(struct pgconn *c) {
	drop_events(c);
	PQfinish(c->conn);
	c->conn = NULL;
	c->up = c->broken = false;
	c->n_prepared = 0;
	c->warned = false;
}

static void schedule_next_try(struct pgconn *c) {
	const struct timeval wait = in_ms(c->backoff_ms);
	c->backoff_ms = c->backoff_ms * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : c->backoff_ms * 2;
	evtimer_add(c->timer, &wait);
}

void pgconn_fail(struct pgconn *c, const struct err *why) {
	const struct err copy = *why; /* `why` may lie in what is about to go */
	close_connection(c);
	questions_fail_all(c, &copy);
	schedule_next_try(c);
	c->cfg.hooks.on_down(c, &copy, c->cfg.hooks.ctx);
}

void pgconn_reset(struct pgconn *c, const struct err *why) {
	if (c->conn)
		pgconn_fail(c, why);
}

/* libpq ends its messages with a newline, and sometimes has several. */
static const char *first_line(const char *message, char out[240]) {
	(void)snprintf(out, 240, "%s", message);
	out[strcspn(out, "\n")] = '\0';
	return out;
}

static void connect_failed(struct pgconn *c) {
	struct err why;
	char line[240];
	(void)err_set(&why, E_UNAVAILABLE, "%s connection: %s", c->cfg.name,
	              c->conn ? first_line(PQerrorMessage(c->conn), line) : "out of memory");
	pgconn_fail(c, &why);
}

/* A commit that says "not replicated" or "being shut down" comes as a warning beside a success. */
static void on_notice(void *ctx, const PGresult *res) {
	struct pgconn *c = ctx;
	const char *severity = PQresultErrorField(res, PG_DIAG_SEVERITY_NONLOCALIZED);
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	if (!severity || strcmp(severity, "WARNING") != 0 || !state)
		return;
	if (strncmp(state, "01", 2) == 0 || strncmp(state, "57", 2) == 0)
		c->warned = true;
	char line[240];
	log_warn("db.warning", "connection", c->cfg.name, "sqlstate", state, "message",
	         first_line(PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY), line));
}

static void on_readable(evutil_socket_t fd, short what, void *ctx) {
	(void)fd, (void)what;
	struct pgconn *c = ctx;
	/* What came before the end of file is read even so: it may hold the server's last words. */
	const bool fed = PQconsumeInput(c->conn) == 1;
	const bool sound = questions_read(c);
	if (c->conn && (!fed || !sound || c->broken))
		connect_failed(c);
}

static void on_writable(evutil_socket_t fd, short what, void *ctx) {
	(void)fd, (void)what;
	pgconn_flush(ctx);
}

void pgconn_flush(struct pgconn *c) {
	const int left = PQflush(c->conn);
	if (left > 0)
		event_add(c->io_write, NULL);
	else if (left < 0)
		pgconn_break(c);
}

void pgconn_break(struct pgconn *c) {
	c->broken = true;
	event_active(c->io_read, EV_READ, 0);
}

static void connected(struct pgconn *c) {
	evtimer_del(c->timer);
	drop_events(c);
	if (PQsetnonblocking(c->conn, 1) != 0 || !PQenterPipelineMode(c->conn)) {
		connect_failed(c);
		return;
	}
	(void)PQsetNoticeReceiver(c->conn, on_notice, c);
	const int fd = PQsocket(c->conn);
	c->io_read = event_new(c->base, fd, EV_READ | EV_PERSIST, on_readable, c);
	c->io_write = event_new(c->base, fd, EV_WRITE, on_writable, c);
	CHECK(c->io_read && c->io_write);
	event_add(c->io_read, NULL);
	c->up = true;
	c->backoff_ms = BACKOFF_FIRST_MS;
	c->cfg.hooks.on_up(c, c->cfg.hooks.ctx);
}

static void wait_for(struct pgconn *c, short what) {
	/* The socket may be another one at each step: libpq tries the addresses of a host in turn. */
	drop_events(c);
	c->io_read = event_new(c->base, PQsocket(c->conn), what, on_connect_io, c);
	CHECK(c->io_read);
	event_add(c->io_read, NULL);
}

static void go_on_connecting(struct pgconn *c) {
	switch (PQconnectPoll(c->conn)) {
	case PGRES_POLLING_READING:
		wait_for(c, EV_READ);
		break;
	case PGRES_POLLING_WRITING:
		wait_for(c, EV_WRITE);
		break;
	case PGRES_POLLING_OK:
		connected(c);
		break;
	default:
		evtimer_del(c->timer);
		connect_failed(c);
	}
}

static void on_connect_io(evutil_socket_t fd, short what, void *ctx) {
	(void)fd, (void)what;
	go_on_connecting(ctx);
}

static void start_connecting(struct pgconn *c) {
	const char *names[] = {"dbname",
	                       "application_name",
	                       "options",
	                       "client_encoding",
	                       "tcp_user_timeout",
	                       "keepalives_idle",
	                       "keepalives_interval",
	                       "keepalives_count",
	                       NULL};
	const char *values[] = {c->cfg.conninfo, c->cfg.name, c->cfg.options, "UTF8", "3000", "5", "2", "3", NULL};
	const struct timeval limit = in_ms(CONNECT_TIMEOUT_S * 1000);
	c->conn = PQconnectStartParams(names, values, 1);
	if (!c->conn || PQstatus(c->conn) == CONNECTION_BAD) {
		connect_failed(c);
		return;
	}
	evtimer_add(c->timer, &limit);
	wait_for(c, EV_WRITE);
}

/* One timer: while there is no connection it says when to try, while one is made, when to give up. */
static void on_timer(evutil_socket_t fd, short what, void *ctx) {
	(void)fd, (void)what;
	struct pgconn *c = ctx;
	if (!c->conn) {
		start_connecting(c);
		return;
	}
	struct err why;
	(void)err_set(&why, E_UNAVAILABLE, "%s connection: no answer within %d s", c->cfg.name, CONNECT_TIMEOUT_S);
	pgconn_fail(c, &why);
}

struct pgconn *pgconn_new(struct event_base *base, const struct pgconn_config *cfg) {
	struct pgconn *c = calloc(1, sizeof *c);
	CHECK(c != NULL);
	c->base = base;
	c->cfg = *cfg;
	arena_init(&c->arena);
	c->cfg.name = arena_strdup(&c->arena, cfg->name);
	c->cfg.conninfo = arena_strdup(&c->arena, cfg->conninfo);
	c->cfg.options = arena_strdup(&c->arena, cfg->options ? cfg->options : "");
	c->backoff_ms = BACKOFF_FIRST_MS;
	c->timer = evtimer_new(base, on_timer, c);
	CHECK(c->timer != NULL);
	const struct timeval at_once = {0};
	evtimer_add(c->timer, &at_once);
	return c;
}

void pgconn_free(struct pgconn **c) {
	if (!*c)
		return;
	struct err why;
	(void)err_set(&why, E_UNAVAILABLE, "gridd is stopping");
	close_connection(*c);
	questions_fail_all(*c, &why);
	event_free((*c)->timer);
	arena_fini(&(*c)->arena);
	free(*c);
	*c = NULL;
}

bool pgconn_is_up(const struct pgconn *c) { return c->up; }
size_t pgconn_in_flight(const struct pgconn *c) { return c->in_flight; }
