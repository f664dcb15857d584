/* conn: one connection: bytes in, lines up, replies down, and its end. */
#include "daemon/net/conn.h"

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONN_MAGIC = 0x636f6e6e, LINGER_SECONDS = 2 };

static void check(const struct conn *c) { CHECK(c != NULL && c->magic == CONN_MAGIC); }

/* ---- bytes ---- */

static void bytes_free(struct bytes *b) {
	free(b->data);
	*b = (struct bytes){0};
}

static void bytes_add(struct bytes *b, const char *p, size_t n) {
	if (n == 0)
		return;
	if (b->start + b->len + n > b->cap) {
		/* Room at the front is used again only when it is the larger part: else moving would cost more than it saves. */
		const bool move = b->start > b->len && b->len + n <= b->cap;
		size_t cap = b->cap ? b->cap : 256;
		while (!move && cap < b->len + n)
			cap *= 2;
		char *data = move ? b->data : malloc(cap);
		CHECK(data != NULL);
		if (b->len)
			memmove(data, b->data + b->start, b->len);
		if (!move)
			free(b->data);
		*b = (struct bytes){.data = data, .len = b->len, .cap = cap};
	}
	memcpy(b->data + b->start + b->len, p, n);
	b->len += n;
}

static void bytes_drop(struct bytes *b, size_t n) {
	b->start += n;
	b->len -= n;
	if (b->len == 0)
		bytes_free(b);
}

/* ---- the end ---- */

void conn_mark(struct conn *c) {
	if (c->marked || !c->net)
		return;
	c->marked = true;
	c->next_marked = c->net->first_marked;
	c->net->first_marked = c;
	event_active(&c->net->turn, 0, 0);
}

/* Closes the socket; on_gone is called in the turn. */
static void hang_up(struct conn *c) {
	if (c->phase == CONN_GONE)
		return;
	(void)event_del(&c->reading);
	(void)event_del(&c->writing);
	(void)close(c->fd);
	c->fd = -1;
	c->phase = CONN_GONE;
	bytes_free(&c->in);
	bytes_free(&c->out);
	conn_mark(c);
}

static void report_gone(struct conn *c) {
	c->reported = true;
	c->net->n_conns--;
	c->net->full = false;
	c->net->hooks.on_gone(c, c->net->hooks.ctx);
	CHECK(c->refs > 0);
	c->refs--;
}

static void unlink_from_net(struct conn *c) {
	if (c->prev)
		c->prev->next = c->next;
	else
		c->net->conns = c->next;
	if (c->next)
		c->next->prev = c->prev;
	c->net = NULL;
}

static void free_conn(struct conn *c) {
	if (c->net)
		unlink_from_net(c);
	c->magic = 0;
	free(c);
}

void conn_close_soon(struct conn *c) {
	if (c->phase != CONN_OPEN && c->phase != CONN_ENDED)
		return;
	c->phase = CONN_CLOSING;
	bytes_free(&c->in);
	(void)event_del(&c->reading);
	conn_mark(c);
}

void conn_abandon(struct conn *c) {
	hang_up(c);
	if (!c->reported)
		report_gone(c);
	unlink_from_net(c);
	c->marked = false;
	c->peer.listener_name = NULL;
	if (c->refs == 0)
		free_conn(c);
}

static void on_lingered(evutil_socket_t fd, short what, void *arg) {
	(void)fd;
	(void)what;
	check(arg);
	hang_up(arg);
}

/* Closing with unread bytes can make the kernel throw away what we sent last: so say that we are done, and read on a bit. */
static void start_lingering(struct conn *c) {
	static const struct timeval limit = {.tv_sec = LINGER_SECONDS};
	c->phase = CONN_LINGERING;
	/* Nothing is left to write: its event becomes the timer. */
	(void)event_del(&c->writing);
	(void)evtimer_assign(&c->writing, c->net->base, on_lingered, c);
	if (shutdown(c->fd, SHUT_WR) != 0 || event_add(&c->reading, NULL) != 0 || event_add(&c->writing, &limit) != 0)
		hang_up(c);
}

/* ---- lines up ---- */

static bool is_paused(const struct conn *c) { return c->calls >= LIMIT_CONN_CALLS || c->out.len >= LIMIT_CONN_OUTPUT_BYTES; }

static bool takes_lines(const struct conn *c) { return (c->phase == CONN_OPEN || c->phase == CONN_ENDED) && !is_paused(c); }

static void break_off(struct conn *c, const char *hint) {
	c->linger = true;
	c->net->hooks.on_broken(c, hint, c->net->hooks.ctx);
	conn_close_soon(c);
}

/* Hands on the whole lines of buf[0..n) while the connection takes any. Returns how many bytes are used up. */
static size_t hand_on_lines(struct conn *c, char *buf, size_t n) {
	size_t at = 0;
	while (takes_lines(c)) {
		struct frame_line line;
		switch (frame_next(&c->frame, buf + at, n - at, c->phase == CONN_ENDED, &line)) {
		case FRAME_LINE:
			c->net->hooks.on_line(c, buf + at + line.start, line.len, c->net->hooks.ctx);
			at += line.used;
			break;
		case FRAME_MORE:
			return at + line.used;
		case FRAME_TOO_LONG:
		case FRAME_FOREIGN:
			break_off(c, line.hint);
			return n;
		}
	}
	return at;
}

/* The bytes are kept while lines wait, or while one isn't whole. They are taken out of the connection meanwhile, because a
 * hook may close it. */
static void hand_on_kept(struct conn *c) {
	if (!takes_lines(c))
		return;
	struct bytes in = c->in;
	c->in = (struct bytes){0};
	const size_t used = hand_on_lines(c, in.data + in.start, in.len);
	/* After EOF, what is left without being a line never becomes one. */
	const bool over = c->phase == CONN_ENDED && takes_lines(c);
	if (over || (c->phase != CONN_OPEN && c->phase != CONN_ENDED))
		bytes_free(&in);
	else
		bytes_drop(&in, used);
	c->in = in;
}

static void take_bytes(struct conn *c, char *buf, size_t n) {
	if (c->in.len > 0) {
		bytes_add(&c->in, buf, n);
		hand_on_kept(c);
		return;
	}
	const size_t used = hand_on_lines(c, buf, n);
	if (c->phase == CONN_OPEN)
		bytes_add(&c->in, buf + used, n - used);
}

static void read_more(struct conn *c) {
	const ssize_t n = recv(c->fd, c->net->scratch, READ_BYTES, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0 || (n == 0 && c->phase == CONN_LINGERING)) {
		hang_up(c);
		return;
	}
	if (c->phase == CONN_LINGERING)
		return;
	if (n > 0) {
		take_bytes(c, c->net->scratch, (size_t)n);
	} else {
		c->phase = CONN_ENDED;
		(void)event_del(&c->reading);
	}
	conn_mark(c);
}

static void on_readable(evutil_socket_t fd, short what, void *arg) {
	(void)fd;
	(void)what;
	check(arg);
	read_more(arg);
}

/* ---- replies down ---- */

/* The peer's buffer is full. Its time runs from the first such moment, and anew whenever it has taken something. */
static void wait_for_room(struct conn *c) {
	if (!event_pending(&c->writing, EV_WRITE, NULL) && event_add(&c->writing, &c->net->stall_limit) != 0)
		hang_up(c);
}

static void flush(struct conn *c) {
	while (c->out.len > 0) {
		const ssize_t n = send(c->fd, c->out.data + c->out.start, c->out.len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n >= 0) {
			bytes_drop(&c->out, (size_t)n);
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN)
			wait_for_room(c);
		else
			hang_up(c);
		return;
	}
}

static void on_writable(evutil_socket_t fd, short what, void *arg) {
	(void)fd;
	struct conn *c = arg;
	check(c);
	if (what & EV_TIMEOUT) {
		log_info("net.stalled", "peer", c->peer.address);
		hang_up(c);
	} else {
		conn_mark(c);
	}
}

void conn_send(struct conn *c, const char *text, size_t n) {
	check(c);
	if (c->phase == CONN_GONE || c->phase == CONN_LINGERING)
		return;
	bytes_add(&c->out, text, n);
	bytes_add(&c->out, "\n", 1);
	conn_mark(c);
}

/* ---- the turn ---- */

static bool is_finished(const struct conn *c) {
	if (c->calls > 0 || c->out.len > 0)
		return false;
	return c->phase == CONN_CLOSING || (c->phase == CONN_ENDED && c->in.len == 0);
}

/* Reading goes on when nothing waits before it. */
static void update_reading(struct conn *c) {
	if (c->phase != CONN_OPEN)
		return;
	const bool wanted = !is_paused(c);
	if (wanted == (bool)event_pending(&c->reading, EV_READ, NULL))
		return;
	if (!wanted)
		(void)event_del(&c->reading);
	else if (event_add(&c->reading, NULL) != 0)
		hang_up(c);
}

void conn_settle(struct conn *c) {
	check(c);
	flush(c);
	if (c->in.len > 0)
		hand_on_kept(c);
	update_reading(c);
	if (is_finished(c)) {
		if (c->linger)
			start_lingering(c);
		else
			hang_up(c);
	}
	if (c->phase == CONN_GONE && !c->reported)
		report_gone(c);
	if (c->refs == 0 && !c->marked)
		free_conn(c);
}

void conn_open(struct listener *l, int fd) {
	struct net *n = l->net;
	struct conn *c = calloc(1, sizeof *c);
	CHECK(c != NULL);
	if (!listener_describe_peer(l, fd, &c->peer)) {
		(void)close(fd);
		free(c);
		return;
	}
	c->magic = CONN_MAGIC;
	c->refs = 1;
	c->net = n;
	c->fd = fd;
	c->next = n->conns;
	if (n->conns)
		n->conns->prev = c;
	n->conns = c;
	n->n_conns++;
	(void)event_assign(&c->reading, n->base, fd, EV_READ | EV_PERSIST, on_readable, c);
	(void)event_assign(&c->writing, n->base, fd, EV_WRITE, on_writable, c);
	if (event_add(&c->reading, NULL) != 0)
		hang_up(c);
}

/* ---- for whoever holds one ---- */

const struct net_peer *conn_peer(const struct conn *c) { return &c->peer; }
void conn_set_user(struct conn *c, void *user) { c->user = user; }
void *conn_user(const struct conn *c) { return c->user; }
bool conn_is_gone(const struct conn *c) { return c->phase == CONN_GONE || c->phase == CONN_LINGERING; }
size_t conn_calls(const struct conn *c) { return c->calls; }
size_t conn_output_bytes(const struct conn *c) { return c->out.len; }

struct conn *conn_ref(struct conn *c) {
	check(c);
	c->refs++;
	return c;
}

void conn_unref(struct conn **conn) {
	struct conn *c = *conn;
	*conn = NULL;
	if (!c)
		return;
	check(c);
	CHECK(c->refs > 0);
	if (--c->refs > 0)
		return;
	if (c->net)
		conn_mark(c);
	else
		free_conn(c);
}

void conn_call_begun(struct conn *c) {
	check(c);
	c->calls++;
}

/* Only two ends change anything at once: of the call that kept us from reading, and of the last one. */
void conn_call_ended(struct conn *c) {
	check(c);
	CHECK(c->calls > 0);
	if (c->calls-- == LIMIT_CONN_CALLS || c->calls == 0)
		conn_mark(c);
}
