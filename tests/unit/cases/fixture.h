/* fixture: zones, calendars and instants for the tests of daemon/cases. Everything lives in one arena a test program. */
#ifndef GRIDD_TESTS_UNIT_CASES_FIXTURE_H
#define GRIDD_TESTS_UNIT_CASES_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/check.h"
#include "daemon/cases/calendar.h"

struct fixture {
	struct arena arena;
};
static struct fixture fx;

static inline int fixture_setup(void **state) {
	(void)state;
	arena_init(&fx.arena);
	return 0;
}

static inline int fixture_teardown(void **state) {
	(void)state;
	arena_fini(&fx.arena);
	return 0;
}

static inline char *file_bytes(const char *path, size_t *n) {
	FILE *f = fopen(path, "rb");
	if (!f)
		fail_msg("cannot open %s", path);
	char *bytes = arena_alloc(&fx.arena, 1 << 20);
	*n = fread(bytes, 1, 1 << 20, f);
	assert_int_equal(fclose(f), 0);
	return bytes;
}

static inline char *zone_bytes(const char *name, size_t *n) {
	return file_bytes(arena_printf(&fx.arena, "/usr/share/zoneinfo/%s", name), n);
}

static inline const struct zone *zone_named(const char *name) {
	size_t n;
	const struct zone *z = NULL;
	struct err e;
	const char *bytes = zone_bytes(name, &n);
	if (!zone_parse(name, bytes, n, &fx.arena, &z, &e))
		fail_msg("%s", e.text);
	return z;
}

/* "2026-11-23T10:00:00+08:00" */
static inline int64_t at(const char *text) {
	int64_t at_us;
	struct err e;
	if (!rfc3339_parse(text, &at_us, &e))
		fail_msg("%s: %s", text, e.text);
	return at_us;
}

static inline int32_t date(const char *text) {
	int32_t day;
	if (!civil_parse_date(text, &day))
		fail_msg("no date: %s", text);
	return day;
}

static inline void assert_instant(const struct zone *z, int64_t got_us, const char *expected) {
	char got[RFC3339_BYTES];
	if (got_us != at(expected))
		fail_msg("got %s, expected %s",
		         got_us == NO_TIME ? "no time" : rfc3339_format(got_us, zone_offset_s(z, got_us), got), expected);
}

/* "08:30-11:30", and whatever behind it */
static inline struct interval interval_of(const char *text) {
	int h1, m1, h2, m2;
	if (sscanf(text, "%2d:%2d-%2d:%2d", &h1, &m1, &h2, &m2) != 4)
		fail_msg("no interval: %s", text);
	struct interval i = {h1 * HOUR_US + m1 * MINUTE_US, h2 * HOUR_US + m2 * MINUTE_US};
	if (i.to_us <= i.from_us)
		i.to_us += DAY_US;
	return i;
}

/* "08:30-11:30 13:00-17:30"; "" is closed */
static inline interval_list hours(const char *text) {
	interval_list list = {0};
	for (const char *p = text; *p; p += strcspn(p, " "), p += strspn(p, " "))
		*LIST_ADD(&list, &fx.arena) = interval_of(p);
	return list;
}

/* A calendar with these hours from Monday to Friday, and those on Saturday and Sunday; every day published. */
static inline struct calendar *calendar_new(const char *zone, const char *weekday, const char *weekend) {
	struct calendar *c = arena_new(&fx.arena, struct calendar);
	c->id = "office";
	c->zone = zone_named(zone);
	for (int i = 0; i < 7; i++)
		c->week[i] = hours(i < 5 ? weekday : weekend);
	for (size_t i = 0; i < c->week[0].n; i++)
		c->day_hours_us += c->week[0].v[i].to_us - c->week[0].v[i].from_us;
	c->reading = WD_ROLLING;
	c->known_from_day = INT32_MIN;
	c->known_until_day = INT32_MAX;
	return c;
}

/* Overrides are added in order of days. */
static inline void calendar_override(struct calendar *c, int32_t day, interval_list list) {
	assert_true(c->overrides.n == 0 || c->overrides.v[c->overrides.n - 1].day < day);
	struct day_override *o = LIST_ADD(&c->overrides, &fx.arena);
	o->day = day;
	o->hours = list;
}

static inline struct calendar_set *set_of(struct calendar *c) {
	struct calendar_set *set = arena_new(&fx.arena, struct calendar_set);
	set->zone = c->zone;
	set->of_town = c;
	*LIST_ADD(&set->list, &fx.arena) = c;
	return set;
}

static inline struct limit limit_of(const char *text) {
	struct limit l;
	struct err e;
	if (!limit_parse(text, &l, &e))
		fail_msg("%s", e.text);
	return l;
}

/* xorshift: the same numbers on every machine, from a seed that a failure prints. */
static inline uint64_t random_next(uint64_t *seed) {
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static inline int64_t random_below(uint64_t *seed, int64_t n) { return (int64_t)(random_next(seed) % (uint64_t)n); }

/* How often a property is tried: GRIDD_TEST_COUNT, or as given. */
static inline int test_count(int standard) {
	const char *text = getenv("GRIDD_TEST_COUNT");
	const long n = text ? strtol(text, NULL, 10) : 0;
	return n > 0 && n < 100000000 ? (int)n : standard;
}

#endif
