/* webhook: a message as an HTTP request: a CloudEvent 1.0 in binary mode, signed as Standard Webhooks has it. */
#include "daemon/base/civil.h"
#include "daemon/post/sign.h"
#include "daemon/post/transfer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	ANSWER_BYTES = 64 << 10, /* of the answer that are read; nothing in it matters but the status */
	AGAIN_LONGEST_S = 24 * 3600
};

/* ---- What is asked ---- */

/* The value of an attribute in a header, as the HTTP binding of CloudEvents writes it. */
static void add_value(struct strbuf *out, const char *value) {
	for (const unsigned char *p = (const unsigned char *)value; *p; p++) {
		if (*p > ' ' && *p <= '~' && *p != '"' && *p != '%')
			strbuf_addc(out, (char)*p);
		else
			strbuf_printf(out, "%%%02X", *p);
	}
}

static void add_header(struct curl_slist **list, struct strbuf *line) {
	struct curl_slist *const longer = curl_slist_append(*list, line->data);
	CHECK(longer != NULL);
	*list = longer;
	strbuf_clear(line);
}

static void add_event(struct curl_slist **list, const struct message *m, struct strbuf *line) {
	char at[RFC3339_BYTES];
	strbuf_adds(line, "ce-specversion: 1.0");
	add_header(list, line);
	strbuf_adds(line, "ce-id: ");
	add_value(line, m->id);
	add_header(list, line);
	strbuf_adds(line, "ce-source: /gridd/");
	add_value(line, m->town);
	add_header(list, line);
	strbuf_adds(line, "ce-type: cn.gridd.notice.");
	add_value(line, m->kind);
	add_header(list, line);
	strbuf_printf(line, "ce-time: %s", rfc3339_format(m->made_at_us, m->offset_s, at));
	add_header(list, line);
}

/* The id is the same at every try and unlike any other town's; dots would make it possible to read another id and time into
 * what is signed. */
static void add_id(struct strbuf *out, const struct message *m) {
	const size_t from = out->len;
	post_add_name(out, m->name);
	for (size_t i = from; i < out->len; i++)
		if (out->data[i] == '.')
			out->data[i] = '_';
}

/* False: it can't be signed; *e says why. */
static bool add_signature(struct curl_slist **list, const struct post_channel *c, const struct message *m, int64_t now_us,
                          struct err *e) {
	struct strbuf line, id, secret;
	bool ok = true;
	strbuf_init(&line);
	strbuf_init(&id);
	strbuf_init(&secret);
	add_id(&id, m);
	strbuf_printf(&line, "webhook-id: %s", id.data);
	add_header(list, &line);
	strbuf_printf(&line, "webhook-timestamp: %" PRId64, now_us / SECOND_US);
	add_header(list, &line);
	if (c->webhook.secret_file) {
		const struct signed_hook hook = {.id = id.data, .timestamp_s = now_us / SECOND_US, .body = m->json};
		strbuf_adds(&line, "webhook-signature: ");
		ok = post_secret_read(c->webhook.secret_file, &secret, e) && sign_hook(&hook, secret.data, &line, e);
		add_header(list, &line);
	}
	strbuf_fini(&line);
	strbuf_fini(&id);
	strbuf_fini(&secret);
	return ok;
}

static bool make_headers(struct curl_slist **list, const struct post_channel *c, const struct message *m, int64_t now_us,
                         struct err *e) {
	static const char *const fixed[] = {"content-type: application/json", ("user-agent: gridd/" GRIDD_VERSION), "expect:"};
	struct strbuf line;
	strbuf_init(&line);
	for (size_t i = 0; i < COUNT_OF(fixed); i++) {
		strbuf_adds(&line, fixed[i]);
		add_header(list, &line);
	}
	add_event(list, m, &line);
	strbuf_fini(&line);
	return add_signature(list, c, m, now_us, e);
}

/* ---- What came back ---- */

struct answer {
	size_t n;       /* bytes of it that were read */
	char said[160]; /* its beginning */
};

static size_t on_answer(char *bytes, size_t one, size_t n, void *ctx) {
	struct answer *a = ctx;
	for (size_t i = 0; i < n && a->n + i < sizeof a->said - 1; i++)
		a->said[a->n + i] = bytes[i] ? bytes[i] : ' ';
	a->n += one * n;
	return a->n > ANSWER_BYTES ? 0 : one * n;
}

/* Seconds, or a date of HTTP. 0: it doesn't say. */
static int32_t again_in(CURL *easy, int64_t now_us) {
	struct curl_header *h = NULL;
	if (curl_easy_header(easy, "Retry-After", 0, CURLH_HEADER, -1, &h) != CURLHE_OK)
		return 0;
	char *end = NULL;
	int64_t s = strtoll(h->value, &end, 10);
	if (end == h->value || *end)
		s = (int64_t)curl_getdate(h->value, NULL) - now_us / SECOND_US;
	return s <= 0 ? 0 : s > AGAIN_LONGEST_S ? AGAIN_LONGEST_S : (int32_t)s;
}

/* 2xx is taken, whatever became of the rest of the answer. 410 says that nothing is wanted here any more. All else is tried
 * again, as the convention has it: also 4xx, for the receiver may have a fault, and also a redirect, which is not followed,
 * because the one who is sent somewhere else hasn't agreed to what is signed for this url. */
static void judge(CURL *easy, const struct answer *a, int64_t now_us, long status, struct post_result *out) {
	char *target = NULL;
	(void)curl_easy_getinfo(easy, CURLINFO_REDIRECT_URL, &target);
	if (status == 429 || status == 503)
		out->again_in_s = again_in(easy, now_us);
	if (status / 100 == 2)
		out->end = POST_DELIVERED;
	else if (status / 100 == 3)
		post_ended(out, POST_FAILED, "HTTP %ld: redirects are not followed%s%.*s", status, target ? ": " : "",
		           target ? (int)strcspn(target, "?#") : 0, target ? target : "");
	else
		post_ended(out, status == 410 ? POST_GONE : POST_FAILED, "HTTP %ld%s%s", status, a->said[0] ? ": " : "", a->said);
}

void webhook_post(const struct post_channel *c, const struct message *m, int64_t now_us, struct post_result *out) {
	struct curl_slist *headers = NULL;
	struct answer answer = {0};
	const struct transfer_start start = {
	    .url = c->webhook.url, .schemes = "http,https", .ca_file = c->webhook.ca_file, .limit_s = post_limit_of(c)};
	struct transfer t;
	struct err e = {0};
	if (!make_headers(&headers, c, m, now_us, &e)) {
		post_ended(out, POST_FAILED, "%s", e.text);
		curl_slist_free_all(headers);
		return;
	}
	transfer_init(&t, &start);
	SET(t.easy, CURLOPT_HTTPHEADER, headers);
	SET(t.easy, CURLOPT_POSTFIELDS, m->json);
	SET(t.easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(m->json));
	SET(t.easy, CURLOPT_WRITEFUNCTION, on_answer);
	SET(t.easy, CURLOPT_WRITEDATA, &answer);
	const CURLcode code = curl_easy_perform(t.easy);
	long status = 0;
	(void)curl_easy_getinfo(t.easy, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 200)
		judge(t.easy, &answer, now_us, status, out);
	else
		post_ended(out, POST_FAILED, "%s", transfer_error(&t, code));
	transfer_fini(&t);
	curl_slist_free_all(headers);
}
