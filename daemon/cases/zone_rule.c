/* zone_rule: reads a POSIX TZ text and says when its summer time begins and ends in a year. */
#include "daemon/cases/zone_rule.h"

#include "daemon/base/civil.h"

#include <string.h>

enum { DAY_S = 86400, HOUR_S = 3600, MINUTE_S = 60, DEFAULT_CHANGE_S = 2 * HOUR_S };

/* What is left to read. Each taker takes its own bytes, or answers false with the cursor anywhere. */
struct cursor {
	const char *p, *end;
};

static bool at_byte(const struct cursor *c, char byte) { return c->p < c->end && *c->p == byte; }

static bool take_byte(struct cursor *c, char byte) {
	if (!at_byte(c, byte))
		return false;
	c->p++;
	return true;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static bool take_number(struct cursor *c, int max, int *out) {
	const char *start = c->p;
	int v = 0;
	for (; c->p < c->end && is_digit(*c->p); c->p++) {
		v = v * 10 + (*c->p - '0');
		if (v > max)
			return false;
	}
	*out = v;
	return c->p > start;
}

/* "CST", or "<+0530>" in brackets where the name holds digits and signs. */
static bool take_name(struct cursor *c) {
	if (take_byte(c, '<')) {
		const char *close = memchr(c->p, '>', (size_t)(c->end - c->p));
		if (!close)
			return false;
		c->p = close + 1;
		return true;
	}
	const char *start = c->p;
	while (c->p < c->end && is_letter(*c->p))
		c->p++;
	return c->p - start >= 3;
}

/* [+-]h[:mm[:ss]] */
static bool take_time(struct cursor *c, int max_hours, int32_t *out_s) {
	const bool negative = take_byte(c, '-');
	if (!negative)
		(void)take_byte(c, '+');
	int hours = 0, minutes = 0, seconds = 0;
	if (!take_number(c, max_hours, &hours))
		return false;
	if (take_byte(c, ':')) {
		if (!take_number(c, 59, &minutes))
			return false;
		if (take_byte(c, ':') && !take_number(c, 59, &seconds))
			return false;
	}
	const int32_t s = hours * HOUR_S + minutes * MINUTE_S + seconds;
	*out_s = negative ? -s : s;
	return true;
}

/* The text counts seconds west of UTC, we count east. */
static bool take_offset(struct cursor *c, int32_t *east_s) {
	int32_t west_s = 0;
	if (!take_time(c, 24, &west_s))
		return false;
	*east_s = -west_s;
	return true;
}

static bool take_month_week(struct cursor *c, struct change_rule *r) {
	r->kind = RULE_MONTH_WEEK;
	return take_number(c, 12, &r->month) && r->month >= 1 && take_byte(c, '.') && take_number(c, 5, &r->week) &&
	       r->week >= 1 && take_byte(c, '.') && take_number(c, 6, &r->weekday);
}

static bool take_change(struct cursor *c, struct change_rule *r) {
	bool ok;
	if (take_byte(c, 'M')) {
		ok = take_month_week(c, r);
	} else if (take_byte(c, 'J')) {
		r->kind = RULE_JULIAN;
		ok = take_number(c, 365, &r->day) && r->day >= 1;
	} else {
		r->kind = RULE_DAY_OF_YEAR;
		ok = take_number(c, 365, &r->day);
	}
	if (!ok)
		return false;
	r->at_s = DEFAULT_CHANGE_S;
	return !take_byte(c, '/') || take_time(c, 167, &r->at_s);
}

bool zone_rule_parse(const char *text, size_t n, struct zone_rule *out) {
	struct cursor c = {text, text + n};
	*out = (struct zone_rule){0};
	if (!take_name(&c) || !take_offset(&c, &out->standard_s))
		return false;
	if (c.p == c.end)
		return true;
	out->has_summer = true;
	out->summer_s = out->standard_s + HOUR_S;
	if (!take_name(&c))
		return false;
	if (!at_byte(&c, ',') && !take_offset(&c, &out->summer_s))
		return false;
	return take_byte(&c, ',') && take_change(&c, &out->to_summer) && take_byte(&c, ',') &&
	       take_change(&c, &out->to_standard) && c.p == c.end;
}

static bool is_leap(int32_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

static int32_t month_week_day(const struct change_rule *r, int32_t year) {
	const int32_t first = civil_to_day((struct civil_date){year, r->month, 1});
	const int32_t next = r->month == 12 ? civil_to_day((struct civil_date){year + 1, 1, 1})
	                                    : civil_to_day((struct civil_date){year, r->month + 1, 1});
	const int first_weekday = (civil_weekday(first) + 1) % 7; /* 0 = Sunday */
	int32_t day = first + (r->weekday - first_weekday + 7) % 7 + 7 * (r->week - 1);
	while (day >= next)
		day -= 7;
	return day;
}

static int32_t change_day(const struct change_rule *r, int32_t year) {
	const int32_t new_year = civil_to_day((struct civil_date){year, 1, 1});
	switch (r->kind) {
	case RULE_MONTH_WEEK:
		return month_week_day(r, year);
	case RULE_JULIAN:
		return new_year + r->day - 1 + (is_leap(year) && r->day >= 60);
	case RULE_DAY_OF_YEAR:
		break;
	}
	return new_year + r->day;
}

static int64_t change_s(const struct change_rule *r, int32_t year, int32_t offset_before_s) {
	return (int64_t)change_day(r, year) * DAY_S + r->at_s - offset_before_s;
}

int64_t zone_rule_to_summer_s(const struct zone_rule *r, int32_t year) {
	return change_s(&r->to_summer, year, r->standard_s);
}

int64_t zone_rule_to_standard_s(const struct zone_rule *r, int32_t year) {
	return change_s(&r->to_standard, year, r->summer_s);
}
