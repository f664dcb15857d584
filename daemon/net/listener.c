/* listener: sockets that accept: by which address, from whom, and what when there are too many. */
#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/base/log.h"
#include "daemon/net/conn.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { ACCEPTS_A_TURN = 64, BACKLOG = 1024, STARVED_PAUSE_MS = 100 };

/* ---- peers ---- */

static void describe_ip(const struct sockaddr_storage *from, char *out, size_t size) {
	char host[INET6_ADDRSTRLEN] = "?";
	if (from->ss_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)from;
		(void)inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof host);
		(void)snprintf(out, size, "[%s]:%u", host, ntohs(in6->sin6_port));
	} else {
		const struct sockaddr_in *in = (const struct sockaddr_in *)from;
		(void)inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
		(void)snprintf(out, size, "%s:%u", host, ntohs(in->sin_port));
	}
}

bool listener_describe_peer(const struct listener *l, int fd, struct net_peer *peer) {
	peer->listener_name = l->name;
	peer->local = l->path != NULL;
	if (!peer->local) {
		struct sockaddr_storage from = {0};
		socklen_t size = sizeof from;
		if (getpeername(fd, (struct sockaddr *)&from, &size) != 0)
			return false;
		describe_ip(&from, peer->address, sizeof peer->address);
		return true;
	}
	struct ucred who;
	socklen_t size = sizeof who;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0)
		return false;
	peer->uid = who.uid;
	peer->gid = who.gid;
	peer->pid = who.pid;
	(void)snprintf(peer->address, sizeof peer->address, "uid:%u", who.uid);
	return true;
}

/* ---- accepting ---- */

/* Without descriptors a waiting connection would wake us again and again: look away for a moment. */
static void starve(struct listener *l) {
	static const struct timeval pause = {.tv_usec = STARVED_PAUSE_MS * 1000};
	if (!l->starved)
		log_warn("net.no_descriptors", "error", strerror(errno));
	l->starved = true;
	(void)event_del(&l->accepting);
	(void)event_add(&l->resuming, &pause);
}

static void on_resume(evutil_socket_t fd, short what, void *arg) {
	(void)fd;
	(void)what;
	struct listener *l = arg;
	(void)event_add(&l->accepting, NULL);
}

static void welcome(struct listener *l, int fd) {
	struct net *n = l->net;
	if (n->n_conns >= LIMIT_CONNECTIONS) {
		if (!n->full)
			log_fmt(LOG_WARN, "net.full", "connections", "%zu", n->n_conns);
		n->full = true;
		(void)close(fd);
		return;
	}
	if (!l->path) {
		/* Replies are written whole; waiting for more to send would only delay them. */
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
		(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &(int){1}, sizeof(int));
	}
	conn_open(l, fd);
}

static void on_connecting(evutil_socket_t listening, short what, void *arg) {
	(void)what;
	struct listener *l = arg;
	for (int i = 0; i < ACCEPTS_A_TURN; i++) {
		const int fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			l->starved = false;
			welcome(l, fd);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			starve(l);
		/* ECONNABORTED and the like: that peer is gone, the next one is at the door. */
		if (errno != ECONNABORTED && errno != EINTR)
			return;
	}
}

/* ---- listening ---- */

/* Takes the bound socket over when it succeeds. path: of a Unix socket, or NULL. */
static bool start(struct net *n, int fd, const char *name, const char *path, struct err *e) {
	struct stat st = {0};
	if (listen(fd, BACKLOG) != 0)
		return err_sys(e, "cannot listen");
	if (path && stat(path, &st) != 0)
		return err_sys(e, "%s", path);
	struct listener *l = calloc(1, sizeof *l);
	CHECK(l != NULL);
	l->net = n;
	l->fd = fd;
	l->name = name ? strdup(name) : NULL;
	l->path = path ? strdup(path) : NULL;
	l->device = st.st_dev;
	l->inode = st.st_ino;
	(void)event_assign(&l->accepting, n->base, fd, EV_READ | EV_PERSIST, on_connecting, l);
	(void)evtimer_assign(&l->resuming, n->base, on_resume, l);
	(void)event_add(&l->accepting, NULL);
	l->next = n->listeners;
	n->listeners = l;
	return true;
}

void listener_close(struct listener *l) {
	struct stat st;
	(void)event_del(&l->accepting);
	(void)event_del(&l->resuming);
	(void)close(l->fd);
	if (l->path && stat(l->path, &st) == 0 && st.st_dev == l->device && st.st_ino == l->inode)
		(void)unlink(l->path);
	free(l->path);
	free(l->name);
	free(l);
}

static bool open_socket(int family, int *out, struct err *e) {
	*out = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return *out >= 0 || err_sys(e, "cannot open a socket");
}

/* A socket file that nobody listens on is left over from a daemon that died. */
static bool remove_stale(const struct sockaddr_un *at, struct err *e) {
	struct stat st;
	if (lstat(at->sun_path, &st) != 0)
		return errno == ENOENT || err_sys(e, "%s", at->sun_path);
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, E_CONFIG, "%s is there already and is no socket", at->sun_path);
	int fd;
	if (!open_socket(AF_UNIX, &fd, e))
		return false;
	const bool alive = connect(fd, (const struct sockaddr *)at, sizeof *at) == 0 || errno == EAGAIN;
	const int why = errno;
	(void)close(fd);
	if (alive)
		return err_set(e, E_CONFIG, "somebody listens on %s already", at->sun_path);
	errno = why;
	if (why != ECONNREFUSED && why != ENOENT)
		return err_sys(e, "%s", at->sun_path);
	return unlink(at->sun_path) == 0 || errno == ENOENT || err_sys(e, "cannot remove %s", at->sun_path);
}

static bool bind_unix(const char *path, int *fd, struct err *e) {
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	if (*path == '\0')
		return err_set(e, E_CONFIG, "unix: takes the path of a socket");
	if (strlen(path) >= sizeof at.sun_path)
		return err_set(e, E_CONFIG, "a socket's path has at most %zu bytes: %s", sizeof at.sun_path - 1, path);
	memcpy(at.sun_path, path, strlen(path) + 1);
	if (!remove_stale(&at, e) || !open_socket(AF_UNIX, fd, e))
		return false;
	/* Everybody may connect: who may do what is decided by the peer's credentials. */
	if (bind(*fd, (const struct sockaddr *)&at, sizeof at) == 0 && chmod(path, 0666) == 0)
		return true;
	(void)err_sys(e, "cannot listen on %s", path);
	(void)close(*fd);
	return false;
}

static bool listen_unix(struct net *n, const char *path, const char *name, struct err *e) {
	int fd = -1;
	if (!bind_unix(path, &fd, e))
		return false;
	if (start(n, fd, name, path, e))
		return true;
	(void)close(fd);
	(void)unlink(path);
	return false;
}

/* ---- TCP ---- */

static bool is_loopback(const struct sockaddr *at) {
	if (at->sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)at)->sin6_addr);
	return at->sa_family == AF_INET && ntohl(((const struct sockaddr_in *)at)->sin_addr.s_addr) >> 24 == 127;
}

/* "HOST:PORT", "[::1]:PORT" -> host and port. */
static bool split_address(const char *address, char host[256], char port[8], struct err *e) {
	const char *colon = strrchr(address, ':');
	size_t length = colon ? (size_t)(colon - address) : 0;
	const char *from = address;
	if (length >= 2 && from[0] == '[' && from[length - 1] == ']') {
		from++;
		length -= 2;
	}
	if (length == 0 || length > 255 || strlen(colon + 1) == 0 || strlen(colon + 1) > 5)
		return err_set(e, E_CONFIG, "tcp:// takes HOST:PORT, not %s", address);
	memcpy(host, from, length);
	host[length] = '\0';
	memcpy(port, colon + 1, strlen(colon + 1) + 1);
	return true;
}

static bool bind_tcp(const struct addrinfo *at, int *fd, struct err *e) {
	if (!open_socket(at->ai_family, fd, e))
		return false;
	(void)setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	if (bind(*fd, at->ai_addr, at->ai_addrlen) == 0)
		return true;
	(void)err_sys(e, "cannot bind the address");
	(void)close(*fd);
	return false;
}

static bool start_or_close(struct net *n, int fd, const char *name, struct err *e) {
	if (start(n, fd, name, NULL, e))
		return true;
	(void)close(fd);
	return false;
}

static bool listen_tcp(struct net *n, const char *address, const char *name, bool any_address, struct err *e) {
	char host[256], port[8];
	if (!split_address(address, host, port, e))
		return false;
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
	struct addrinfo *found;
	const int failed = getaddrinfo(host, port, &hints, &found);
	if (failed)
		return err_set(e, E_CONFIG, "tcp://%s: %s", address, gai_strerror(failed));
	int fd = -1;
	bool ok = any_address || is_loopback(found->ai_addr);
	if (!ok)
		(void)err_set(e, E_CONFIG, "%s is no loopback address; config must allow it by name", address);
	else
		ok = bind_tcp(found, &fd, e) && start_or_close(n, fd, name, e);
	freeaddrinfo(found);
	return ok;
}

bool net_listen(struct net *n, const char *url, const char *name, bool any_address, struct err *e) {
	static const char unix_scheme[] = "unix:", tcp_scheme[] = "tcp://";
	if (strncmp(url, unix_scheme, strlen(unix_scheme)) == 0)
		return listen_unix(n, url + strlen(unix_scheme), name, e);
	if (strncmp(url, tcp_scheme, strlen(tcp_scheme)) == 0)
		return listen_tcp(n, url + strlen(tcp_scheme), name, any_address, e);
	return err_set(e, E_CONFIG, "gridd listens on unix:PATH or tcp://HOST:PORT, not %s", url);
}
