/* pages: lists that come in pages. */
#ifndef GRIDCTL_PAGES_H
#define GRIDCTL_PAGES_H

#include "clients/gridctl/command.h"

/* Calls `method` until there is no cursor (all), or once, and gives every result to on_page. The exit code. `params` is changed:
 * its cursor moves on. */
typedef void (*page_fn)(struct json_object *page, void *ctx);
int pages_each(struct ctl *ctl, const char *method, struct json_object *params, bool all, page_fn on_page, void *ctx);

/* The whole list in one result: `member` of the later pages is added to the first. The caller's. */
int pages_collect(struct ctl *ctl, const char *method, const char *member, struct json_object **result);

#endif
