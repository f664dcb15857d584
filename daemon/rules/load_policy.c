/* load_policy: the rules of the house in town.yaml: returns, extensions, suspensions, reopening, supervision. */
#include "daemon/rules/decode.h"

#include <stddef.h>
#include <string.h>

enum { RETURNS = 3, EXTENSIONS = 2, SUSPEND_DAYS = 365, REOPEN_DAYS = 30 };

/* A suspension never stops these: they aren't the suspended unit's time. */
static const char *const always_run[] = {"discover", "dispatch", "decide", "supervise", NULL};

void policy_defaults(struct load *l, struct policy *out) {
	*out = (struct policy){.late_entry_us = 2 * HOUR_US,
	                       .extensions = EXTENSIONS,
	                       .suspend_days = SUSPEND_DAYS,
	                       .reopen_within = {.amount = REOPEN_DAYS, .unit = LIMIT_ND},
	                       .reopen_to = CASE_TRIAGE};
	for (const char *const *clock = always_run; *clock; clock++)
		STRS_ADD(&out->suspend_runs, l->keep, *clock);
}

void load_late_entry(struct load *l, const struct yaml_node *node, void *policy) {
	struct policy *out = policy;
	(void)load_duration(l, node, &out->late_entry_us);
}

void load_extensions(struct load *l, const struct yaml_node *node, void *policy) {
	struct policy *out = policy;
	(void)load_number(l, node, 0, 9, &out->extensions);
}

static void load_returns_limit(struct load *l, const struct yaml_node *node, void *returns) {
	(void)load_number(l, node, 1, 100, returns);
}

static void made_returns(struct load *l, const struct yaml_node *map, void *policy) {
	struct policy *out = policy;
	const struct yaml_node *desks = yaml_get(map, "desks");
	if (!yaml_get(map, "limit"))
		out->returns = RETURNS;
	if (desks && out->return_desks.n == 0)
		load_fault(l, desks, "missing", "`desks` names nobody");
}

static const struct field_row returns_rows[] = {
    {.key = "limit", .type = Y_CALL, .offset = offsetof(struct policy, returns), .call = load_returns_limit},
    {.key = "desks",
     .type = Y_REFS,
     .offset = offsetof(struct policy, return_desks),
     .required = true,
     .kind = KIND_UNIT},
    {.key = NULL},
};
const struct shape returns_shape = {"`returns`", returns_rows, sizeof(struct policy), made_returns};

static void load_suspend_days(struct load *l, const struct yaml_node *node, void *days) {
	(void)load_number(l, node, 1, 366, days);
}

static const struct field_row suspend_rows[] = {
    {.key = "days", .type = Y_CALL, .offset = offsetof(struct policy, suspend_days), .call = load_suspend_days},
    {.key = "runs_on", .type = Y_REFS, .offset = offsetof(struct policy, suspend_runs), .kind = KIND_CLOCK},
    {.key = NULL},
};
const struct shape suspend_shape = {"`suspend`", suspend_rows, sizeof(struct policy), NULL};

static void load_reopen_within(struct load *l, const struct yaml_node *node, void *limit) {
	if (node->kind == YAML_SCALAR && strcmp(node->text, "any") == 0)
		*(struct limit *)limit = (struct limit){0};
	else
		load_limit(l, node, limit);
}

static void load_reopen_to(struct load *l, const struct yaml_node *node, void *state) {
	static const char *const words[] = {"triage", "dispatched", NULL};
	*(enum case_state *)state = load_choice(l, node, words) == 1 ? CASE_DISPATCHED : CASE_TRIAGE;
}

static const struct field_row reopen_rows[] = {
    {.key = "within", .type = Y_CALL, .offset = offsetof(struct policy, reopen_within), .call = load_reopen_within},
    {.key = "to", .type = Y_CALL, .offset = offsetof(struct policy, reopen_to), .call = load_reopen_to},
    {.key = NULL},
};
const struct shape reopen_shape = {"`reopen`", reopen_rows, sizeof(struct policy), NULL};

static const struct field_row supervision_rows[] = {
    {.key = "unit", .type = Y_REF, .offset = offsetof(struct policy, supervision), .kind = KIND_UNIT},
    {.key = "within", .type = Y_CALL, .offset = offsetof(struct policy, order_within), .call = load_limit},
    {.key = "consequence", .type = Y_REF, .offset = offsetof(struct policy, consequence), .kind = KIND_REASON},
    {.key = NULL},
};
const struct shape supervision_shape = {"`supervision`", supervision_rows, sizeof(struct policy), NULL};

void policy_check(struct load *l, const struct yaml_node *town, const struct policy *policy) {
	const struct yaml_node *supervision = yaml_get(town, "supervision");
	const struct reason *r = policy->consequence ? pack_reason(l->pack, policy->consequence) : NULL;
	if (r && r->of && strcmp(r->of, "supervise") != 0)
		load_fault(l, yaml_get(supervision, "consequence"), "range",
		           "`%s` is a reason of `%s`; a consequence is one of `supervise`", policy->consequence, r->of);
}

/* The centre's clocks run by its desk's calendar; those of a unit that isn't known here, by the town's. */
static const char *calendar_of_limit(const struct pack *p, const struct clock_limit *limit, bool handlers) {
	const struct unit *desk = !handlers && p->town.desk ? pack_unit(p, p->town.desk) : NULL;
	if (limit->calendar)
		return limit->calendar;
	return desk && desk->calendar ? desk->calendar : p->town.calendar;
}

void policy_finish(struct load *l) {
	struct pack *p = l->pack;
	struct policy *out = &p->town.policy;
	out->desk = p->town.desk;
	out->calendar = p->town.calendar;
	if (!out->supervision)
		out->supervision = pack_unit(p, "supervision") ? load_intern(l, "supervision") : out->desk;
	for (size_t i = 0; i < p->town.limits.n; i++) {
		struct clock_limit *limit = LIST_ADD(&out->limits, l->keep);
		*limit = p->town.limits.v[i];
		limit->calendar = calendar_of_limit(p, limit, clock_is_handlers(limit->clock));
	}
}
