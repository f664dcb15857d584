/* monthly: when a town's months are reported, and the plan of one. */
#include "daemon/jobs/monthly.h"

#include "daemon/cases/zone.h"
#include "daemon/jobs/month.h"

/* The configured day of the month after. */
static int64_t at_us(const struct pack *p, const struct report_config *c, int32_t day) {
	return zone_instant(pack_calendars(p)->zone, month_next(day) + c->monthly_day - 1, c->monthly_minute * MINUTE_US);
}

static int32_t newest(const struct pack *p, const struct report_config *c, int64_t until_us) {
	int32_t day;
	int64_t of_day_us;
	zone_local(pack_calendars(p)->zone, until_us, &day, &of_day_us);
	day = month_before(month_first_day(day));
	return at_us(p, c, day) <= until_us ? day : month_before(day);
}

/* All that was recorded up to its hour, also of what happened in the month. */
static bool make(struct side *s, const struct occasion *o, struct arena *a, struct planned *out, struct err *e) {
	const struct zone *zone = pack_calendars(o->pack)->zone;
	const struct month_ask ask = {.pack = o->pack,
	                              .from_us = zone_instant(zone, o->day, 0),
	                              .to_us = zone_instant(zone, month_next(o->day), 0),
	                              .as_of_us = o->at_us,
	                              .by = KPI_UNIT,
	                              .stop = o->stop,
	                              .ctx = o->ctx};
	struct kpi k;
	struct strbuf text;
	if (!month_read(s, &ask, a, &k, e))
		return false;
	strbuf_init(&text);
	kpi_encode(&k, &text);
	*out = (struct planned){arena_strndup(a, text.data, text.len), k.format, k.total.cells[IND_FILED].numerator};
	strbuf_fini(&text);
	return true;
}

const struct schedule_kind monthly_kind = {.job = MONTH_JOB,
                                           .figure = "filed",
                                           .counting = "monthly.counting",
                                           .planned = "monthly.planned",
                                           .committed = "monthly.committed",
                                           .failed = "monthly.failed",
                                           .at_us = at_us,
                                           .newest = newest,
                                           .after = month_next,
                                           .before = month_before,
                                           .make = make};
