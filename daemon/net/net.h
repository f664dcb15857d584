/* net: sockets and lines. A porter: it doesn't read what it carries.
 *
 * A listener accepts connections; each hands whole lines up and takes replies down. Connections are owned by their listener's
 * `struct net`; whoever keeps a `struct conn *` across loop turns takes a reference. Everything runs on one event loop. */
#ifndef GRIDD_NET_NET_H
#define GRIDD_NET_NET_H

#include "daemon/base/err.h"

#include <event2/event.h>
#include <stddef.h>
#include <stdint.h>

struct net;
struct conn;

struct net_peer {
	bool local;                         /* a Unix socket: uid, gid, pid are the peer's */
	unsigned uid, gid;
	int pid;
	const char *listener_name;          /* config's name for the listener's principal, or NULL */
	char address[64];                   /* "uid:1000", "127.0.0.1:40312" */
};

struct net_hooks {
	/* A whole line, without LF. The bytes are the conn's and die with the callback. */
	void (*on_line)(struct conn *c, char *line, size_t n, void *ctx);
	/* The peer spoke another protocol, or a line without end: reply (may be empty) and the connection closes after it. */
	void (*on_broken)(struct conn *c, const char *hint, void *ctx);
	/* Nothing more will come or can be sent; conn_user's data may be freed once calls in flight are gone. */
	void (*on_gone)(struct conn *c, void *ctx);
	void *ctx;
};

bool net_new(struct event_base *base, const struct net_hooks *hooks, struct net **out, struct err *e) MUST_CHECK;
/* "unix:PATH" (mode 0666: who may do what is decided by peer credentials; a stale socket is replaced, a live one refused) or
 * "tcp://HOST:PORT" (loopback only unless any_address). name: the principal config gives to who connects here, or NULL. */
bool net_listen(struct net *n, const char *url, const char *name, bool any_address, struct err *e) MUST_CHECK;
/* Stops accepting and reading; pending replies still go out. conns_left says when all are gone. */
void net_drain(struct net *n);
size_t net_conns(const struct net *n);
/* Closes what is left, unlinks sockets. Not from within a hook. A conn that somebody still holds lives until he lets go. */
void net_free(struct net **n);

const struct net_peer *conn_peer(const struct conn *c);
void conn_set_user(struct conn *c, void *user);
void *conn_user(const struct conn *c);
struct conn *conn_ref(struct conn *c);
void conn_unref(struct conn **c);
bool conn_is_gone(const struct conn *c);             /* replies would be dropped */

/* Sends one line (LF is added), at the end of the loop's turn, together with others. Dropped if the peer is gone. A peer that
 * takes nothing of what waits for it for a minute is given up. */
void conn_send(struct conn *c, const char *text, size_t n);
/* Calls in flight are counted here: at LIMIT_CONN_CALLS or LIMIT_CONN_OUTPUT_BYTES unread the conn stops reading, and goes on
 * below. At the peer's EOF it closes once all are answered. */
void conn_call_begun(struct conn *c);
void conn_call_ended(struct conn *c);
size_t conn_calls(const struct conn *c);
size_t conn_output_bytes(const struct conn *c);

#endif
