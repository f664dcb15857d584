/* case_why: why a case is overdue, and who bears it: each clock that ran out, and who had the case while it ran. */
#include "daemon/base/limits.h"
#include "daemon/cases/ledger.h"
#include "daemon/methods/case_view.h"
#include "daemon/methods/methods.h"
#include "daemon/methods/one_case.h"

#include <stdio.h>

static const struct field why_fields[] = {ONE_CASE_FIELDS, FIELD_END};

/* Who had the case from the clock's start to where it stands, and which part of that time. */
static void write_holders(struct call *c, const struct case_rec *cr, const struct clock *k, int64_t until_us) {
	struct json_out *j = &c->out;
	struct ledger ledger;
	ledger_between(cr, pack_calendars(c->pack), (struct segment){k->started_at_us, until_us}, &c->arena, &ledger);
	jout_key(j, "holders");
	jout_array(j);
	for (size_t i = 0; i < ledger.holdings.n; i++) {
		const struct holding *h = &ledger.holdings.v[i];
		jout_object(j);
		case_view_unit(c, "unit", h->bearer);
		jout_kv_str(j, "why", h->why);
		case_view_seconds(j, "seconds", h->natural_us);
		case_view_seconds(j, "working_seconds", h->worked_us);
		jout_key(j, "share");
		jout_num(j, ledger.natural_us > 0 ? (double)h->natural_us / (double)ledger.natural_us : 0);
		jout_end_object(j);
	}
	jout_end_array(j);
}

static void write_overdue(struct call *c, const struct case_rec *cr, const struct clock *k) {
	struct json_out *j = &c->out;
	const int64_t until_us = k->state == CLOCK_STOPPED ? k->stopped_at_us : c->now_us;
	jout_object(j);
	jout_kv_str(j, "clock", k->name);
	case_view_unit(c, "unit", clock_bearer(cr, k));
	jout_kv_time(j, "started_at", k->started_at_us, call_offset_s(c, k->started_at_us));
	jout_kv_time(j, "due_at", k->due_at_us, call_offset_s(c, k->due_at_us));
	jout_kv_time(j, "stopped_at", k->stopped_at_us, call_offset_s(c, k->stopped_at_us));
	int64_t by_us = 0;
	(void)clock_overdue(k, c->now_us, &by_us);
	case_view_seconds(j, "overdue_seconds", by_us);
	case_view_seconds(j, "overdue_clock_seconds", -clock_remaining_us(k, pack_calendars(c->pack), until_us));
	jout_kv_int(j, "extensions", k->extensions);
	case_view_reason(c, "waived", k->waived);
	write_holders(c, cr, k, until_us);
	jout_end_object(j);
}

static void write_returns(struct call *c, const struct case_rec *cr) {
	struct json_out *j = &c->out;
	jout_key(j, "returned_by");
	jout_array(j);
	for (size_t i = 0; i < cr->tasks.n; i++) {
		const struct task *t = &cr->tasks.v[i];
		if (!t->returns)
			continue;
		jout_object(j);
		case_view_unit(c, "unit", t->unit);
		jout_kv_int(j, "times", t->returns);
		jout_kv_time(j, "at", t->ended_at_us, call_offset_s(c, t->ended_at_us));
		case_view_reason(c, "reason", t->reason);
		jout_end_object(j);
	}
	jout_end_array(j);
}

static enum next tell(struct call *c) {
	const struct case_rec *cr = one_case_found(c);
	struct json_out *j = &c->out;
	if (!cr)
		return NEXT_ANSWER;
	jout_object(j);
	jout_kv_str(j, "case", c->loaded->number);
	jout_kv_str(j, "state", state_name(cr->state));
	jout_kv_time(j, "now", c->now_us, call_offset_s(c, c->now_us));
	jout_key(j, "overdue");
	jout_array(j);
	for (size_t i = 0; i < cr->clocks.n; i++)
		if (clock_overdue(&cr->clocks.v[i], c->now_us, NULL))
			write_overdue(c, cr, &cr->clocks.v[i]);
	jout_end_array(j);
	jout_kv_int(j, "returns", cr->returns);
	write_returns(c, cr);
	jout_kv_int(j, "rounds", cr->rounds);
	jout_kv_int(j, "requests", cr->requests);
	jout_kv_int(j, "suspensions", cr->suspensions);
	case_view_reason(c, "fault", cr->fault);
	case_view_pending(c, cr, c->loaded->number);
	jout_end_object(j);
	return NEXT_ANSWER;
}

const struct method_code method_case_why = {
    .params = why_fields, .params_size = sizeof(struct one_case_params), .steps = {one_case_load, tell}};
