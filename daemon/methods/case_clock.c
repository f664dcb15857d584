/* case_clock: how a due time came about: every clock of one name, with the pieces of time that add up to its budget. */
#include "daemon/base/limits.h"
#include "daemon/methods/case_view.h"
#include "daemon/methods/methods.h"
#include "daemon/methods/one_case.h"
#include "daemon/methods/pack_words.h"

#include <string.h>

struct clock_params {
	struct one_case_params one;
	const char *clock;
};

static const struct field clock_fields[] = {
    ONE_CASE_FIELDS, FIELD_WORD(struct clock_params, clock, FIELD_REQUIRED), FIELD_END};

static enum next ask(struct call *c) {
	const struct clock_params *p = c->params;
	c->state = arena_strdup(&c->arena, word_clock(c, "/params/clock", p->clock));
	return one_case_load(c);
}

/* A running clock is shown up to when it is due, so that the pieces add up to the budget; one that stands still, as far as
 * it came. */
static int64_t shown_until(const struct clock *k, int64_t now_us) {
	return k->state == CLOCK_RUNNING && k->due_at_us != NO_TIME ? k->due_at_us : now_us;
}

static void write_segments(struct call *c, const struct clock *k) {
	struct json_out *j = &c->out;
	segment_list pieces = {0};
	clock_worked(k, pack_calendars(c->pack), shown_until(k, c->now_us), &c->arena, &pieces);
	jout_key(j, "segments");
	jout_array(j);
	for (size_t i = 0; i < pieces.n; i++) {
		const struct segment *s = &pieces.v[i];
		jout_object(j);
		jout_kv_time(j, "from", s->from_us, call_offset_s(c, s->from_us));
		jout_kv_time(j, "to", s->to_us, call_offset_s(c, s->to_us));
		jout_end_object(j);
	}
	jout_end_array(j);
}

static void write_clock(struct call *c, const struct case_rec *cr, const struct clock *k) {
	struct json_out *j = &c->out;
	const struct calendar_set *cals = pack_calendars(c->pack);
	const int64_t at_us = k->state == CLOCK_STOPPED ? k->stopped_at_us : c->now_us;
	const int64_t spent_us = clock_spent_us(k, cals, at_us);
	const struct calendar *cal = k->calendar ? calendar_find(cals, k->calendar) : NULL;
	jout_object(j);
	case_view_clock(c, k, c->now_us);
	case_view_unit(c, "unit", k->task ? case_task(cr, k->task)->unit : k->bearer);
	case_view_seconds(j, "spent_seconds", spent_us);
	case_view_seconds(j, "budget_seconds", spent_us + clock_remaining_us(k, cals, at_us));
	if (cal)
		case_view_seconds(j, "day_seconds", cal->day_hours_us);
	if (k->provisional)
		jout_kv_str(j, "provisional_because", "the way to the due time leaves the years that the calendar publishes");
	write_segments(c, k);
	jout_end_object(j);
}

static enum next tell(struct call *c) {
	const char *clock = c->state;
	const struct case_rec *cr = one_case_found(c);
	struct json_out *j = &c->out;
	size_t n = 0;
	if (!cr)
		return NEXT_ANSWER;
	jout_object(j);
	jout_kv_str(j, "case", c->loaded->number);
	jout_kv_time(j, "now", c->now_us, call_offset_s(c, c->now_us));
	jout_key(j, "clocks");
	jout_array(j);
	for (size_t i = 0; i < cr->clocks.n; i++)
		if (strcmp(cr->clocks.v[i].name, clock) == 0) {
			write_clock(c, cr, &cr->clocks.v[i]);
			n++;
		}
	jout_end_array(j);
	jout_end_object(j);
	return n ? NEXT_ANSWER : call_refuse(c, E_NOT_FOUND, "case %s has no clock %s", c->loaded->number, clock);
}

const struct method_code method_case_clock = {
    .params = clock_fields, .params_size = sizeof(struct clock_params), .reads_on = true, .steps = {ask, tell}};
