/* nightly: when a town's nights are, and the plan of one. */
#include "daemon/jobs/nightly.h"

static int64_t at_us(const struct pack *p, const struct report_config *c, int32_t day) {
	return night_at_us(p, day, c->nightly_minute);
}

static int32_t newest(const struct pack *p, const struct report_config *c, int64_t until_us) {
	return night_day_before(p, until_us, c->nightly_minute);
}

static int32_t after(int32_t day) { return day + 1; }

static int32_t before(int32_t day) { return day - 1; }

static bool make(struct side *s, const struct occasion *o, struct arena *a, struct planned *out, struct err *e) {
	const struct digest *d = NULL;
	const struct night_ask ask = {.pack = o->pack,
	                              .day = o->day_text,
	                              .mark = o->mark,
	                              .at_us = o->at_us,
	                              .since_us = o->before_us,
	                              .overdue_before = o->booked->overdue_before,
	                              .stop = o->stop,
	                              .ctx = o->ctx};
	struct strbuf text;
	if (!night_read(s, &ask, a, &d, e))
		return false;
	strbuf_init(&text);
	digest_encode(d, &text);
	*out = (struct planned){arena_strndup(a, text.data, text.len), d->format, d->overdue};
	strbuf_fini(&text);
	return true;
}

const struct schedule_kind nightly_kind = {.job = "nightly",
                                           .figure = "overdue",
                                           .counting = "nightly.counting",
                                           .planned = "nightly.planned",
                                           .committed = "nightly.committed",
                                           .failed = "nightly.failed",
                                           .at_us = at_us,
                                           .newest = newest,
                                           .after = after,
                                           .before = before,
                                           .make = make};
