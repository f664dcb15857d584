/* test_budgets: what holds of any clock, whatever is done to it: pauses that aren't, larger budgets, any use in any order. */
#include "tests/unit/cases/dice.h"

static struct clock any_clock(struct dice *dice, const struct calendar_set *cals) {
	struct err e = {0};
	struct clock c = {.name = "handle", .limit = any_limit(dice), .calendar = "office"};
	MUST(clock_start(&c, cals, at("2026-11-20T00:00:00+08:00") + roll(dice, 30 * DAY_US), &e));
	return c;
}

static void pausing_and_resuming_at_once_changes_nothing(void **state) {
	(void)state;
	struct err e = {0};
	for (int i = 1; i <= lives() / 5; i++) {
		struct dice dice = dice_of((uint64_t)i);
		const struct calendar_set *cals = offices[roll(&dice, 3)];
		const struct clock c = any_clock(&dice, cals);
		struct clock paused = c;
		const int64_t at_us = c.started_at_us + roll(&dice, 2 * (c.due_at_us - c.started_at_us));
		clock_pause(&paused, cals, at_us, &memory);
		MUST(clock_resume(&paused, cals, at_us, &e));
		MUST(paused.due_at_us == c.due_at_us && paused.provisional == c.provisional);
		for (int k = 0; k < 5; k++) {
			const int64_t then_us = at_us + roll(&dice, 5 * DAY_US);
			MUST(clock_spent_us(&paused, cals, then_us) == clock_spent_us(&c, cals, then_us));
			MUST(clock_remaining_us(&paused, cals, then_us) == clock_remaining_us(&c, cals, then_us));
		}
		for (int percent = 1; percent <= 100; percent += 9) {
			int64_t once_us, twice_us;
			MUST(clock_percent_at(&c, cals, percent, &once_us));
			if (once_us > at_us)
				MUST(clock_percent_at(&paused, cals, percent, &twice_us) && twice_us == once_us);
		}
	}
}

static void a_larger_budget_is_never_due_earlier(void **state) {
	(void)state;
	struct err e = {0};
	for (int i = 1; i <= lives() / 5; i++) {
		struct dice dice = dice_of((uint64_t)i);
		const struct calendar_set *cals = offices[roll(&dice, 3)];
		struct clock small = any_clock(&dice, cals), large = small;
		large.limit.amount += 1 + (int32_t)roll(&dice, 5);
		MUST(clock_start(&large, cals, small.started_at_us, &e));
		MUST(small.due_at_us <= large.due_at_us);
		/* Nor after the same pause. */
		const int64_t from_us = small.started_at_us + roll(&dice, small.due_at_us - small.started_at_us);
		const int64_t to_us = from_us + roll(&dice, 5 * DAY_US);
		clock_pause(&small, cals, from_us, &memory);
		clock_pause(&large, cals, from_us, &memory);
		MUST(clock_resume(&small, cals, to_us, &e) && clock_resume(&large, cals, to_us, &e));
		MUST(small.due_at_us <= large.due_at_us);
		const int64_t before_us = small.due_at_us;
		MUST(clock_extend(&small, cals, &e) && small.due_at_us > before_us);
	}
}

/* Stops, pauses and extensions in any order: when it was due the budget was used up. */
static void any_use_of_a_clock_adds_up(void **state) {
	(void)state;
	struct err e = {0};
	for (int i = 1; i <= lives() / 5; i++) {
		struct dice dice = dice_of((uint64_t)i);
		const struct calendar_set *cals = offices[roll(&dice, 3)];
		struct clock c = any_clock(&dice, cals);
		int64_t now_us = c.started_at_us;
		for (int n = 0; n < 12; n++) {
			now_us += roll(&dice, 2 * DAY_US);
			if (c.state == CLOCK_STOPPED)
				MUST(clock_go_on(&c, cals, now_us, &memory, &e));
			else if (chance(&dice, 20))
				MUST(clock_extend(&c, cals, &e));
			else if (chance(&dice, 20))
				clock_stop(&c, now_us);
			else if (c.state == CLOCK_PAUSED)
				MUST(clock_resume(&c, cals, now_us, &e));
			else
				clock_pause(&c, cals, now_us, &memory);
			MUST((c.due_at_us == NO_TIME) <= (c.state != CLOCK_RUNNING));
			if (c.due_at_us != NO_TIME && c.state != CLOCK_STOPPED)
				MUST(clock_remaining_us(&c, cals, c.due_at_us) == 0 && clock_remaining_us(&c, cals, c.due_at_us - 1) > 0);
			struct clock again = c;
			bool put_off;
			MUST(clock_reckon(&again, cals, now_us, &put_off, &e) && !put_off);
			MUST(again.due_at_us == c.due_at_us && again.spent_us == c.spent_us && again.rounded_us == c.rounded_us);
		}
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pausing_and_resuming_at_once_changes_nothing),
	    cmocka_unit_test(a_larger_budget_is_never_due_earlier),
	    cmocka_unit_test(any_use_of_a_clock_adds_up),
	};
	return cmocka_run_group_tests(tests, dice_setup, dice_teardown);
}
