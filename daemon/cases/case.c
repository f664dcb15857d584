/* case: names of what a case is made of, and questions to the aggregate. */
#include "daemon/cases/case.h"

#include <string.h>

const char *const urgency_names[URGENCIES + 1] = {"normal", "urgent", "emergency", NULL};
const char *const task_kind_names[TASK_KINDS + 1] = {"lead", "assist", "check", NULL};
const char *const task_state_names[TASK_STATES + 1] = {"given",    "accepted",  "arrived", "finished",
                                                       "returned", "withdrawn", NULL};

const char *const request_what_names[REQUEST_WHATS + 1] = {"extend", "suspend", "assist", "waive", NULL};
const char *const order_kind_names[ORDER_KINDS + 1] = {"overdue", "leader", "key", NULL};
const char *const order_state_names[ORDER_STATES + 1] = {"open", "replied", "accepted", "expired", "lapsed", NULL};

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

bool task_is_open(const struct task *t) { return t->state < TASK_FINISHED; }

const struct task *case_task(const struct case_rec *cr, int32_t n) {
	for (size_t i = 0; i < cr->tasks.n; i++)
		if (cr->tasks.v[i].n == n)
			return &cr->tasks.v[i];
	return NULL;
}

const struct task *case_lead_task(const struct case_rec *cr) {
	for (size_t i = cr->tasks.n; i-- > 0;)
		if (cr->tasks.v[i].kind == TASK_LEAD && task_is_open(&cr->tasks.v[i]))
			return &cr->tasks.v[i];
	return NULL;
}

const struct task *case_last_lead(const struct case_rec *cr) {
	for (size_t i = cr->tasks.n; i-- > 0;)
		if (cr->tasks.v[i].kind == TASK_LEAD)
			return &cr->tasks.v[i];
	return NULL;
}

/* The newest of that name that isn't an assistant's. */
static const struct clock *clock_of_case(const struct case_rec *cr, const char *name) {
	const struct task *lead = case_last_lead(cr);
	for (size_t i = cr->clocks.n; i-- > 0;) {
		const struct clock *c = &cr->clocks.v[i];
		if (strcmp(c->name, name) == 0 && (c->task == 0 || (lead && c->task == lead->n)))
			return c;
	}
	return NULL;
}

const struct clock *case_holder_clock(const struct case_rec *cr) {
	for (size_t i = 0; i < 2; i++) {
		const char *name = holder_clocks[cr->state][i];
		const struct clock *c = name ? clock_of_case(cr, name) : NULL;
		if (c && c->state == CLOCK_RUNNING)
			return c;
	}
	return NULL;
}

const struct mark *case_mark(const struct case_rec *cr, const char *mark) {
	for (size_t i = cr->marks.n; i-- > 0;)
		if (strcmp(cr->marks.v[i].mark, mark) == 0)
			return &cr->marks.v[i];
	return NULL;
}

const struct order *case_order(const struct case_rec *cr, int32_t n) {
	for (size_t i = 0; i < cr->orders.n; i++)
		if (cr->orders.v[i].n == n)
			return &cr->orders.v[i];
	return NULL;
}

const struct clock_limit *verdict_limit(const struct verdict *v, const char *clock) {
	for (size_t i = 0; i < v->limits.n; i++)
		if (strcmp(v->limits.v[i].clock, clock) == 0)
			return &v->limits.v[i];
	return NULL;
}
