/* faults: all that is wrong with one input, listed at once. */
#ifndef GRIDD_BASE_FAULTS_H
#define GRIDD_BASE_FAULTS_H

#include "daemon/base/list.h"

struct fault {
	const char *file;                  /* of a file: its name within the folder; NULL for params */
	int line, col;                     /* of a file: from 1; col counts characters */
	const char *path;                  /* of params: a JSON pointer, "/params/estate" */
	const char *code;                  /* missing, unknown, type, range, duplicate, syntax, reference, test, ... */
	const char *message;               /* one sentence, without a full stop */
	const char *suggestion;            /* nearest known word, or NULL */
};

/* At most LIMIT_FAULTS are kept; `total` counts all. Strings live in `arena`. */
struct faults {
	struct arena *arena;
	LIST_OF(struct fault) list;
	size_t total;
};

void faults_init(struct faults *f, struct arena *a);
void faults_add(struct faults *f, struct fault fault);
/* At a place in params. */
void faults_at(struct faults *f, const char *path, const char *code, const char *fmt, ...) PRINTF_LIKE(4, 5);

#endif
