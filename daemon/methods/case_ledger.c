/* case_ledger: whose time it was, from receipt to closing: the seconds of each holder, which add up exactly. */
#include "daemon/base/limits.h"
#include "daemon/cases/ledger.h"
#include "daemon/methods/case_view.h"
#include "daemon/methods/methods.h"
#include "daemon/methods/one_case.h"

static const struct field ledger_fields[] = {ONE_CASE_FIELDS, FIELD_END};

static void write_holding(struct call *c, const struct holding *h) {
	struct json_out *j = &c->out;
	jout_object(j);
	case_view_unit(c, "unit", h->bearer);
	jout_kv_str(j, "why", h->why);
	jout_kv_time(j, "first_at", h->first_us, call_offset_s(c, h->first_us));
	jout_kv_int(j, "stretches", h->stretches);
	case_view_seconds(j, "seconds", h->natural_us);
	case_view_seconds(j, "working_seconds", h->worked_us);
	jout_end_object(j);
}

static void write_spans(struct call *c, const struct case_rec *cr, int64_t to_us) {
	struct json_out *j = &c->out;
	jout_key(j, "spans");
	jout_array(j);
	for (size_t i = 0; i < cr->spans.n; i++) {
		const struct span *s = &cr->spans.v[i];
		const int64_t until_us = i + 1 < cr->spans.n ? s[1].from_us : to_us;
		if (s->from_us >= to_us)
			break;
		jout_object(j);
		jout_kv_time(j, "from", s->from_us, call_offset_s(c, s->from_us));
		jout_kv_time(j, "to", until_us, call_offset_s(c, until_us));
		jout_kv_opt(j, "unit", s->bearer);
		jout_kv_str(j, "why", s->why);
		jout_end_object(j);
	}
	jout_end_array(j);
}

static enum next tell(struct call *c) {
	const struct case_rec *cr = one_case_found(c);
	struct json_out *j = &c->out;
	struct ledger ledger;
	if (!cr)
		return NEXT_ANSWER;
	ledger_of(cr, pack_calendars(c->pack), c->now_us, &c->arena, &ledger);
	jout_object(j);
	jout_kv_str(j, "case", c->loaded->number);
	jout_kv_str(j, "state", state_name(cr->state));
	jout_kv_time(j, "from", ledger.from_us, call_offset_s(c, ledger.from_us));
	jout_kv_time(j, "to", ledger.to_us, call_offset_s(c, ledger.to_us));
	case_view_seconds(j, "seconds", ledger.natural_us);
	case_view_seconds(j, "working_seconds", ledger.worked_us);
	jout_key(j, "holders");
	jout_array(j);
	for (size_t i = 0; i < ledger.holdings.n; i++)
		write_holding(c, &ledger.holdings.v[i]);
	jout_end_array(j);
	case_view_unit(c, "longest", ledger.longest ? ledger.longest->bearer : NULL);
	write_spans(c, cr, ledger.to_us);
	jout_end_object(j);
	return NEXT_ANSWER;
}

const struct method_code method_case_ledger = {
    .params = ledger_fields, .params_size = sizeof(struct one_case_params), .steps = {one_case_load, tell}};
