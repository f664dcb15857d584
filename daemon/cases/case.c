/* case: names of what a case is made of, and questions to the aggregate. */
#include "daemon/cases/case.h"

#include <string.h>

const char *const urgency_names[URGENCIES + 1] = {"normal", "urgent", "emergency", NULL};
const char *const task_kind_names[TASK_KINDS + 1] = {"lead", "assist", "check", NULL};
const char *const task_state_names[TASK_STATES + 1] = {"given",    "accepted",  "arrived", "finished",
                                                       "returned", "withdrawn", NULL};

/* The clocks that can run for whoever holds the case, the more pressing one first. */
static const char *const holder_clocks[CASE_STATES][2] = {
    [CASE_TRIAGE] = {"dispatch"},
    [CASE_DISPATCHED] = {"accept", "handle"},
    [CASE_HANDLING] = {"handle"},
    [CASE_FINISHED] = {"verify"},
};

const struct clock *case_clock(const struct case_rec *cr, const char *name) {
	for (size_t i = cr->clocks.n; i-- > 0;)
		if (strcmp(cr->clocks.v[i].name, name) == 0)
			return &cr->clocks.v[i];
	return NULL;
}

const struct clock *case_holder_clock(const struct case_rec *cr) {
	for (size_t i = 0; i < 2; i++) {
		const char *name = holder_clocks[cr->state][i];
		const struct clock *c = name ? case_clock(cr, name) : NULL;
		if (c && c->state == CLOCK_RUNNING)
			return c;
	}
	return NULL;
}

static bool task_is_open(const struct task *t) { return t->state < TASK_FINISHED; }

const struct task *case_lead_task(const struct case_rec *cr) {
	for (size_t i = cr->tasks.n; i-- > 0;)
		if (cr->tasks.v[i].kind == TASK_LEAD && task_is_open(&cr->tasks.v[i]))
			return &cr->tasks.v[i];
	return NULL;
}

const struct clock_limit *verdict_limit(const struct verdict *v, const char *clock) {
	for (size_t i = 0; i < v->limits.n; i++)
		if (strcmp(v->limits.v[i].clock, clock) == 0)
			return &v->limits.v[i];
	return NULL;
}
