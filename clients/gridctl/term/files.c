/* files: what gridctl writes to disk. */
#include "clients/gridctl/term/files.h"

#include "clients/gridctl/term/term.h"
#include "daemon/base/check.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned char *file_base64(const char *text, size_t *n) {
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char *bytes = malloc(strlen(text) / 4 * 3 + 3);
	uint32_t bits = 0;
	int have = 0;
	CHECK(bytes != NULL);
	*n = 0;
	for (; *text && *text != '='; text++) {
		const char *at = strchr(digits, *text);
		if (!at) {
			free(bytes);
			return NULL;
		}
		bits = bits << 6 | (uint32_t)(at - digits);
		have += 6;
		if (have >= 8) {
			have -= 8;
			bytes[(*n)++] = (unsigned char)(bits >> have);
		}
	}
	return bytes;
}

bool file_write(const char *path, const void *bytes, size_t n) {
	FILE *f = fopen(path, "we");
	bool ok = f && fwrite(bytes, 1, n, f) == n;
	ok = (!f || fclose(f) == 0) && ok;
	if (ok)
		term_print("%s\n", path);
	else
		term_error(NULL, T("cannot write %s: %s", "无法写 %s：%s"), path, strerror(errno));
	return ok;
}
