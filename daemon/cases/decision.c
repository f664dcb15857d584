/* decision: adding changes to a decision in the making, and refusing. */
#include "daemon/cases/decision.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void change_add(struct decision *d, struct change c) {
	*LIST_ADD(&d->out->list, d->a) = c;
	apply_change(d->cr, &c, d->a);
}

void change_task(struct decision *d, struct task t) { change_add(d, (struct change){.kind = CHANGE_TASK, .task = t}); }
void change_clock(struct decision *d, struct clock c) { change_add(d, (struct change){.kind = CHANGE_CLOCK, .clock = c}); }

/* Where it comes back to. */
static bool is_aside(enum case_state s) { return s == CASE_SUSPENDED || s == CASE_MERGED || state_is_final(s); }

void change_state(struct decision *d, enum case_state state, const char *result) {
	struct change c = {.kind = CHANGE_STATE};
	c.state.state = state;
	c.state.previous = is_aside(state) && d->cr->state != state ? d->cr->state : d->cr->previous;
	c.state.result = result;
	change_add(d, c);
}

void change_held(struct decision *d, const char *unit) {
	struct change c = {.kind = CHANGE_HELD};
	c.held.unit = unit;
	c.held.since_us = d->at_us;
	change_add(d, c);
}

static bool same_text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

void change_span(struct decision *d, const char *bearer, const char *why) {
	const span_list *spans = &d->cr->spans;
	const struct span *last = spans->n ? &spans->v[spans->n - 1] : NULL;
	if (last && same_text(last->bearer, bearer) && strcmp(last->why, why) == 0)
		return;
	/* What is entered late can't take back time that a later entry gave to somebody. */
	const int64_t from_us = last && last->from_us > d->at_us ? last->from_us : d->at_us;
	change_add(d, (struct change){.kind = CHANGE_SPAN, .span = {from_us, bearer, why}});
}

int32_t change_new_task(struct decision *d, enum task_kind kind, const char *unit, bool required) {
	const task_list *tasks = &d->cr->tasks;
	const int32_t n = tasks->n ? tasks->v[tasks->n - 1].n + 1 : 1;
	change_task(d, (struct task){.n = n,
	                             .kind = kind,
	                             .unit = unit,
	                             .state = TASK_GIVEN,
	                             .required = required,
	                             .given_at_us = d->at_us,
	                             .accepted_at_us = NO_TIME,
	                             .arrived_at_us = NO_TIME,
	                             .ended_at_us = NO_TIME});
	return n;
}

struct change counts_now(const struct decision *d) {
	struct change c = {.kind = CHANGE_COUNTS};
	c.counts.chain_at = d->cr->chain_at;
	c.counts.returns = d->cr->returns;
	c.counts.rounds = d->cr->rounds;
	c.counts.escalation_level = d->cr->escalation_level;
	c.counts.arbitrated = d->cr->arbitrated;
	c.counts.fault = d->cr->fault;
	return c;
}

/* ---- Refusals ---- */

static void refuse(struct decision *d, enum err_code code, const char *fmt, va_list ap) {
	char text[sizeof d->why->err.text];
	(void)vsnprintf(text, sizeof text, fmt, ap);
	(void)err_set(&d->why->err, code, "%s", text);
}

bool refuse_conflict(struct decision *d, const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	refuse(d, E_CONFLICT, fmt, ap);
	va_end(ap);
	return false;
}

bool refuse_forbidden(struct decision *d, const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	refuse(d, E_FORBIDDEN, fmt, ap);
	va_end(ap);
	return false;
}

bool refuse_params(struct decision *d, const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	refuse(d, E_INVALID_PARAMS, fmt, ap);
	va_end(ap);
	return false;
}

bool refuse_not_found(struct decision *d, const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	refuse(d, E_NOT_FOUND, fmt, ap);
	va_end(ap);
	return false;
}

const char *when_text(const struct decision *d, int64_t at_us) {
	const struct zone *zone = d->facts->calendars->zone;
	char text[RFC3339_BYTES];
	return arena_strdup(d->a, rfc3339_format(at_us, zone ? zone_offset_s(zone, at_us) : 0, text));
}
