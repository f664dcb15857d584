/* month: brings together the walk over the events, the counting, and the names of the pack. */
#include "daemon/jobs/month.h"

#include "daemon/cases/zone.h"
#include "daemon/store/fold_walk.h"
#include "daemon/store/occurrences.h"

#include <stdio.h>
#include <string.h>

/* ---- Days ---- */

int32_t month_first_day(int32_t day) {
	struct civil_date d = civil_from_day(day);
	d.day = 1;
	return civil_to_day(d);
}

int32_t month_next(int32_t first_day) { return month_first_day(first_day + 31); }

int32_t month_before(int32_t first_day) { return month_first_day(first_day - 1); }

/* ---- Words of the pack ---- */

static const char *fault_of(const void *ctx, const char *reason) {
	const struct reason *r = pack_reason(ctx, reason);
	return r ? r->fault : NULL;
}

static bool channel_kind(const void *ctx, const char *channel, enum channel_kind *out) {
	const struct channel *c = pack_channel(ctx, channel);
	if (c)
		*out = c->kind;
	return c != NULL;
}

static struct digest_name name_of(const struct pack *p, enum kpi_by by, const char *code) {
	struct digest_name n = {.kind = kpi_by_names[by], .code = code};
	const struct unit *u = by == KPI_UNIT ? pack_unit(p, code) : NULL;
	const struct class_def *c = by == KPI_CLASS ? pack_class(p, code) : NULL;
	const struct estate *e = by == KPI_ESTATE ? pack_estate(p, code) : NULL;
	const struct grid *g = by == KPI_GRID ? pack_grid(p, code) : NULL;
	n.zh = u ? u->zh : c ? c->zh : e ? e->zh : g ? g->zh : NULL;
	n.en = u ? u->en : c ? c->en : e ? e->en : NULL;
	return n;
}

/* Rows are in order, and so are their names. What the pack borrows lives as long as the asker holds it. */
static void add_names(const struct pack *p, struct kpi *k, struct arena *a) {
	for (size_t i = 0; i < k->rows.n; i++) {
		const struct digest_name n = name_of(p, k->by, k->rows.v[i].key);
		if (n.zh || n.en)
			*LIST_ADD(&k->names, a) = n;
	}
}

/* ---- Reading ---- */

struct reading {
	struct kpi_maker *maker;
	const struct month_ask *ask;
};

static void on_event(const struct fold_event *ev, void *ctx) {
	const struct reading *r = ctx;
	kpi_make_event(r->maker, &(struct kpi_event){.before = ev->before,
	                                             .after = ev->now.cr,
	                                             .changes = ev->changes,
	                                             .type = ev->type,
	                                             .actor = ev->actor,
	                                             .seq = ev->seq,
	                                             .at_us = ev->at_us,
	                                             .recorded_at_us = ev->recorded_at_us});
}

static void on_case(const struct folded *c, void *ctx) {
	const struct reading *r = ctx;
	kpi_make_case(r->maker, c->number, c->cr);
}

static bool stops(void *ctx) {
	const struct reading *r = ctx;
	return r->ask->stop(r->ask->ctx);
}

bool month_read(struct side *s, const struct month_ask *ask, struct arena *a, struct kpi *out, struct err *e) {
	const struct town *town = pack_town(ask->pack);
	struct kpi_ask *what = arena_new(a, struct kpi_ask);
	*what = (struct kpi_ask){.town = town->code,
	                         .from_us = ask->from_us,
	                         .to_us = ask->to_us,
	                         .as_of_us = ask->as_of_us,
	                         .by = ask->by,
	                         .tags = ask->tags,
	                         .desk = pack_policy(ask->pack)->desk,
	                         .calendars = pack_calendars(ask->pack),
	                         .words = {fault_of, channel_kind, ask->pack},
	                         .wanted = ask->wanted};
	/* A case that was over before still counts where a stay of it is due in the period. */
	const struct fold_ask walk = {.town = town->code,
	                              .as_of_us = ask->as_of_us,
	                              .closed_from_us = ask->from_us,
	                              .due_from_us = ask->from_us,
	                              .received_before_us = ask->to_us,
	                              .stop = ask->stop ? stops : NULL};
	struct arena scratch;
	arena_init(&scratch);
	struct reading r = {kpi_make_new(what, a, &scratch), ask};
	const struct fold_hooks hooks = {on_event, on_case, &r};
	const bool ok = fold_walk(s, &walk, &hooks, e);
	if (ok)
		kpi_make_end(r.maker, out);
	arena_fini(&scratch);
	if (!ok)
		return false;
	out->town_zh = town->zh;
	out->town_en = town->en;
	out->offset_s = zone_offset_s(what->calendars->zone, ask->to_us - 1);
	out->pack_version = pack_version(ask->pack);
	add_names(ask->pack, out, a);
	if (ask->wanted)
		*ask->found = *kpi_make_found(r.maker);
	return true;
}

/* ---- What was sent ---- */

/* Midnight to midnight, from the first of a month to the next one's. */
static bool is_month(const struct month_ask *ask, int32_t *first_day) {
	const struct zone *zone = pack_calendars(ask->pack)->zone;
	int64_t of_day_us;
	zone_local(zone, ask->from_us, first_day, &of_day_us);
	return month_first_day(*first_day) == *first_day && zone_instant(zone, *first_day, 0) == ask->from_us &&
	       zone_instant(zone, month_next(*first_day), 0) == ask->to_us;
}

bool month_compare(struct side *s, const struct month_ask *ask, struct arena *a, struct kpi *k, struct err *e) {
	const struct book book = {pack_town(ask->pack)->code, MONTH_JOB};
	struct occurrence o = {0};
	struct kpi sent;
	int32_t day;
	bool found = false;
	if (ask->by != KPI_UNIT || ask->tags.n || !is_month(ask, &day))
		return true;
	const struct civil_date d = civil_from_day(day);
	const char *text = arena_printf(a, "%04d-%02d-%02d", (int)d.year, (int)d.month, (int)d.day);
	if (!occurrence_get(s, &book, text, a, &o, &found, e))
		return false;
	if (!found || !o.planned || ask->as_of_us < o.planned_at_us)
		return true;
	if (!kpi_decode(o.plan, a, &sent, e))
		return false;
	k->sent_at_us = o.planned_at_us;
	kpi_compare(&sent, k, a, &k->corrections);
	return true;
}
