/* act_parts: what the files act_*.c know of each other. */
#ifndef GRIDD_METHODS_ACT_PARTS_H
#define GRIDD_METHODS_ACT_PARTS_H

#include "daemon/methods/act.h"

/* Refuses for that reason, once it is known what happened to the i-th case lately (act_told). */
enum next act_tell_conflict(struct act *a, size_t i, const struct err *why);
/* The JSON pointer of the param that a sentence begins with: "until: ..." and "until is ..." are about /params/until. */
const char *act_fault_path(const struct act *a, const char *text);
/* What the decided parts would change, as further members of the answer to a dry run. */
void act_trial_members(struct act *a);

#endif
