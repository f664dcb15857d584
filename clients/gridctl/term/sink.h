/* sink: where all that is printed goes through at last: kept for a pager or a redrawn screen, and in the terminal's own
 * encoding. stdout and stderr are streams of ours; nothing else writes to file descriptors 1 and 2. */
#ifndef GRIDCTL_SINK_H
#define GRIDCTL_SINK_H

#include "daemon/base/strbuf.h"

/* Once, after term_init. */
void sink_init(void);
/* Text for programs goes out as it is, UTF-8, unless a terminal shows it. */
void sink_for_programs(void);
/* From now on stdout goes through the pager once it is longer than the screen. Does nothing where there is no terminal, no
 * pager, or a terminal that isn't UTF-8 and nobody named one. */
void sink_page(void);
/* From now on both streams are kept until sink_take, which gives what was printed and begins anew. */
void sink_keep(void);
void sink_take(struct strbuf *out);
void sink_let_go(void);
/* Straight to the terminal, by our own encoding. */
void sink_write(const char *bytes, size_t n);
/* Everything out, the pager waited for. False: writing failed (errno says why). */
bool sink_finish(void);

/* An argument as it was typed on a terminal of another encoding, as UTF-8: itself, or a text that lives as long as we do. */
char *sink_typed(char *arg);

#endif
