/* transfer: what every try by libcurl has in common. */
#include "daemon/post/transfer.h"

#include "daemon/base/clock.h"

#include <string.h>

enum { CONNECT_LIMIT_S = 30 }; /* of a mail server: until it has let us in */

/* libcurl asks each second at least, also while it says goodbye, where its own time-outs are longer than ours. */
static int on_progress(void *ctx, curl_off_t all_down, curl_off_t down, curl_off_t all_up, curl_off_t up) {
	(void)all_down, (void)down, (void)all_up, (void)up;
	const struct transfer *t = ctx;
	return clock_monotonic_us() > t->deadline_us;
}

static void set_trust(CURL *easy, const char *ca_file) {
	SET(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	SET(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (!ca_file)
		return;
	SET(easy, CURLOPT_CAINFO, ca_file);
	SET(easy, CURLOPT_CAPATH, NULL); /* these and no others */
}

void transfer_init(struct transfer *t, const struct transfer_start *s) {
	*t = (struct transfer){.deadline_us = clock_monotonic_us() + s->limit_s * INT64_C(1000000)};
	CURL *easy = t->easy = curl_easy_init();
	CHECK(easy != NULL);
	SET(easy, CURLOPT_ERRORBUFFER, t->error);
	SET(easy, CURLOPT_URL, s->url);
	SET(easy, CURLOPT_PROTOCOLS_STR, s->schemes);
	SET(easy, CURLOPT_FOLLOWLOCATION, 0L);
	SET(easy, CURLOPT_PROXY, ""); /* none, whatever the environment says */
	SET(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(easy, CURLOPT_NOSIGNAL, 1L);
	SET(easy, CURLOPT_TIMEOUT, (long)s->limit_s);
	SET(easy, CURLOPT_CONNECTTIMEOUT, (long)(s->limit_s < CONNECT_LIMIT_S ? s->limit_s : CONNECT_LIMIT_S));
	/* Closed within the try, under its deadline, and not by curl_easy_cleanup, which has none. */
	SET(easy, CURLOPT_FORBID_REUSE, 1L);
	SET(easy, CURLOPT_NOPROGRESS, 0L);
	SET(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	SET(easy, CURLOPT_XFERINFODATA, t);
	set_trust(easy, s->ca_file);
}

void transfer_fini(struct transfer *t) {
	curl_easy_cleanup(t->easy);
	t->easy = NULL;
}

const char *transfer_error(const struct transfer *t, CURLcode code) {
	if (code == CURLE_ABORTED_BY_CALLBACK)
		return "it took too long";
	return t->error[0] ? t->error : curl_easy_strerror(code);
}

bool post_url_check(const char *url, enum post_kind kind, struct err *e) {
	static const struct {
		const char *schemes[2], *shown;
	} kinds[POST_KINDS] = {
	    [POST_MAIL] = {{"smtp", "smtps"}, "smtp://HOST:PORT or smtps://HOST:PORT"},
	    [POST_WEBHOOK] = {{"http", "https"}, "http://HOST/PATH or https://HOST/PATH"},
	};
	CURLU *u = curl_url();
	char *scheme = NULL, *host = NULL, *user = NULL;
	CHECK(u != NULL && kinds[kind].shown != NULL);
	const bool read = curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
	                  curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
	                  curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK;
	const bool secret = read && curl_url_get(u, CURLUPART_USER, &user, 0) == CURLUE_OK;
	const bool known =
	    read && *host && (strcmp(scheme, kinds[kind].schemes[0]) == 0 || strcmp(scheme, kinds[kind].schemes[1]) == 0);
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	curl_url_cleanup(u);
	if (secret)
		return err_set(e, E_CONFIG, "a url has no user or password in it; secrets are in files of their own");
	return known || err_set(e, E_CONFIG, "this is a url like %s", kinds[kind].shown);
}
