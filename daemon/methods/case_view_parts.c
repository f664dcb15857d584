/* case_view_parts: writes the clocks of a case, and what waits beside its state: requests, orders, a suspension. */
#include "daemon/methods/case_view.h"

#include <inttypes.h>
#include <stdio.h>

void case_view_seconds(struct json_out *j, const char *key, int64_t us) {
	char text[40];
	const int64_t whole = us / SECOND_US, part = us % SECOND_US;
	const int64_t fraction = part < 0 ? -part : part;
	jout_key(j, key);
	if (fraction == 0)
		(void)snprintf(text, sizeof text, "%" PRId64, whole);
	else
		(void)snprintf(text, sizeof text, "%s%" PRId64 ".%06" PRId64, us < 0 && whole == 0 ? "-" : "", whole, fraction);
	jout_raw(j, text);
}

static void write_time(struct call *c, const char *key, int64_t at_us) {
	jout_kv_time(&c->out, key, at_us, call_offset_s(c, at_us));
}

/* What has come of it. */
static void write_outcome(struct call *c, const struct clock *k, int64_t at_us) {
	struct json_out *j = &c->out;
	const int64_t until_us = k->state == CLOCK_STOPPED ? k->stopped_at_us : at_us;
	int64_t by_us = 0;
	const bool overdue = clock_overdue(k, at_us, &by_us);
	/* Counting is work: a list has many clocks that are over and done with. */
	const int64_t left_us = overdue || k->state != CLOCK_STOPPED ? clock_remaining_us(k, pack_calendars(c->pack), until_us) : 0;
	if (k->state != CLOCK_STOPPED)
		jout_kv_int(j, "remaining", left_us / SECOND_US);
	if (overdue) {
		jout_kv_int(j, "overdue_seconds", by_us / SECOND_US);
		jout_kv_int(j, "overdue_clock_seconds", -left_us / SECOND_US);
	}
	write_time(c, "breached_at", k->breached_at_us);
	if (k->extensions)
		jout_kv_int(j, "extensions", k->extensions);
	case_view_reason(c, "waived", k->waived);
}

/* What a town calls a clock of its own; words for those that are built in are everybody's. */
static void write_clock_name(struct call *c, const char *name) {
	const struct clock_def *own = pack_clock(c->pack, name);
	jout_kv_str(&c->out, "name", name);
	if (!own)
		return;
	jout_kv_str(&c->out, "name_name", own->named.zh);
	jout_kv_opt(&c->out, "name_name_en", own->named.en);
}

void case_view_clock(struct call *c, const struct clock *k, int64_t at_us) {
	static const char *const states[] = {
	    [CLOCK_RUNNING] = "running", [CLOCK_PAUSED] = "paused", [CLOCK_STOPPED] = "stopped"};
	struct json_out *j = &c->out;
	char text[LIMIT_BYTES];
	const bool of_work = !k->outside && (k->limit.unit == LIMIT_WH || k->limit.unit == LIMIT_WD);
	const struct calendar *cal = of_work && k->calendar ? calendar_find(pack_calendars(c->pack), k->calendar) : NULL;
	write_clock_name(c, k->name);
	jout_kv_str(j, "state", states[k->state]);
	if (k->outside)
		jout_kv_bool(j, "outside", true);
	else
		jout_kv_str(j, "limit", limit_format(k->limit, text));
	jout_kv_opt(j, "calendar", k->calendar);
	if (cal)
		case_view_seconds(j, "day_seconds", cal->day_hours_us);
	if (k->task)
		jout_kv_int(j, "task", k->task);
	if (k->order)
		jout_kv_int(j, "order", k->order);
	write_time(c, "started_at", k->started_at_us);
	write_time(c, "due_at", k->due_at_us);
	write_time(c, "stopped_at", k->stopped_at_us);
	write_time(c, "paused_at", k->state == CLOCK_PAUSED ? k->resumed_at_us : NO_TIME);
	write_outcome(c, k, at_us);
	jout_kv_bool(j, "provisional", k->provisional);
	case_view_unit(c, "bearer", k->bearer);
}

void case_view_clocks(struct call *c, const struct case_rec *cr, int64_t at_us) {
	jout_array(&c->out);
	for (size_t i = 0; i < cr->clocks.n; i++) {
		jout_object(&c->out);
		case_view_clock(c, &cr->clocks.v[i], at_us);
		jout_end_object(&c->out);
	}
	jout_end_array(&c->out);
}

static const char *name_of(struct call *c, const char *number, char letter, int32_t n) {
	return arena_printf(&c->arena, "%s-%c%d", number, letter, n);
}

static void write_suspended(struct call *c, const struct case_rec *cr) {
	struct json_out *j = &c->out;
	jout_key(j, "suspended");
	if (cr->suspended_at_us == NO_TIME) {
		jout_null(j);
		return;
	}
	jout_object(j);
	write_time(c, "since", cr->suspended_at_us);
	write_time(c, "until", cr->suspended_until_us);
	case_view_reason(c, "reason", cr->suspended_reason);
	jout_end_object(j);
}

static void write_request(struct call *c, const struct request *r, const char *number) {
	struct json_out *j = &c->out;
	jout_key(j, "request");
	if (!r->unit) {
		jout_null(j);
		return;
	}
	jout_object(j);
	jout_kv_str(j, "request", name_of(c, number, 'R', r->n));
	jout_kv_str(j, "what", request_what_names[r->what]);
	case_view_unit(c, "unit", r->unit);
	case_view_reason(c, "reason", r->reason);
	jout_kv_opt(j, "clock", r->clock);
	write_time(c, "asked_at", r->asked_at_us);
	write_time(c, "until", r->until_us);
	jout_kv_bool(j, "in_time", r->in_time);
	jout_end_object(j);
}

static void write_order(struct call *c, const struct order *o, const char *number) {
	struct json_out *j = &c->out;
	jout_object(j);
	jout_kv_str(j, "order", name_of(c, number, 'D', o->n));
	jout_kv_str(j, "kind", order_kind_names[o->kind]);
	jout_kv_str(j, "state", order_state_names[o->state]);
	case_view_unit(c, "unit", o->unit);
	jout_kv_opt(j, "issuer", o->issuer);
	case_view_reason(c, "grounds", o->grounds);
	write_time(c, "opened_at", o->opened_at_us);
	write_time(c, "due_at", o->due_at_us);
	write_time(c, "replied_at", o->replied_at_us);
	write_time(c, "ended_at", o->ended_at_us);
	jout_kv_int(j, "refusals", o->refusals);
	jout_kv_opt(j, "consequence", o->consequence);
	jout_end_object(j);
}

/* Which overdue is excused, and why. */
static void write_waived(struct call *c, const struct case_rec *cr) {
	struct json_out *j = &c->out;
	jout_key(j, "waived");
	jout_array(j);
	for (size_t i = 0; i < cr->clocks.n; i++) {
		const struct clock *k = &cr->clocks.v[i];
		if (!k->waived)
			continue;
		jout_object(j);
		jout_kv_str(j, "clock", k->name);
		case_view_reason(c, "reason", k->waived);
		jout_end_object(j);
	}
	jout_end_array(j);
}

void case_view_pending(struct call *c, const struct case_rec *cr, const char *number) {
	struct json_out *j = &c->out;
	write_suspended(c, cr);
	write_request(c, &cr->request, number);
	jout_key(j, "supervisions");
	jout_array(j);
	for (size_t i = 0; i < cr->orders.n; i++)
		write_order(c, &cr->orders.v[i], number);
	jout_end_array(j);
	write_waived(c, cr);
}
