/* test_history: random lives of a case, by people and by time; after every command all that must hold of it is looked at. */
#include "tests/unit/cases/people.h"

struct history {
	struct life *l;
	struct dice dice;
	int accepted, refused;
	bool moved;                         /* its calendar changed: due times told before are as they were */
};

static long commands[COMMANDS], states[CASE_STATES];

/* ---- What must hold ---- */

static void clock_adds_up(const struct history *h, const struct clock *c) {
	const struct calendar_set *cals = h->l->facts.calendars;
	const int64_t now_us = h->l->now_us;
	static segment_list pieces; /* may be long, and are asked for after every command: the list is used again */
	static struct arena pieces_memory;
	int64_t sum_us = 0, budget_us;
	pieces.n = 0;
	clock_worked(c, cals, now_us, &pieces_memory, &pieces);
	for (size_t i = 0; i < pieces.n; i++) {
		MUST(pieces.v[i].from_us < pieces.v[i].to_us && (i == 0 || pieces.v[i - 1].to_us <= pieces.v[i].from_us));
		sum_us += pieces.v[i].to_us - pieces.v[i].from_us;
	}
	MUST(sum_us == clock_spent_us(c, cals, now_us));
	MUST(clock_budget_us(c, cals, &budget_us));
	MUST(clock_remaining_us(c, cals, now_us) == budget_us - sum_us);
	MUST(c->state != CLOCK_RUNNING || c->due_at_us != NO_TIME);
	/* Overdue for long or not, hung up since then or not: when it was due the budget was used up, and not before. */
	if (c->due_at_us > c->started_at_us && c->state != CLOCK_STOPPED && !h->moved)
		MUST(clock_remaining_us(c, cals, c->due_at_us) == 0 && clock_remaining_us(c, cals, c->due_at_us - 1) >= 0);
}

static bool same_clock(const struct clock *a, const struct clock *b) {
	return a->task == b->task && a->order == b->order && a->started_at_us == b->started_at_us && strcmp(a->name, b->name) == 0;
}

static const struct clock *that_clock(const struct case_rec *cr, const struct clock *c) {
	for (size_t i = 0; cr && i < cr->clocks.n; i++)
		if (same_clock(&cr->clocks.v[i], c))
			return &cr->clocks.v[i];
	return NULL;
}

/* What has fired stays so; a clock that was there is there. */
static void nothing_is_forgotten(const struct case_rec *before, const struct case_rec *after) {
	for (size_t i = 0; before && i < before->clocks.n; i++) {
		const struct clock *was = &before->clocks.v[i], *is = that_clock(after, was);
		MUST(is && (is->fired & was->fired) == was->fired && is->extensions >= was->extensions);
		MUST(is->past.n >= was->past.n);
		for (size_t k = 0; k < was->past.n; k++)
			MUST(is->past.v[k].from_us == was->past.v[k].from_us && is->past.v[k].to_us == was->past.v[k].to_us);
	}
}

static void spans_follow_one_another(const struct case_rec *cr) {
	MUST(cr->spans.n > 0 && cr->spans.v[0].from_us == cr->received_at_us);
	for (size_t i = 1; i < cr->spans.n; i++)
		MUST(cr->spans.v[i - 1].from_us <= cr->spans.v[i].from_us);
}

static void the_ledger_is_exact(const struct history *h) {
	struct ledger g;
	ledger_of(h->l->cr, h->l->facts.calendars, h->l->now_us, &memory, &g);
	int64_t natural_us = 0, worked_us = 0;
	for (size_t i = 0; i < g.holdings.n; i++) {
		MUST(g.holdings.v[i].worked_us <= g.holdings.v[i].natural_us);
		natural_us += g.holdings.v[i].natural_us;
		worked_us += g.holdings.v[i].worked_us;
	}
	MUST(natural_us == g.natural_us && natural_us == g.to_us - g.from_us);
	MUST(worked_us == g.worked_us && worked_us == calendar_worked_us(h->l->facts.calendars->of_town, g.from_us, g.to_us));
}

static void one_lead_at_most(const struct case_rec *cr) {
	int leads = 0;
	for (size_t i = 0; i < cr->tasks.n; i++)
		leads += cr->tasks.v[i].kind == TASK_LEAD && task_is_open(&cr->tasks.v[i]);
	MUST(leads <= 1);
	if (cr->state == CASE_DISPATCHED || cr->state == CASE_HANDLING)
		MUST(leads == 1 && strcmp(case_lead_task(cr)->unit, cr->unit) == 0);
	if (state_is_final(cr->state) || cr->state == CASE_MERGED || cr->state == CASE_FINISHED)
		MUST(leads == 0);
}

static void what_is_over_is_silent(const struct case_rec *cr, int64_t next_us) {
	MUST((cr->closed_at_us != NO_TIME) == state_is_final(cr->state));
	if (!state_is_final(cr->state))
		return;
	MUST(next_us == NO_TIME);
	for (size_t i = 0; i < cr->clocks.n; i++)
		MUST(cr->clocks.v[i].state == CLOCK_STOPPED);
}

static void all_holds(const struct history *h, const struct case_rec *before) {
	const struct case_rec *cr = h->l->cr;
	MUST(cr->version == (before ? before->version + 1 : 1));
	for (size_t i = 0; i < cr->clocks.n; i++)
		clock_adds_up(h, &cr->clocks.v[i]);
	nothing_is_forgotten(before, cr);
	spans_follow_one_another(cr);
	the_ledger_is_exact(h);
	one_lead_at_most(cr);
	what_is_over_is_silent(cr, h->l->ch.next_fire_at_us);
}

/* ---- Time ---- */

/* A share of the budget is used up when its step comes, and not long before: it is a step of a clock that runs. */
static void step_is_in_time(const struct history *h, const struct firing *f) {
	const struct clock *c = &h->l->cr->clocks.v[f->clock];
	const struct ladder_step *s = &h->l->cr->steps.v[f->step];
	int64_t budget_us;
	MUST(c->state == CLOCK_RUNNING && f->at_us >= c->resumed_at_us && !(c->fired & (INT32_C(1) << f->step)));
	MUST(strcmp(s->clock, c->name) == 0 && clock_budget_us(c, h->l->facts.calendars, &budget_us));
	if (s->percent == 100)
		MUST(f->at_us >= c->due_at_us);
	else
		MUST(clock_spent_us(c, h->l->facts.calendars, f->at_us) >= budget_us / 100 * s->percent);
	if (h->l->cr->ladder_holds)
		MUST(calendar_is_open(h->l->facts.calendars->of_town, f->at_us));
}

static void firing_is_right(const struct history *h, const struct firing *f) {
	const struct clock *c = &h->l->cr->clocks.v[f->clock];
	MUST(f->at_us >= h->l->cr->received_at_us);
	if (f->kind == FIRING_STEP)
		step_is_in_time(h, f);
	else if (f->kind == FIRING_BREACH || f->kind == FIRING_ORDER)
		MUST(c->state != CLOCK_STOPPED && f->at_us >= c->due_at_us && c->breached_at_us == NO_TIME);
	else if (f->kind == FIRING_RESUME)
		MUST(f->at_us == h->l->cr->suspended_until_us && h->l->cr->state == CASE_SUSPENDED);
}

/* One command; whether it is accepted or not, the aggregate before is as it was. */
static bool act(struct history *h, struct command cmd) {
	const struct case_rec *before = h->l->cr;
	const struct case_rec copy = before ? *before : (struct case_rec){0};
	const struct clock *clocks = before && before->clocks.n ? arena_memdup(&memory, before->clocks.v,
	                                                                       before->clocks.n * sizeof *clocks) : NULL;
	const bool done = life_try(h->l, cmd);
	if (before)
		MUST(memcmp(&copy, before, sizeof copy) == 0);
	if (clocks)
		MUST(memcmp(clocks, before->clocks.v, before->clocks.n * sizeof *clocks) == 0);
	h->accepted += done;
	h->refused += !done;
	if (!done) {
		MUST(h->l->cr == before && h->l->why.err.text[0] && h->l->why.err.code != E_INTERNAL);
		return false;
	}
	commands[cmd.kind]++;
	states[h->l->cr->state]++;
	all_holds(h, before);
	return true;
}

/* Everything that is due by now, oldest first. */
static void let_time_fire(struct history *h) {
	int64_t last_us = INT64_MIN;
	for (int n = 0;; n++) {
		struct firing f;
		if (!case_next_firing(h->l->cr, h->l->facts.calendars, &f) || f.at_us > h->l->now_us) {
			MUST(!life_try(h->l, life_time()));
			return;
		}
		firing_is_right(h, &f);
		/* Oldest first; but what one firing shows to be a mistake may be older. */
		MUST(f.at_us >= last_us || f.kind == FIRING_CORRECTION);
		last_us = f.at_us > last_us ? f.at_us : last_us;
		MUST(n < 500 && act(h, life_time()));
		MUST(h->l->ch.at_us == f.at_us || h->l->ch.at_us == h->l->now_us);
	}
}

static void pass_time(struct history *h) {
	static const int64_t spans_us[] = {0, MINUTE_US, HOUR_US, 8 * HOUR_US, DAY_US, 4 * DAY_US, 30 * DAY_US};
	const int64_t span_us = spans_us[roll(&h->dice, COUNT_OF(spans_us))];
	h->l->now_us += span_us ? roll(&h->dice, span_us) : 0;
	if (chance(&h->dice, 80))
		let_time_fire(h);
}

/* ---- A town, a case, a life ---- */

static void add_limits(struct history *h) {
	static const char *const names[] = {"dispatch", "accept", "arrive", "handle", "verify", "decide", "overall", "discover"};
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (chance(&h->dice, 75))
			*LIST_ADD(&h->l->verdict.limits, &memory) =
			    (struct clock_limit){.clock = names[i], .limit = any_limit(&h->dice), .calendar = "office"};
	*LIST_ADD(&h->l->verdict.limits, &memory) = (struct clock_limit){
	    .clock = "danger", .limit = any_limit(&h->dice), .calendar = "office", .from_event = "dispatched", .until_mark = "danger_removed"};
}

static void add_ladder(struct history *h) {
	static const char *const moments[] = {"handle 50%", "handle 80%", "handle",      "handle +2wh",   "handle +1wd", "accept 50%",
	                                      "accept",     "verify",     "overall 90%", "overall +1wd",  "danger 80%",  "contact",
	                                      "contact 50%", "supervise 80%", "supervise +1wd", "dispatch"};
	for (size_t i = 0; i < COUNT_OF(moments); i++) {
		if (chance(&h->dice, 40))
			continue;
		const enum step_act act = (enum step_act)roll(&h->dice, 4);
		struct ladder_step *s = life_step(h->l, moments[i], strncmp(moments[i], "supervise", 9) == 0 ? STEP_NOTIFY : act,
		                                  chance(&h->dice, 50) ? "unit unit.leader" : "desk supervision");
		s->level = s->act == STEP_LEVEL ? 1 + (int32_t)roll(&h->dice, 3) : 0;
		if (chance(&h->dice, 30)) {
			s->repeat = any_limit(&h->dice);
			s->repeat_max = 1 + (int32_t)roll(&h->dice, 3);
		}
	}
	h->l->verdict.ladder_holds = chance(&h->dice, 40);
}

static void begin(struct history *h) {
	h->l = life_new(&memory, offices[roll(&h->dice, 3)]);
	h->l->now_us += roll(&h->dice, 30 * DAY_US);
	add_limits(h);
	add_ladder(h);
	h->l->verdict.routed = chance(&h->dice, 85);
	h->l->verdict.emergency = chance(&h->dice, 15);
	h->l->policy.reopen_to = chance(&h->dice, 50) ? CASE_TRIAGE : CASE_DISPATCHED;
	h->l->verdict.triage_reason = h->l->verdict.routed ? NULL : "cannot_tell";
	struct command cmd = life_submit_cmd(h->l);
	cmd.submit.observed_at_us -= roll(&h->dice, DAY_US);
	cmd.submit.received_at_us -= chance(&h->dice, 30) ? roll(&h->dice, h->l->now_us - cmd.submit.observed_at_us + 1) : 0;
	if (chance(&h->dice, 30))
		*LIST_ADD(&cmd.submit.deadlines, &memory) = (struct deadline){"contact", soon_us(h->l, &h->dice)};
	MUST(act(h, cmd));
}

/* Another calendar is loaded: what is open is reckoned again, and a second time nothing moves. */
static void change_calendar(struct history *h) {
	struct command cmd = {.kind = CMD_MOVE, .actor = "gridd"};
	for (size_t i = 0; i < COUNT_OF(offices); i++)
		if (h->l->facts.calendars == offices[i])
			h->l->facts.calendars = changed[i];
	h->moved = true;
	const struct case_rec *before = h->l->cr;
	if (!act(h, cmd))
		return;
	for (size_t i = 0; i < before->clocks.n; i++) {
		const struct clock *was = &before->clocks.v[i], *is = &h->l->cr->clocks.v[i];
		/* Nobody is late only because a calendar was loaded. */
		if (was->state == CLOCK_RUNNING && was->due_at_us > h->l->now_us)
			MUST(is->due_at_us > h->l->now_us);
		else if (was->due_at_us != NO_TIME)
			MUST(is->due_at_us >= was->due_at_us);
	}
	MUST(!life_try(h->l, cmd));
}

static void live(uint64_t seed, struct history *h) {
	*h = (struct history){.dice = dice_of(seed)};
	begin(h);
	for (int n = 8 + (int)roll(&h->dice, 24); n > 0; n--) {
		pass_time(h);
		if (chance(&h->dice, 1))
			change_calendar(h);
		struct command cmd = any_command(h->l, &h->dice);
		cmd.late_entry = chance(&h->dice, 10);
		cmd.at_us = h->l->now_us - roll(&h->dice, 3 * HOUR_US);
		(void)act(h, cmd);
	}
	h->l->now_us += 400 * DAY_US;
	let_time_fire(h);
}

static void any_life_holds(void **state) {
	(void)state;
	const char *one = getenv("GRIDD_TEST_SEED");
	const uint64_t first = one ? strtoull(one, NULL, 10) : 1;
	const uint64_t last = one ? first : (uint64_t)lives();
	long accepted = 0, refused = 0;
	for (uint64_t seed = first; seed <= last; seed++) {
		struct history h;
		live(seed, &h);
		accepted += h.accepted;
		refused += h.refused;
	}
	print_message("%llu lives, %ld commands accepted, %ld refused\n", (unsigned long long)(last - first + 1), accepted, refused);
	/* So many lives have seen everything. */
	for (int s = 0; !one && s < CASE_STATES; s++)
		if (states[s] == 0)
			fail_msg("no case was ever %s", state_name((enum case_state)s));
	static const enum command_kind never[] = {CMD_LINK, CMD_REVEAL, CMD_REPAIR, CMD_UNTOLD};
	for (int k = 0; !one && k < COMMANDS; k++) {
		bool tried = true;
		for (size_t i = 0; i < COUNT_OF(never); i++)
			tried = tried && k != (int)never[i];
		if (tried && commands[k] == 0)
			fail_msg("never accepted: %s", command_event((enum command_kind)k));
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(any_life_holds),
	};
	return cmocka_run_group_tests(tests, dice_setup, dice_teardown);
}
