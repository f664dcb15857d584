/* redecide: decides a stored command again, and compares with the changes that were stored. */
#ifndef GRIDD_STORE_REDECIDE_H
#define GRIDD_STORE_REDECIDE_H

#include "daemon/cases/decide.h"

/* A stored event, and what its body was read as. */
struct stored_event {
	const char *town, *number, *actor, *body;
	const struct changes *changes;
};

enum redecided { REDECIDED_SAME, REDECIDED_OTHERWISE, REDECIDED_NOT };

/* `before`: the aggregate before it; NULL for the first. facts: of the pack in force. NOT: another pack decided it, or its format
 * didn't keep the command. A submit and a reroute are decided by the verdict that their event tells of: what the rule table
 * said is a fact, and the reporter's words, which it was said of, may be erased. */
enum redecided redecide(const struct case_rec *before, const struct stored_event *e, const struct facts *facts, struct arena *a);

#endif
