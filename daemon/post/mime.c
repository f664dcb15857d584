/* mime: a message as mail: RFC 5322 headers, RFC 2047 words, RFC 2045 parts.
 *
 * An own writer, because the same message must give the same bytes: nothing here is random, and nobody is asked the time.
 * What stands in a header is ASCII that was chosen here, a checked address, or base64: no text can end a line. */
#include "daemon/base/check.h"
#include "daemon/base/civil.h"
#include "daemon/post/post_parts.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <string.h>

enum {
	SUBJECT_CHARS = 200,
	PLAIN_SUBJECT_BYTES = 66, /* with "Subject: " within the 76 columns of a line */
	FIRST_WORD_BYTES = 39,    /* of text in an encoded word: 76 columns less "Subject: " ... */
	WORD_BYTES = 45,          /* ... and less the blank of a folded line, less "=?UTF-8?B?" and "?=", as base64 */
	LINE_BYTES = 57,          /* 76 columns of base64 */
	ADDRESS_BYTES = 254,
	LOCAL_BYTES = 64,
	LABEL_BYTES = 63
};

/* ---- Addresses ---- */

/* Of ASCII, whatever the locale. */
static bool is_alnum(char c) { return isascii((unsigned char)c) && isalnum((unsigned char)c); }

static bool is_local(const char *s, size_t n) {
	for (size_t i = 0; i < n; i++) {
		const bool dot = s[i] == '.' && i > 0 && i + 1 < n && s[i + 1] != '.';
		if (!dot && !is_alnum(s[i]) && !strchr("!#$%&'*+-/=?^_`{|}~", s[i]))
			return false;
	}
	return n > 0 && n <= LOCAL_BYTES;
}

static bool is_label(const char *s, size_t n) {
	for (size_t i = 0; i < n; i++)
		if (!is_alnum(s[i]) && (s[i] != '-' || i == 0 || i + 1 == n))
			return false;
	return n > 0 && n <= LABEL_BYTES;
}

bool mail_address_check(const char *address, struct err *e) {
	const char *at = strchr(address, '@');
	bool ok = at && strlen(address) <= ADDRESS_BYTES && is_local(address, (size_t)(at - address));
	for (const char *label = ok ? at + 1 : NULL; ok && label;) {
		const size_t n = strcspn(label, ".");
		ok = is_label(label, n);
		label = label[n] ? label + n + 1 : NULL;
	}
	if (ok)
		return true;
	struct strbuf shown;
	strbuf_init(&shown);
	post_add_line(&shown, address, 60);
	(void)err_set(e, E_CONFIG, "`%s` is not a mail address like name@town.example", shown.data ? shown.data : "");
	strbuf_fini(&shown);
	return false;
}

/* ---- Headers ---- */

static void add_base64(struct strbuf *out, const void *bytes, size_t n) {
	char *to = strbuf_reserve(out, (n + 2) / 3 * 4 + 1);
	out->len += (size_t)EVP_EncodeBlock((unsigned char *)to, bytes, (int)n);
}

/* As many bytes as fit, ending at a character's edge. */
static size_t word_bytes(const char *s, size_t max) {
	const size_t left = strlen(s);
	size_t n = left < max ? left : max;
	while (n < left && n > 1 && ((unsigned char)s[n] & 0xC0) == 0x80)
		n--;
	return n;
}

static void add_words(struct strbuf *out, const char *text) {
	for (size_t max = FIRST_WORD_BYTES; *text; max = WORD_BYTES) {
		const size_t n = word_bytes(text, max);
		strbuf_adds(out, max == FIRST_WORD_BYTES ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
		add_base64(out, text, n);
		strbuf_adds(out, "?=");
		text += n;
	}
}

/* Plain where every reader shows the same: printable ASCII, short, nothing that looks like an encoded word. */
static bool is_plain(const char *s) {
	for (const char *p = s; *p; p++)
		if (*p < ' ' || *p > '~')
			return false;
	return strlen(s) <= PLAIN_SUBJECT_BYTES && !strstr(s, "=?");
}

static void add_subject(struct strbuf *out, const char *subject) {
	struct strbuf line;
	strbuf_init(&line);
	post_add_line(&line, *subject ? subject : "-", SUBJECT_CHARS);
	const char *text = line.data && line.len ? line.data + (line.data[0] == ' ') : "-";
	strbuf_adds(out, "Subject: ");
	if (is_plain(text))
		strbuf_adds(out, text);
	else
		add_words(out, text);
	strbuf_adds(out, "\r\n");
	strbuf_fini(&line);
}

static void add_date(struct strbuf *out, int64_t at_us, int32_t offset_s) {
	static const char days[][4] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	const int32_t offset_min = offset_s / 60, written = offset_min < 0 ? -offset_min : offset_min;
	const int64_t local_us = at_us + offset_min * MINUTE_US;
	const int64_t of_day_us = (local_us % DAY_US + DAY_US) % DAY_US;
	const int32_t day = (int32_t)((local_us - of_day_us) / DAY_US);
	const struct civil_date d = civil_from_day(day);
	const int of_day_s = (int)(of_day_us / SECOND_US);
	strbuf_printf(out, "Date: %s, %d %s %04d %02d:%02d:%02d %c%02d%02d\r\n", days[civil_weekday(day)], (int)d.day,
	              months[d.month - 1], (int)d.year, of_day_s / 3600, of_day_s / 60 % 60, of_day_s % 60,
	              offset_min < 0 ? '-' : '+', (int)written / 60, (int)written % 60);
}

/* "Name: value", where the value is a name and no more. */
static void add_name_header(struct strbuf *out, const char *header, const char *value) {
	strbuf_adds(out, header);
	post_add_name(out, value);
	strbuf_adds(out, "\r\n");
}

static void add_headers(struct strbuf *out, const struct message *m, const char *from, const char *to) {
	add_date(out, m->made_at_us, m->offset_s);
	strbuf_printf(out, "From: %s\r\n", from);
	strbuf_printf(out, "To: %s\r\n", to ? to : "undisclosed-recipients:;");
	strbuf_adds(out, "Message-ID: <");
	post_add_name(out, m->name);
	strbuf_printf(out, "%s>\r\n", strchr(from, '@'));
	add_subject(out, m->subject);
	strbuf_adds(out, "Auto-Submitted: auto-generated\r\n");
	add_name_header(out, "X-Gridd-Notice: ", m->id);
	add_name_header(out, "Content-Language: ", m->language ? m->language : "zh-CN");
	strbuf_adds(out, "MIME-Version: 1.0\r\n");
}

/* ---- Parts ---- */

static void add_body(struct strbuf *out, const void *bytes, size_t n) {
	const unsigned char *from = bytes;
	strbuf_adds(out, "Content-Transfer-Encoding: base64\r\n\r\n");
	for (size_t at = 0; at < n; at += LINE_BYTES) {
		add_base64(out, from + at, n - at < LINE_BYTES ? n - at : LINE_BYTES);
		strbuf_adds(out, "\r\n");
	}
}

/* Lines of text end in CRLF before they are encoded, however they came. */
static void add_text(struct strbuf *out, const char *subtype, const char *text) {
	struct strbuf lines;
	strbuf_init(&lines);
	for (const char *p = text; *p;) {
		const size_t n = strcspn(p, "\r\n");
		strbuf_add(&lines, p, n);
		p += n;
		if (*p)
			strbuf_adds(&lines, "\r\n");
		p += p[0] == '\r' && p[1] == '\n' ? 2 : *p != '\0';
	}
	strbuf_printf(out, "Content-Type: text/%s; charset=utf-8\r\n", subtype);
	add_body(out, lines.data, lines.len);
	strbuf_fini(&lines);
}

static void add_either(struct strbuf *out, const struct message *m, const char *hash) {
	if (!m->html) {
		add_text(out, "plain", m->text);
		return;
	}
	strbuf_printf(out, "Content-Type: multipart/alternative; boundary=\"=_either_%s\"\r\n\r\n", hash);
	strbuf_printf(out, "--=_either_%s\r\n", hash);
	add_text(out, "plain", m->text);
	strbuf_printf(out, "--=_either_%s\r\n", hash);
	add_text(out, "html", m->html);
	strbuf_printf(out, "--=_either_%s--\r\n", hash);
}

/* "application/pdf", or what any reader saves without looking. */
static const char *media_type_of(const struct enclosure *e) {
	const char *const given = e->media_type ? e->media_type : "", *slash = strchr(given, '/');
	for (const char *p = given; *p; p++)
		if (!is_alnum(*p) && !strchr("/.+-_", *p))
			return "application/octet-stream";
	const bool sound = slash && slash > given && slash[1] && !strchr(slash + 1, '/') && strlen(given) <= 100;
	return sound ? given : "application/octet-stream";
}

static void add_enclosure(struct strbuf *out, const struct enclosure *e) {
	strbuf_printf(out, "Content-Type: %s\r\n", media_type_of(e));
	strbuf_adds(out, "Content-Disposition: attachment;\r\n filename=\"");
	post_add_name(out, e->name);
	strbuf_adds(out, "\"\r\n");
	add_body(out, e->bytes, e->n);
}

/* Of all that is in the message: two messages never share a boundary, one always has the same. No line of base64 has an
 * underscore, so a boundary can't be met in a body. */
static void hash_message(const struct message *m, char out[HASH_HEX + 1]) {
	const char *const texts[] = {m->name, m->subject, m->text, m->html ? m->html : ""};
	struct strbuf all;
	strbuf_init(&all);
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		strbuf_add(&all, texts[i], strlen(texts[i]) + 1);
	for (size_t i = 0; i < m->enclosures.n; i++) {
		char hash[HASH_HEX + 1];
		post_hash(m->enclosures.v[i].bytes, m->enclosures.v[i].n, hash);
		strbuf_printf(&all, "%s %s", m->enclosures.v[i].name, hash);
	}
	post_hash(all.data, all.len, out);
	strbuf_fini(&all);
}

bool mail_write(const struct message *m, const char *from, const char *to, struct strbuf *out, struct err *e) {
	char hash[HASH_HEX + 1];
	if (!mail_address_check(from, e) || (to && !mail_address_check(to, e)))
		return false;
	hash_message(m, hash);
	add_headers(out, m, from, to);
	if (m->enclosures.n == 0) {
		add_either(out, m, hash);
		return true;
	}
	strbuf_printf(out, "Content-Type: multipart/mixed; boundary=\"=_all_%s\"\r\n\r\n", hash);
	strbuf_printf(out, "--=_all_%s\r\n", hash);
	add_either(out, m, hash);
	for (size_t i = 0; i < m->enclosures.n; i++) {
		strbuf_printf(out, "--=_all_%s\r\n", hash);
		add_enclosure(out, &m->enclosures.v[i]);
	}
	strbuf_printf(out, "--=_all_%s--\r\n", hash);
	return true;
}
