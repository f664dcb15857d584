/* night: brings together what the store reads and what the digest is made of. */
#include "daemon/jobs/night.h"

#include "daemon/reports/digest_make.h"
#include "daemon/store/overdue.h"

#include <stdio.h>

int64_t night_at_us(const struct pack *p, int32_t day, int32_t minute) {
	return zone_instant(pack_calendars(p)->zone, day, minute * MINUTE_US);
}

int32_t night_day_before(const struct pack *p, int64_t at_us, int32_t minute) {
	int32_t day;
	int64_t of_day_us;
	zone_local(pack_calendars(p)->zone, at_us, &day, &of_day_us);
	return night_at_us(p, day, minute) <= at_us ? day : day - 1;
}

const char *night_day_text(int32_t day, char out[NIGHT_DAY_BYTES]) {
	const struct civil_date d = civil_from_day(day);
	(void)snprintf(out, NIGHT_DAY_BYTES, "%04d-%02d-%02d", (int)d.year % 10000, (int)d.month % 100, (int)d.day % 100);
	return out;
}

void night_offices(const struct pack *p, struct arena *a, office_list *out) {
	const struct unit *u;
	for (size_t i = 0; (u = pack_unit_at(p, i)) != NULL; i++) {
		const struct contact *c = contact_for_reports(&u->contacts);
		if (c)
			*LIST_ADD(out, a) = (struct office){.unit = u->id, .role = c->role, .channel = c->channel, .to = c->to};
	}
}

/* ---- Reading ---- */

struct night {
	const struct night_ask *ask;
	struct digest_maker *maker;
};

static void on_case(const struct overdue_case *c, struct arena *a, void *ctx) {
	struct night *n = ctx;
	const struct digest_case one = {c->number, c->cr, c->last_act, c->last_act_at_us};
	if (c->changed)
		digest_make_tally(n->maker, c->cr);
	digest_make_case(n->maker, &one, a);
}

static void on_unit(const struct overdue_unit *u, void *ctx) {
	struct night *n = ctx;
	digest_make_count(n->maker, u->unit, u->due_soon, u->suspended, u->orders);
}

static void on_noted(enum overdue_noted what, const char *number, void *ctx) {
	static const enum digest_noted as[NOTED] = {[NOTED_EXTENDED] = DIGEST_EXTENDED,
	                                            [NOTED_SUSPENDED] = DIGEST_SUSPENDED,
	                                            [NOTED_WAIVED] = DIGEST_WAIVED,
	                                            [NOTED_LATE] = DIGEST_LATE_ENTRY};
	struct night *n = ctx;
	digest_make_noted(n->maker, as[what], number);
}

static bool should_stop(void *ctx) {
	const struct night *n = ctx;
	return n->ask->stop && n->ask->stop(n->ask->ctx);
}

bool night_read(struct side *s, const struct night_ask *ask, struct arena *a, const struct digest **out, struct err *e) {
	struct night n = {.ask = ask};
	struct digest_base base = {.pack = ask->pack,
	                           .day = ask->day,
	                           .mark = ask->mark,
	                           .at_us = ask->at_us,
	                           .since_us = ask->since_us,
	                           .overdue_before = ask->overdue_before,
	                           .undelivered = -1};
	const struct overdue_ask what = {.town = pack_town(ask->pack)->code,
	                                 .at_us = ask->at_us,
	                                 .soon_us = ask->at_us + DIGEST_SOON_US,
	                                 .since_us = ask->since_us,
	                                 .late_entry_us = pack_policy(ask->pack)->late_entry_us};
	const struct overdue_hooks hooks = {on_case, on_unit, on_noted, should_stop, &n};
	/* What didn't arrive is only known of now. */
	if (ask->mark != DIGEST_RECKONED && !overdue_undelivered(s, what.town, &base.undelivered, e))
		return false;
	n.maker = digest_make_start(&base, a);
	if (!overdue_read(s, &what, &hooks, e))
		return false;
	*out = digest_make_end(n.maker);
	return true;
}
