/* check: the end of a process whose own code is wrong. */
#include "daemon/base/check.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void check_failed(const char *what, const char *file, int line) {
	(void)fprintf(stderr, "check failed: %s (%s:%d)\n", what, file, line);
	abort();
}
