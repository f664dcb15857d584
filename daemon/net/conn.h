/* conn: what listener.c, conn.c and net.c share: the insides of a net and its connections.
 *
 * A callback only marks a connection (conn_mark); net's turn, which runs when the loop has worked off what was ready, settles
 * every marked one: writes what waits, hands on lines that had to wait, closes, frees. So nothing is freed inside a callback,
 * and many small replies are one send. */
#ifndef GRIDD_NET_CONN_H
#define GRIDD_NET_CONN_H

#include "daemon/net/net.h"
#include "daemon/wire/frame.h"

#include <event2/event_struct.h>

/* Bytes that come at one end and leave at the other. No memory while empty. */
struct bytes {
	char *data;
	size_t start, len, cap;             /* the bytes are data[start .. start+len) */
};

enum conn_phase {
	CONN_OPEN,                          /* reads lines */
	CONN_ENDED,                         /* the peer sent EOF; lines that came before it may still wait */
	CONN_CLOSING,                       /* reads no more lines; closes when all calls are answered and written */
	CONN_LINGERING,                     /* all is written; throws away what still comes, so that the peer can read our last line */
	CONN_GONE                           /* the socket is closed */
};

struct conn {
	unsigned magic;
	unsigned refs;                      /* one is net's, until it is gone and reported */
	struct net *net;                    /* NULL once net_free left it to its last holder */
	struct conn *next, *prev;           /* all connections of the net */
	struct conn *next_marked;
	bool marked, reported;
	bool linger;                        /* closes by way of CONN_LINGERING */
	enum conn_phase phase;
	int fd;
	struct event reading, writing;
	struct frame frame;
	struct bytes in, out;
	size_t calls;
	void *user;
	struct net_peer peer;
};

struct listener {
	struct listener *next;
	struct net *net;
	int fd;
	struct event accepting, resuming;   /* resuming: after a pause without file descriptors */
	char *name;                         /* of the principal, or NULL */
	char *path;                         /* of a Unix socket, or NULL */
	uint64_t device, inode;             /* of that socket: only our own is unlinked */
	bool starved;                       /* logged that there are no file descriptors */
};

enum { READ_BYTES = 65536 };            /* per connection and turn: a loud peer doesn't keep the others waiting */

struct net {
	struct event_base *base;
	struct net_hooks hooks;
	struct listener *listeners;
	struct conn *conns, *first_marked;
	size_t n_conns;
	struct event turn;
	struct timeval stall_limit;         /* a peer that takes nothing of what waits for it is given up after so long */
	bool full;                          /* logged that LIMIT_CONNECTIONS is reached */
	char scratch[READ_BYTES];
};

/* Takes the socket over; the peer's address and credentials are read from it. */
void conn_open(struct listener *l, int fd);
void conn_mark(struct conn *c);
void conn_settle(struct conn *c);       /* may free it */
void conn_close_soon(struct conn *c);   /* reads no more; closes when all calls are answered and written */
/* net is going: closes at once and reports it; lives on while somebody else holds it. */
void conn_abandon(struct conn *c);

void listener_close(struct listener *l);            /* frees it */
/* Fills *peer from the socket; false: the peer is gone already. */
bool listener_describe_peer(const struct listener *l, int fd, struct net_peer *peer) MUST_CHECK;

#endif
