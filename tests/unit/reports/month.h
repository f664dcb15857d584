/* month: small histories by hand, told event by event to the maker of the month's figures. */
#ifndef GRIDD_TESTS_UNIT_REPORTS_MONTH_H
#define GRIDD_TESTS_UNIT_REPORTS_MONTH_H

#include "tests/unit/cases/play.h"

#include "daemon/reports/kpi_make.h"

/* ---- A month ---- */

/* What happened: an event, or (number given) the end of a case. */
struct told {
	struct kpi_event ev;
	const char *number;
	const struct case_rec *cr;
};
typedef LIST_OF(struct told) told_list;

struct month {
	told_list told;
	int64_t seq;
	int cases;
	struct kpi k;
	kpi_found_list found;
};

static inline const char *fault_of(const void *ctx, const char *reason) {
	static const struct {
		const char *reason, *fault;
	} faults[] = {{"not_ours", "dispatcher"}, {"firm_gone", "rule"}, {"not_found", "nobody"},
	              {"shirked", "unit"},        {"misrouted", "dispatcher"}};
	(void)ctx;
	for (size_t i = 0; i < COUNT_OF(faults); i++)
		if (strcmp(faults[i].reason, reason) == 0)
			return faults[i].fault;
	return NULL;
}

static inline bool kind_of(const void *ctx, const char *channel, enum channel_kind *out) {
	(void)ctx;
	*out = strcmp(channel, "hotline") == 0 ? CHANNEL_HOTLINE : CHANNEL_PATROL;
	return strcmp(channel, "leader") != 0;
}

static inline void does(struct month *m, struct play *p, struct command cmd) {
	const struct case_rec *before = p->cr;
	play_does(p, cmd);
	*LIST_ADD(&m->told, &fx.arena) =
	    (struct told){.ev = {.before = before,
	                         .after = p->cr,
	                         .changes = arena_memdup(&fx.arena, &p->changes, sizeof p->changes),
	                         .type = p->changes.event_type,
	                         .actor = cmd.actor,
	                         .seq = ++m->seq,
	                         .at_us = p->changes.at_us,
	                         .recorded_at_us = p->now_us}};
}

/* All that time does until then, at its time. */
static inline void until(struct month *m, struct play *p, const char *when) {
	struct firing f;
	while (case_next_firing(p->cr, p->facts.calendars, &f) && f.at_us <= at(when)) {
		p->now_us = f.at_us > p->now_us ? f.at_us : p->now_us;
		struct command fire = command_by(p, CMD_FIRE, "gridd", NULL);
		does(m, p, fire);
	}
	p->now_us = at(when);
}

static inline void over(struct month *m, struct play *p) {
	*LIST_ADD(&m->told, &fx.arena) =
	    (struct told){.number = arena_printf(&fx.arena, "20261123-%07d", ++m->cases), .cr = p->cr};
}

static inline struct kpi_ask ask_all(void) {
	struct play *p = play_new();
	return (struct kpi_ask){.town = "310106101",
	                        .from_us = at("2026-11-01T00:00:00+08:00"),
	                        .to_us = at("2027-01-01T00:00:00+08:00"),
	                        .as_of_us = at("2027-01-05T00:00:00+08:00"),
	                        .desk = "grid_centre",
	                        .calendars = p->facts.calendars,
	                        .words = {fault_of, kind_of, NULL}};
}

static inline void reckon(struct month *m, const struct kpi_ask *ask) {
	struct arena scratch;
	arena_init(&scratch);
	struct kpi_maker *maker = kpi_make_new(ask, &fx.arena, &scratch);
	for (size_t i = 0; i < m->told.n; i++) {
		const struct told *t = &m->told.v[i];
		if (t->number)
			kpi_make_case(maker, t->number, t->cr);
		else
			kpi_make_event(maker, &t->ev);
	}
	kpi_make_end(maker, &m->k);
	m->found = *kpi_make_found(maker);
	arena_fini(&scratch);
}

static inline void reckon_all(struct month *m) {
	const struct kpi_ask ask = ask_all();
	reckon(m, &ask);
}

static inline const struct kpi_row *row_in(const struct kpi *k, const char *key) {
	if (!key)
		return &k->total;
	for (size_t i = 0; i < k->rows.n; i++)
		if (strcmp(k->rows.v[i].key, key) == 0)
			return &k->rows.v[i];
	return NULL;
}

static inline struct kpi_cell cell_in(const struct month *m, const char *key, const char *id) {
	enum indicator i;
	const struct kpi_row *row = row_in(&m->k, key);
	if (!indicator_find(id, &i))
		fail_msg("no indicator %s", id);
	return row ? row->cells[i] : (struct kpi_cell){0};
}

static inline const char *row_name(const char *key) { return key ? key : "the town"; }

#define EXPECT(m, key, id, n, d)                                                                                            \
	do {                                                                                                                    \
		const struct kpi_cell got_ = cell_in((m), (key), (id));                                                             \
		if (got_.numerator != (n) || got_.denominator != (d))                                                               \
			fail_msg("%s of %s: %lld / %lld, expected %lld / %lld", (id), row_name(key),                       \
			         (long long)got_.numerator, (long long)got_.denominator, (long long)(n), (long long)(d));               \
	} while (0)

/* ---- Histories: each begins on Monday 2026-11-23 at 10:00; 8 h a day are worked, accept 2wh, handle 3wd, overall 20wd ---- */

static inline struct play *submitted(struct month *m) {
	struct play *p = play_new();
	does(m, p, submit_now(p));
	return p;
}

static inline struct play *accepted(struct month *m) {
	struct play *p = submitted(m);
	until(m, p, "2026-11-23T10:30:00+08:00");
	does(m, p, by_unit(p, CMD_ACCEPT, "firm_a"));
	return p;
}

static inline void finishes(struct month *m, struct play *p, const char *when) {
	until(m, p, when);
	does(m, p, finish_by(p, p->cr->unit));
}

static inline struct play *closed(struct month *m) {
	struct play *p = accepted(m);
	finishes(m, p, "2026-11-24T11:30:00+08:00");
	until(m, p, "2026-11-24T15:00:00+08:00");
	does(m, p, verify_by_desk(p, true));
	return p;
}

static inline struct play *finished_late(struct month *m) {
	struct play *p = accepted(m);
	finishes(m, p, "2026-11-26T10:30:00+08:00");
	return p;
}

static inline void returns(struct month *m, struct play *p, const char *unit, const char *reason) {
	struct command cmd = by_unit(p, CMD_RETURN, unit);
	cmd.giving_back.reason = reason;
	does(m, p, cmd);
}

static inline void plain(struct month *m) { over(m, closed(m)); }

static inline void late(struct month *m) { over(m, finished_late(m)); }

static inline void late_but_excused(struct month *m) {
	struct play *p = finished_late(m);
	struct command cmd = by_supervisor(p, CMD_WAIVE);
	cmd.waive.clock = "handle";
	cmd.waive.reason = "weather";
	does(m, p, cmd);
	over(m, p);
}

static inline void never_done(struct month *m) {
	struct play *p = accepted(m);
	until(m, p, "2026-12-31T10:00:00+08:00");
	over(m, p);
}

/* Nobody accepts: the firm, then the centre, lose it; the office takes it and finishes in time. */
static inline void silent(struct month *m) {
	struct play *p = submitted(m);
	until(m, p, "2026-11-23T16:30:00+08:00");
	assert_string_equal(p->cr->unit, "housing_office");
	does(m, p, by_unit(p, CMD_ACCEPT, "housing_office"));
	finishes(m, p, "2026-11-24T09:00:00+08:00");
	over(m, p);
}

static inline void returned_rightly(struct month *m) {
	struct play *p = submitted(m);
	until(m, p, "2026-11-23T10:40:00+08:00");
	returns(m, p, "firm_a", "not_ours");
	until(m, p, "2026-11-23T11:00:00+08:00");
	does(m, p, by_unit(p, CMD_ACCEPT, "property_support"));
	finishes(m, p, "2026-11-24T09:00:00+08:00");
	over(m, p);
}

/* Back to the firm by the desk: that return counts as shirking, and the stay goes on. */
static inline void returned_wrongly(struct month *m) {
	struct play *p = play_new();
	p->verdict.handlers = words("firm_a", NULL, NULL);
	does(m, p, submit_now(p));
	until(m, p, "2026-11-23T10:40:00+08:00");
	returns(m, p, "firm_a", "not_ours");
	until(m, p, "2026-11-23T10:50:00+08:00");
	does(m, p, dispatch_to(p, "firm_a"));
	finishes(m, p, "2026-11-24T09:00:00+08:00");
	over(m, p);
}

/* Three returns; then a supervisor says that the third one's was shirking. */
static inline void bounced(struct month *m) {
	struct play *p = submitted(m);
	until(m, p, "2026-11-23T10:10:00+08:00");
	returns(m, p, "firm_a", "not_ours");
	until(m, p, "2026-11-23T10:20:00+08:00");
	returns(m, p, "property_support", "not_found");
	until(m, p, "2026-11-23T10:30:00+08:00");
	returns(m, p, "housing_office", "not_ours");
	assert_string_equal(p->cr->unit, "grid_supervisor");
	struct command cmd = by_supervisor(p, CMD_ARBITRATE);
	cmd.actor_unit = "joint_meeting";
	cmd.arbitrate.unit = "squad";
	cmd.arbitrate.fault = "shirked";
	until(m, p, "2026-11-23T10:40:00+08:00");
	does(m, p, cmd);
	over(m, p);
}

/* It breaches at the firm; a supervisor then says it should never have gone there. */
static inline void arbitrated_after_breach(struct month *m) {
	struct play *p = accepted(m);
	until(m, p, "2026-11-26T11:00:00+08:00");
	struct command cmd = by_supervisor(p, CMD_ARBITRATE);
	cmd.arbitrate.unit = "squad";
	cmd.arbitrate.fault = "misrouted";
	does(m, p, cmd);
	until(m, p, "2026-11-26T11:10:00+08:00");
	does(m, p, by_unit(p, CMD_ACCEPT, "squad"));
	finishes(m, p, "2026-11-27T11:00:00+08:00");
	over(m, p);
}

static inline void taken_away_in_time(struct month *m) {
	struct play *p = accepted(m);
	until(m, p, "2026-11-24T11:00:00+08:00");
	does(m, p, dispatch_to(p, "squad"));
	over(m, p);
}

static inline void reworked_by(struct month *m, const char *verifier) {
	struct play *p = accepted(m);
	finishes(m, p, "2026-11-24T09:00:00+08:00");
	until(m, p, "2026-11-24T10:00:00+08:00");
	struct command cmd = verify_by_desk(p, false);
	cmd.actor = verifier;
	does(m, p, cmd);
	finishes(m, p, "2026-11-24T16:00:00+08:00");
	until(m, p, "2026-11-25T10:00:00+08:00");
	does(m, p, verify_by_desk(p, true));
	over(m, p);
}

static inline void reworked(struct month *m) { reworked_by(m, "li"); }

static inline struct command asks(const struct play *p, enum request_what what, const char *until) {
	struct command cmd = by_unit(p, CMD_ASK, "firm_a");
	cmd.ask = (struct cmd_ask){.what = what, .reason = "material", .until_us = until ? at(until) : NO_TIME};
	return cmd;
}

static inline struct command decides(const struct play *p, bool grant) {
	struct command cmd = by_supervisor(p, CMD_DECIDE);
	cmd.decide = (struct cmd_decide){.request = p->cr->request.n, .grant = grant, .until_us = NO_TIME};
	return cmd;
}

/* Asked for half an hour before it is due (Thursday 10:00), granted on Friday, after the time for that. */
static inline void extended_late(struct month *m) {
	struct play *p = accepted(m);
	until(m, p, "2026-11-26T09:30:00+08:00");
	does(m, p, asks(p, ASK_EXTEND, NULL));
	until(m, p, "2026-11-27T11:00:00+08:00");
	does(m, p, decides(p, true));
	finishes(m, p, "2026-11-27T15:00:00+08:00");
	over(m, p);
}

/* Hung up over the new year: neither due nor late. */
static inline void hung_up(struct month *m) {
	struct play *p = accepted(m);
	until(m, p, "2026-11-24T10:00:00+08:00");
	does(m, p, asks(p, ASK_SUSPEND, "2027-02-01T10:00:00+08:00"));
	does(m, p, decides(p, true));
	over(m, p);
}

static inline struct play *rejected(struct month *m, struct play *p) {
	struct command cmd = by_desk(p, CMD_REJECT);
	cmd.because.reason = "no_filing";
	does(m, p, cmd);
	over(m, p);
	return p;
}

static inline void not_filed(struct month *m) {
	struct play *p = play_new();
	p->verdict.propose = true;
	does(m, p, submit_now(p));
	until(m, p, "2026-11-23T10:10:00+08:00");
	(void)rejected(m, p);
}

static inline void cancelled(struct month *m) { (void)rejected(m, accepted(m)); }

/* From the hotline, dispatched twenty minutes late. */
static inline void dispatched_late(struct month *m) {
	struct play *p = play_new();
	p->verdict.propose = true;
	struct command cmd = submit_now(p);
	cmd.submit.channel = "hotline";
	does(m, p, cmd);
	until(m, p, "2026-11-23T10:35:00+08:00");
	does(m, p, dispatch_to(p, "firm_a"));
	over(m, p);
}

static inline void marks(struct month *m, struct play *p, const char *mark, const char *value) {
	struct command cmd = by_desk(p, CMD_MARK);
	cmd.mark.mark = mark;
	cmd.mark.value = value;
	does(m, p, cmd);
}

/* called: when the reporter was first called; NULL: never */
static inline void rated(struct month *m, const char *called, const char *outcome, const char *satisfaction) {
	struct play *p = play_new();
	add_limit(p, "contact", "30min", "received", "contacted");
	struct command cmd = submit_now(p);
	cmd.submit.channel = "hotline";
	does(m, p, cmd);
	until(m, p, "2026-11-23T10:05:00+08:00");
	does(m, p, by_unit(p, CMD_ACCEPT, "firm_a"));
	if (called) {
		until(m, p, called);
		marks(m, p, "contacted", NULL);
	}
	finishes(m, p, "2026-11-23T15:00:00+08:00");
	does(m, p, verify_by_desk(p, true));
	if (outcome)
		marks(m, p, "outcome", outcome);
	if (satisfaction)
		marks(m, p, "satisfaction", satisfaction);
	over(m, p);
}

static inline void callbacks(struct month *m) {
	rated(m, "2026-11-23T10:20:00+08:00", "solved", "satisfied");
	rated(m, "2026-11-23T10:40:00+08:00", "explained", "fairly");
	rated(m, NULL, "solved", "so_so");
	rated(m, "2026-11-23T10:20:00+08:00", NULL, "dissatisfied");
}

static inline void hasty(struct month *m) {
	struct play *p = accepted(m);
	finishes(m, p, "2026-11-23T10:31:00+08:00");
	over(m, p);
	p = submitted(m); /* accepted with finishing, within 5 % of 24 h */
	finishes(m, p, "2026-11-23T11:11:00+08:00");
	over(m, p);
}

/* The breach was told; then somebody enters that it had been done before. */
static inline void entered_late(struct month *m) {
	struct play *p = accepted(m);
	until(m, p, "2026-11-26T11:00:00+08:00");
	does(m, p, at_time(finish_by(p, "firm_a"), "2026-11-26T09:50:00+08:00"));
	until(m, p, "2026-11-26T11:10:00+08:00");
	over(m, p);
}

static inline void ordered(struct month *m, const char *accepted_at) {
	struct play *p = accepted(m);
	struct command cmd = by_inspector(p, CMD_OPEN_ORDER);
	cmd.open_order = (struct cmd_open_order){.kind = ORDER_LEADER, .reason = "leader", .within = limit_of("1wd")};
	does(m, p, cmd);
	until(m, p, accepted_at);
	cmd = by_unit(p, CMD_REPLY_ORDER, "firm_a");
	cmd.order.order = 1;
	does(m, p, cmd);
	cmd = by_inspector(p, CMD_ACCEPT_ORDER);
	cmd.order.order = 1;
	cmd.order.accepted = true;
	does(m, p, cmd);
	over(m, p);
}

static inline void ordered_twice(struct month *m) {
	ordered(m, "2026-11-23T16:00:00+08:00");
	ordered(m, "2026-11-25T16:00:00+08:00");
}

static inline void checked_late(struct month *m) {
	struct play *p = accepted(m);
	finishes(m, p, "2026-11-24T09:00:00+08:00");
	until(m, p, "2026-11-25T10:00:00+08:00");
	does(m, p, verify_by_desk(p, true));
	over(m, p);
}

static inline void closed_late(struct month *m) {
	struct play *p = accepted(m);
	finishes(m, p, "2026-12-22T09:00:00+08:00");
	does(m, p, verify_by_desk(p, true));
	over(m, p);
}

/* ---- All of them ---- */

static void (*const histories[])(struct month *) = {plain,
                                                    late,
                                                    late_but_excused,
                                                    never_done,
                                                    silent,
                                                    returned_rightly,
                                                    returned_wrongly,
                                                    bounced,
                                                    arbitrated_after_breach,
                                                    taken_away_in_time,
                                                    reworked,
                                                    extended_late,
                                                    hung_up,
                                                    not_filed,
                                                    cancelled,
                                                    dispatched_late,
                                                    callbacks,
                                                    hasty,
                                                    entered_late,
                                                    ordered_twice,
                                                    checked_late,
                                                    closed_late};

static inline void feed_all(struct month *m) {
	for (size_t i = 0; i < COUNT_OF(histories); i++)
		histories[i](m);
	while ((size_t)m->cases < KPI_VERDICTS + COUNT_OF(histories))
		plain(m);
}

#endif
