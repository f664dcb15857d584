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
	FRAME_LINE,                         /* *line_len bytes are a line (without CR LF), *used bytes to drop */
	FRAME_TOO_LONG,                     /* more than LIMIT_LINE_BYTES without LF: answer once and close */
	FRAME_FOREIGN                       /* the first bytes are another protocol's (HTTP, TLS, Content-Length:): say so, close */
};

/* Looks at buf[0..n). at_eof: an unterminated rest counts as a line. `hint` (FRAME_FOREIGN): one sentence for the peer. */
enum frame_result frame_next(struct frame *f, const char *buf, size_t n, bool at_eof, size_t *line_len, size_t *used,
                             const char **hint);

#endif
