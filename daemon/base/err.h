/* err: what went wrong because of the world, filled by the one who fails, logged or sent by the edge.
 *
 * A function that can fail returns bool (false = failed) and takes `struct err *` last. The text is one sentence for a
 * person, without a trailing full stop or newline. Never allocates. */
#ifndef GRIDD_BASE_ERR_H
#define GRIDD_BASE_ERR_H

#include <stdbool.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

enum err_code {
	E_NONE = 0,
#define ERR(symbol, code, reason, meaning) E_##symbol,
#include "daemon/base/errors.def"
#undef ERR
	E_COUNT
};

struct err {
	enum err_code code;
	char text[480];
};

/* Fills *e and returns false, so that `return err_set(e, ...)` is the way out. Text beyond the buffer is cut at a
 * character's edge. */
bool err_set(struct err *e, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The same, with ": <strerror(errno)>" behind the text. */
bool err_sys(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Puts "<text>: " in front of what *e says already; keeps the code. */
bool err_wrap(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

int err_rpc_code(enum err_code code);          /* 0 where the code has none */
const char *err_reason(enum err_code code);    /* "parse_error", ... ; never NULL */
const char *err_meaning(enum err_code code);

#endif
