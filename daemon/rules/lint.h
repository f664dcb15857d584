/* lint: what is allowed but probably not meant. */
#ifndef GRIDD_RULES_LINT_H
#define GRIDD_RULES_LINT_H

#include "daemon/rules/pack.h"

/* Adds warnings of code `lint` with their places; a pack with warnings loads. */
void pack_lint(const struct pack *p, struct faults *warnings);

#endif
