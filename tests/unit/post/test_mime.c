/* test_mime: a message as mail: golden bytes, the edges of encoded words, and texts that would like to be headers. */
#include "daemon/base/check.h"
#include "daemon/base/strbuf.h"
#include "daemon/post/post_parts.h"

#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* 2026-11-23 22:00 in Shanghai */
static struct message sample(void) {
	return (struct message){.id = "42-1",
	                        .name = "42-1.310106101",
	                        .town = "310106101",
	                        .kind = "remind",
	                        .to = "office@town.example",
	                        .subject = "Case 1 is due",
	                        .text = "Due at 12:00.\nUnit: A",
	                        .json = "{}",
	                        .made_at_us = INT64_C(1795442400000000),
	                        .offset_s = 8 * 3600};
}

static char *written(const struct message *m) {
	struct strbuf out;
	struct err e;
	strbuf_init(&out);
	assert_true(mail_write(m, "gridd@town.example", "office@town.example", &out, &e));
	return strbuf_take(&out);
}

static void the_bytes_of_a_notice(void **state) {
	(void)state;
	const struct message m = sample();
	char *mail = written(&m);
	assert_string_equal(mail, "Date: Mon, 23 Nov 2026 22:00:00 +0800\r\n"
	                          "From: gridd@town.example\r\n"
	                          "To: office@town.example\r\n"
	                          "Message-ID: <42-1.310106101@town.example>\r\n"
	                          "Subject: Case 1 is due\r\n"
	                          "Auto-Submitted: auto-generated\r\n"
	                          "X-Gridd-Notice: 42-1\r\n"
	                          "Content-Language: zh-CN\r\n"
	                          "MIME-Version: 1.0\r\n"
	                          "Content-Type: text/plain; charset=utf-8\r\n"
	                          "Content-Transfer-Encoding: base64\r\n"
	                          "\r\n"
	                          "RHVlIGF0IDEyOjAwLg0KVW5pdDogQQ==\r\n");
	free(mail);
}

static void the_bytes_of_a_digest(void **state) {
	(void)state;
	struct enclosure workbook = {.name = "list.xlsx", .media_type = "application/zip", .bytes = "\0\xff", .n = 2};
	struct message m = sample();
	m.html = "<p>Due</p>";
	m.enclosures.v = &workbook;
	m.enclosures.n = 1;
	char *mail = written(&m), *again = written(&m);
	assert_string_equal(mail, again);
	static const char body[] = "MIME-Version: 1.0\r\n"
	                           "Content-Type: multipart/mixed; boundary=\"=_all_HASH\"\r\n"
	                           "\r\n"
	                           "--=_all_HASH\r\n"
	                           "Content-Type: multipart/alternative; boundary=\"=_either_HASH\"\r\n"
	                           "\r\n"
	                           "--=_either_HASH\r\n"
	                           "Content-Type: text/plain; charset=utf-8\r\n"
	                           "Content-Transfer-Encoding: base64\r\n"
	                           "\r\n"
	                           "RHVlIGF0IDEyOjAwLg0KVW5pdDogQQ==\r\n"
	                           "--=_either_HASH\r\n"
	                           "Content-Type: text/html; charset=utf-8\r\n"
	                           "Content-Transfer-Encoding: base64\r\n"
	                           "\r\n"
	                           "PHA+RHVlPC9wPg==\r\n"
	                           "--=_either_HASH--\r\n"
	                           "--=_all_HASH\r\n"
	                           "Content-Type: application/zip\r\n"
	                           "Content-Disposition: attachment;\r\n"
	                           " filename=\"list.xlsx\"\r\n"
	                           "Content-Transfer-Encoding: base64\r\n"
	                           "\r\n"
	                           "AP8=\r\n"
	                           "--=_all_HASH--\r\n";
	static const char hash[] = "b366502aa27be124ae0be7387ae9ed88";
	struct strbuf wanted;
	strbuf_init(&wanted);
	for (const char *p = body; *p;) {
		const bool here = strncmp(p, "HASH", 4) == 0;
		strbuf_add(&wanted, here ? hash : p, here ? sizeof hash - 1 : 1);
		p += here ? 4 : 1;
	}
	assert_string_equal(strstr(mail, "MIME-Version"), wanted.data);
	workbook.bytes = "\0\xfe";
	char *other = written(&m);
	assert_null(strstr(other, hash));
	strbuf_fini(&wanted);
	free(mail);
	free(again);
	free(other);
}

/* ---- Subjects ---- */

/* The Subject header as it stands, folded lines included. */
static char *subject_of(const char *subject) {
	struct message m = sample();
	m.subject = subject;
	char *mail = written(&m);
	char *from = strstr(mail, "Subject: ");
	assert_non_null(from);
	char *end = strstr(from, "\r\n");
	while (end[2] == ' ')
		end = strstr(end + 2, "\r\n");
	end[2] = '\0';
	char *found = strdup(from);
	free(mail);
	return found;
}

/* What a reader sees; each line and each encoded word is checked on the way. */
static char *decoded(const char *header) {
	struct strbuf out;
	strbuf_init(&out);
	const char *p = header + strlen("Subject: ");
	for (const char *line = header; *line; line = strstr(line, "\r\n") + 2)
		assert_true(strcspn(line, "\r") <= 76);
	while (strncmp(p, "=?UTF-8?B?", 10) == 0) {
		const size_t n = strcspn(p + 10, "?");
		assert_true(n + 12 <= 75);
		unsigned char *to = (unsigned char *)strbuf_reserve(&out, n + 1);
		const int got = EVP_DecodeBlock(to, (const unsigned char *)p + 10, (int)n);
		const size_t padding = p[10 + n - 1] != '=' ? 0 : p[10 + n - 2] != '=' ? 1 : 2;
		/* a word begins with a character, never within one */
		assert_true((to[0] & 0xC0) != 0x80);
		out.len += (size_t)got - padding;
		p += 10 + n;
		assert_memory_equal(p, "?=\r\n", 4);
		p += p[4] == ' ' ? 5 : 4;
	}
	strbuf_adds(&out, p);
	if (out.len >= 2 && strcmp(out.data + out.len - 2, "\r\n") == 0)
		out.len -= 2;
	out.data[out.len] = '\0';
	return strbuf_take(&out);
}

static void check_subject(const char *given, const char *seen) {
	char *header = subject_of(given);
	char *text = decoded(header);
	assert_string_equal(text, seen);
	free(text);
	free(header);
}

static void subjects(void **state) {
	(void)state;
	static const struct {
		const char *given, *seen;
	} rows[] = {
	    {"plain", "plain"},
	    {"【超期清单】彭浦镇 2026-11-23：超期 12 件（较昨日 +3）", "【超期清单】彭浦镇 2026-11-23：超期 12 件（较昨日 +3）"},
	    {"=?UTF-8?B?eA==?=", "=?UTF-8?B?eA==?="},
	    {"a\r\nBcc: b@town.example", "a Bcc: b@town.example"},
	    {"a\r\n\r\nbody", "a body"},
	    {"\n\t a", "a"},
	    {"a ", "a"},
	    {"", "-"},
	    {"\r\n", "-"},
	    {"a\xc2\x85"
	     "b\xe2\x80\xae"
	     "c\x1b[0m",
	     "a\\u0085b\\u202ec\\u001b[0m"},
	    {"a\xff\xe8\xb6", "a\\xff\\xe8\\xb6"},
	    {"<script>alert(1)</script>", "<script>alert(1)</script>"},
	    {"\xf0\x9f\x9a\xa8 \xe5\xbd\xad", "\xf0\x9f\x9a\xa8 \xe5\xbd\xad"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		check_subject(rows[i].given, rows[i].seen);
}

/* Every length about the edges of words, with characters of one to four bytes at every place. */
static void words_end_with_characters(void **state) {
	(void)state;
	static const char *const characters[] = {"x", "\xc3\xa9", "\xe6\xbc\x8f", "\xf0\x9f\x9a\xa8"};
	for (size_t wide = 0; wide < COUNT_OF(characters); wide++) {
		for (size_t lead = 0; lead < 4; lead++) {
			for (size_t n = 0; n < 60; n++) {
				struct strbuf text;
				strbuf_init(&text);
				strbuf_add(&text, "abcd", lead);
				strbuf_adds(&text, "\xe6\xbc\x8f"); /* so that it is encoded */
				for (size_t i = 0; i < n; i++)
					strbuf_adds(&text, characters[wide]);
				check_subject(text.data, text.data);
				strbuf_fini(&text);
			}
		}
	}
}

static char *repeated(const char *what, size_t n) {
	struct strbuf s;
	strbuf_init(&s);
	while (n-- > 0)
		strbuf_adds(&s, what);
	return strbuf_take(&s);
}

static void long_subjects_are_cut(void **state) {
	(void)state;
	static const char *const characters[] = {"x", "\xe6\xbc\x8f", "\xe2\x80\xae", "\xff"};
	static const char *const shown[] = {"x", "\xe6\xbc\x8f", "\\u202e", "\\xff"};
	for (size_t i = 0; i < COUNT_OF(characters); i++) {
		char *given = repeated(characters[i], 4000), *wanted = repeated(shown[i], 200);
		struct strbuf with_mark;
		strbuf_init(&with_mark);
		strbuf_printf(&with_mark, "%s…", wanted);
		check_subject(given, with_mark.data);
		strbuf_fini(&with_mark);
		free(given);
		free(wanted);
	}
}

/* ---- Headers and addresses ---- */

static void no_field_makes_a_header(void **state) {
	(void)state;
	char *const huge = repeated("彭浦", 2000);
	const char *const bad[] = {"x\r\nBcc: evil@town.example\r\n\r\n<script>",
	                           "\"; filename=\"evil.exe",
	                           "\xe2\x80\xae\xc2\x9b"
	                           "31m",
	                           huge,
	                           "",
	                           "..",
	                           "../../etc/passwd"};
	struct message sound = sample();
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct enclosure x = {.name = bad[i], .media_type = bad[i], .bytes = "x", .n = 1};
		struct message m = sound;
		m.id = m.name = m.town = m.kind = m.to = m.subject = m.text = m.html = m.language = bad[i];
		m.enclosures.v = &x;
		m.enclosures.n = 1;
		char *mail = written(&m);
		size_t headers = 0;
		char *end = strstr(mail, "\r\n\r\n");
		assert_non_null(end);
		for (char *line = mail; line < end; line = strstr(line, "\r\n") + 2) {
			assert_true(strcspn(line, "\r") <= 200);
			headers += line[0] != ' ';
		}
		assert_int_equal(headers, 10);
		/* all of it is printable ASCII in lines that end in CRLF */
		for (const char *p = mail; *p; p++)
			assert_true((*p >= ' ' && *p <= '~') || (*p == '\r' && p[1] == '\n') ||
			            (*p == '\n' && p > mail && p[-1] == '\r'));
		assert_null(strstr(mail, "\nBcc"));
		assert_null(strstr(strstr(mail, "Content-Disposition"), "=\"evil"));
		assert_non_null(strstr(mail, "application/octet-stream"));
		free(mail);
	}
	free(huge);
}

static void addresses(void **state) {
	(void)state;
	static const char *const good[] = {"a@b", "gridd@town.example", "a.b+c@x-1.example", "o'neil@town.example"};
	static const char *const bad[] = {"",
	                                  "a",
	                                  "@b",
	                                  "a@",
	                                  "a@b@c",
	                                  "a b@c",
	                                  "a@b c",
	                                  "a@b\r\nRCPT TO:<x@y>",
	                                  "\"a\"@b",
	                                  "a,b@c",
	                                  "<a@b>",
	                                  ".a@b",
	                                  "a.@b",
	                                  "a..b@c",
	                                  "a@-b",
	                                  "a@b-",
	                                  "a@b..c",
	                                  "a@b.",
	                                  "a@[1.2.3.4]",
	                                  "名@town.example",
	                                  "a@镇.example",
	                                  "a@b\x7f",
	                                  "a;b@c",
	                                  "office@town.example,evil@town.example",
	                                  "a@b\n",
	                                  "a\xc2\x85@b",
	                                  "(x)a@b",
	                                  "a@b_c",
	                                  "13800000000"};
	struct err e;
	for (size_t i = 0; i < COUNT_OF(good); i++)
		assert_true(mail_address_check(good[i], &e));
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct strbuf out;
		const struct message m = sample();
		strbuf_init(&out);
		assert_false(mail_address_check(bad[i], &e));
		assert_null(strpbrk(e.text, "\r\n"));
		assert_false(mail_write(&m, bad[i], "office@town.example", &out, &e));
		assert_false(mail_write(&m, "gridd@town.example", bad[i], &out, &e));
		assert_int_equal(out.len, 0);
		strbuf_fini(&out);
	}
	char *local = repeated("a", 65), *labels = repeated("a.", 127);
	struct strbuf address;
	strbuf_init(&address);
	strbuf_printf(&address, "%s@b", local);
	assert_false(mail_address_check(address.data, &e));
	assert_true(mail_address_check(address.data + 1, &e));
	strbuf_clear(&address);
	strbuf_printf(&address, "a@%sa", labels);
	assert_false(mail_address_check(address.data, &e));
	strbuf_fini(&address);
	free(local);
	free(labels);
}

static void dates(void **state) {
	(void)state;
	static const struct {
		int64_t at_us;
		int32_t offset_s;
		const char *line;
	} rows[] = {
	    {0, 0, "Date: Thu, 1 Jan 1970 00:00:00 +0000\r\n"},
	    {-1, 0, "Date: Wed, 31 Dec 1969 23:59:59 +0000\r\n"},
	    {0, -5 * 3600 - 1800, "Date: Wed, 31 Dec 1969 18:30:00 -0530\r\n"},
	    {INT64_C(1709164800000000), 8 * 3600, "Date: Thu, 29 Feb 2024 08:00:00 +0800\r\n"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct message m = sample();
		m.made_at_us = rows[i].at_us;
		m.offset_s = rows[i].offset_s;
		char *mail = written(&m);
		assert_memory_equal(mail, rows[i].line, strlen(rows[i].line));
		free(mail);
	}
}

static void long_names_stay_different(void **state) {
	(void)state;
	char *a = repeated("a", 4000), *b = repeated("a", 3999);
	struct strbuf one, two;
	strbuf_init(&one);
	strbuf_init(&two);
	post_add_name(&one, a);
	post_add_name(&two, b);
	assert_int_equal(one.len, SAFE_NAME_BYTES);
	assert_string_not_equal(one.data, two.data);
	strbuf_fini(&one);
	strbuf_fini(&two);
	free(a);
	free(b);
}

/* Lines of text end as mail has them, whatever they ended in. */
static void line_ends(void **state) {
	(void)state;
	struct message m = sample();
	m.text = "a\nb\r\nc\rd\n\n";
	char *mail = written(&m);
	assert_string_equal(strstr(mail, "\r\n\r\n") + 4, "YQ0KYg0KYw0KZA0KDQo=\r\n");
	free(mail);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_bytes_of_a_notice),
	    cmocka_unit_test(the_bytes_of_a_digest),
	    cmocka_unit_test(subjects),
	    cmocka_unit_test(words_end_with_characters),
	    cmocka_unit_test(long_subjects_are_cut),
	    cmocka_unit_test(no_field_makes_a_header),
	    cmocka_unit_test(addresses),
	    cmocka_unit_test(dates),
	    cmocka_unit_test(long_names_stay_different),
	    cmocka_unit_test(line_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
