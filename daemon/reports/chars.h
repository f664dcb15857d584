/* chars: text that others chose, made fit for a page: one line, visible, as wide as it looks; and the ways to escape it.
 *
 * Whatever comes in is taken for UTF-8; what isn't shows as U+FFFD. Characters that would hide, move or turn other text
 * (controls C0 and C1, bidi, zero width, line breaks, tags) are shown by their number, as [U+202E]: someone put them there, and
 * the reader is to see it. Widths are those of a terminal or a fixed-width font with Chinese: 2 for a Chinese character (UAX #11:
 * W and F). */
#ifndef GRIDD_REPORTS_CHARS_H
#define GRIDD_REPORTS_CHARS_H

#include "daemon/base/strbuf.h"

/* Appends `text` (NULL: nothing), clean, and cut to `columns` with ".." at its end; 0: not cut. */
void chars_clean(struct strbuf *out, const char *text, size_t columns);
size_t chars_width(const char *clean);
/* Bytes of `clean` that fit into a line of `columns`, broken where a reader would: at a space, or between Chinese characters
 * but not before a closing mark. At least one character of a text that isn't empty. Spaces at the break are the caller's. */
size_t chars_line(const char *clean, size_t columns);
void chars_spaces(struct strbuf *out, size_t n);

/* Clean text as HTML, for content and for attributes in double quotes. */
void chars_html(struct strbuf *out, const char *clean);
void chars_htmln(struct strbuf *out, const char *clean, size_t n);
/* A field of RFC 4180. A text that a spreadsheet might take for a formula gets an apostrophe in front. */
void chars_csv(struct strbuf *out, const char *clean);
/* For the name of a file: letters, digits and '-' stay, the rest becomes '_'. */
void chars_file_name(struct strbuf *out, const char *text);

#endif
