/* net: the set of listeners and connections on one event loop, and its turn. */
#include "daemon/base/check.h"
#include "daemon/net/conn.h"

#include <stdlib.h>
#include <sys/resource.h>

enum { STALL_SECONDS = 60 };

/* The end of a loop turn: events that became ready together have run, this was put behind them. Settling may mark again
 * (a line that waited is answered at once): those come in another turn of ours, behind whatever else is ready. */
static void on_turn(evutil_socket_t fd, short what, void *arg) {
	(void)fd;
	(void)what;
	struct net *n = arg;
	struct conn *c = n->first_marked;
	n->first_marked = NULL;
	while (c) {
		struct conn *const next = c->next_marked;
		c->marked = false;
		c->next_marked = NULL;
		conn_settle(c);
		c = next;
	}
}

/* Every connection takes a descriptor: the soft limit of a login shell is far below LIMIT_CONNECTIONS. */
static void raise_descriptor_limit(void) {
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

bool net_new(struct event_base *base, const struct net_hooks *hooks, struct net **out, struct err *e) {
	struct net *n = calloc(1, sizeof *n);
	CHECK(n != NULL);
	n->base = base;
	n->hooks = *hooks;
	n->stall_limit.tv_sec = STALL_SECONDS;
	if (event_assign(&n->turn, base, -1, 0, on_turn, n) != 0) {
		free(n);
		return err_set(e, E_IO, "the event loop takes no further event");
	}
	raise_descriptor_limit();
	*out = n;
	return true;
}

static void close_listeners(struct net *n) {
	while (n->listeners) {
		struct listener *const l = n->listeners;
		n->listeners = l->next;
		listener_close(l);
	}
}

void net_drain(struct net *n) {
	close_listeners(n);
	for (struct conn *c = n->conns; c; c = c->next)
		conn_close_soon(c);
}

size_t net_conns(const struct net *n) { return n->n_conns; }

void net_free(struct net **net) {
	struct net *n = *net;
	*net = NULL;
	if (!n)
		return;
	close_listeners(n);
	while (n->conns)
		conn_abandon(n->conns);
	(void)event_del(&n->turn);
	free(n);
}
