/* test_advance: steps the test clock, by a span or to an instant, through all that happens on the way. */
#include "daemon/base/limits.h"
#include "daemon/call/call.h"
#include "daemon/methods/methods.h"

struct advance_params {
	struct common_params common;
	const char *by;
	int64_t to;
};

static const struct field advance_fields[] = {COMMON_FIELDS,
                                              FIELD_STR(struct advance_params, by, LIMIT_CODE_BYTES, FIELD_NONEMPTY),
                                              FIELD_TIME(struct advance_params, to, 0), FIELD_END};

/* Only spans that run always: an hour of the test clock isn't an hour of anybody's office. */
static bool span_of(struct call *c, const char *text, int64_t *us) {
	struct limit l;
	struct err e = {0};
	if (!limit_parse(text, &l, &e)) {
		faults_at(&c->faults, "/params/by", "format", "%s", e.text);
		return false;
	}
	if (!limit_is_continuous(l)) {
		faults_at(&c->faults, "/params/by", "range", "by takes min, uh or nd: spans that run always");
		return false;
	}
	*us = l.amount * (l.unit == LIMIT_MIN ? MINUTE_US : l.unit == LIMIT_UH ? HOUR_US : DAY_US);
	return true;
}

/* How many firings and jobs there were on the way; in the call's arena. */
struct advanced {
	int64_t fired, jobs;
};

static void on_there(int64_t fired, int64_t jobs, const struct err *why, void *ctx) {
	struct call *c = ctx;
	const struct advanced got = {fired, jobs};
	if (why)
		(void)call_refuse_err(c, why);
	else
		c->state = arena_memdup(&c->arena, &got, sizeof got);
	call_resume(c);
}

static enum next advance(struct call *c) {
	const struct advance_params *p = c->params;
	int64_t to_us = p->to, by_us = 0;
	if (!c->sv->test_clock)
		return call_refuse(c, E_CONFLICT,
		                   "this gridd runs on real time; only one started with --test-clock can be advanced");
	if ((p->by != NULL) == (p->to != NO_TIME))
		faults_at(&c->faults, "/params", "missing", "say either by or to");
	else if (p->by && span_of(c, p->by, &by_us))
		to_us = c->now_us + by_us;
	if (c->faults.total)
		return call_refuse_params(c);
	if (to_us < c->now_us)
		return call_refuse(c, E_CONFLICT, "the test clock never goes back");
	c->sv->jobs.advance(c->sv->jobs.ctx, to_us, on_there, c);
	return NEXT_WAIT;
}

static enum next tell(struct call *c) {
	const struct advanced *got = c->state;
	const int64_t now_us = db_now_us(c->sv->db);
	const struct town_slot *first = towns_at(c->sv->towns, 0);
	if (!got)
		return NEXT_ANSWER;
	jout_object(&c->out);
	jout_kv_time(&c->out, "now", now_us,
	             first && first->pack ? zone_offset_s(pack_calendars(first->pack)->zone, now_us) : 0);
	jout_kv_int(&c->out, "fired", got->fired);
	jout_kv_int(&c->out, "jobs", got->jobs);
	jout_end_object(&c->out);
	return NEXT_ANSWER;
}

const struct method_code method_test_advance = {
    .params = advance_fields, .params_size = sizeof(struct advance_params), .any_town = true, .steps = {advance, tell}};
