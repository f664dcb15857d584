/* keyed: what a writing call is recognised by when it comes again, and the answer that is kept for it. */
#ifndef GRIDD_METHODS_KEYED_H
#define GRIDD_METHODS_KEYED_H

#include "daemon/call/call.h"

/* SHA-256 of the body: the params without key, expect_version and auth, members sorted. `method` NULL: a submit's, which is
 * also recognised by channel and ref alone. */
void keyed_hash(const struct call *c, const char *method, unsigned char out[32]);
/* The members that are the same whenever the answer is given: state, version, unit, due_at. */
void keyed_members(struct call *c, const struct case_rec *after);
/* Takes the members written so far, to be stored with the key; what is written next begins anew. */
const char *keyed_take(struct call *c);
/* Opens the answer: case, seq, the members as they were stored, and whether they were there before. The caller adds what he
 * has, and closes the object. */
void keyed_open(struct call *c);

#endif
