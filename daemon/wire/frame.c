/* frame: finds the lines in a growing buffer, and tells JSON from another protocol at the first bytes. */
#include "daemon/wire/frame.h"

#include "daemon/base/check.h"
#include "daemon/base/limits.h"

#include <string.h>
#include <strings.h>

static const char hint_http[] = "this is no HTTP server: send JSON-RPC 2.0, one message a line";
static const char hint_tls[] = "this port takes no TLS: connect without it, or to a tls:// port";
static const char hint_lsp[] = "messages have no headers: send one JSON-RPC message a line, without Content-Length";

static const char hint_long[] = "a line without end: one message is at most 1 MiB, and ends in a newline";

/* How other protocols begin. A JSON text begins with none of these. */
static const struct {
	const char *start, *hint;
} foreign[] = {
    {"GET /", hint_http},        {"POST /", hint_http},  {"PUT /", hint_http},    {"HEAD /", hint_http},
    {"DELETE /", hint_http},     {"PATCH /", hint_http}, {"OPTIONS ", hint_http}, {"CONNECT ", hint_http},
    {"PRI * HTTP/2", hint_http}, {"\x16\x03", hint_tls}, {"Content-", hint_lsp},
};
enum { FOREIGN_BYTES = 12 }; /* the longest of them */

/* NULL: not another protocol, or too few bytes to say so. */
static const char *foreign_hint(const char *buf, size_t n) {
	for (size_t i = 0; i < COUNT_OF(foreign); i++) {
		const size_t length = strlen(foreign[i].start);
		if (n >= length && strncasecmp(buf, foreign[i].start, length) == 0)
			return foreign[i].hint;
	}
	return NULL;
}

/* Bytes of the line at p, which ends before the n-th, without a CR at its end. */
static size_t trimmed(const char *p, size_t n) { return n > 0 && p[n - 1] == '\r' ? n - 1 : n; }

static enum frame_result too_long(struct frame_line *out) {
	out->hint = hint_long;
	return FRAME_TOO_LONG;
}

/* No LF in what is there from out->start on. */
static enum frame_result rest(struct frame *f, const char *buf, size_t n, bool at_eof, struct frame_line *out) {
	const size_t left = n - out->start;
	out->len = trimmed(buf + out->start, left);
	if (out->len > LIMIT_LINE_BYTES)
		return too_long(out);
	if (at_eof && out->len > 0) {
		out->used = n;
		return FRAME_LINE;
	}
	out->used = out->start;
	f->looked = left;
	return FRAME_MORE;
}

enum frame_result frame_next(struct frame *f, const char *buf, size_t n, bool at_eof, struct frame_line *out) {
	*out = (struct frame_line){0};
	if (!f->first_done) {
		out->hint = foreign_hint(buf, n);
		if (out->hint)
			return FRAME_FOREIGN;
		f->first_done = n >= FOREIGN_BYTES || at_eof;
	}
	for (;;) {
		const size_t from = out->start + f->looked;
		const char *lf = from < n ? memchr(buf + from, '\n', n - from) : NULL;
		f->looked = 0;
		if (!lf)
			return rest(f, buf, n, at_eof, out);
		out->used = (size_t)(lf - buf) + 1;
		out->len = trimmed(buf + out->start, out->used - 1 - out->start);
		if (out->len > LIMIT_LINE_BYTES)
			return too_long(out);
		if (out->len > 0) {
			f->first_done = true;
			return FRAME_LINE;
		}
		out->start = out->used;
		f->first_done = true;
	}
}
