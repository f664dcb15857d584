/* sink: streams of ours in front of file descriptors 1 and 2: a pager, a kept screen, the terminal's encoding. */
#include "clients/gridctl/term/sink.h"

#include "clients/gridctl/term/pager.h"
#include "clients/gridctl/term/term.h"
#include "daemon/base/check.h"
#include "daemon/base/utf8.h"

#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK_BYTES = 16 << 10 };

struct stream {
	int fd;
	struct strbuf rest;                 /* the beginning of a character whose end has not come */
};

static struct stream out = {.fd = STDOUT_FILENO}, err = {.fd = STDERR_FILENO};
static struct strbuf kept;
static enum { DIRECT, WAITING, PAGED, KEPT } way;      /* WAITING: for more than a screen, or the end */
static bool for_programs, failed;
static int why_failed;
static iconv_t to_terminal = (iconv_t)-1;

static bool put_bytes(int fd, const char *bytes, size_t n) {
	while (n > 0) {
		const ssize_t done = write(fd, bytes, n);
		if (done < 0 && errno == EINTR && !term_interrupted())
			continue;
		if (done < 0) {
			why_failed = errno;
			failed = true;
			return false;
		}
		bytes += done;
		n -= (size_t)done;
	}
	return true;
}

/* Bytes of the character at the beginning; 0: its end is missing. Bytes that are no character count one by one. */
static size_t char_bytes(const char *text, size_t n) {
	const unsigned char first = (unsigned char)*text;
	const size_t wants = first < 0x80 ? 1 : (first & 0xe0) == 0xc0 ? 2 : (first & 0xf0) == 0xe0 ? 3 : (first & 0xf8) == 0xf0 ? 4 : 1;
	if (wants > n)
		return 0;
	uint32_t c;
	char one[5] = "";
	memcpy(one, text, wants);
	const size_t is = utf8_get((const unsigned char *)one, &c);
	return is ? is : 1;
}

/* What the terminal's encoding doesn't have. */
static void add_escape(struct strbuf *to, const char *text, size_t n) {
	uint32_t c;
	char one[5] = "";
	memcpy(one, text, n);
	if (utf8_get((const unsigned char *)one, &c) == 0)
		strbuf_printf(to, "\\x%02x", (unsigned char)*text);
	else
		strbuf_printf(to, c > 0xffff ? "\\U%08x" : "\\u%04x", c);
}

static void add_char(struct strbuf *to, char *text, size_t n) {
	char *in = text, *at = strbuf_reserve(to, 16);
	size_t left = n, room = 16;
	if (iconv(to_terminal, &in, &left, &at, &room) == (size_t)-1) {
		(void)iconv(to_terminal, NULL, NULL, NULL, NULL);
		add_escape(to, text, n);
		return;
	}
	to->len += 16 - room;
	to->data[to->len] = '\0';
}

static void put_converted(struct stream *s, const char *bytes, size_t n) {
	struct strbuf made = {0};
	strbuf_add(&s->rest, bytes, n);
	size_t at = 0;
	while (at < s->rest.len) {
		const size_t one = char_bytes(s->rest.data + at, s->rest.len - at);
		if (one == 0)
			break;
		if ((unsigned char)s->rest.data[at] < 0x80)
			strbuf_addc(&made, s->rest.data[at]);
		else
			add_char(&made, s->rest.data + at, one);
		at += one;
	}
	if (at > 0)
		memmove(s->rest.data, s->rest.data + at, s->rest.len - at + 1);
	s->rest.len -= at;
	(void)put_bytes(s->fd, made.data, made.len);
	strbuf_fini(&made);
}

static void put_out(struct stream *s, const char *bytes, size_t n) {
	const bool as_is = to_terminal == (iconv_t)-1 || (for_programs && s == &out && !term_out_is_tty());
	if (as_is)
		(void)put_bytes(s->fd, bytes, n);
	else
		put_converted(s, bytes, n);
}

/* What has waited goes out, and the rest with it: through a pager if it can be had. */
static void go_on(bool paged) {
	const int fd = paged ? pager_start() : -1;
	way = fd >= 0 ? PAGED : DIRECT;
	if (fd >= 0)
		out.fd = fd;
	put_out(&out, kept.data ? kept.data : "", kept.len);
	strbuf_fini(&kept);
}

static ssize_t on_write(void *cookie, const char *bytes, size_t n) {
	struct stream *s = cookie;
	/* What is said besides stands behind what was printed before it. */
	if (s == &err && way == WAITING)
		strbuf_add(&kept, bytes, n);
	else if (way == KEPT || (way == WAITING && s == &out))
		strbuf_add(&kept, bytes, n);
	else
		put_out(way == PAGED ? &out : s, bytes, n);
	if (way == WAITING && pager_wanted(kept.data))
		go_on(true);
	/* A pager that was left early is no fault, and neither is what it didn't want to read. */
	if (failed && way == PAGED) {
		failed = false;
		return (ssize_t)n;
	}
	errno = why_failed;
	return failed && s == &out ? 0 : (ssize_t)n;
}

static FILE *open_stream(struct stream *s, int buffering) {
	FILE *f = fopencookie(s, "w", (cookie_io_functions_t){.write = on_write});
	CHECK(f != NULL);
	(void)setvbuf(f, NULL, buffering, buffering == _IONBF ? 0 : CHUNK_BYTES);
	return f;
}

void sink_init(void) {
	if (term_charset())
		to_terminal = iconv_open(term_charset(), "UTF-8");
	stdout = open_stream(&out, term_out_is_tty() ? _IOLBF : _IOFBF);
	stderr = open_stream(&err, _IONBF);
}

void sink_for_programs(void) { for_programs = true; }

void sink_page(void) {
	if (way == DIRECT && term_out_is_tty() && pager_is_there())
		way = WAITING;
}

void sink_keep(void) { way = KEPT; }

void sink_take(struct strbuf *to) {
	(void)fflush(stdout);
	strbuf_clear(to);
	strbuf_add(to, kept.data ? kept.data : "", kept.len);
	strbuf_clear(&kept);
}

void sink_let_go(void) {
	way = DIRECT;
	strbuf_fini(&kept);
}

void sink_write(const char *bytes, size_t n) { put_out(&out, bytes, n); }

bool sink_finish(void) {
	const bool flushed = fflush(stdout) == 0 && !ferror(stdout);
	if (way == WAITING)
		go_on(false);
	if (way == PAGED) {
		pager_end();
		way = DIRECT;
		out.fd = STDOUT_FILENO;
		return true;
	}
	strbuf_fini(&out.rest);
	strbuf_fini(&err.rest);
	errno = why_failed;
	return flushed && !failed;
}

char *sink_typed(char *arg) {
	bool is_ascii = true;
	for (const char *p = arg; *p && is_ascii; p++)
		is_ascii = (unsigned char)*p < 0x80;
	if (!term_charset() || is_ascii)
		return arg;
	const iconv_t cd = iconv_open("UTF-8", "GB18030");
	const size_t most = strlen(arg) * 4 + 1;
	char *made = calloc(1, most), *in = arg, *at = made;
	size_t left = strlen(arg), room = most - 1;
	CHECK(made != NULL);
	const bool ok = cd != (iconv_t)-1 && iconv(cd, &in, &left, &at, &room) != (size_t)-1;
	if (cd != (iconv_t)-1)
		(void)iconv_close(cd);
	if (ok)
		return made;
	free(made);
	return arg;
}
