/* files: files that gridctl writes. */
#ifndef GRIDCTL_FILES_H
#define GRIDCTL_FILES_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of a base64 text, the caller's to free(). NULL: it isn't one. */
unsigned char *file_base64(const char *text, size_t *n);
/* Writes it whole and says its path; false: says why not. */
bool file_write(const char *path, const void *bytes, size_t n);

#endif
