/* frame: the lines in a growing buffer. One message a line, LF or CRLF, empty lines ignored.
 *
 * Pure: bytes in, lines out; it remembers how far it looked for a newline, so that a slow sender costs nothing twice. */
#ifndef GRIDD_WIRE_FRAME_H
#define GRIDD_WIRE_FRAME_H

#include "daemon/base/err.h"

#include <stddef.h>

struct frame {
	size_t looked;                      /* bytes from the buffer's start known to hold no LF */
	bool first_done;                    /* the first line was judged */
};

enum frame_result {
	FRAME_MORE,                         /* no whole line yet */
	FRAME_LINE,                         /* a line, never an empty one */
	FRAME_TOO_LONG,                     /* more than LIMIT_LINE_BYTES without LF: answer once and close */
	FRAME_FOREIGN                       /* the first bytes are another protocol's (HTTP, TLS, Content-Length:): say so, close */
};

struct frame_line {
	size_t start, len;                  /* FRAME_LINE: where it lies in the buffer, without CR LF */
	size_t used;                        /* FRAME_LINE, FRAME_MORE: bytes to drop from the buffer's start before the next call */
	const char *hint;                   /* FRAME_FOREIGN, FRAME_TOO_LONG: one sentence for the peer */
};

/* Looks at buf[0..n). at_eof: an unterminated rest counts as a line. */
enum frame_result frame_next(struct frame *f, const char *buf, size_t n, bool at_eof, struct frame_line *out);

#endif
