/* address: where gridd listens, as people write it, and a socket connected to it. */
#ifndef GRIDCTL_ADDRESS_H
#define GRIDCTL_ADDRESS_H

#include "daemon/base/err.h"

/* unix:PATH, a bare path, or tcp://HOST:PORT. flags: of socket(2), beside SOCK_STREAM; with SOCK_NONBLOCK it may still be connecting.
 * *fd is the caller's. */
bool address_connect(const char *url, int flags, int *fd, struct err *e) MUST_CHECK;

#endif
