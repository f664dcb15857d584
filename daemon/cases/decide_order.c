/* decide_order: supervision orders (督办单): opened, replied to, accepted by who issued them. */
#include "daemon/cases/decision.h"

#include <string.h>

static void change_order(struct decision *d, const struct order *o) {
	change_add(d, (struct change){.kind = CHANGE_ORDER, .order = *o});
}

const struct order *order_pending(const struct decision *d, const char *unit, enum order_kind kind) {
	for (size_t i = 0; i < d->cr->orders.n; i++) {
		const struct order *o = &d->cr->orders.v[i];
		if ((o->state == ORDER_OPEN || o->state == ORDER_REPLIED) && o->kind == kind && strcmp(o->unit, unit) == 0)
			return o;
	}
	return NULL;
}

/* Its clock is the ordered unit's, and runs until a reply is accepted; what else happens to the case doesn't touch it. */
static bool start_supervise(struct decision *d, struct order *o, struct limit within) {
	const struct start s = {.moment = MOMENT_ORDERED, .at_us = d->at_us, .bearer = o->unit, .order = o->n};
	if (within.amount == 0 && !limit_of(d, "supervise"))
		within = d->facts->policy->order_within;
	if (!start_clock(d, "supervise", &s, within))
		return false;
	for (size_t i = 0; i < d->cr->clocks.n; i++)
		if (d->cr->clocks.v[i].order == o->n)
			o->due_at_us = d->cr->clocks.v[i].due_at_us;
	return true;
}

static void tell_order(struct decision *d, const struct order *o) {
	const char *leader = roster_leader(d->facts->roster, o->unit);
	const struct notice n = {.kind = NOTICE_ORDER,
	                         .clock = "supervise",
	                         .due_at_us = o->due_at_us,
	                         .started_at_us = o->opened_at_us,
	                         .step = -1,
	                         .order = o->n};
	tell_unit(d, o->unit, n);
	if (leader)
		tell_unit(d, leader, n);
}

bool order_open(struct decision *d, struct order o, struct limit within) {
	const order_list *list = &d->cr->orders;
	o.n = list->n ? list->v[list->n - 1].n + 1 : 1;
	o.state = ORDER_OPEN;
	o.opened_at_us = d->at_us;
	o.replied_at_us = o.ended_at_us = o.due_at_us = NO_TIME;
	if (!start_supervise(d, &o, within))
		return false;
	change_order(d, &o);
	tell_order(d, &o);
	return true;
}

bool decide_open_order(struct decision *d) {
	const struct cmd_open_order *cmd = &d->cmd->open_order;
	const char *unit = cmd->unit ? cmd->unit : d->cr->unit;
	const struct order *pending = order_pending(d, unit, ORDER_OVERDUE);
	if (!unit_is_known(d, unit))
		return false;
	if (cmd->kind == ORDER_OVERDUE && pending)
		return refuse_conflict(d, "order D%d about an overdue goes to %s already", (int)pending->n, unit);
	return order_open(d, (struct order){.kind = cmd->kind, .unit = unit, .issuer = d->cmd->actor, .grounds = cmd->reason},
	                  cmd->within);
}

static const struct order *find_order(struct decision *d) {
	const struct order *o = case_order(d->cr, d->cmd->order.order);
	if (!o)
		(void)refuse_not_found(d, "there is no order D%d", (int)d->cmd->order.order);
	return o;
}

/* What has expired may still be replied to, and the reply accepted: the consequence stays. */
static bool is_replied(const struct order *o) {
	return o->state == ORDER_REPLIED || (o->state == ORDER_EXPIRED && o->replied_at_us != NO_TIME);
}

static bool waits_for_reply(const struct order *o) {
	return o->state == ORDER_OPEN || (o->state == ORDER_EXPIRED && o->replied_at_us == NO_TIME);
}

static bool refuse_state(struct decision *d, const struct order *o) {
	return refuse_conflict(d, "order D%d is %s%s", (int)o->n, order_state_names[o->state],
	                       o->state == ORDER_EXPIRED ? is_replied(o) ? ", and was replied to" : ", without a reply" : "");
}

bool decide_reply_order(struct decision *d) {
	const struct order *found = find_order(d);
	const char *unit = found ? acting_unit(d) : NULL;
	if (!unit)
		return false;
	if (!roster_within(d->facts->roster, unit, found->unit) && !roster_within(d->facts->roster, found->unit, unit))
		return refuse_forbidden(d, "order D%d goes to %s: that unit replies", (int)found->n, found->unit);
	if (!waits_for_reply(found))
		return refuse_state(d, found);
	if (d->at_us < found->opened_at_us)
		return refuse_params(d, "at is before the order was issued: %s", when_text(d, found->opened_at_us));
	struct order o = *found;
	o.state = o.state == ORDER_EXPIRED ? ORDER_EXPIRED : ORDER_REPLIED;
	o.replied_at_us = d->at_us;
	change_order(d, &o);
	return true;
}

/* Who issued it; for the supervision office, any of its inspectors. */
static bool may_accept(struct decision *d, const struct order *o) {
	const char *office = d->facts->policy->supervision;
	if (strcmp(o->issuer, d->cmd->actor) == 0)
		return true;
	if (office && strcmp(o->issuer, office) == 0 && may(d, POWER_INSPECTOR))
		return true;
	return refuse_forbidden(d, "order D%d was issued by %s, who accepts the reply", (int)o->n, o->issuer);
}

bool decide_accept_order(struct decision *d) {
	const struct order *found = find_order(d);
	if (!found || !may_accept(d, found))
		return false;
	if (!is_replied(found))
		return refuse_state(d, found);
	if (d->at_us < found->replied_at_us)
		return refuse_params(d, "at is before the reply: %s", when_text(d, found->replied_at_us));
	struct order o = *found;
	if (d->cmd->order.accepted) {
		o.state = ORDER_ACCEPTED;
		o.ended_at_us = d->at_us;
		stop_order_clock(d, o.n);
	} else {
		o.state = o.state == ORDER_EXPIRED ? ORDER_EXPIRED : ORDER_OPEN;
		o.replied_at_us = NO_TIME;
		o.refusals++;
	}
	change_order(d, &o);
	return true;
}
