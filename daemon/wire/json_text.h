/* json_text: the characters inside JSON strings: UTF-8 byte forms, and escapes. */
#ifndef GRIDD_WIRE_JSON_TEXT_H
#define GRIDD_WIRE_JSON_TEXT_H

#include "daemon/base/strbuf.h"

#include <stdint.h>

/* Bytes of the well-formed character at p (Unicode table 3-7); 0: there is none. p < end. */
size_t utf8_length(const unsigned char *p, const unsigned char *end);
void utf8_add(struct strbuf *s, uint32_t character);

/* Reads the escape at *p, a surrogate pair as one; moves *p behind it. False: *fault says why, in a literal sentence. */
bool escape_read(const unsigned char **p, const unsigned char *end, uint32_t *character, const char **fault) MUST_CHECK;

#endif
