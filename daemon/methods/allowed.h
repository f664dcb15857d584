/* allowed: what a caller may do to a case as it is: the lifecycle, his roles, and what is there to act on. */
#ifndef GRIDD_METHODS_ALLOWED_H
#define GRIDD_METHODS_ALLOWED_H

#include "daemon/call/call.h"

/* Writes `[method, ...]` into c->out, in the order of the lifecycle. `but`: not this one (COMMANDS: all). */
void allowed_write(struct call *c, const struct case_rec *cr, enum command_kind but);

#endif
