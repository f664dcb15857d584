/* test_zone: our reading of TZif files against zdump's, and against damaged files. */
#include "tests/unit/cases/fixture.h"

#include "daemon/cases/zone_rule.h"

/* One line of `zdump -v`: "Asia/Shanghai  Sun Jun  2 15:59:59 1940 UT = Sun ... 1940 CST isdst=0 gmtoff=28800" */
static bool zdump_line(const char *line, int64_t *at_us, int32_t *offset_s) {
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char month[4];
	int day, hour, minute, second, year;
	if (sscanf(line, "%*s %*3s %3s %d %d:%d:%d %d UT", month, &day, &hour, &minute, &second, &year) != 6)
		return false;
	const char *found = strstr(months, month);
	const char *offset = strstr(line, "gmtoff=");
	if (!found || !offset || year < 1800 || year > 9999)
		return false;
	const struct civil_date d = {year, (int32_t)(found - months) / 3 + 1, day};
	*at_us = civil_to_day(d) * DAY_US + hour * HOUR_US + minute * MINUTE_US + second * SECOND_US;
	*offset_s = (int32_t)strtol(offset + strlen("gmtoff="), NULL, 10);
	return true;
}

/* Every transition in [from, to): zdump prints the second before it and the second of it. */
static int compare_with_zdump(const char *name, const char *years) {
	const struct zone *z = zone_named(name);
	FILE *f = popen(arena_printf(&fx.arena, "zdump -v -c %s %s", years, name), "r");
	assert_non_null(f);
	char line[300];
	int n = 0;
	while (fgets(line, sizeof line, f)) {
		int64_t at_us;
		int32_t offset_s;
		if (!zdump_line(line, &at_us, &offset_s))
			continue;
		n++;
		if (zone_offset_s(z, at_us) != offset_s)
			fail_msg("%d s at: %s", (int)zone_offset_s(z, at_us), line);
	}
	assert_int_equal(pclose(f), 0);
	return n;
}

static void agrees_with_zdump_in_every_transition(void **state) {
	(void)state;
	assert_true(compare_with_zdump("Asia/Shanghai", "1901,2038") >= 2 * 28);
	assert_true(compare_with_zdump("America/New_York", "1901,2038") >= 2 * 230);
	assert_true(compare_with_zdump("Australia/Lord_Howe", "1901,2038") >= 2 * 110);
}

/* Past 2037 the footer holds; past 2438 our table has come round once. */
static void agrees_with_zdump_by_the_footer(void **state) {
	(void)state;
	static const char *const names[] = {"America/New_York", "Australia/Lord_Howe", "Europe/Dublin", "Africa/Casablanca",
	                                    "Asia/Gaza",        "America/Nuuk",        "Asia/Kolkata",  "Pacific/Apia"};
	for (size_t i = 0; i < COUNT_OF(names); i++)
		(void)compare_with_zdump(names[i], "1880,2100");
	assert_int_equal(compare_with_zdump("America/New_York", "2430,2860"), 4 * 430);
}

static void span_holds_the_offset_on_both_sides(void **state) {
	(void)state;
	const struct zone *z = zone_named("America/New_York");
	const int64_t change_us = at("2026-03-08T07:00:00Z");
	const struct zone_span before = zone_span_at(z, change_us - 1), after = zone_span_at(z, change_us);
	assert_int_equal(before.offset_s, -5 * 3600);
	assert_int_equal(after.offset_s, -4 * 3600);
	assert_true(before.to_us == change_us && after.from_us == change_us);
	assert_true(after.to_us == at("2026-11-01T06:00:00Z"));
	const struct zone_span far = zone_span_at(z, at("2900-03-10T07:00:00Z"));
	assert_true(far.from_us <= at("2900-03-10T07:00:00Z") && far.to_us > at("2900-03-10T07:00:00Z"));
	assert_int_equal(zone_span_at(z, far.from_us - 1).offset_s == far.offset_s, 0);
}

static void local_time_of_an_instant(void **state) {
	(void)state;
	int32_t day;
	int64_t of_day_us;
	const struct zone *z = zone_named("Asia/Shanghai");
	assert_string_equal(zone_name(z), "Asia/Shanghai");
	zone_local(z, at("2026-11-22T16:00:00Z"), &day, &of_day_us);
	assert_int_equal(day, date("2026-11-23"));
	assert_int_equal(of_day_us, 0);
	zone_local(z, at("2026-11-22T15:59:59.999999Z"), &day, &of_day_us);
	assert_int_equal(day, date("2026-11-22"));
	assert_true(of_day_us == DAY_US - 1);
	zone_local(z, at("1969-12-31T15:00:00Z"), &day, &of_day_us);
	assert_int_equal(day, -1);
	assert_true(of_day_us == 23 * HOUR_US);
}

static void civil_time_in_a_gap_or_twice(void **state) {
	(void)state;
	static const struct {
		const char *zone, *day;
		int hour, minute;
		const char *instant;
	} rows[] = {
	    /* plain */
	    {"Asia/Shanghai", "2026-11-23", 8, 30, "2026-11-23T08:30:00+08:00"},
	    {"Asia/Shanghai", "2026-11-23", 24, 0, "2026-11-24T00:00:00+08:00"},
	    {"Asia/Shanghai", "2026-11-23", 30, 0, "2026-11-24T06:00:00+08:00"},
	    /* one hour, forward and back */
	    {"America/New_York", "2026-03-08", 1, 59, "2026-03-08T01:59:00-05:00"},
	    {"America/New_York", "2026-03-08", 2, 0, "2026-03-08T03:00:00-04:00"},
	    {"America/New_York", "2026-03-08", 2, 30, "2026-03-08T03:00:00-04:00"},
	    {"America/New_York", "2026-03-08", 3, 0, "2026-03-08T03:00:00-04:00"},
	    {"America/New_York", "2026-11-01", 0, 59, "2026-11-01T00:59:00-04:00"},
	    {"America/New_York", "2026-11-01", 1, 30, "2026-11-01T01:30:00-04:00"},
	    {"America/New_York", "2026-11-01", 2, 0, "2026-11-01T02:00:00-05:00"},
	    {"America/New_York", "2026-10-31", 25, 30, "2026-11-01T01:30:00-04:00"},
	    /* half an hour, forward and back */
	    {"Australia/Lord_Howe", "2026-10-04", 1, 59, "2026-10-04T01:59:00+10:30"},
	    {"Australia/Lord_Howe", "2026-10-04", 2, 15, "2026-10-04T02:30:00+11:00"},
	    {"Australia/Lord_Howe", "2026-10-04", 2, 30, "2026-10-04T02:30:00+11:00"},
	    {"Australia/Lord_Howe", "2026-04-05", 1, 45, "2026-04-05T01:45:00+11:00"},
	    {"Australia/Lord_Howe", "2026-04-05", 2, 0, "2026-04-05T02:00:00+10:30"},
	    /* Shanghai's own summer time, and a day that Samoa left out */
	    {"Asia/Shanghai", "1990-04-15", 2, 30, "1990-04-15T03:00:00+09:00"},
	    {"Asia/Shanghai", "1990-09-16", 1, 30, "1990-09-16T01:30:00+09:00"},
	    {"Pacific/Apia", "2011-12-30", 12, 0, "2011-12-31T00:00:00+14:00"},
	    /* by the footer, and a round of 400 years later */
	    {"America/New_York", "2099-03-08", 2, 30, "2099-03-08T03:00:00-04:00"},
	    {"America/New_York", "2499-03-08", 2, 30, "2499-03-08T03:00:00-04:00"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct zone *z = zone_named(rows[i].zone);
		const int64_t got_us = zone_instant(z, date(rows[i].day), rows[i].hour * HOUR_US + rows[i].minute * MINUTE_US);
		assert_instant(z, got_us, rows[i].instant);
	}
}

/* What zone_local says of an instant, zone_instant takes back to it, or to the first of two. */
static void there_and_back(void **state) {
	(void)state;
	static const char *const names[] = {"Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"};
	uint64_t seed = 20261123;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const struct zone *z = zone_named(names[i]);
		for (int k = 0; k < test_count(5000); k++) {
			const int64_t at_us = at("1901-01-01T00:00:00Z") + random_below(&seed, 600 * 365 * DAY_US);
			int32_t day;
			int64_t of_day_us;
			zone_local(z, at_us, &day, &of_day_us);
			const int64_t back_us = zone_instant(z, day, of_day_us);
			const int64_t fold_us = at_us - back_us;
			assert_true(fold_us == 0 ||
			            (fold_us > 0 && zone_offset_s(z, back_us) - zone_offset_s(z, at_us) == fold_us / SECOND_US));
		}
	}
}

static void try_bytes(const char *bytes, size_t n) {
	struct arena a;
	arena_init(&a);
	const struct zone *z;
	struct err e = {0};
	/* A copy of exactly that size, so that one byte too far is seen. */
	char *exact = malloc(n ? n : 1);
	assert_non_null(exact);
	if (n)
		memcpy(exact, bytes, n);
	if (zone_parse("Hostile/Zone", exact, n, &a, &z, &e)) {
		int32_t day;
		int64_t of_day_us;
		for (int year = 1900; year < 9000; year += 137) {
			zone_local(z, civil_to_day((struct civil_date){year, 7, 1}) * DAY_US, &day, &of_day_us);
			(void)zone_instant(z, day, of_day_us);
		}
	} else {
		assert_int_equal(e.code, E_CONFIG);
		assert_non_null(strstr(e.text, "Hostile/Zone"));
	}
	free(exact);
	arena_fini(&a);
}

static void survives_every_truncation(void **state) {
	(void)state;
	size_t n;
	const char *bytes = zone_bytes("America/New_York", &n);
	for (size_t i = 0; i < n; i++) {
		const struct zone *z;
		struct err e;
		try_bytes(bytes, i);
		if (zone_parse("Short/Zone", bytes, i, &fx.arena, &z, &e))
			fail_msg("taken after %zu of %zu bytes", i, n);
	}
}

static void survives_changed_bytes(void **state) {
	(void)state;
	static const char *const names[] = {"America/New_York", "Asia/Shanghai", "UTC"};
	uint64_t seed = 7;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		size_t n;
		const char *bytes = zone_bytes(names[i], &n);
		char *changed = arena_memdup(&fx.arena, bytes, n);
		for (int k = 0; k < test_count(3000); k++) {
			memcpy(changed, bytes, n);
			for (int64_t m = 1 + random_below(&seed, 4); m > 0; m--)
				changed[random_below(&seed, k % 2 ? (int64_t)n : 200) % (int64_t)n] = (char)random_next(&seed);
			try_bytes(changed, n);
		}
	}
}

static void reads_the_rules_of_footers(void **state) {
	(void)state;
	struct zone_rule r;
	static const char *const good[] = {"UTC0",
	                                   "CST-8",
	                                   "<+0530>-5:30",
	                                   "EST5EDT,M3.2.0,M11.1.0",
	                                   "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
	                                   "IST-1GMT0,M10.5.0,M3.5.0/1",
	                                   "XXX3EDT4,0/0,J365/23",
	                                   "<-02>2<-01>,M3.5.0/-1,M10.5.0/0"};
	for (size_t i = 0; i < COUNT_OF(good); i++)
		if (!zone_rule_parse(good[i], strlen(good[i]), &r))
			fail_msg("refused: %s", good[i]);
	static const char *const bad[] = {"",
	                                  "UTC",
	                                  "U0",
	                                  "<+05",
	                                  "UTC25",
	                                  "UTC0:60",
	                                  "A5BCD",
	                                  "EST5EDT",
	                                  "EST5EDT,M3.2.0",
	                                  "EST5EDT,M13.2.0,M11.1.0",
	                                  "EST5EDT,M3.6.0,M11.1.0",
	                                  "EST5EDT,M3.2.7,M11.1.0",
	                                  "EST5EDT,J0,J1",
	                                  "EST5EDT,366,1",
	                                  "EST5EDT,M3.2.0/168,M11.1.0",
	                                  "EST5EDT,M3.2.0,M11.1.0,",
	                                  "EST5 "};
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (zone_rule_parse(bad[i], strlen(bad[i]), &r))
			fail_msg("taken: %s", bad[i]);
	assert_true(zone_rule_parse("AAA0BBB,J60/0,59/0", 18, &r));
	/* J60 is 1 March in every year; 59 is 29 February in a leap year, else 1 March. */
	assert_true(zone_rule_to_summer_s(&r, 2024) * SECOND_US == at("2024-03-01T00:00:00Z"));
	assert_true(zone_rule_to_summer_s(&r, 2025) * SECOND_US == at("2025-03-01T00:00:00Z"));
	assert_true(zone_rule_to_standard_s(&r, 2024) * SECOND_US == at("2024-02-28T23:00:00Z"));
	assert_true(zone_rule_to_standard_s(&r, 2025) * SECOND_US == at("2025-02-28T23:00:00Z"));
}

/* The oldest form: 32-bit transitions and no footer; after the last one its offset stays. */
static void reads_version_1(void **state) {
	(void)state;
	static const char bytes[] = "TZif\0"
	                            "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	                            "\0\0\0\0"
	                            "\0\0\0\0"
	                            "\0\0\0\0"
	                            "\0\0\0\1"
	                            "\0\0\0\2"
	                            "\0\0\0\10"
	                            "\0\1\121\200"
	                            "\1" /* at 86400: type 1 */
	                            "\0\0\16\20\0\0"
	                            "\0\0\34\40\1\4" /* +1 h, +2 h */
	                            "AAA\0BBB";
	const struct zone *z;
	struct err e;
	assert_true(zone_parse("Old/Zone", bytes, sizeof bytes, &fx.arena, &z, &e));
	assert_int_equal(zone_offset_s(z, DAY_US - 1), 3600);
	assert_int_equal(zone_offset_s(z, DAY_US), 7200);
	assert_int_equal(zone_offset_s(z, at("9999-01-01T00:00:00Z")), 7200);
}

/* A version 2 file whose last transition, on 1970-12-01, is none of its rule's: until the rule's next one it stands. */
static void the_rule_begins_after_the_last_transition(void **state) {
	(void)state;
	static const char header[44] = "TZif2";
	static const char counts[] = "\0\0\0\0"
	                             "\0\0\0\0"
	                             "\0\0\0\0"
	                             "\0\0\0\1"
	                             "\0\0\0\2"
	                             "\0\0\0\10";
	static const char types[] = "\0\0\16\20\0\0"
	                            "\0\0\34\40\1\4" /* +1 h, +2 h */
	                            "AAA\0BBB";
	static const char footer[] = "\nAAA-1BBB,M3.5.0,M10.5.0\n";
	char bytes[300] = "";
	memcpy(bytes, header, 44);
	bytes[39] = 1; /* one type in the part for version 1, of no use */
	memcpy(bytes + 50, header, 44);
	memcpy(bytes + 70, counts, 24);
	const int64_t last_s = at("1970-12-01T00:00:00Z") / SECOND_US;
	for (int i = 0; i < 8; i++)
		bytes[94 + i] = (char)(last_s >> (56 - 8 * i));
	bytes[102] = 1;
	memcpy(bytes + 103, types, 20);
	memcpy(bytes + 123, footer, strlen(footer));
	const struct zone *z;
	struct err e = {0};
	if (!zone_parse("Odd/Zone", bytes, 123 + strlen(footer), &fx.arena, &z, &e))
		fail_msg("%s", e.text);
	assert_int_equal(zone_offset_s(z, at("1970-11-30T00:00:00Z")), 3600);
	assert_int_equal(zone_offset_s(z, at("1970-12-31T00:00:00Z")), 7200);
	assert_int_equal(zone_offset_s(z, at("1971-07-01T00:00:00Z")), 7200);
	assert_int_equal(zone_offset_s(z, at("1971-12-01T00:00:00Z")), 3600);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(agrees_with_zdump_in_every_transition),
	    cmocka_unit_test(agrees_with_zdump_by_the_footer),
	    cmocka_unit_test(span_holds_the_offset_on_both_sides),
	    cmocka_unit_test(local_time_of_an_instant),
	    cmocka_unit_test(civil_time_in_a_gap_or_twice),
	    cmocka_unit_test(there_and_back),
	    cmocka_unit_test(survives_every_truncation),
	    cmocka_unit_test(survives_changed_bytes),
	    cmocka_unit_test(reads_the_rules_of_footers),
	    cmocka_unit_test(reads_version_1),
	    cmocka_unit_test(the_rule_begins_after_the_last_transition),
	};
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
