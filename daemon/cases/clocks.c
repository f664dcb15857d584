/* clocks: budgets of time that start, pause, go on and stop; due times are derived from them. */
#include "daemon/cases/clocks.h"

#include "daemon/base/check.h"

#include <string.h>

static int64_t unit_us(struct limit l, const struct calendar *cal) {
	switch (l.unit) {
	case LIMIT_MIN:
		return MINUTE_US;
	case LIMIT_UH:
	case LIMIT_WH:
		return HOUR_US;
	case LIMIT_ND:
		return DAY_US;
	case LIMIT_WD:
		break;
	}
	return cal ? cal->day_hours_us : DAY_US;
}

/* So many natural days on: the same civil time, so that a day is 23 or 25 hours long where the clocks are changed. */
static int64_t natural_days_us(const struct zone *zone, int64_t at_us, int64_t days) {
	int32_t day;
	int64_t of_day_us;
	zone_local(zone, at_us, &day, &of_day_us);
	return zone_instant(zone, day + (int32_t)days, of_day_us) - at_us;
}

static bool counts_day_ends(struct limit l, const struct calendar *cal) {
	if (l.unit != LIMIT_WD)
		return false;
	return (l.reading == WD_BY_CALENDAR ? cal->reading : l.reading) == WD_END_OF_DAY;
}

bool limit_end(struct limit l, const struct calendar *cal, int64_t at_us, int64_t *end_at_us) {
	if (limit_is_continuous(l)) {
		*end_at_us = at_us + l.amount * unit_us(l, cal);
		return true;
	}
	if (!cal)
		return false;
	if (counts_day_ends(l, cal))
		return calendar_end_of_day(cal, at_us, l.amount, end_at_us);
	return calendar_add(cal, at_us, l.amount * unit_us(l, cal), end_at_us, NULL, NULL);
}

/* The calendar by which the clock's own time runs; NULL: always. */
static const struct calendar *working_calendar(const struct clock *c, const struct calendar_set *cals) {
	if (c->outside || limit_is_continuous(c->limit) || !c->calendar)
		return NULL;
	return calendar_find(cals, c->calendar);
}

static int64_t elapsed_us(const struct calendar *cal, int64_t from_us, int64_t to_us) {
	if (to_us <= from_us)
		return 0;
	return cal ? calendar_worked_us(cal, from_us, to_us) : to_us - from_us;
}

static bool after_us(const struct calendar *cal, int64_t from_us, int64_t budget_us, int64_t *at_us) {
	if (cal)
		return calendar_add(cal, from_us, budget_us, at_us, NULL, NULL);
	*at_us = from_us + budget_us;
	return true;
}

/* Of a limit that counts ends of days it is the working time between start and the end of that day, so that what a pause leaves
 * over can be measured. */
bool clock_budget_us(const struct clock *c, const struct calendar_set *cals, int64_t *out_us) {
	const struct calendar *cal = working_calendar(c, cals);
	struct limit whole = c->limit;
	whole.amount *= 1 + c->extensions;
	*out_us = c->rounded_us;
	if (c->outside) {
		*out_us = c->due_at_us - c->started_at_us;
	} else if (!cal && !limit_is_continuous(whole)) {
		return false;
	} else if (cal && counts_day_ends(whole, cal)) {
		int64_t end_us;
		if (!calendar_end_of_day(cal, c->started_at_us, whole.amount, &end_us))
			return false;
		*out_us += calendar_worked_us(cal, c->started_at_us, end_us);
	} else if (whole.unit == LIMIT_ND) {
		*out_us += natural_days_us(cals->zone, c->started_at_us, whole.amount);
	} else {
		*out_us += whole.amount * unit_us(whole, cal);
	}
	return true;
}

static bool never_ends(const struct clock *c, struct err *e) {
	return err_set(e, E_INTERNAL, "clock %s: calendar %s is missing, or has not so much working time", c->name,
	               c->calendar ? c->calendar : "(none)");
}

static bool local_day_unknown(const struct calendar *cal, int64_t at_us) {
	int32_t day;
	int64_t of_day_us;
	zone_local(cal->zone, at_us, &day, &of_day_us);
	return calendar_is_provisional(cal, day);
}

/* Days between two published days are published. The due instant is an end: at midnight it belongs to the day before. */
static void set_due(struct clock *c, const struct calendar *cal, int64_t due_at_us) {
	c->due_at_us = due_at_us;
	c->provisional = cal && (local_day_unknown(cal, c->started_at_us) || local_day_unknown(cal, due_at_us - 1));
}

/* Makes due_at_us the due time, whatever of the budget would be left then: the difference is given on top. */
static void give_until(struct clock *c, const struct calendar *cal, int64_t left_us, int64_t due_at_us) {
	c->rounded_us += elapsed_us(cal, c->resumed_at_us, due_at_us) - left_us;
	set_due(c, cal, due_at_us);
}

/* When left_us (> 0) are used up from the start of the running stretch on; where ends of days count, the end of that day. */
static bool used_up_at(const struct clock *c, const struct calendar *cal, int64_t left_us, int64_t *at_us) {
	if (!after_us(cal, c->resumed_at_us, left_us, at_us))
		return false;
	return !cal || !counts_day_ends(c->limit, cal) || calendar_close_of_day(cal, *at_us, at_us);
}

/* The due time from what is left at the start of the running stretch. What was used up before it stays due when it was; where
 * only a change of calendar used it up, there is time until the office closes. */
static bool derive_due(struct clock *c, const struct calendar_set *cals, struct err *e) {
	const struct calendar *cal = working_calendar(c, cals);
	int64_t budget_us, due_at_us;
	if (!clock_budget_us(c, cals, &budget_us))
		return never_ends(c, e);
	const int64_t left_us = budget_us - c->spent_us;
	if (left_us <= 0 && c->due_at_us != NO_TIME)
		return true;
	const bool known = left_us > 0 ? used_up_at(c, cal, left_us, &due_at_us)
	                               : cal && calendar_close_of_day(cal, c->resumed_at_us + 1, &due_at_us);
	if (!known)
		return never_ends(c, e);
	give_until(c, cal, left_us, due_at_us);
	return true;
}

bool clock_start(struct clock *c, const struct calendar_set *cals, int64_t at_us, struct err *e) {
	c->state = CLOCK_RUNNING;
	c->extensions = 0;
	c->started_at_us = c->resumed_at_us = at_us;
	c->spent_us = c->rounded_us = 0;
	c->past = (segment_list){0};
	c->stopped_at_us = c->breached_at_us = NO_TIME;
	c->fired = 0;
	c->provisional = false;
	if (c->outside)
		return true;
	int64_t due_at_us;
	const struct calendar *cal = working_calendar(c, cals);
	if (c->limit.unit == LIMIT_ND)
		due_at_us = at_us + natural_days_us(cals->zone, at_us, c->limit.amount);
	else if (!limit_end(c->limit, cal, at_us, &due_at_us))
		return never_ends(c, e);
	set_due(c, cal, due_at_us);
	return true;
}

static int64_t earlier_us(int64_t a_us, int64_t b_us) { return a_us < b_us ? a_us : b_us; }

/* What the stretches before the present one are worth, as far as they lie before until_us. */
static int64_t past_us(const struct clock *c, const struct calendar *cal, int64_t until_us) {
	int64_t sum_us = 0;
	for (size_t i = 0; i < c->past.n; i++)
		sum_us += elapsed_us(cal, c->past.v[i].from_us, earlier_us(c->past.v[i].to_us, until_us));
	return sum_us;
}

static bool is_past(int64_t due_at_us, int64_t at_us) { return due_at_us != NO_TIME && at_us > due_at_us; }

void clock_stop(struct clock *c, int64_t at_us) {
	CHECK(c->state != CLOCK_STOPPED);
	if (c->state == CLOCK_PAUSED)
		c->resumed_at_us = at_us;
	c->stopped_at_us = at_us;
	c->state = CLOCK_STOPPED;
	if (is_past(c->due_at_us, at_us) && c->breached_at_us == NO_TIME)
		c->breached_at_us = c->due_at_us;
}

/* The running stretch ends. The list before may be shared with other copies of the clock: it isn't touched. */
static void end_stretch(struct clock *c, int64_t at_us, struct arena *a) {
	if (at_us <= c->resumed_at_us)
		return;
	struct segment *v = arena_alloc(a, (c->past.n + 1) * sizeof *v);
	if (c->past.n > 0)
		memcpy(v, c->past.v, c->past.n * sizeof *v);
	v[c->past.n] = (struct segment){c->resumed_at_us, at_us};
	c->past.v = v;
	c->past.cap = ++c->past.n;
}

void clock_pause(struct clock *c, const struct calendar_set *cals, int64_t at_us, struct arena *a) {
	CHECK(c->state == CLOCK_RUNNING);
	if (c->outside)
		return;
	end_stretch(c, at_us, a);
	c->spent_us = past_us(c, working_calendar(c, cals), INT64_MAX);
	c->resumed_at_us = at_us;
	c->state = CLOCK_PAUSED;
	if (c->due_at_us > at_us) {
		c->due_at_us = NO_TIME;
		c->provisional = false;
	}
}

/* Where in the stretches before the present one the budget was used up. */
static bool used_up_before(const struct clock *c, const struct calendar *cal, int64_t budget_us, int64_t *at_us) {
	for (size_t i = 0; i < c->past.n; i++) {
		const int64_t worked_us = elapsed_us(cal, c->past.v[i].from_us, c->past.v[i].to_us);
		if (budget_us <= worked_us)
			return after_us(cal, c->past.v[i].from_us, budget_us, at_us);
		budget_us -= worked_us;
	}
	return false;
}

bool clock_resume(struct clock *c, const struct calendar_set *cals, int64_t at_us, struct err *e) {
	if (c->outside)
		return true;
	CHECK(c->state == CLOCK_PAUSED);
	c->resumed_at_us = at_us;
	c->state = CLOCK_RUNNING;
	return derive_due(c, cals, e);
}

bool clock_go_on(struct clock *c, const struct calendar_set *cals, int64_t at_us, struct arena *a, struct err *e) {
	CHECK(c->state == CLOCK_STOPPED);
	const int64_t stopped_us = c->stopped_at_us;
	c->state = CLOCK_RUNNING;
	c->stopped_at_us = NO_TIME;
	if (c->outside)
		return true;
	end_stretch(c, stopped_us, a);
	c->spent_us = past_us(c, working_calendar(c, cals), INT64_MAX);
	c->resumed_at_us = at_us > stopped_us ? at_us : stopped_us;
	return derive_due(c, cals, e);
}

/* Overdue for so long that the extension doesn't reach to now, it still was due later. */
bool clock_extend(struct clock *c, const struct calendar_set *cals, struct err *e) {
	CHECK(c->state != CLOCK_STOPPED && !c->outside);
	const struct calendar *cal = working_calendar(c, cals);
	int64_t budget_us, due_at_us;
	c->extensions++;
	if (!clock_budget_us(c, cals, &budget_us))
		return never_ends(c, e);
	if (used_up_before(c, cal, budget_us, &due_at_us)) {
		set_due(c, cal, due_at_us);
		return true;
	}
	if (c->state == CLOCK_RUNNING)
		return derive_due(c, cals, e);
	c->due_at_us = NO_TIME;
	c->provisional = false;
	return true;
}

int64_t clock_spent_us(const struct clock *c, const struct calendar_set *cals, int64_t at_us) {
	const struct calendar *cal = working_calendar(c, cals);
	if (c->state == CLOCK_STOPPED)
		at_us = earlier_us(at_us, c->stopped_at_us);
	return past_us(c, cal, at_us) + (c->state == CLOCK_PAUSED ? 0 : elapsed_us(cal, c->resumed_at_us, at_us));
}

int64_t clock_remaining_us(const struct clock *c, const struct calendar_set *cals, int64_t at_us) {
	int64_t budget_us;
	if (!clock_budget_us(c, cals, &budget_us))
		return 0;
	return budget_us - clock_spent_us(c, cals, at_us);
}

bool clock_overdue(const struct clock *c, int64_t at_us, int64_t *by_us) {
	const int64_t until_us = c->state == CLOCK_STOPPED ? c->stopped_at_us : at_us;
	const bool overdue = is_past(c->due_at_us, until_us);
	if (by_us)
		*by_us = overdue ? until_us - c->due_at_us : 0;
	return overdue;
}

static void add_pieces(const struct calendar *cal, struct segment s, struct arena *a, segment_list *out) {
	if (s.to_us <= s.from_us)
		return;
	if (cal)
		calendar_pieces(cal, s.from_us, s.to_us, a, out);
	else
		*LIST_ADD(out, a) = s;
}

bool clock_segments(const struct clock *c, const struct calendar_set *cals, struct arena *a, segment_list *out) {
	if (c->due_at_us == NO_TIME)
		return false;
	add_pieces(working_calendar(c, cals), (struct segment){c->resumed_at_us, c->due_at_us}, a, out);
	return true;
}

void clock_worked(const struct clock *c, const struct calendar_set *cals, int64_t at_us, struct arena *a, segment_list *out) {
	const struct calendar *cal = working_calendar(c, cals);
	for (size_t i = 0; i < c->past.n; i++)
		add_pieces(cal, (struct segment){c->past.v[i].from_us, earlier_us(c->past.v[i].to_us, at_us)}, a, out);
	if (c->state == CLOCK_STOPPED)
		at_us = earlier_us(at_us, c->stopped_at_us);
	if (c->state != CLOCK_PAUSED)
		add_pieces(cal, (struct segment){c->resumed_at_us, at_us}, a, out);
}

/* A running clock by the calendar as it is now. What was over before may only move later. */
static bool reckon_due(struct clock *c, const struct calendar_set *cals, int64_t now_us, bool *put_off) {
	const struct calendar *cal = working_calendar(c, cals);
	int64_t budget_us, due_at_us;
	if (!clock_budget_us(c, cals, &budget_us))
		return false;
	const int64_t left_us = budget_us - c->spent_us;
	const bool was_over = c->due_at_us <= now_us;
	if (!(left_us > 0 ? used_up_at(c, cal, left_us, &due_at_us) : used_up_before(c, cal, budget_us, &due_at_us)))
		return false;
	if (was_over && due_at_us <= c->due_at_us)
		return true;
	*put_off = !was_over && due_at_us <= now_us;
	if (*put_off && !calendar_close_of_day(cal, now_us + 1, &due_at_us))
		return false;
	if (due_at_us > c->resumed_at_us)
		give_until(c, cal, left_us, due_at_us);
	else
		set_due(c, cal, due_at_us);
	return true;
}

bool clock_reckon(struct clock *c, const struct calendar_set *cals, int64_t now_us, bool *put_off, struct err *e) {
	*put_off = false;
	if (c->state == CLOCK_STOPPED || c->outside || limit_is_continuous(c->limit))
		return true;
	const struct calendar *cal = working_calendar(c, cals);
	if (!cal)
		return never_ends(c, e);
	struct clock again = *c;
	again.spent_us = past_us(c, cal, INT64_MAX);
	if (c->state == CLOCK_RUNNING && !reckon_due(&again, cals, now_us, put_off))
		return never_ends(c, e);
	*c = again;
	return true;
}

bool clock_breach_undone(const struct clock *c) {
	if (c->breached_at_us == NO_TIME)
		return false;
	if (c->state == CLOCK_STOPPED && c->due_at_us != NO_TIME && c->stopped_at_us <= c->due_at_us)
		return true;
	return c->due_at_us == NO_TIME || c->due_at_us > c->breached_at_us;
}

bool clock_percent_at(const struct clock *c, const struct calendar_set *cals, int32_t percent, int64_t *at_us) {
	CHECK(percent >= 1 && percent <= 100);
	if (c->state != CLOCK_RUNNING)
		return false;
	if (percent == 100) {
		*at_us = c->due_at_us;
		return true;
	}
	int64_t budget_us;
	if (!clock_budget_us(c, cals, &budget_us))
		return false;
	const int64_t share_us = budget_us / 100 * percent + budget_us % 100 * percent / 100;
	return share_us > c->spent_us && after_us(working_calendar(c, cals), c->resumed_at_us, share_us - c->spent_us, at_us);
}
