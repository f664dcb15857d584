/* post: one message to one channel. */
#include "daemon/post/post.h"

#include "daemon/base/check.h"
#include "daemon/base/utf8.h"
#include "daemon/post/post_parts.h"

#include <ctype.h>
#include <curl/curl.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const post_kind_names[POST_KINDS + 1] = {"exec", "mail", "webhook", "file", NULL};
const char *const mail_tls_names[MAIL_TLS_WORDS + 1] = {"if_offered", "always", "never", NULL};
const char *const bundle_names[BUNDLE_WORDS + 1] = {"none", "hour", NULL};

static channel_post *const posts[POST_KINDS] = {exec_post, mail_post, webhook_post, file_post};

enum { EXEC_LIMIT_S = 30, SECRET_BYTES = 4096 };

void post_init(void) {
	/* A connection that breaks is an answer, not a signal; programs get the signal back (base/spawn). */
	CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
}

const struct post_channel *post_channel_find(const post_channel_list *list, const char *name) {
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i].name, name) == 0)
			return &list->v[i];
	return NULL;
}

void post_send(const struct post_channel *c, const struct message *m, int64_t now_us, struct post_result *out) {
	*out = (struct post_result){.end = POST_FAILED};
	posts[c->kind](c, m, now_us, out);
}

/* ---- What the channels share ---- */

int32_t post_limit_of(const struct post_channel *c) {
	const int32_t usual = c->kind == POST_EXEC ? EXEC_LIMIT_S : POST_LIMIT_S;
	return c->limit_s > 0 && c->limit_s < POST_LIMIT_S ? c->limit_s : usual;
}

void post_ended(struct post_result *out, enum post_end end, const char *fmt, ...) {
	char text[1024];
	struct strbuf line;
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	strbuf_init(&line);
	post_add_line(&line, text, sizeof out->failure);
	size_t n = line.len < sizeof out->failure ? line.len : sizeof out->failure - 1;
	while (n < line.len && n > 0 && ((unsigned char)line.data[n] & 0xC0) == 0x80)
		n--;
	if (n)
		memcpy(out->failure, line.data, n);
	out->failure[n] = '\0';
	out->end = end;
	strbuf_fini(&line);
}

void post_add_line(struct strbuf *out, const char *text, size_t max_chars) {
	const unsigned char *s = (const unsigned char *)text;
	for (; *s && max_chars > 0; max_chars--) {
		uint32_t c;
		const size_t n = utf8_get(s, &c);
		if (n == 1 && isspace((int)c)) {
			s += strspn((const char *)s, " \t\r\n\v\f");
			strbuf_addc(out, ' ');
			continue;
		}
		if (n == 0)
			strbuf_printf(out, "\\x%02x", *s);
		else if (utf8_is_unsafe(c))
			strbuf_printf(out, "\\u%04x", c);
		else
			strbuf_add(out, s, n);
		s += n ? n : 1;
	}
	if (*s)
		strbuf_adds(out, "…");
	while (out->len > 0 && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
}

void post_hash(const void *bytes, size_t n, char out[HASH_HEX + 1]) {
	unsigned char hash[EVP_MAX_MD_SIZE];
	CHECK(EVP_Digest(bytes, n, hash, NULL, EVP_sha256(), NULL) == 1);
	for (size_t i = 0; i < HASH_HEX / 2; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", hash[i]);
}

void post_add_name(struct strbuf *out, const char *name) {
	const size_t all = strlen(name);
	const size_t n = all <= SAFE_NAME_BYTES ? all : SAFE_NAME_BYTES - HASH_HEX - 1;
	for (size_t i = 0; i < n; i++) {
		const unsigned char c = (unsigned char)name[i];
		/* A dot at the start hides a file, two are a folder, and an address has none of these. */
		const bool dot = c == '.' && i > 0 && i + 1 < all && name[i + 1] != '.';
		const bool plain = c < 0x80 && (isalnum(c) || c == '-' || c == '_');
		strbuf_addc(out, dot || plain ? (char)c : '_');
	}
	if (n < all) {
		char hash[HASH_HEX + 1];
		post_hash(name, all, hash);
		strbuf_printf(out, "_%s", hash);
	} else if (n == 0) {
		strbuf_addc(out, '_');
	}
}

bool post_secret_read(const char *path, struct strbuf *out, struct err *e) {
	FILE *f = fopen(path, "re");
	if (!f)
		return err_sys(e, "cannot read %s", path);
	char *to = strbuf_reserve(out, SECRET_BYTES);
	size_t n = fread(to, 1, SECRET_BYTES, f);
	const bool whole = !ferror(f) && n < SECRET_BYTES;
	(void)fclose(f);
	while (n > 0 && isspace((unsigned char)to[n - 1]))
		n--;
	to[n] = '\0';
	out->len += n;
	if (!whole || n == 0 || strlen(to) != n)
		return err_set(e, E_CONFIG, "%s holds no secret: one line of text", path);
	return true;
}
