/* size: how much of it a test does: GRIDD_TEST_SIZE is fast, normal (so it is if nobody says) or long. */
#ifndef GRIDD_TESTS_SIZE_H
#define GRIDD_TESTS_SIZE_H

#include <stdlib.h>
#include <string.h>

static inline int test_size(int fast, int normal, int all) {
	const char *size = getenv("GRIDD_TEST_SIZE");
	return size && strcmp(size, "fast") == 0 ? fast : size && strcmp(size, "long") == 0 ? all : normal;
}

#endif
