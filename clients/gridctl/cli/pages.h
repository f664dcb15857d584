/* pages: lists that come in pages. */
#ifndef GRIDCTL_PAGES_H
#define GRIDCTL_PAGES_H

#include "clients/gridctl/cli/command.h"

struct pages {
	const char *method;
	struct json_object *params;         /* borrowed; its cursor moves on */
	bool all;                           /* until there is no cursor; else one page */
	void (*on_page)(struct json_object *page, void *ctx);
	void *ctx;
};

/* Calls, and gives every result to on_page. The exit code. */
int pages_each(struct ctl *ctl, const struct pages *p);

/* The whole list in one result: `member` of the later pages is added to the first. The caller's. */
int pages_collect(struct ctl *ctl, const char *method, const char *member, struct json_object **result);

#endif
