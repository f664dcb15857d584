/* err: fills and names errors; the names come from errors.def. */
#include "daemon/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	int rpc_code;
	const char *reason, *meaning;
} err_rows[E_COUNT] = {
    [E_NONE] = {0, "none", "no error"},
#define ERR(symbol, code, reason, meaning) [E_##symbol] = {code, reason, meaning},
#include "daemon/base/errors.def"
#undef ERR
};

/* Cuts the text back to the last whole UTF-8 character when it filled the buffer. */
static void err_trim(struct err *e, size_t wanted) {
	if (wanted < sizeof e->text)
		return;
	size_t n = strlen(e->text);
	while (n > 0 && ((unsigned char)e->text[n - 1] & 0xC0) == 0x80)
		n--;
	if (n > 0 && (unsigned char)e->text[n - 1] >= 0xC0)
		n--;
	e->text[n] = '\0';
}

bool err_set(struct err *e, enum err_code code, const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
	e->code = code;
	err_trim(e, n < 0 ? 0 : (size_t)n);
	return false;
}

bool err_sys(struct err *e, const char *fmt, ...) {
	const int saved = errno;
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
	e->code = E_IO;
	if (n >= 0 && (size_t)n < sizeof e->text)
		n += snprintf(e->text + n, sizeof e->text - (size_t)n, ": %s", strerror(saved));
	err_trim(e, n < 0 ? 0 : (size_t)n);
	return false;
}

bool err_wrap(struct err *e, const char *fmt, ...) {
	char old[sizeof e->text];
	memcpy(old, e->text, sizeof old);
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof e->text)
		n += snprintf(e->text + n, sizeof e->text - (size_t)n, ": %s", old);
	err_trim(e, n < 0 ? 0 : (size_t)n);
	return false;
}

int err_rpc_code(enum err_code code) { return err_rows[code].rpc_code; }
const char *err_reason(enum err_code code) { return err_rows[code].reason; }
const char *err_meaning(enum err_code code) { return err_rows[code].meaning; }
