/* check: what must be true if our own code is right. Fails loudly in every build. */
#ifndef GRIDD_BASE_CHECK_H
#define GRIDD_BASE_CHECK_H

_Noreturn void check_failed(const char *what, const char *file, int line);

#define CHECK(cond) ((cond) ? (void)0 : check_failed(#cond, __FILE__, __LINE__))
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
