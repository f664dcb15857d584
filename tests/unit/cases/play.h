/* play: a small town in which a case is submitted and acted on, command by command, through decide() and apply(). */
#ifndef GRIDD_TESTS_UNIT_CASES_PLAY_H
#define GRIDD_TESTS_UNIT_CASES_PLAY_H

#include "tests/unit/cases/fixture.h"

#include "daemon/cases/decide.h"

struct play {
	struct verdict verdict;
	struct policy policy;
	struct roster roster;
	struct facts facts;
	int64_t now_us;
	const struct case_rec *cr;          /* the case as it is; NULL before the submit */
	struct changes changes;             /* of the newest command */
	struct refusal why;
};

/* ---- The town ---- */

static const struct contact phone_always = {"duty", "always", "phone", "1"};
static const struct contact phone_by_day = {"office", "office_open", "phone", "2"};
static const struct contact phone_by_night = {"watch", "office_closed", "phone", "3"};

/* A unit with at most two contacts. */
struct play_unit {
	const char *id, *parent, *leader;
	const struct contact *first, *second;
};

static const struct play_unit play_units[] = {
    {"town_gov", NULL, NULL, NULL, NULL},
    {"grid_centre", "town_gov", NULL, &phone_always, NULL},
    {"grid_supervisor", "town_gov", NULL, &phone_always, NULL},
    {"joint_meeting", "town_gov", NULL, &phone_by_day, NULL},
    {"supervision", "town_gov", NULL, &phone_always, NULL},
    {"deputy_head", "town_gov", NULL, &phone_always, NULL},
    {"housing_office", "town_gov", "deputy_head", &phone_by_day, &phone_by_night},
    {"property_support", "housing_office", NULL, &phone_by_day, NULL},
    {"night_watch", "housing_office", NULL, &phone_by_night, NULL},
    {"firm_a", NULL, "housing_office", &phone_always, NULL},
    {"squad", "town_gov", NULL, &phone_always, NULL},
    {"c035", NULL, NULL, &phone_always, NULL},
    {"nobody_there", NULL, NULL, NULL, NULL},
};

static inline bool play_find(const void *pack, const char *id, struct roster_unit *out) {
	(void)pack;
	for (size_t i = 0; i < COUNT_OF(play_units); i++) {
		const struct play_unit *u = &play_units[i];
		if (strcmp(u->id, id) != 0)
			continue;
		*out = (struct roster_unit){.id = u->id, .parent = u->parent, .leader = u->leader};
		if (u->first)
			*LIST_ADD(&out->contacts, &fx.arena) = *u->first;
		if (u->second)
			*LIST_ADD(&out->contacts, &fx.arena) = *u->second;
		return true;
	}
	return false;
}

static inline void add_limit(struct play *p, const char *clock, const char *limit, const char *from, const char *until) {
	*LIST_ADD(&p->verdict.limits, &fx.arena) = (struct clock_limit){.clock = clock,
	                                                                .limit = limit_of(limit),
	                                                                .calendar = "office",
	                                                                .from = "town",
	                                                                .from_event = from,
	                                                                .until_mark = until};
}

static inline struct strs words(const char *first, const char *second, const char *third) {
	struct strs list = {0};
	for (const char *const *w = (const char *const[]){first, second, third, NULL}; *w; w++)
		STRS_ADD(&list, &fx.arena, *w);
	return list;
}

/* A leak: the firm, then the support centre, then the housing office. They work 8-12 and 14-18, Monday to Friday. */
static inline struct play *play_new(void) {
	struct play *p = arena_new(&fx.arena, struct play);
	p->now_us = at("2026-11-23T10:00:00+08:00");
	p->verdict = (struct verdict){.routed = true,
	                              .rule_id = "leak-estate",
	                              .responsible = "housing_office",
	                              .handlers = words("firm_a", "property_support", "housing_office"),
	                              .class_code = "E70-05",
	                              .estate = "pp-001"};
	add_limit(p, "dispatch", "15min", NULL, NULL);
	add_limit(p, "accept", "2wh", NULL, NULL);
	add_limit(p, "handle", "3wd", NULL, NULL);
	add_limit(p, "verify", "1wd", NULL, NULL);
	add_limit(p, "decide", "1wd", NULL, NULL);
	add_limit(p, "overall", "20wd", NULL, NULL);
	p->policy = (struct policy){.desk = "grid_centre",
	                            .calendar = "office",
	                            .late_entry_us = 2 * HOUR_US,
	                            .returns = 3,
	                            .return_desks = words("grid_supervisor", "joint_meeting", NULL),
	                            .extensions = 2,
	                            .suspend_days = 365,
	                            .reopen_within = limit_of("30nd"),
	                            .reopen_to = CASE_TRIAGE,
	                            .supervision = "supervision",
	                            .order_within = limit_of("5wd"),
	                            .consequence = "criticism",
	                            .suspend_runs = words("dispatch", "decide", "supervise")};
	p->roster.find = play_find;
	p->facts = (struct facts){.verdict = &p->verdict,
	                          .calendars = set_of(calendar_new("Asia/Shanghai", "08:00-12:00 14:00-18:00", "")),
	                          .policy = &p->policy,
	                          .roster = &p->roster,
	                          .pack_version = 1,
	                          .number = "20261123-0000001"};
	return p;
}

/* ---- Who acts ---- */

static inline struct command command_by(const struct play *p, enum command_kind kind, const char *actor, const char *unit) {
	return (struct command){.kind = kind, .town = "310106101", .actor = actor, .actor_unit = unit, .at_us = p->now_us};
}

static inline struct command by_unit(const struct play *p, enum command_kind kind, const char *unit) {
	return command_by(p, kind, arena_printf(&fx.arena, "%s-app", unit), unit);
}

static inline struct command by_desk(const struct play *p, enum command_kind kind) {
	struct command cmd = command_by(p, kind, "wang", "grid_centre");
	cmd.powers = POWER_DISPATCHER;
	return cmd;
}

static inline struct command by_supervisor(const struct play *p, enum command_kind kind) {
	struct command cmd = command_by(p, kind, "chen", "grid_supervisor");
	cmd.powers = POWER_DISPATCHER | POWER_SUPERVISOR;
	return cmd;
}

static inline struct command by_inspector(const struct play *p, enum command_kind kind) {
	struct command cmd = command_by(p, kind, "lin", "supervision");
	cmd.powers = POWER_INSPECTOR;
	return cmd;
}

static inline struct command by_platform(const struct play *p, enum command_kind kind) {
	struct command cmd = command_by(p, kind, "hotline", NULL);
	cmd.powers = POWER_PLATFORM;
	return cmd;
}

/* It happened earlier, and is entered now. */
static inline struct command at_time(struct command cmd, const char *when) {
	cmd.at_us = at(when);
	cmd.late_entry = true;
	return cmd;
}

static inline struct command for_unit(struct command cmd, const char *unit) {
	cmd.for_unit = unit;
	return cmd;
}

/* ---- What must hold whatever happens ---- */

static inline void assert_spans(const struct case_rec *cr) {
	assert_true(cr->spans.n > 0 && cr->spans.v[0].from_us == cr->received_at_us);
	for (size_t i = 1; i < cr->spans.n; i++)
		assert_true(cr->spans.v[i].from_us >= cr->spans.v[i - 1].from_us);
}

static inline void assert_tasks(const struct case_rec *cr) {
	size_t leads = 0;
	for (size_t i = 0; i < cr->tasks.n; i++) {
		const struct task *t = &cr->tasks.v[i];
		leads += t->kind == TASK_LEAD && task_is_open(t);
		assert_int_equal(t->n, i + 1);
		assert_true(task_is_open(t) == (t->ended_at_us == NO_TIME));
		assert_true(task_is_open(t) == (t->ended_by == NULL));
	}
	const bool at_unit = cr->state == CASE_DISPATCHED || cr->state == CASE_HANDLING ||
	                     (cr->state == CASE_SUSPENDED && cr->previous != CASE_FINISHED);
	assert_int_equal(leads, at_unit ? 1 : 0);
	if (at_unit)
		assert_string_equal(case_lead_task(cr)->unit, cr->unit);
}

static inline void assert_clocks(const struct case_rec *cr) {
	for (size_t i = 0; i < cr->clocks.n; i++) {
		const struct clock *c = &cr->clocks.v[i];
		const struct task *t = case_task(cr, c->task);
		if (state_is_final(cr->state) || (t && !task_is_open(t)))
			assert_int_equal(c->state, CLOCK_STOPPED);
	}
}

/* The table knows the move: a state that only the command decides is named in its sentence. */
static inline void assert_move(const struct case_rec *before, enum command_kind k, const struct case_rec *after) {
	const struct move *m = lifecycle_move(before->state, k);
	assert_non_null(m);
	const bool stays = after->state == before->state;
	const bool told = m->to == (int)after->state || (m->to == TO_SAME && stays) ||
	                  (m->to == TO_PREVIOUS && after->state == before->previous) ||
	                  (m->to == TO_DECIDED && (stays || strstr(m->why, state_name(after->state))));
	if (!told)
		fail_msg("%s: %s -> %s isn't in the table", command_event(k), state_name(before->state), state_name(after->state));
}

/* ---- Commands ---- */

static inline bool play_decide(struct play *p, const struct command *cmd) {
	return decide(p->cr, cmd, &p->facts, p->now_us, &fx.arena, &p->changes, &p->why);
}

static inline void play_does(struct play *p, struct command cmd) {
	if (!play_decide(p, &cmd))
		fail_msg("%s: %s", command_event(cmd.kind), p->why.err.text);
	const struct case_rec *before = p->cr;
	p->cr = apply(before, "310106101", &p->changes, &fx.arena);
	assert_int_equal(p->cr->version, before ? before->version + 1 : 1);
	if (before)
		assert_move(before, cmd.kind, p->cr);
	assert_true(p->changes.next_fire_at_us == case_next_fire_us(p->cr, p->facts.calendars));
	assert_spans(p->cr);
	assert_tasks(p->cr);
	assert_clocks(p->cr);
}

/* Refused so, with these words somewhere in the sentence; the case stays as it was. */
static inline void play_refused(struct play *p, struct command cmd, enum err_code code, const char *part) {
	if (play_decide(p, &cmd))
		fail_msg("%s was not refused", command_event(cmd.kind));
	if (p->why.err.code != code || !strstr(p->why.err.text, part))
		fail_msg("%s: %s", err_reason(p->why.err.code), p->why.err.text);
	assert_int_equal(p->changes.list.n, 0);
	assert_null(p->changes.event_type);
	if (code != E_CONFLICT)
		return;
	assert_string_equal(p->why.state, state_name(p->cr->state));
	assert_true(p->why.allowed.n > 0);
}

static inline struct command submit_now(const struct play *p) {
	struct command cmd = by_platform(p, CMD_SUBMIT);
	cmd.submit.class_code = "E70-05";
	cmd.submit.channel = "patrol";
	cmd.submit.ref = "XC-1";
	cmd.submit.observed_at_us = cmd.submit.received_at_us = p->now_us;
	return cmd;
}

/* A case at the firm, since 10:00. */
static inline struct play *play_dispatched(void) {
	struct play *p = play_new();
	play_does(p, submit_now(p));
	return p;
}

static inline void play_at(struct play *p, const char *when) {
	assert_true(at(when) >= p->now_us);
	p->now_us = at(when);
}

/* Accepted by the firm at 10:30. */
static inline struct play *play_handling(void) {
	struct play *p = play_dispatched();
	play_at(p, "2026-11-23T10:30:00+08:00");
	play_does(p, by_unit(p, CMD_ACCEPT, "firm_a"));
	return p;
}

static inline struct command finish_by(const struct play *p, const char *unit) {
	struct command cmd = by_unit(p, CMD_FINISH, unit);
	cmd.finish.result = "solved";
	return cmd;
}

/* Finished by the firm at 11:30. */
static inline struct play *play_finished(void) {
	struct play *p = play_handling();
	play_at(p, "2026-11-23T11:30:00+08:00");
	play_does(p, finish_by(p, "firm_a"));
	return p;
}

static inline struct command verify_by_desk(const struct play *p, bool pass) {
	struct command cmd = by_desk(p, CMD_VERIFY);
	cmd.verify.pass = pass;
	return cmd;
}

static inline struct command dispatch_to(const struct play *p, const char *unit) {
	struct command cmd = by_desk(p, CMD_DISPATCH);
	cmd.dispatch.unit = unit;
	cmd.dispatch.explained = true;
	return cmd;
}

/* Closed at 15:00. */
static inline struct play *play_closed(void) {
	struct play *p = play_finished();
	play_at(p, "2026-11-23T15:00:00+08:00");
	play_does(p, verify_by_desk(p, true));
	return p;
}

/* At the desk, for a person's yes, since 10:00. */
static inline struct play *play_triage(void) {
	struct play *p = play_new();
	p->verdict.propose = true;
	play_does(p, submit_now(p));
	return p;
}

/* ---- Looking ---- */

static inline void assert_held(const struct play *p, enum case_state state, const char *unit) {
	assert_string_equal(state_name(p->cr->state), state_name(state));
	assert_string_equal(p->cr->unit, unit);
}

static inline void assert_span(const struct play *p, const char *bearer, const char *why) {
	const struct span *s = &p->cr->spans.v[p->cr->spans.n - 1];
	assert_string_equal(s->why, why);
	if (!bearer)
		assert_null(s->bearer);
	else
		assert_string_equal(s->bearer, bearer);
}

/* The newest clock of that name. */
static inline const struct clock *clock_named(const struct play *p, const char *name, enum clock_state state) {
	const struct clock *c = case_clock(p->cr, name);
	if (!c)
		fail_msg("no clock %s", name);
	assert_int_equal(c->state, state);
	return c;
}

static inline void assert_due(const struct play *p, const char *clock, const char *due) {
	assert_instant(p->facts.calendars->zone, clock_named(p, clock, CLOCK_RUNNING)->due_at_us, due);
}

static inline void assert_stopped(const struct play *p, const char *clock, const char *when) {
	assert_instant(p->facts.calendars->zone, clock_named(p, clock, CLOCK_STOPPED)->stopped_at_us, when);
}

static inline const struct task *task_n(const struct play *p, int32_t n, enum task_state state) {
	const struct task *t = case_task(p->cr, n);
	assert_non_null(t);
	assert_string_equal(task_state_names[t->state], task_state_names[state]);
	return t;
}

static inline const struct notice *notice_n(const struct play *p, size_t n) {
	for (size_t i = 0; i < p->changes.list.n; i++)
		if (p->changes.list.v[i].kind == CHANGE_NOTICE && n-- == 0)
			return &p->changes.list.v[i].notice;
	return NULL;
}

#endif
