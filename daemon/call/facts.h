/* facts: what decide() is to know besides the case: calendars, policy and roster of a pack. */
#ifndef GRIDD_CALL_FACTS_H
#define GRIDD_CALL_FACTS_H

#include "daemon/cases/decide.h"
#include "daemon/rules/pack.h"

/* One place where a pack becomes facts, for calls and for jobs. Borrows the pack. */
struct pack_facts {
	struct roster roster;
	struct facts facts;                 /* verdict NULL, number as given */
};
void pack_facts_init(struct pack_facts *f, const struct pack *p, const char *number);

#endif
