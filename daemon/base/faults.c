/* faults: a bounded list of what is wrong. */
#include "daemon/base/faults.h"

#include "daemon/base/limits.h"

#include <stdarg.h>
#include <stdio.h>

void faults_init(struct faults *f, struct arena *a) { *f = (struct faults){.arena = a}; }

void faults_add(struct faults *f, struct fault fault) {
	f->total++;
	if (f->list.n < LIMIT_FAULTS)
		*LIST_ADD(&f->list, f->arena) = fault;
}

void faults_at(struct faults *f, const char *path, const char *code, const char *fmt, ...) {
	char text[512];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	faults_add(f, (struct fault){.path = arena_strdup(f->arena, path),
	                             .code = code,
	                             .message = arena_strdup(f->arena, text)});
}
