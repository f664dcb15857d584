/* login: a connection says by a token who it is. */
#ifndef GRIDD_CALL_LOGIN_H
#define GRIDD_CALL_LOGIN_H

#include "daemon/call/call.h"

/* From the next line on the connection is whom the token names; c->who is that at once. False: E_UNAUTHENTICATED, and the
 * connection stays who it was. */
bool call_login(struct call *c, const char *token, struct err *e) MUST_CHECK;

#endif
