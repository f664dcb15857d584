/* report_figures: reads the period in the town's time, and asks the job that counts. */
#include "daemon/methods/report_figures.h"

#include "daemon/cases/zone.h"

#include <string.h>

enum { MOST_DAYS = 400 };

/* A date is the midnight at which it begins. */
static int64_t instant_of(struct call *c, const char *path, const char *text) {
	int64_t at_us = NO_TIME;
	int32_t day;
	struct err e;
	if (!text)
		return NO_TIME;
	if (civil_parse_date(text, &day))
		return zone_instant(pack_calendars(c->pack)->zone, day, 0);
	if (!rfc3339_parse(text, &at_us, &e))
		faults_at(&c->faults, path, "format", "a date, \"2026-11-01\", or an instant with its offset: %s", e.text);
	return at_us;
}

void figures_take(struct call *c, const struct figures_params *p, struct figures_ask *ask) {
	const struct scope *scope = call_scope(c);
	ask->pack = c->pack;
	ask->from_us = instant_of(c, "/params/from", p->from);
	ask->to_us = instant_of(c, "/params/to", p->to);
	ask->as_of_us = p->as_of == NO_TIME ? c->now_us : p->as_of;
	ask->by = kpi_by_names[p->by];
	ask->tags = &p->tags;
	ask->format = "json";
	ask->units = scope->all ? NULL : &scope->units;
	if (ask->units && p->by != KPI_UNIT)
		faults_at(&c->faults, "/params/by", "range", "a unit sees its own row: by is unit");
	if (ask->from_us == NO_TIME || ask->to_us == NO_TIME)
		return;
	if (ask->to_us <= ask->from_us)
		faults_at(&c->faults, "/params/to", "range", "to comes after from; it is the first day or instant that no longer counts");
	else if (ask->to_us - ask->from_us > MOST_DAYS * DAY_US)
		faults_at(&c->faults, "/params/to", "range", "a period has at most %d days", MOST_DAYS);
	if (ask->as_of_us < ask->from_us)
		faults_at(&c->faults, p->as_of == NO_TIME ? "/params/from" : "/params/as_of", "range",
		          "nothing of that period is known by then");
	if (p->as_of != NO_TIME && p->as_of > c->now_us)
		faults_at(&c->faults, "/params/as_of", "range", "as_of lies in the future");
}

static void on_made(const struct strbuf *json, const struct err *why, void *ctx) {
	struct call *c = ctx;
	if (json)
		jout_rawn(&c->out, json->data, json->len);
	else
		(void)call_refuse_err(c, why);
	call_resume(c);
}

enum next figures_ask_for(struct call *c, const struct figures_ask *ask) {
	if (c->faults.total)
		return call_refuse_params(c);
	c->sv->jobs.figures(c->sv->jobs.ctx, ask, on_made, c);
	return NEXT_WAIT;
}

enum next figures_tell(struct call *c) {
	(void)c;
	return NEXT_ANSWER;
}
