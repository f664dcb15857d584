/* encoding: files from elsewhere, made UTF-8. */
#ifndef GRIDCTL_ENCODING_H
#define GRIDCTL_ENCODING_H

#include "daemon/base/strbuf.h"

/* name: "utf-8", "gb18030", or "auto" (UTF-8 if it is valid as such, else GB18030). A byte order mark is dropped. Rewrites
 * `text` in place; false, with the line, if it isn't of that encoding. */
bool encoding_to_utf8(struct strbuf *text, const char *name, struct err *e) MUST_CHECK;

#endif
