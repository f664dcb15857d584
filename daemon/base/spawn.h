/* spawn: starts a program with a text on its standard input, and hears why it failed. For threads that wait for it. */
#ifndef GRIDD_BASE_SPAWN_H
#define GRIDD_BASE_SPAWN_H

#include "daemon/base/list.h"

#include <signal.h>
#include <sys/types.h>

enum { SAID_BYTES = 200 };

/* The first line of a program's standard error; control bytes are blanks. */
struct said {
	char line[SAID_BYTES + 1];
	size_t n;
	bool over;                          /* the rest is read and forgotten */
};

struct spawned {
	pid_t pid;                          /* leads a group of its own: kill(-pid) ends all that it started */
	int said_fd;                        /* its standard error, not blocking; the caller closes it */
};

/* argv[0] is a path. The program has the signals that programs expect, PATH and LANG, and none of our descriptors but the
 * three: the input (a copy), /dev/null, and said_fd's other end. The caller waits for it. */
bool spawn_program(const struct strs *argv, const void *input, size_t n, struct spawned *out, struct err *e) MUST_CHECK;

/* Reads what is there. False: the program, and all that it started, have closed their end. */
bool said_read(struct said *s, int fd);
/* "exit 3: no line", by what waitid() said of it. */
void said_describe(const struct said *s, const siginfo_t *info, char *out, size_t size);

#endif
