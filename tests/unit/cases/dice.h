/* dice: what the tests of random lives and clocks share: numbers from a seed, a seed that is printed, a few offices.
 *
 * GRIDD_TEST_SIZE fast, normal, long: 1,000, 10,000 or 100,000 lives. GRIDD_TEST_SEED=N: that one only. */
#ifndef GRIDD_TESTS_UNIT_CASES_DICE_H
#define GRIDD_TESTS_UNIT_CASES_DICE_H

#include "tests/unit/cases/life.h"
#include "tests/unit/size.h"

#include <signal.h>
#include <unistd.h>

struct dice {
	uint64_t next;
};

static struct arena memory;             /* of one life, or of one clock */
static uint64_t seed_now;

#define MUST(cond)                                                                                                          \
	do {                                                                                                                    \
		if (!(cond))                                                                                                        \
			fail_msg("GRIDD_TEST_SEED=%llu: %s", (unsigned long long)seed_now, #cond);                                      \
	} while (0)

static inline void on_abort(int sig) {
	char text[80];
	const int n = snprintf(text, sizeof text, "GRIDD_TEST_SEED=%llu\n", (unsigned long long)seed_now);
	(void)!write(STDERR_FILENO, text, (size_t)n);
	(void)signal(sig, SIG_DFL);
}

static inline int64_t roll(struct dice *dice, int64_t n) { return random_below(&dice->next, n); }
static inline bool chance(struct dice *dice, int percent) { return roll(dice, 100) < percent; }

#define PICK(dice, words) ((words)[roll((dice), (int64_t)COUNT_OF(words))])

/* Another life, or another clock: all of it comes from this number. */
static inline struct dice dice_of(uint64_t seed) {
	seed_now = seed;
	arena_reset(&memory);
	return (struct dice){seed * 0x9e3779b97f4a7c15u};
}

static inline int lives(void) {
	return test_count(test_size(1000, 10000, 100000));
}

static struct calendar_set *offices[3], *changed[3];

/* The same office, that is closed on some days more, and works on some others. */
static inline struct calendar_set *changed_office(const struct calendar_set *cals) {
	struct calendar *c = arena_memdup(&fx.arena, cals->of_town, sizeof *c);
	const interval_list half_day = hours("08:00-12:00");
	c->overrides.v = NULL;
	c->overrides.n = c->overrides.cap = 0;
	for (int32_t day = date("2026-11-20"); day < date("2027-02-20"); day++)
		if (day % 5 < 2)
			calendar_override(c, day, day % 2 ? half_day : (interval_list){0});
	return set_of(c);
}

static inline void make_offices(void) {
	struct calendar *holidays = calendar_new("Asia/Shanghai", "08:30-11:30 13:00-17:30", "");
	for (int i = 0; i < 7; i++)
		calendar_override(holidays, date("2026-12-01") + i, (interval_list){0});
	calendar_override(holidays, date("2026-12-12"), hours("08:30-11:30")); /* worked on a Saturday, half a day */
	holidays->reading = WD_END_OF_DAY;
	offices[0] = life_office();
	offices[1] = set_of(holidays);
	offices[2] = set_of(calendar_new("America/New_York", "22:00-06:00", "00:00-24:00"));
	for (size_t i = 0; i < COUNT_OF(offices); i++)
		changed[i] = changed_office(offices[i]);
}

static inline struct limit any_limit(struct dice *dice) {
	static const char *const texts[] = {"30min", "4uh", "3wh", "11wh", "1wd", "3wd", "2wd/rolling", "5wd/end_of_day", "2nd"};
	return limit_of(PICK(dice, texts));
}

static inline int dice_setup(void **state) {
	fixture_setup(state);
	arena_init(&memory);
	make_offices();
	(void)signal(SIGABRT, on_abort);
	return 0;
}

static inline int dice_teardown(void **state) {
	arena_fini(&memory);
	return fixture_teardown(state);
}

#endif
