/* load_calendars: calendars.yaml: holidays by year, and the calendars that follow them. */
#include "daemon/rules/decode.h"

#include "daemon/base/check.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OFF_DAYS_MAX = 60 }; /* a range of days off longer than that is a slip of the pen */

static const char *const weekday_words[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL};
static const char *const status_words[] = {"announced", "provisional", NULL};
static const char *const reading_words[] = {"rolling", "end_of_day", NULL};

/* One day that isn't what its weekday says. */
struct special_day {
	int32_t day;
	bool work;
	const char *why;
};

struct off_range {
	const char *zh;
	int32_t date, from, to;
};

struct holiday_year {
	int32_t year;
	int status;
	LIST_OF(struct off_range) off;
	LIST_OF(struct special_day) work;
};

struct holidays {
	const char *id;
	LIST_OF(struct holiday_year) years;
	LIST_OF(struct special_day) days; /* of all years, sorted */
	int32_t known_from, known_until;
};

static void made_off(struct load *l, const struct yaml_node *map, void *out) {
	struct off_range *r = out;
	const bool has_date = r->date != INT32_MAX, has_from = r->from != INT32_MAX, has_to = r->to != INT32_MAX;
	if (has_date ? has_from || has_to : !has_from || !has_to)
		load_fault(l, map, "missing", "days off need either `date`, or `from` and `to`");
	else if (has_date)
		r->from = r->to = r->date;
	else if (r->to < r->from)
		load_fault(l, map, "range", "`to` lies before `from`");
	else if (r->to - r->from >= OFF_DAYS_MAX)
		load_fault(l, map, "range", "more than %d days off in one range", OFF_DAYS_MAX);
	else
		return;
	if (!has_date)
		r->from = r->to = INT32_MAX;
}

static const struct field_row off_rows[] = {
    {.key = "zh", .type = Y_TEXT, .offset = offsetof(struct off_range, zh)},
    {.key = "date", .type = Y_DAY, .offset = offsetof(struct off_range, date)},
    {.key = "from", .type = Y_DAY, .offset = offsetof(struct off_range, from)},
    {.key = "to", .type = Y_DAY, .offset = offsetof(struct off_range, to)},
    {.key = NULL},
};
static const struct shape off_shape = {"an entry of days off", off_rows, sizeof(struct off_range), made_off};

static void load_work_days(struct load *l, const struct yaml_node *node, void *field) {
	LIST_OF(struct special_day) *out = field;
	if (node->kind != YAML_LIST) {
		load_fault(l, node, "type", "`work` must be a list of dates");
		return;
	}
	for (const struct yaml_node *c = node->child; c; c = c->next) {
		struct special_day d = {.work = true, .why = "调休"};
		if (load_day(l, c, &d.day))
			*LIST_ADD(out, l->keep) = d;
	}
}

static void load_year_number(struct load *l, const struct yaml_node *node, void *field) {
	(void)load_number(l, node, 1990, 2200, field);
}

static const struct field_row year_rows[] = {
    {.key = "year",
     .type = Y_CALL,
     .offset = offsetof(struct holiday_year, year),
     .required = true,
     .call = load_year_number},
    {.key = "status",
     .type = Y_CHOICE,
     .offset = offsetof(struct holiday_year, status),
     .required = true,
     .words = status_words},
    {.key = "off", .type = Y_LIST, .offset = offsetof(struct holiday_year, off), .shape = &off_shape},
    {.key = "work", .type = Y_CALL, .offset = offsetof(struct holiday_year, work), .call = load_work_days},
    {.key = NULL},
};
static const struct shape year_shape = {"a year of holidays", year_rows, sizeof(struct holiday_year), NULL};

static int by_day(const void *a, const void *b) {
	const struct special_day *x = a, *y = b;
	return (x->day > y->day) - (x->day < y->day);
}

static const char *date_text(int32_t day, char out[16]) {
	const struct civil_date d = civil_from_day(day);
	(void)snprintf(out, 16, "%04d-%02d-%02d", (int)d.year % 10000, (int)d.month % 100, (int)d.day % 100);
	return out;
}

/* A New Year's holiday may begin in the old year and end in the next one; other days belong to the year. */
static void check_in_year(struct load *l, const struct yaml_node *map, const struct holiday_year *y, int32_t day) {
	char text[16];
	const int32_t from = civil_to_day((struct civil_date){y->year - 1, 12, 1});
	const int32_t until = civil_to_day((struct civil_date){y->year + 1, 1, 31});
	if (y->year && (day < from || day > until))
		load_fault(l, map, "range", "%s doesn't belong to the holidays of %d", date_text(day, text), (int)y->year);
}

static void gather_year(struct load *l, const struct yaml_node *map, struct holidays *h, const struct holiday_year *y) {
	for (size_t i = 0; i < y->off.n; i++) {
		const struct off_range *r = &y->off.v[i];
		if (r->from == INT32_MAX)
			continue;
		check_in_year(l, map, y, r->from);
		for (int32_t day = r->from; day <= r->to; day++)
			*LIST_ADD(&h->days, l->keep) = (struct special_day){.day = day, .why = r->zh};
	}
	for (size_t i = 0; i < y->work.n; i++) {
		check_in_year(l, map, y, y->work.v[i].day);
		*LIST_ADD(&h->days, l->keep) = y->work.v[i];
	}
}

/* What is published is one stretch of years: a hole in it would make every due time across it a guess. */
static void take_announced(struct load *l, const struct yaml_node *map, struct holidays *h) {
	int32_t first = INT32_MAX, last = INT32_MIN, n = 0;
	for (size_t i = 0; i < h->years.n; i++) {
		const struct holiday_year *y = &h->years.v[i];
		for (size_t j = 0; j < i; j++)
			if (y->year && h->years.v[j].year == y->year)
				load_fault(l, map, "duplicate", "the year %d stands here twice", (int)y->year);
		if (y->status != 0 || !y->year)
			continue;
		first = y->year < first ? y->year : first;
		last = y->year > last ? y->year : last;
		n++;
	}
	h->known_from = INT32_MAX;
	h->known_until = INT32_MIN;
	if (n == 0)
		return;
	if (last - first + 1 > n)
		load_fault(l, map, "range", "between the announced years %d and %d one is missing", (int)first, (int)last);
	h->known_from = civil_to_day((struct civil_date){first, 1, 1});
	h->known_until = civil_to_day((struct civil_date){last, 12, 31});
}

static void made_holidays(struct load *l, const struct yaml_node *map, void *out) {
	struct holidays *h = out;
	char text[16];
	load_define(l, KIND_HOLIDAYS, h->id, h, map);
	take_announced(l, map, h);
	const struct yaml_node *years = yaml_get(map, "years");
	const struct yaml_node *node = years && years->kind == YAML_LIST ? years->child : NULL;
	for (size_t i = 0; i < h->years.n && node; i++, node = node->next)
		gather_year(l, node, h, &h->years.v[i]);
	if (h->days.n)
		qsort(h->days.v, h->days.n, sizeof *h->days.v, by_day);
	for (size_t i = 1; i < h->days.n; i++)
		if (h->days.v[i].day == h->days.v[i - 1].day)
			load_fault(l, map, "duplicate", "%s is listed twice in these holidays", date_text(h->days.v[i].day, text));
}

static const struct field_row holidays_rows[] = {
    {.key = "id", .type = Y_ID, .offset = offsetof(struct holidays, id), .required = true},
    {.key = "years", .type = Y_LIST, .offset = offsetof(struct holidays, years), .required = true, .shape = &year_shape},
    {.key = NULL},
};
static const struct shape holidays_shape = {"a table of holidays", holidays_rows, sizeof(struct holidays), made_holidays};

/* "08:30" as microseconds since midnight; up to 24:00. */
static bool take_time(const char **p, int64_t *us) {
	const char *t = *p;
	for (int i = 0; i < 5; i++)
		if (i == 2 ? t[i] != ':' : t[i] < '0' || t[i] > '9')
			return false;
	const int hour = (t[0] - '0') * 10 + t[1] - '0', minute = (t[3] - '0') * 10 + t[4] - '0';
	*p += 5;
	*us = hour * HOUR_US + minute * MINUTE_US;
	return minute < 60 && (hour < 24 || (hour == 24 && minute == 0));
}

static bool load_interval(struct load *l, const struct yaml_node *node, struct interval *out) {
	const char *text = load_text(l, node);
	if (!text)
		return false;
	const char *p = text;
	bool good = take_time(&p, &out->from_us) && *p++ == '-' && take_time(&p, &out->to_us) && *p == '\0';
	good = good && out->from_us != out->to_us && out->from_us < DAY_US;
	if (!good) {
		load_fault(l, node, "type", "`%s` is not a stretch of hours such as 08:30-11:30 or 22:00-06:00", text);
		return false;
	}
	if (out->to_us < out->from_us)
		out->to_us += DAY_US;
	return true;
}

static int by_start(const void *a, const void *b) {
	const struct interval *x = a, *y = b;
	return (x->from_us > y->from_us) - (x->from_us < y->from_us);
}

static void load_hours(struct load *l, const struct yaml_node *node, void *field) {
	interval_list *out = field;
	if (node->kind != YAML_LIST) {
		load_fault(l, node, "type", "hours must be a list such as [\"08:30-11:30\", \"13:00-17:30\"]");
		return;
	}
	for (const struct yaml_node *c = node->child; c; c = c->next) {
		struct interval i;
		if (load_interval(l, c, &i))
			*LIST_ADD(out, l->keep) = i;
	}
	if (out->n)
		qsort(out->v, out->n, sizeof *out->v, by_start);
	for (size_t i = 1; i < out->n; i++)
		if (out->v[i].from_us < out->v[i - 1].to_us)
			load_fault(l, node, "range", "hours of one day overlap");
}

static int weekday_of(const char *text, size_t n) {
	for (int i = 0; weekday_words[i]; i++)
		if (n == 3 && strncmp(weekday_words[i], text, 3) == 0)
			return i;
	return -1;
}

struct week {
	interval_list hours[7];
	bool given[7];
};

static void load_week_row(struct load *l, const struct yaml_node *c, struct week *week) {
	const struct yaml_node at_key = yaml_at_key(c);
	const char *dash = strchr(c->key, '-');
	const int from = weekday_of(c->key, dash ? (size_t)(dash - c->key) : strlen(c->key));
	const int to = dash ? weekday_of(dash + 1, strlen(dash + 1)) : from;
	if (from < 0 || to < from) {
		load_fault(l, &at_key, "unknown", "`%s` is not a weekday (mon .. sun) or a range such as mon-fri", c->key);
		return;
	}
	interval_list hours = {0};
	load_hours(l, c, &hours);
	for (int day = from; day <= to; day++) {
		if (week->given[day])
			load_fault(l, &at_key, "duplicate", "the hours of %s stand here twice", weekday_words[day]);
		week->given[day] = true;
		week->hours[day] = hours;
	}
}

static void load_week(struct load *l, const struct yaml_node *node, void *field) {
	if (node->kind != YAML_MAP) {
		load_fault(l, node, "type", "`week` must be a map of weekdays to hours");
		return;
	}
	for (const struct yaml_node *c = node->child; c; c = c->next)
		load_week_row(l, c, field);
}

struct one_day {
	int32_t date;
	const char *zh;
	interval_list hours;
};

static const struct field_row day_rows[] = {
    {.key = "date", .type = Y_DAY, .offset = offsetof(struct one_day, date), .required = true},
    {.key = "hours", .type = Y_CALL, .offset = offsetof(struct one_day, hours), .required = true, .call = load_hours},
    {.key = "zh", .type = Y_TEXT, .offset = offsetof(struct one_day, zh)},
    {.key = NULL},
};
static const struct shape day_shape = {"a day of a calendar", day_rows, sizeof(struct one_day), NULL};

struct calendar_entry {
	const char *id, *holidays;
	int reading, makeup; /* makeup: a weekday, 1 = mon; 0: not said */
	int64_t day_hours_us;
	struct week week;
	LIST_OF(struct one_day) days;
};

static void load_makeup(struct load *l, const struct yaml_node *node, void *field) {
	*(int *)field = load_choice(l, node, weekday_words) + 1;
}

static void load_day_hours(struct load *l, const struct yaml_node *node, void *field) {
	(void)load_duration(l, node, field);
}

static void load_holidays_name(struct load *l, const struct yaml_node *node, void *field) {
	const char *name = load_text(l, node);
	if (name && strcmp(name, "none") != 0) {
		*(const char **)field = name;
		load_refer(l, KIND_HOLIDAYS, name, node);
	}
}

static void add_override(struct load *l, struct calendar *c, int32_t day, const char *why, interval_list hours) {
	struct day_override o = {.day = day, .why = why, .hours = hours};
	*LIST_ADD(&c->overrides, l->keep) = o;
}

static const struct one_day *day_said(const struct calendar_entry *e, int32_t day) {
	for (size_t i = 0; i < e->days.n; i++)
		if (e->days.v[i].date == day)
			return &e->days.v[i];
	return NULL;
}

static void follow_holidays(struct load *l, const struct yaml_node *map, const struct calendar_entry *e,
                            struct calendar *c) {
	const struct holidays *h = pack_find(l->pack, KIND_HOLIDAYS, e->holidays);
	if (!h)
		return;
	c->known_from_day = h->known_from;
	c->known_until_day = h->known_until;
	bool needs_makeup = false;
	for (size_t i = 0; i < h->days.n; i++) {
		const struct special_day *d = &h->days.v[i];
		if (day_said(e, d->day))
			continue;
		needs_makeup = needs_makeup || d->work;
		const interval_list none = {0};
		add_override(l, c, d->day, d->why, d->work && e->makeup ? c->week[e->makeup - 1] : none);
	}
	if (needs_makeup && !e->makeup)
		load_fault(l, map, "missing", "these holidays have make-up workdays: say whose hours they have (`makeup: mon`)");
}

static int by_override_day(const void *a, const void *b) {
	const struct day_override *x = a, *y = b;
	return (x->day > y->day) - (x->day < y->day);
}

static void made_calendar(struct load *l, const struct yaml_node *map, void *out) {
	const struct calendar_entry *e = out;
	struct calendar *c = arena_new(l->keep, struct calendar);
	*c = (struct calendar){.id = e->id,
	                       .zone = l->pack->calendars.zone,
	                       .day_hours_us = e->day_hours_us,
	                       .reading = e->reading == 0 ? WD_ROLLING : WD_END_OF_DAY,
	                       .known_from_day = INT32_MIN,
	                       .known_until_day = INT32_MAX};
	size_t hours = 0;
	for (int i = 0; i < 7; i++) {
		c->week[i] = e->week.hours[i];
		hours += c->week[i].n;
	}
	if (hours == 0)
		load_fault(l, map, "range", "this calendar never opens");
	if (e->makeup && c->week[e->makeup - 1].n == 0)
		load_fault(l, map, "range", "`makeup: %s` has no hours in this calendar", weekday_words[e->makeup - 1]);
	for (size_t i = 0; i < e->days.n; i++) {
		if (day_said(e, e->days.v[i].date) != &e->days.v[i])
			load_fault(l, map, "duplicate", "a date stands twice in `days`");
		else
			add_override(l, c, e->days.v[i].date, e->days.v[i].zh, e->days.v[i].hours);
	}
	if (e->holidays)
		follow_holidays(l, map, e, c);
	if (c->overrides.n)
		qsort(c->overrides.v, c->overrides.n, sizeof *c->overrides.v, by_override_day);
	load_define(l, KIND_CALENDAR, c->id, c, map);
	*LIST_ADD(&l->pack->calendars.list, l->keep) = c;
}

static const struct field_row calendar_rows[] = {
    {.key = "id", .type = Y_ID, .offset = offsetof(struct calendar_entry, id), .required = true},
    {.key = "wd",
     .type = Y_CHOICE,
     .offset = offsetof(struct calendar_entry, reading),
     .required = true,
     .words = reading_words},
    {.key = "day_hours",
     .type = Y_CALL,
     .offset = offsetof(struct calendar_entry, day_hours_us),
     .required = true,
     .call = load_day_hours},
    {.key = "holidays",
     .type = Y_CALL,
     .offset = offsetof(struct calendar_entry, holidays),
     .required = true,
     .call = load_holidays_name},
    {.key = "makeup", .type = Y_CALL, .offset = offsetof(struct calendar_entry, makeup), .call = load_makeup},
    {.key = "week", .type = Y_CALL, .offset = offsetof(struct calendar_entry, week), .required = true, .call = load_week},
    {.key = "days", .type = Y_LIST, .offset = offsetof(struct calendar_entry, days), .shape = &day_shape},
    {.key = NULL},
};
static const struct shape calendar_shape = {"a calendar", calendar_rows, sizeof(struct calendar_entry), made_calendar};

static const struct field_row file_rows[] = {
    {.key = "holidays", .type = Y_ANY},
    {.key = "calendars", .type = Y_ANY, .required = true},
    {.key = NULL},
};
static const struct shape file_shape = {"calendars.yaml", file_rows, 0, NULL};

/* Calendars are built as they are read, so the holidays come first, wherever they stand. */
void load_calendars(struct load *l, const struct yaml_node *root) {
	LIST_OF(struct holidays) holidays = {0};
	LIST_OF(struct calendar_entry) calendars = {0};
	char nothing; /* the rows of the file itself hold no field */
	decode_map(l, root, &file_shape, &nothing);
	const struct yaml_node *node = yaml_get(root, "holidays");
	if (node)
		decode_list(l, node, &holidays_shape, &holidays);
	node = yaml_get(root, "calendars");
	if (node)
		decode_list(l, node, &calendar_shape, &calendars);
}
