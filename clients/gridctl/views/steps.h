/* steps: what may be done next with a case, as commands that can be copied as they stand. Each was decided by the daemon in a dry
 * run before it is shown. */
#ifndef GRIDCTL_STEPS_H
#define GRIDCTL_STEPS_H

#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/views/page.h"

/* Finds them for a case object with `allowed`, and puts them into its member `steps`: [{label, label_zh, words}]. */
void steps_find(struct ctl *ctl, struct json_object *one);
void steps_print(struct json_object *one, struct page *p);

/* A call beside the main one: what the daemon gave, the caller's; NULL: it refused, or broke. `params` is taken over. */
struct json_object *steps_ask(struct ctl *ctl, const char *method, struct json_object *params);
/* Params that name the case, in the town that was named. The caller's. */
struct json_object *steps_params(struct ctl *ctl, const char *number);

#endif
