/* mail: one message to one mail server, by SMTP. */
#include "daemon/base/strbuf.h"
#include "daemon/post/transfer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* What the two sides have said, as far as it says whose fault a failure is. */
struct talk {
	const struct strbuf *mail;
	size_t sent;
	const char *step; /* our newest command, but for QUIT */
	bool quit;        /* what comes now is goodbye */
	bool reply_whole;
	long code;
	char reply[300]; /* the newest reply, its lines as one */
	size_t n;
};

static const char *const steps[] = {"EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA"};

static bool is_command(const char *bytes, size_t n, const char *name) {
	const size_t len = strlen(name);
	return n > len && memcmp(bytes, name, len) == 0 && isspace((unsigned char)bytes[len]);
}

static void hear_command(struct talk *t, const char *bytes, size_t n) {
	for (size_t i = 0; i < COUNT_OF(steps); i++)
		if (is_command(bytes, n, steps[i]))
			t->step = steps[i];
	t->quit = t->quit || is_command(bytes, n, "QUIT");
}

static int on_debug(CURL *easy, curl_infotype type, char *bytes, size_t n, void *ctx) {
	(void)easy;
	if (type == CURLINFO_HEADER_OUT)
		hear_command(ctx, bytes, n);
	return 0;
}

/* A line of a reply: "550-5.1.1 no" goes on, "550 such user" ends it. */
static size_t on_reply(char *bytes, size_t one, size_t n, void *ctx) {
	struct talk *t = ctx;
	char line[256];
	const size_t len = n < sizeof line - 1 ? n : sizeof line - 1;
	if (t->quit || len < 3)
		return one * n;
	memcpy(line, bytes, len);
	line[len] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	if (t->reply_whole || t->n == 0) {
		t->n = 0;
		t->code = strtol(line, NULL, 10);
	}
	t->reply_whole = strlen(line) < 4 || line[3] != '-';
	if (!t->reply_whole)
		line[3] = ' ';
	const char *const words = t->n && strlen(line) > 3 ? line + 3 : line;
	for (const char *p = words; *p && t->n < sizeof t->reply - 1; p++)
		t->reply[t->n++] = *p;
	t->reply[t->n] = '\0';
	return one * n;
}

static size_t on_read(char *to, size_t one, size_t n, void *ctx) {
	struct talk *t = ctx;
	const size_t left = t->mail->len - t->sent, given = left < one * n ? left : one * n;
	if (given)
		memcpy(to, t->mail->data + t->sent, given);
	t->sent += given;
	return given;
}

/* 4xx may go better another time, and so may what config or the server's own mending can mend: a greeting that refuses, a
 * password. A 5xx to what is this message's own (sender, receiver, content) will be said again at every try. */
static bool is_final(const struct talk *t) {
	static const long wants_login[] = {530, 534, 535, 538};
	for (size_t i = 0; i < COUNT_OF(wants_login); i++)
		if (t->code == wants_login[i])
			return false;
	return t->code >= 500 && t->step &&
	       (strcmp(t->step, "MAIL") == 0 || strcmp(t->step, "RCPT") == 0 || strcmp(t->step, "DATA") == 0);
}

static void judge(const struct talk *t, const char *error, struct post_result *out) {
	const char *const step = t->step ? t->step : "the greeting";
	if (t->code >= 400)
		post_ended(out, is_final(t) ? POST_REFUSED : POST_FAILED, "the mail server said to %s: %s", step, t->reply);
	else if (t->step && strcmp(t->step, "DATA") == 0 && t->sent == t->mail->len)
		post_ended(out, POST_FAILED, "the mail server didn't say that it took the mail: %s", error);
	else
		post_ended(out, POST_FAILED, "%s%s%s", t->step ? t->step : "", t->step ? ": " : "", error);
}

/* False: *out says why. */
static bool log_in(CURL *easy, const struct post_channel *c, struct post_result *out) {
	struct strbuf password;
	struct err e = {0};
	if (!c->mail.user)
		return true;
	strbuf_init(&password);
	const bool ok = post_secret_read(c->mail.password_file, &password, &e);
	if (ok) {
		SET(easy, CURLOPT_USERNAME, c->mail.user);
		SET(easy, CURLOPT_PASSWORD, password.data);
	} else {
		post_ended(out, POST_FAILED, "%s", e.text);
	}
	strbuf_fini(&password);
	return ok;
}

static void send_mail(const struct post_channel *c, const char *to, struct talk *talk, struct post_result *out) {
	static const long tls[MAIL_TLS_WORDS] = {
	    [TLS_IF_OFFERED] = CURLUSESSL_TRY, [TLS_ALWAYS] = CURLUSESSL_ALL, [TLS_NEVER] = CURLUSESSL_NONE};
	const struct transfer_start start = {
	    .url = c->mail.url, .schemes = "smtp,smtps", .ca_file = c->mail.ca_file, .limit_s = post_limit_of(c)};
	struct transfer t;
	struct curl_slist *receivers = curl_slist_append(NULL, to);
	CHECK(receivers != NULL);
	transfer_init(&t, &start);
	SET(t.easy, CURLOPT_USE_SSL, tls[c->mail.tls]);
	SET(t.easy, CURLOPT_MAIL_FROM, c->mail.from);
	SET(t.easy, CURLOPT_MAIL_RCPT, receivers);
	SET(t.easy, CURLOPT_UPLOAD, 1L);
	SET(t.easy, CURLOPT_READFUNCTION, on_read);
	SET(t.easy, CURLOPT_READDATA, talk);
	SET(t.easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)talk->mail->len);
	SET(t.easy, CURLOPT_HEADERFUNCTION, on_reply);
	SET(t.easy, CURLOPT_HEADERDATA, talk);
	SET(t.easy, CURLOPT_DEBUGFUNCTION, on_debug);
	SET(t.easy, CURLOPT_DEBUGDATA, talk);
	SET(t.easy, CURLOPT_VERBOSE, 1L);
	if (log_in(t.easy, c, out)) {
		const CURLcode code = curl_easy_perform(t.easy);
		if (code == CURLE_OK)
			out->end = POST_DELIVERED;
		else
			judge(talk, transfer_error(&t, code), out);
	}
	transfer_fini(&t);
	curl_slist_free_all(receivers);
}

const char *mail_address_of(const struct post_channel *c, const char *to) {
	for (size_t i = 0; i < c->mail.addresses.n; i++)
		if (strcmp(c->mail.addresses.v[i].to, to) == 0)
			return c->mail.addresses.v[i].address;
	return to;
}

void mail_post(const struct post_channel *c, const struct message *m, int64_t now_us, struct post_result *out) {
	(void)now_us;
	const char *const to = mail_address_of(c, m->to);
	struct strbuf mail;
	struct err e = {0};
	strbuf_init(&mail);
	struct talk talk = {.mail = &mail};
	if (mail_write(m, c->mail.from, to, &mail, &e))
		send_mail(c, to, &talk, out);
	else
		post_ended(out, POST_REFUSED, "%s", e.text);
	strbuf_fini(&mail);
}
