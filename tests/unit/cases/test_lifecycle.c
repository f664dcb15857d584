/* test_lifecycle: the tables of states, commands and moves hold together, and every pair that isn't there is refused. */
#include "tests/unit/cases/play.h"

static void no_pair_stands_twice(void **state) {
	(void)state;
	unsigned seen[COMMANDS] = {0};
	for (size_t i = 0; lifecycle_at(i); i++) {
		const struct move *m = lifecycle_at(i);
		assert_true(m->from != 0 && m->from < 1U << CASE_STATES);
		assert_int_equal(seen[m->command] & m->from, 0);
		assert_true(m->why && m->why[0]);
		seen[m->command] |= m->from;
		for (int s = 0; s < CASE_STATES; s++)
			if (m->from & (1U << s))
				assert_ptr_equal(lifecycle_move((enum case_state)s, m->command), m);
	}
	for (int k = 0; k < COMMANDS; k++)
		assert_true(seen[k] || k == CMD_SUBMIT);
}

/* Where that move may lead, as bits. */
static unsigned targets(const struct move *m) {
	unsigned to = m->to < CASE_STATES ? 1U << m->to : 0;
	for (int s = 0; s < CASE_STATES; s++)
		if (m->to != TO_SAME && m->to >= CASE_STATES && strstr(m->why, state_name((enum case_state)s)))
			to |= 1U << s;
	return to;
}

static unsigned reached_from(unsigned states) {
	for (size_t i = 0; lifecycle_at(i); i++)
		if (lifecycle_at(i)->from & states)
			states |= targets(lifecycle_at(i));
	return states;
}

static void every_state_is_reached_and_left(void **state) {
	(void)state;
	const unsigned all = (1U << CASE_STATES) - 1;
	for (int s = 0; s < CASE_STATES; s++) {
		unsigned states = 1U << s;
		for (int i = 0; i < CASE_STATES; i++)
			states = reached_from(states);
		assert_int_equal(states, all);
	}
}

static void what_is_over_is_only_looked_back_at(void **state) {
	(void)state;
	static const enum command_kind moving[] = {CMD_DISPATCH, CMD_ACCEPT, CMD_RETURN, CMD_FINISH, CMD_VERIFY, CMD_SUSPEND,
	                                           CMD_ARBITRATE, CMD_AMEND, CMD_MERGE, CMD_FIRE, CMD_MOVE, CMD_URGE};
	for (int s = 0; s < CASE_STATES; s++)
		for (size_t i = 0; state_is_final((enum case_state)s) && i < COUNT_OF(moving); i++)
			assert_null(lifecycle_move((enum case_state)s, moving[i]));
	assert_non_null(lifecycle_move(CASE_CLOSED, CMD_REOPEN));
	assert_non_null(lifecycle_move(CASE_REJECTED, CMD_NOTE));
}

/* A case in each state, by real commands. */
static struct play *play_in(enum case_state s) {
	struct play *p = s == CASE_TRIAGE     ? play_triage()
	                 : s == CASE_FINISHED ? play_finished()
	                 : s == CASE_CLOSED   ? play_closed()
	                 : s == CASE_HANDLING ? play_handling()
	                                      : play_dispatched();
	struct command cmd = by_supervisor(p, CMD_REJECT);
	if (s == CASE_SUSPENDED) {
		cmd.kind = CMD_SUSPEND;
		cmd.suspend.until_us = p->now_us + DAY_US;
	}
	if (s == CASE_MERGED) {
		cmd.kind = CMD_MERGE;
		cmd.merge.other = "20261123-0000002";
	}
	if (s == CASE_SUSPENDED || s == CASE_MERGED || s == CASE_REJECTED)
		play_does(p, cmd);
	assert_int_equal(p->cr->state, s);
	return p;
}

static void every_other_pair_is_refused(void **state) {
	(void)state;
	for (int s = 0; s < CASE_STATES; s++) {
		struct play *p = play_in((enum case_state)s);
		for (int k = 0; k < COMMANDS; k++) {
			if (k == CMD_SUBMIT || lifecycle_move((enum case_state)s, (enum command_kind)k))
				continue;
			play_refused(p, by_supervisor(p, (enum command_kind)k), E_CONFLICT, "isn't possible while the case is");
			for (size_t i = 0; i < p->why.allowed.n; i++)
				assert_string_not_equal(p->why.allowed.v[i], command_method((enum command_kind)k)
				                                                 ? command_method((enum command_kind)k)
				                                                 : "case.submit");
		}
	}
}

static void the_refusal_says_when_it_is_possible(void **state) {
	(void)state;
	struct play *p = play_in(CASE_CLOSED);
	play_refused(p, by_desk(p, CMD_MERGE), E_CONFLICT, "only while it is triage, dispatched or handling");
	play_refused(p, by_desk(p, CMD_RESUME), E_CONFLICT, "only while it is suspended");
	play_refused(p, by_desk(p, CMD_FIRE), E_CONFLICT, "a firing isn't possible");
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_pair_stands_twice),
	    cmocka_unit_test(every_state_is_reached_and_left),
	    cmocka_unit_test(what_is_over_is_only_looked_back_at),
	    cmocka_unit_test(every_other_pair_is_refused),
	    cmocka_unit_test(the_refusal_says_when_it_is_possible),
	};
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
