/* scope_of: what a principal may see and act on, by its roles and the units of a pack. */
#ifndef GRIDD_CALL_SCOPE_OF_H
#define GRIDD_CALL_SCOPE_OF_H

#include "daemon/call/access.h"
#include "daemon/rules/pack.h"
#include "daemon/store/scope.h"

/* Units by the pack's parents. What it borrows is the principal's and the pack's. */
void scope_of(const struct principal *who, const struct pack *pack, struct arena *a, struct scope *out);

#endif
