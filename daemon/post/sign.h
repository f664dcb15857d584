/* sign: the signature of the Standard Webhooks convention, scheme v1. */
#ifndef GRIDD_POST_SIGN_H
#define GRIDD_POST_SIGN_H

#include "daemon/base/strbuf.h"

#include <stdint.h>

/* What is signed: "ID.TIMESTAMP.BODY"; so an id has no dot. */
struct signed_hook {
	const char *id;
	int64_t timestamp_s;
	const char *body;
};

/* Adds "v1,BASE64". secret: "whsec_" and base64 of 24 to 64 bytes; else false. */
bool sign_hook(const struct signed_hook *h, const char *secret, struct strbuf *out, struct err *e) MUST_CHECK;

#endif
