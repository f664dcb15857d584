/* life: a small town, and one case that lives in it: commands go through decide() and apply(), nothing is made by hand. */
#ifndef GRIDD_TESTS_UNIT_CASES_LIFE_H
#define GRIDD_TESTS_UNIT_CASES_LIFE_H

#include "tests/unit/cases/fixture.h"

#include "daemon/cases/decide.h"
#include "daemon/cases/ledger.h"

struct life {
	struct arena *a;
	struct verdict verdict;
	struct policy policy;
	struct roster roster;
	struct facts facts;
	int64_t now_us;
	struct case_rec *cr;                /* NULL until it is submitted */
	struct changes ch;                  /* of the newest command */
	struct refusal why;
};

/* A Monday: 08:00-12:00 and 14:00-18:00 are worked, 5wd is 40 h from the minute. */
static const char *const life_start = "2026-11-23T10:00:00+08:00";

static const struct roster_unit life_units[] = {
    {.id = "firm_a", .leader = "firm_head"},   {.id = "support", .leader = "deputy_head"},
    {.id = "housing", .leader = "deputy_head"}, {.id = "c035"},
    {.id = "grid_centre", .leader = "deputy_head"}, {.id = "deputy_head"},
    {.id = "firm_head", .leader = "deputy_head"},   {.id = "supervision"},
    {.id = "joint_meeting"},
};

static inline bool life_find(const void *pack, const char *id, struct roster_unit *out) {
	static struct contact duty = {.role = "duty", .when = "always", .channel = "phone", .to = "1"};
	(void)pack;
	for (size_t i = 0; i < COUNT_OF(life_units); i++) {
		if (strcmp(life_units[i].id, id) != 0)
			continue;
		*out = life_units[i];
		out->contacts.v = &duty;
		out->contacts.n = 1;
		return true;
	}
	return false;
}

static inline struct life *life_new(struct arena *a, struct calendar_set *cals) {
	struct life *l = arena_new(a, struct life);
	l->a = a;
	l->now_us = at(life_start);
	l->verdict = (struct verdict){.routed = true,
	                              .rule_id = "leak",
	                              .responsible = "housing",
	                              .ladder = "standard",
	                              .class_code = "E70-05"};
	STRS_ADD(&l->verdict.handlers, a, "firm_a");
	STRS_ADD(&l->verdict.handlers, a, "support");
	STRS_ADD(&l->verdict.handlers, a, "housing");
	l->policy = (struct policy){.desk = "grid_centre",
	                            .calendar = "office",
	                            .late_entry_us = 2 * HOUR_US,
	                            .returns = 3,
	                            .extensions = 2,
	                            .suspend_days = 365,
	                            .reopen_to = CASE_DISPATCHED,
	                            .supervision = "supervision",
	                            .consequence = "criticism",
	                            .order_within = {.amount = 5, .unit = LIMIT_WD}};
	STRS_ADD(&l->policy.return_desks, a, "joint_meeting");
	static const char *const runs[] = {"discover", "dispatch", "decide", "supervise"};
	for (size_t i = 0; i < COUNT_OF(runs); i++)
		STRS_ADD(&l->policy.suspend_runs, a, runs[i]);
	l->roster.find = life_find;
	l->facts = (struct facts){.verdict = &l->verdict,
	                          .calendars = cals,
	                          .policy = &l->policy,
	                          .roster = &l->roster,
	                          .pack_version = 1,
	                          .number = "20261123-0000001"};
	return l;
}

static inline struct calendar_set *life_office(void) {
	return set_of(calendar_new("Asia/Shanghai", "08:00-12:00 14:00-18:00", ""));
}

static inline void life_limit(struct life *l, const char *clock, const char *limit) {
	*LIST_ADD(&l->verdict.limits, l->a) = (struct clock_limit){.clock = clock, .limit = limit_of(limit), .calendar = "office"};
}

/* "handle 80%", "handle", "handle +1wd"; to: one word, or two with a space between */
static inline struct ladder_step *life_step(struct life *l, const char *when, enum step_act act, const char *to) {
	struct ladder_step *s = LIST_ADD(&l->verdict.steps, l->a);
	char clock[20] = "", moment[20] = "100%", one[30] = "", two[30] = "";
	(void)sscanf(when, "%19s %19s", clock, moment);
	*s = (struct ladder_step){.clock = arena_strdup(l->a, clock), .percent = 100, .act = act};
	if (moment[0] == '+')
		s->offset = limit_of(moment + 1);
	else
		s->percent = (int32_t)strtol(moment, NULL, 10);
	const int n = sscanf(to, "%29s %29s", one, two);
	STRS_ADD(&s->to, l->a, arena_strdup(l->a, one));
	if (n == 2)
		STRS_ADD(&s->to, l->a, arena_strdup(l->a, two));
	return s;
}

static inline bool life_try(struct life *l, struct command cmd) {
	cmd.town = "310106101";
	if (!cmd.late_entry)
		cmd.at_us = cmd.kind == CMD_SUBMIT ? cmd.submit.received_at_us : l->now_us;
	if (!decide(l->cr, &cmd, &l->facts, l->now_us, l->a, &l->ch, &l->why))
		return false;
	l->cr = apply(l->cr, cmd.town, &l->ch, l->a);
	const int64_t next_us = case_next_fire_us(l->cr, l->facts.calendars);
	if (l->ch.next_fire_at_us != next_us)
		fail_msg("%s: the changes say another next firing than the aggregate", l->ch.event_type);
	return true;
}

static inline void life_do(struct life *l, struct command cmd) {
	if (!life_try(l, cmd))
		fail_msg("%s: %s", command_event(cmd.kind) ? command_event(cmd.kind) : "fire", l->why.err.text);
}

static inline struct command life_submit_cmd(const struct life *l) {
	return (struct command){.kind = CMD_SUBMIT,
	                        .actor = "patrol-app",
	                        .submit = {.channel = "patrol",
	                                   .ref = "XC-1",
	                                   .class_code = "E70-05",
	                                   .observed_at_us = l->now_us,
	                                   .received_at_us = l->now_us}};
}

static inline void life_submit(struct life *l) { life_do(l, life_submit_cmd(l)); }

/* What its unit does. */
static inline struct command life_of_unit(enum command_kind kind, const char *unit) {
	return (struct command){.kind = kind, .actor = unit, .actor_unit = unit};
}

static inline struct command life_of_boss(enum command_kind kind) {
	return (struct command){.kind = kind,
	                        .actor = "boss",
	                        .actor_unit = "grid_centre",
	                        .powers = POWER_DISPATCHER | POWER_SUPERVISOR | POWER_INSPECTOR};
}

static inline void life_to(struct life *l, const char *when) {
	assert_true(at(when) >= l->now_us);
	l->now_us = at(when);
}

static inline struct command life_time(void) { return (struct command){.kind = CMD_FIRE, .actor = "gridd"}; }

/* The next thing that time does, at its time. */
static inline void life_fire(struct life *l, const char *when, const char *event) {
	struct firing f;
	if (!case_next_firing(l->cr, l->facts.calendars, &f))
		fail_msg("nothing is left to fire; expected %s at %s", event, when);
	assert_instant(l->facts.calendars->zone, f.at_us, when);
	l->now_us = f.at_us > l->now_us ? f.at_us : l->now_us;
	life_do(l, life_time());
	assert_string_equal(l->ch.event_type, event);
}

static inline const struct clock *life_clock(const struct life *l, const char *name) {
	const struct clock *c = case_clock(l->cr, name);
	if (!c)
		fail_msg("no clock %s", name);
	return c;
}

/* How many notices of that kind the newest event has for that unit. */
static inline int life_told(const struct life *l, const char *unit, enum notice_kind kind) {
	int n = 0;
	for (size_t i = 0; i < l->ch.list.n; i++) {
		const struct change *c = &l->ch.list.v[i];
		n += c->kind == CHANGE_NOTICE && c->notice.kind == kind && strcmp(c->notice.unit, unit) == 0;
	}
	return n;
}

static inline int life_changes(const struct life *l, enum change_kind kind) {
	int n = 0;
	for (size_t i = 0; i < l->ch.list.n; i++)
		n += l->ch.list.v[i].kind == kind;
	return n;
}

#endif
