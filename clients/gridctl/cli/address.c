/* address: Unix sockets and TCP. */
#include "clients/gridctl/cli/address.h"

#include "clients/gridctl/term/term.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct place {
	int family, protocol;
	const struct sockaddr *to;
	socklen_t size;
};

/* False: errno says why. */
static bool connect_one(const struct place *p, int flags, int *fd) {
	*fd = socket(p->family, SOCK_STREAM | SOCK_CLOEXEC | flags, p->protocol);
	if (*fd < 0)
		return false;
	if (connect(*fd, p->to, p->size) == 0 || errno == EINPROGRESS)
		return true;
	const int why = errno;
	(void)close(*fd);
	*fd = -1;
	errno = why;
	return false;
}

static bool connect_unix(const char *path, int flags, int *fd, struct err *e) {
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof to.sun_path)
		return err_set(e, E_IO, T("%s: longer than the %zu bytes that a Unix socket's path may have",
		                         "%s：超过 Unix 套接字路径的上限 %zu 字节"), path, sizeof to.sun_path - 1);
	memcpy(to.sun_path, path, strlen(path) + 1);
	const struct place place = {AF_UNIX, 0, (struct sockaddr *)&to, sizeof to};
	return connect_one(&place, flags, fd) || err_sys(e, T("cannot reach gridd at %s", "连不上 gridd（%s）"), path);
}

/* "HOST:PORT", "[::1]:7000": the host, and where the port stands; NULL: it is neither. */
static const char *split(const char *where, char *host, size_t size) {
	const char *colon = strrchr(where, ':');
	const bool bracketed = colon && *where == '[' && colon[-1] == ']';
	const char *start = where + bracketed;
	const size_t n = colon ? (size_t)(colon - start) - bracketed : 0;
	if (!colon || n == 0 || n >= size || !colon[1])
		return NULL;
	memcpy(host, start, n);
	host[n] = '\0';
	return colon + 1;
}

static bool connect_tcp(const char *where, int flags, int *fd, struct err *e) {
	char host[256];
	const char *port = split(where, host, sizeof host);
	if (!port)
		return err_set(e, E_USAGE, T("tcp://%s: expected tcp://HOST:PORT", "tcp://%s：应写作 tcp://主机:端口"), where);
	const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	const int rc = getaddrinfo(host, port, &hints, &list);
	if (rc != 0)
		return err_set(e, E_IO, T("cannot find the host of tcp://%s: %s", "找不到主机 tcp://%s：%s"), where, gai_strerror(rc));
	bool ok = false;
	for (const struct addrinfo *a = list; a && !ok; a = a->ai_next)
		ok = connect_one(&(struct place){a->ai_family, a->ai_protocol, a->ai_addr, a->ai_addrlen}, flags, fd);
	const int why = errno;
	freeaddrinfo(list);
	errno = why;
	if (!ok)
		return err_sys(e, T("cannot reach gridd at tcp://%s", "连不上 gridd（tcp://%s）"), where);
	(void)setsockopt(*fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
	return true;
}

bool address_connect(const char *url, int flags, int *fd, struct err *e) {
	if (strncmp(url, "tcp://", 6) == 0)
		return connect_tcp(url + 6, flags, fd, e);
	if (strncmp(url, "unix:", 5) == 0)
		return connect_unix(url + 5, flags, fd, e);
	if (strstr(url, "://"))
		return err_set(e, E_USAGE, T("%s: expected unix:PATH or tcp://HOST:PORT", "%s：应写作 unix:路径 或 tcp://主机:端口"), url);
	return connect_unix(url, flags, fd, e);
}
