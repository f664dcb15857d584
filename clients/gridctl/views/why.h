/* why: the parts of `case why`. */
#ifndef GRIDCTL_WHY_H
#define GRIDCTL_WHY_H

#include "clients/gridctl/views/page.h"

#include <json-c/json.h>

/* Whose working time the case was from receipt on, as rows with bars. `why` is the whole answer, `over` the overdue clock that it
 * is told for: who bears that stands out. */
void shares_print(struct json_object *why, struct json_object *over, struct page *p);
/* The part of it that was that of the unit that bears the overdue, in percent; -1: not known. */
int share_of_bearer(struct json_object *why, struct json_object *over);

#endif
