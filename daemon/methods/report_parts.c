/* report_parts: asks the job that makes reports, and hands on what it wrote. */
#include "daemon/methods/report_parts.h"

static void on_made(const struct strbuf *json, const struct err *why, void *ctx) {
	struct call *c = ctx;
	if (json)
		jout_rawn(&c->out, json->data, json->len);
	else
		(void)call_refuse_err(c, why);
	call_resume(c);
}

enum next report_ask(struct call *c, struct report_ask *ask) {
	if (c->faults.total)
		return call_refuse_params(c);
	ask->pack = c->pack;
	ask->now_us = c->now_us;
	c->sv->jobs.report(c->sv->jobs.ctx, ask, on_made, c);
	return NEXT_WAIT;
}

enum next report_tell(struct call *c) {
	(void)c;
	return NEXT_ANSWER;
}

void report_check_day(struct call *c, const char *path, const char *day) {
	int32_t ignored;
	if (day && !civil_parse_date(day, &ignored))
		faults_at(&c->faults, path, "format", "a night is named by its date, \"2026-11-23\"");
}
