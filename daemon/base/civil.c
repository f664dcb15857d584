/* civil: dates of the proleptic Gregorian calendar, and RFC 3339 read and written. */
#include "daemon/base/civil.h"

/* Years are counted from 1 March, so that the leap day is the last of its year and months have a regular rhythm:
 * from March on, (153 m + 2) / 5 days lie before month m. 0000-03-01 is 719468 days before 1970-01-01. */
enum { DAYS_400Y = 146097, DAYS_100Y = 36524, DAYS_4Y = 1461, DAYS_Y = 365, MARCH_0000 = 719468 };

enum { YEAR_FIRST = 1900, YEAR_LAST = 9999 };

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

int32_t civil_to_day(struct civil_date d) {
	const int32_t y = d.month > 2 ? d.year : d.year - 1;
	const int32_t m = d.month > 2 ? d.month - 3 : d.month + 9;
	const int32_t era = (int32_t)floor_div(y, 400);
	const int32_t in_era = y - era * 400;
	const int32_t in_year = (153 * m + 2) / 5 + d.day - 1;
	return era * DAYS_400Y + in_era * DAYS_Y + in_era / 4 - in_era / 100 + in_year - MARCH_0000;
}

struct civil_date civil_from_day(int32_t day) {
	const int64_t since = (int64_t)day + MARCH_0000;
	const int64_t era = floor_div(since, DAYS_400Y);
	const int32_t in_era = (int32_t)(since - era * DAYS_400Y);
	/* Leap days so far are taken out, and the rest is 365 a year. */
	const int32_t leaps = in_era / (DAYS_4Y - 1) - in_era / DAYS_100Y + in_era / (DAYS_400Y - 1);
	const int32_t year = (in_era - leaps) / DAYS_Y;
	const int32_t in_year = in_era - (year * DAYS_Y + year / 4 - year / 100);
	const int32_t m = (5 * in_year + 2) / 153;
	const int32_t month = m < 10 ? m + 3 : m - 9;
	return (struct civil_date){
	    .year = (int32_t)(year + era * 400) + (month <= 2), .month = month, .day = in_year - (153 * m + 2) / 5 + 1};
}

/* 1970-01-01 was a Thursday. */
int civil_weekday(int32_t day) {
	const int64_t since_monday = (int64_t)day + 3;
	return (int)(since_monday - 7 * floor_div(since_monday, 7));
}

/* Reads exactly n digits; moves *p behind them. */
static bool read_digits(const char **p, int n, int32_t *out) {
	int32_t v = 0;
	for (int i = 0; i < n; i++) {
		const char c = (*p)[i];
		if (c < '0' || c > '9')
			return false;
		v = v * 10 + (c - '0');
	}
	*p += n;
	*out = v;
	return true;
}

static bool read_char(const char **p, char c) {
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

static bool read_date(const char **p, int32_t *day) {
	struct civil_date d;
	if (!read_digits(p, 4, &d.year) || !read_char(p, '-') || !read_digits(p, 2, &d.month) || !read_char(p, '-') ||
	    !read_digits(p, 2, &d.day))
		return false;
	if (d.year < 1 || d.month < 1 || d.month > 12 || d.day < 1 || d.day > 31)
		return false;
	/* A day that doesn't exist, such as 30 February, comes back as another one. */
	*day = civil_to_day(d);
	return civil_from_day(*day).day == d.day;
}

bool civil_parse_date(const char *text, int32_t *day) {
	const char *p = text;
	int32_t found;
	if (!read_date(&p, &found) || *p != '\0')
		return false;
	*day = found;
	return true;
}

struct time_of_day {
	int32_t seconds, fraction_us;
	bool leap; /* written as :60 */
};

static void read_fraction(const char **p, int32_t *out_us) {
	int32_t unit_us = 100000;
	*out_us = 0;
	for (; **p >= '0' && **p <= '9'; (*p)++, unit_us /= 10)
		*out_us += (**p - '0') * unit_us;
}

static bool read_time(const char **p, struct time_of_day *out) {
	int32_t hour, minute, second;
	*out = (struct time_of_day){0};
	if (!read_digits(p, 2, &hour) || !read_char(p, ':') || !read_digits(p, 2, &minute) || !read_char(p, ':') ||
	    !read_digits(p, 2, &second) || hour > 23 || minute > 59 || second > 60)
		return false;
	if (read_char(p, '.')) {
		if (**p < '0' || **p > '9')
			return false;
		read_fraction(p, &out->fraction_us);
	}
	if (second == 60) {
		second = 59;
		out->fraction_us = (int32_t)SECOND_US - 1;
		out->leap = true;
	}
	out->seconds = hour * 3600 + minute * 60 + second;
	return true;
}

static bool read_offset(const char **p, int32_t *out_s) {
	*out_s = 0;
	if (read_char(p, 'Z') || read_char(p, 'z'))
		return true;
	const int32_t sign = **p == '-' ? -1 : 1;
	int32_t hours, minutes;
	if (!read_char(p, '+') && !read_char(p, '-'))
		return false;
	if (!read_digits(p, 2, &hours) || !read_char(p, ':') || !read_digits(p, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*out_s = sign * (hours * 3600 + minutes * 60);
	return true;
}

bool rfc3339_parse(const char *text, int64_t *at_us, struct err *e) {
	const char *p = text;
	int32_t day, offset_s;
	struct time_of_day time;
	if (!read_date(&p, &day))
		return err_set(e, E_INVALID_PARAMS, "not a time like 2026-11-23T08:30:00+08:00: the date is wrong");
	if ((!read_char(&p, 'T') && !read_char(&p, 't')) || !read_time(&p, &time))
		return err_set(e, E_INVALID_PARAMS, "not a time like 2026-11-23T08:30:00+08:00: the time of day is wrong");
	if (*p == '\0')
		return err_set(e, E_INVALID_PARAMS, "a time without an offset; write it like 2026-11-23T08:30:00+08:00");
	if (!read_offset(&p, &offset_s) || *p != '\0')
		return err_set(e, E_INVALID_PARAMS, "not a time like 2026-11-23T08:30:00+08:00: the offset is wrong");

	const int64_t at_s = (int64_t)day * 86400 + time.seconds - offset_s;
	const int64_t utc_day = floor_div(at_s, 86400);
	const int32_t year = civil_from_day(day).year;
	if (year < YEAR_FIRST || civil_from_day((int32_t)utc_day).year > YEAR_LAST)
		return err_set(e, E_INVALID_PARAMS, "the year must lie within %d..%d", YEAR_FIRST, YEAR_LAST);
	if (time.leap && at_s - utc_day * 86400 != 86399)
		return err_set(e, E_INVALID_PARAMS, "a leap second can only stand at the end of a day of UTC");
	*at_us = at_s * SECOND_US + time.fraction_us;
	return true;
}

/* The last digits of v, and the character behind them. */
static char *put(char *to, int64_t v, int digits, char behind) {
	for (int i = digits - 1; i >= 0; i--, v /= 10)
		to[i] = (char)('0' + v % 10);
	to[digits] = behind;
	return to + digits + 1;
}

const char *rfc3339_format(int64_t at_us, int32_t offset_s, char out[RFC3339_BYTES]) {
	/* An offset with seconds can't be written: its whole minutes are used for the local time too, so the instant is exact.
	 */
	const int32_t offset_min = offset_s / 60;
	const int32_t written = offset_min < 0 ? -offset_min : offset_min;
	const int64_t at_s = floor_div(at_us, SECOND_US);
	const int64_t fraction_us = (at_us % SECOND_US + SECOND_US) % SECOND_US;
	const int64_t local_s = at_s + (int64_t)offset_min * 60;
	const int64_t day = floor_div(local_s, 86400);
	const int64_t second = local_s - day * 86400;
	const struct civil_date d = civil_from_day((int32_t)day);
	const char sign = offset_min < 0 ? '-' : offset_min > 0 ? '+' : 'Z';

	char *to = put(out, d.year < 0 ? 0 : d.year, 4, '-');
	to = put(to, d.month, 2, '-');
	to = put(to, d.day, 2, 'T');
	to = put(to, second / 3600, 2, ':');
	to = put(to, second / 60 % 60, 2, ':');
	to = put(to, second % 60, 2, fraction_us ? '.' : sign);
	if (fraction_us)
		to = put(to, fraction_us, 6, sign);
	*to = '\0';
	if (written) {
		to = put(to, written / 60, 2, ':');
		(void)put(to, written % 60, 2, '\0');
	}
	return out;
}
