/* strbuf: a growing run of bytes, always NUL-terminated. Allocation failure aborts. */
#ifndef GRIDD_BASE_STRBUF_H
#define GRIDD_BASE_STRBUF_H

#include "daemon/base/err.h"

#include <stddef.h>
#include <stdint.h>

struct strbuf {
	char *data;        /* NULL while nothing was ever added; then data[len] == '\0' */
	size_t len, cap;
};

void strbuf_init(struct strbuf *s);
void strbuf_fini(struct strbuf *s);
void strbuf_clear(struct strbuf *s);                       /* len = 0, keeps the memory */
void strbuf_add(struct strbuf *s, const void *p, size_t n);
void strbuf_adds(struct strbuf *s, const char *text);
void strbuf_addi(struct strbuf *s, int64_t v);             /* in decimal */
void strbuf_printf(struct strbuf *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Room for n further bytes at data + len; the caller writes them and adds to len itself. */
char *strbuf_reserve(struct strbuf *s, size_t n);
static inline void strbuf_addc(struct strbuf *s, char c) {
	char *to = s->cap - s->len > 1 ? s->data + s->len : strbuf_reserve(s, 1);
	to[0] = c;
	to[1] = '\0';
	s->len++;
}
/* The text, the caller's to free(); s is empty afterwards. Never NULL. */
char *strbuf_take(struct strbuf *s);

#endif
