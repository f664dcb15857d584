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

/* The whole budget in the clock's own time. Of a limit that counts ends of days it is the working time between start and the
 * end of that day, so that what a pause leaves over can be measured. False: its calendar never gets there. */
static bool budget_us(const struct clock *c, const struct calendar_set *cals, int64_t *out_us) {
	const struct calendar *cal = working_calendar(c, cals);
	struct limit whole = c->limit;
	whole.amount *= 1 + c->extensions;
	if (c->outside) {
		*out_us = c->due_at_us - c->started_at_us;
	} else if (cal && counts_day_ends(whole, cal)) {
		int64_t end_us;
		if (!calendar_end_of_day(cal, c->started_at_us, whole.amount, &end_us))
			return false;
		*out_us = calendar_worked_us(cal, c->started_at_us, end_us) + c->rounded_us;
	} else if (whole.unit == LIMIT_ND) {
		*out_us = natural_days_us(cals->zone, c->started_at_us, whole.amount);
	} else {
		*out_us = whole.amount * unit_us(whole, cal);
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

/* The due time from what is left at the start of the running stretch. What was used up before it stays due when it was. */
static bool derive_due(struct clock *c, const struct calendar_set *cals, struct err *e) {
	const struct calendar *cal = working_calendar(c, cals);
	int64_t budget, due_at_us;
	if ((!cal && !limit_is_continuous(c->limit)) || !budget_us(c, cals, &budget))
		return never_ends(c, e);
	if (budget <= c->spent_us)
		return true;
	if (!after_us(cal, c->resumed_at_us, budget - c->spent_us, &due_at_us))
		return never_ends(c, e);
	if (cal && counts_day_ends(c->limit, cal)) {
		const int64_t used_up_us = due_at_us;
		if (!calendar_close_of_day(cal, used_up_us, &due_at_us))
			return never_ends(c, e);
		c->rounded_us += calendar_worked_us(cal, used_up_us, due_at_us);
	}
	set_due(c, cal, due_at_us);
	return true;
}

bool clock_start(struct clock *c, const struct calendar_set *cals, int64_t at_us, struct err *e) {
	c->state = CLOCK_RUNNING;
	c->extensions = 0;
	c->started_at_us = c->resumed_at_us = at_us;
	c->spent_us = c->rounded_us = 0;
	c->stopped_at_us = NO_TIME;
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

void clock_stop(struct clock *c, int64_t at_us) {
	CHECK(c->state != CLOCK_STOPPED);
	if (c->state == CLOCK_PAUSED)
		c->resumed_at_us = at_us;
	c->stopped_at_us = at_us;
	c->state = CLOCK_STOPPED;
}

void clock_pause(struct clock *c, const struct calendar_set *cals, int64_t at_us) {
	CHECK(c->state == CLOCK_RUNNING);
	if (c->outside)
		return;
	c->spent_us = clock_spent_us(c, cals, at_us);
	c->resumed_at_us = at_us;
	c->state = CLOCK_PAUSED;
	if (c->due_at_us > at_us) {
		c->due_at_us = NO_TIME;
		c->provisional = false;
	}
}

bool clock_resume(struct clock *c, const struct calendar_set *cals, int64_t at_us, struct err *e) {
	if (c->outside)
		return true;
	CHECK(c->state == CLOCK_PAUSED);
	c->resumed_at_us = at_us;
	c->state = CLOCK_RUNNING;
	return derive_due(c, cals, e);
}

bool clock_extend(struct clock *c, const struct calendar_set *cals, struct err *e) {
	CHECK(c->state != CLOCK_STOPPED && !c->outside);
	c->extensions++;
	return c->state == CLOCK_PAUSED || derive_due(c, cals, e);
}

int64_t clock_spent_us(const struct clock *c, const struct calendar_set *cals, int64_t at_us) {
	if (c->state == CLOCK_PAUSED)
		return c->spent_us;
	if (c->state == CLOCK_STOPPED && at_us > c->stopped_at_us)
		at_us = c->stopped_at_us;
	return c->spent_us + elapsed_us(working_calendar(c, cals), c->resumed_at_us, at_us);
}

int64_t clock_remaining_us(const struct clock *c, const struct calendar_set *cals, int64_t at_us) {
	int64_t budget;
	if (!budget_us(c, cals, &budget))
		return 0;
	return budget - clock_spent_us(c, cals, at_us);
}

bool clock_overdue(const struct clock *c, int64_t at_us, int64_t *by_us) {
	const int64_t until_us = c->state == CLOCK_STOPPED ? c->stopped_at_us : at_us;
	const bool overdue = c->due_at_us != NO_TIME && until_us > c->due_at_us;
	if (by_us)
		*by_us = overdue ? until_us - c->due_at_us : 0;
	return overdue;
}

bool clock_segments(const struct clock *c, const struct calendar_set *cals, struct arena *a, segment_list *out) {
	if (c->due_at_us == NO_TIME)
		return false;
	const struct calendar *cal = working_calendar(c, cals);
	if (c->due_at_us <= c->resumed_at_us)
		return true;
	if (!cal) {
		*LIST_ADD(out, a) = (struct segment){c->resumed_at_us, c->due_at_us};
		return true;
	}
	int64_t end_us;
	const int64_t work_us = calendar_worked_us(cal, c->resumed_at_us, c->due_at_us);
	return work_us == 0 || calendar_add(cal, c->resumed_at_us, work_us, &end_us, a, out);
}

bool clock_percent_at(const struct clock *c, const struct calendar_set *cals, int32_t percent, int64_t *at_us) {
	CHECK(percent >= 1 && percent <= 100);
	if (c->state != CLOCK_RUNNING)
		return false;
	if (percent == 100) {
		*at_us = c->due_at_us;
		return true;
	}
	const struct calendar *cal = working_calendar(c, cals);
	int64_t budget;
	if (!budget_us(c, cals, &budget))
		return false;
	const int64_t share_us = budget / 100 * percent + budget % 100 * percent / 100;
	return share_us > c->spent_us && after_us(cal, c->resumed_at_us, share_us - c->spent_us, at_us);
}
