/* test: a pack's own tests, run by the same evaluator and the same decide() as live cases. */
#ifndef GRIDD_RULES_TEST_H
#define GRIDD_RULES_TEST_H

#include "daemon/rules/pack.h"

/* Every difference between what a test expects and what comes out is a fault of code `test`, at the test's line. */
void pack_run_tests(const struct pack *p, struct faults *faults);

#endif
