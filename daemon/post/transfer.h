/* transfer: libcurl as this room uses it: one try, one connection, one deadline; nothing from the environment. */
#ifndef GRIDD_POST_TRANSFER_H
#define GRIDD_POST_TRANSFER_H

#include "daemon/base/check.h"
#include "daemon/post/post_parts.h"

#include <curl/curl.h>

/* An option that this version of libcurl doesn't take is a mistake of ours. */
#define SET(easy, option, value) CHECK(curl_easy_setopt((easy), (option), (value)) == CURLE_OK)

struct transfer {
	CURL *easy;
	char error[CURL_ERROR_SIZE];
	int64_t deadline_us;                /* monotonic; whoever waits beyond it is cut off */
};

struct transfer_start {
	const char *url, *schemes;          /* schemes: "smtp,smtps" */
	const char *ca_file;                /* NULL: the system's */
	int32_t limit_s;
};

void transfer_init(struct transfer *t, const struct transfer_start *s);
void transfer_fini(struct transfer *t);
/* In libcurl's words. */
const char *transfer_error(const struct transfer *t, CURLcode code);

#endif
