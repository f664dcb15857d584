/* test_frame: lines whole, in pieces, without end, and of other protocols. */
#include "daemon/wire/frame.h"

#include "daemon/base/limits.h"
#include "daemon/base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Feeds `text` in pieces of `piece` bytes; every line goes to *out, with a `|` behind it, and a hint as `!hint`. */
static void run(const char *text, size_t n, size_t piece, struct strbuf *out) {
	struct frame f = {0};
	size_t start = 0, end = 0;
	strbuf_init(out);
	strbuf_adds(out, "");
	for (;;) {
		const bool at_eof = end == n;
		struct frame_line line;
		const enum frame_result result = frame_next(&f, text + start, end - start, at_eof, &line);
		if (result == FRAME_LINE) {
			strbuf_add(out, text + start + line.start, line.len);
			strbuf_addc(out, '|');
			start += line.used;
		} else if (result != FRAME_MORE) {
			strbuf_printf(out, "!%s", line.hint);
			return;
		} else if (at_eof) {
			return;
		} else {
			start += line.used;
			end = end + piece < n ? end + piece : n;
		}
	}
}

static void check_n(const char *text, size_t n, const char *expected) {
	for (size_t piece = 1; piece <= n + 1; piece++) {
		struct strbuf got;
		run(text, n, piece, &got);
		assert_string_equal(got.data, expected);
		strbuf_fini(&got);
	}
}

static void check(const char *text, const char *expected) { check_n(text, strlen(text), expected); }

static void test_lines(void **state) {
	(void)state;
	check("", "");
	check("{}\n", "{}|");
	check("{}\r\n", "{}|");
	check("{}\n[]\n1", "{}|[]|1|");
	check("{}\r\n[]\r\n1\r", "{}|[]|1|");
	check("\n\r\n\n{}\n\n\r\n[]\n\n", "{}|[]|");
	check("\r\r\n", "\r|");
	check("a\rb\n", "a\rb|");
	check("\r", "");
	check("\n", "");
	check("   \n{}", "   |{}|");
}

static void test_foreign(void **state) {
	(void)state;
	static const char http[] = "!this is no HTTP server: send JSON-RPC 2.0, one message a line";
	check("GET / HTTP/1.1\r\nHost: x\r\n\r\n", http);
	check("POST /rpc HTTP/1.1\r\n\r\n{}", http);
	check("post /rpc", http);
	check("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", http);
	check_n("\x16\x03\x01\x02\x00\x01\x00", 7, "!this port takes no TLS: connect without it, or to a tls:// port");
	check("Content-Length: 52\r\n\r\n{}",
	      "!messages have no headers: send one JSON-RPC message a line, without Content-Length");
	check("content-type: x", "!messages have no headers: send one JSON-RPC message a line, without Content-Length");
	/* Only the first line is judged: later ones are lines like any other, and get a reply. */
	check("{}\nGET / HTTP/1.1\n", "{}|GET / HTTP/1.1|");
	check("\nGET / HTTP/1.1\n", "GET / HTTP/1.1|");
	check("GE\nT /\n", "GE|T /|");
}

static enum frame_result judge(size_t n, const char *tail, size_t *len) {
	struct frame f = {0};
	struct frame_line line;
	char *text = malloc(n + 3);
	assert_non_null(text);
	memset(text, 'x', n);
	memcpy(text + n, tail, strlen(tail));
	const enum frame_result result = frame_next(&f, text, n + strlen(tail), false, &line);
	*len = line.len;
	if (result == FRAME_TOO_LONG)
		assert_non_null(line.hint);
	free(text);
	return result;
}

static void test_too_long(void **state) {
	(void)state;
	size_t len;
	assert_int_equal(judge(LIMIT_LINE_BYTES, "\n", &len), FRAME_LINE);
	assert_int_equal(len, LIMIT_LINE_BYTES);
	assert_int_equal(judge(LIMIT_LINE_BYTES, "\r\n", &len), FRAME_LINE);
	assert_int_equal(len, LIMIT_LINE_BYTES);
	assert_int_equal(judge(LIMIT_LINE_BYTES, "", &len), FRAME_MORE);
	assert_int_equal(judge(LIMIT_LINE_BYTES, "\r", &len), FRAME_MORE);
	assert_int_equal(judge(LIMIT_LINE_BYTES + 1, "", &len), FRAME_TOO_LONG);
	assert_int_equal(judge(LIMIT_LINE_BYTES + 1, "\n", &len), FRAME_TOO_LONG);
}

/* What was looked at once isn't looked at again: a newline put behind our back into known bytes stays unseen. */
static void test_looks_once(void **state) {
	(void)state;
	struct frame f = {0};
	struct frame_line line;
	char text[] = "0123456789abcdef";
	assert_int_equal(frame_next(&f, text, 16, false, &line), FRAME_MORE);
	assert_int_equal(f.looked, 16);
	text[3] = '\n';
	assert_int_equal(frame_next(&f, text, 16, false, &line), FRAME_MORE);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lines),
	    cmocka_unit_test(test_foreign),
	    cmocka_unit_test(test_too_long),
	    cmocka_unit_test(test_looks_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
