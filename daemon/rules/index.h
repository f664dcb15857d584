/* index: the compiled rule table: the few rules that a case could match, without looking at the others. */
#ifndef GRIDD_RULES_INDEX_H
#define GRIDD_RULES_INDEX_H

#include "daemon/rules/conditions.h"

struct rule_index;

struct rule_index *rule_index_new(const struct pack *p, struct arena *scratch);
/* The same answer as rules_scan, at a cost that doesn't grow with the number of rules. */
size_t rule_index_find(const struct rule_index *x, const struct seen *s, enum answer *answer);

/* The rules that can never decide: an earlier one says yes or cannot tell wherever they would. Found on the way while the
 * table is made, from equal values only. `by` is the earlier one. */
struct shadowed {
	uint32_t rule, by;
};
typedef LIST_OF(struct shadowed) shadowed_list;
const shadowed_list *rule_index_shadowed(const struct rule_index *x);

#endif
