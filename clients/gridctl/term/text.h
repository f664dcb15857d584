/* text: how wide text is on a terminal, and how it is broken into lines. Text in UTF-8; Chinese characters are two columns wide.
 * What comes in is safe already (safe_add). */
#ifndef GRIDCTL_TEXT_H
#define GRIDCTL_TEXT_H

#include "daemon/base/strbuf.h"

#include <stddef.h>

int text_width(const char *text);
/* How many bytes of it fit into so many columns; never a part of a character. */
size_t text_fit(const char *text, int columns);
/* The first line of it that is no wider than `columns` (at least one character), and in *rest where the next one begins: NULL at
 * the end. Broken at a newline, behind a space, or beside a wide character; a word that is too long is broken where it must be. */
size_t text_line(const char *text, int columns, const char **rest);
/* Adds it, filled up with spaces or cut with an ellipsis to exactly so many columns. */
void text_add_cell(struct strbuf *out, const char *text, int columns);

#endif
