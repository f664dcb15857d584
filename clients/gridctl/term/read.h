/* read: files and standard input, whole; and JSON objects from them. */
#ifndef GRIDCTL_READ_H
#define GRIDCTL_READ_H

#include "daemon/base/strbuf.h"

#include <json-c/json.h>

/* The whole file, "-" for standard input. */
bool read_file(const char *path, struct strbuf *out, struct err *e) MUST_CHECK;
/* A JSON object: from standard input ("-"), from the word itself (inline), or from the file it names. Says what is wrong;
 * the exit code. *out is the caller's. */
int read_params(const char *word, bool is_inline, struct json_object **out);

#endif
