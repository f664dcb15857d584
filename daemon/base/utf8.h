/* utf8: characters out of bytes, and which of them should not be shown as they are. */
#ifndef GRIDD_BASE_UTF8_H
#define GRIDD_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The character at s, which ends in a NUL, and its bytes; 0 bytes: not UTF-8. */
size_t utf8_get(const unsigned char *s, uint32_t *c);

/* Controls of both sets, and invisible characters that change the direction or the meaning of what stands beside them. */
bool utf8_is_unsafe(uint32_t c);

#endif
