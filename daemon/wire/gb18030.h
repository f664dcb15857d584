/* gb18030: recognises text in China's national encoding, to tell its sender what went wrong. */
#ifndef GRIDD_WIRE_GB18030_H
#define GRIDD_WIRE_GB18030_H

#include <stdbool.h>
#include <stddef.h>

/* Whether every byte belongs to a one-, two- or four-byte form of GB18030. By form only: whether a code is assigned isn't looked up. */
bool gb18030_valid(const char *text, size_t n);

#endif
