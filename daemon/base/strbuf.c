/* strbuf: doubling buffer. */
#include "daemon/base/strbuf.h"

#include "daemon/base/check.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void strbuf_init(struct strbuf *s) { *s = (struct strbuf){0}; }

void strbuf_fini(struct strbuf *s) {
	free(s->data);
	*s = (struct strbuf){0};
}

void strbuf_clear(struct strbuf *s) {
	s->len = 0;
	if (s->data)
		s->data[0] = '\0';
}

char *strbuf_reserve(struct strbuf *s, size_t n) {
	CHECK(n < SIZE_MAX / 4 && s->len < SIZE_MAX / 4);
	if (s->cap - s->len < n + 1 || !s->data) {
		size_t cap = s->cap ? s->cap : 64;
		while (cap < s->len + n + 1)
			cap *= 2;
		s->data = realloc(s->data, cap);
		CHECK(s->data != NULL);
		s->cap = cap;
	}
	return s->data + s->len;
}

void strbuf_add(struct strbuf *s, const void *p, size_t n) {
	char *to = strbuf_reserve(s, n);
	if (n)
		memcpy(to, p, n);
	s->len += n;
	s->data[s->len] = '\0';
}

void strbuf_adds(struct strbuf *s, const char *text) { strbuf_add(s, text, strlen(text)); }

void strbuf_addi(struct strbuf *s, int64_t v) {
	char digits[24];
	char *at = digits + sizeof digits;
	uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	do
		*--at = (char)('0' + left % 10);
	while ((left /= 10) > 0);
	if (v < 0)
		*--at = '-';
	strbuf_add(s, at, (size_t)(digits + sizeof digits - at));
}

void strbuf_printf(struct strbuf *s, const char *fmt, ...) {
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	const int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	CHECK(n >= 0);
	char *to = strbuf_reserve(s, (size_t)n);
	(void)vsnprintf(to, (size_t)n + 1, fmt, again);
	va_end(again);
	s->len += (size_t)n;
}

char *strbuf_take(struct strbuf *s) {
	(void)strbuf_reserve(s, 0);
	s->data[s->len] = '\0';
	char *text = s->data;
	*s = (struct strbuf){0};
	return text;
}
