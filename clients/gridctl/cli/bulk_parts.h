/* bulk_parts: what the files bulk*.c know of each other. */
#ifndef GRIDCTL_BULK_PARTS_H
#define GRIDCTL_BULK_PARTS_H

#include "clients/gridctl/cli/bulk.h"

enum fate {
	FATE_OPEN,                          /* not tried */
	FATE_GOES,                          /* the trial says that it would go */
	FATE_REFUSED,                       /* the trial says no */
	FATE_DONE,
	FATE_REPLAYED,                      /* was done by an earlier run */
	FATE_CHANGED,                       /* changed meanwhile, or not possible any more */
	FATE_FAILED
};

struct bulk_case {
	struct json_object *row;            /* as the list has it */
	struct json_object *answer;         /* `result` of the trial, later of the act; or `error` */
	enum fate fate;
};

struct bulk {
	struct ctl *ctl;
	struct json_object *filter;         /* params of case.list */
	struct bulk_case *v;
	size_t n, cap;
	const size_t *order;                /* of the acts: indexes of those that go */
	size_t counts[FATE_FAILED + 1];
	const char *run;                    /* what the keys begin with */
};

/* The plan in words: how many would go and whereto, how many not and why, and a few of them. */
void bulk_plan_add(const struct bulk *b, struct strbuf *out);
/* As one JSON object: counts, and a row for each. */
struct json_object *bulk_json(const struct bulk *b);
/* The exit code that a refusal means. */
int bulk_worst(const struct bulk *b);

#endif
