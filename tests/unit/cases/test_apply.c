/* test_apply: folding changes never touches the aggregate before, and shares what it can. */
#include "tests/unit/cases/fixture.h"

#include "daemon/cases/decide.h"

static struct changes *changes_new(int64_t at_us) {
	struct changes *ch = arena_new(&fx.arena, struct changes);
	ch->at_us = at_us;
	return ch;
}

static struct change *add(struct changes *ch, enum change_kind kind) {
	struct change *c = LIST_ADD(&ch->list, &fx.arena);
	c->kind = kind;
	return c;
}

static void add_clock(struct changes *ch, const char *name, int64_t start_us, enum clock_state state) {
	add(ch, CHANGE_CLOCK)->clock = (struct clock){.name = name, .started_at_us = start_us, .state = state};
}

static void add_task(struct changes *ch, int32_t n, enum task_state state) {
	add(ch, CHANGE_TASK)->task = (struct task){.n = n, .unit = "firm_a", .state = state};
}

/* A dispatched case with two tasks and two clocks: one more of each would fit into the memory of the lists. */
static struct case_rec *opened(void) {
	struct changes *ch = changes_new(1000);
	struct change *c = add(ch, CHANGE_OPENED);
	c->opened.channel = "patrol";
	c->opened.ref = "XC-1";
	c->opened.observed_at_us = c->opened.received_at_us = 900;
	add(ch, CHANGE_STATE)->state.state = CASE_DISPATCHED;
	add_task(ch, 1, TASK_GIVEN);
	add_task(ch, 2, TASK_GIVEN);
	add_clock(ch, "handle", 1000, CLOCK_RUNNING);
	add_clock(ch, "overall", 900, CLOCK_RUNNING);
	return apply(NULL, "310106101", ch, &fx.arena);
}

static void before_stays_as_it_was(void **state) {
	(void)state;
	struct case_rec *before = opened();
	const struct case_rec copy = *before;
	struct task tasks[2];
	struct clock clocks[2];
	memcpy(tasks, before->tasks.v, sizeof tasks);
	memcpy(clocks, before->clocks.v, sizeof clocks);
	struct changes *ch = changes_new(2000);
	add(ch, CHANGE_STATE)->state.state = CASE_HANDLING;
	add_task(ch, 1, TASK_ACCEPTED);
	add_task(ch, 3, TASK_GIVEN);
	add_clock(ch, "handle", 1000, CLOCK_STOPPED);
	add_clock(ch, "verify", 2000, CLOCK_RUNNING);
	const struct case_rec *one = apply(before, before->town, ch, &fx.arena);
	const struct case_rec *other = apply(before, before->town, changes_new(3000), &fx.arena);
	assert_memory_equal(before, &copy, sizeof copy);
	assert_memory_equal(before->tasks.v, tasks, sizeof tasks);
	assert_memory_equal(before->clocks.v, clocks, sizeof clocks);
	assert_ptr_not_equal(one->tasks.v, before->tasks.v);
	assert_ptr_not_equal(one->clocks.v, before->clocks.v);
	/* What no change touched is shared. */
	assert_ptr_equal(one->refs.v, before->refs.v);
	assert_ptr_equal(other->tasks.v, before->tasks.v);
	assert_ptr_equal(other->clocks.v, before->clocks.v);
}

static void a_change_replaces_or_adds(void **state) {
	(void)state;
	struct case_rec *before = opened();
	before->id = 42;
	struct changes *ch = changes_new(2000);
	add_task(ch, 1, TASK_ACCEPTED);
	add_task(ch, 3, TASK_GIVEN);
	add_clock(ch, "handle", 1000, CLOCK_STOPPED);
	add_clock(ch, "handle", 2000, CLOCK_RUNNING);
	const struct case_rec *cr = apply(before, before->town, ch, &fx.arena);
	assert_int_equal(cr->id, 42);
	assert_int_equal(cr->version, 2);
	assert_true(cr->changed_at_us == 2000 && cr->received_at_us == 900);
	assert_int_equal(cr->state, CASE_DISPATCHED);
	assert_int_equal(cr->tasks.n, 3);
	assert_int_equal(cr->tasks.v[0].state, TASK_ACCEPTED);
	assert_int_equal(cr->tasks.v[2].n, 3);
	/* The same clock stops; one that starts later is another, and the newest of its name. */
	assert_int_equal(cr->clocks.n, 3);
	assert_int_equal(cr->clocks.v[0].state, CLOCK_STOPPED);
	assert_true(case_clock(cr, "handle")->started_at_us == 2000);
}

static void a_second_fold_builds_on_the_first(void **state) {
	(void)state;
	struct changes *more = changes_new(2000), *again = changes_new(3000);
	add_clock(more, "verify", 2000, CLOCK_RUNNING);
	add_clock(again, "verify", 3000, CLOCK_RUNNING);
	const struct case_rec *one = apply(opened(), "310106101", more, &fx.arena);
	const struct case_rec *two = apply(one, one->town, again, &fx.arena);
	assert_int_equal(one->clocks.n, 3);
	assert_int_equal(two->clocks.n, 4);
	assert_int_equal(two->version, 3);
}

static void the_holders_clock_is_the_one_that_runs(void **state) {
	(void)state;
	struct changes *accept = changes_new(1500), *accepted = changes_new(2000), *paused = changes_new(3000);
	add_clock(accept, "accept", 1000, CLOCK_RUNNING);
	const struct case_rec *cr = apply(opened(), "310106101", accept, &fx.arena);
	assert_string_equal(case_holder_clock(cr)->name, "accept");
	add_clock(accepted, "accept", 1000, CLOCK_STOPPED);
	cr = apply(cr, cr->town, accepted, &fx.arena);
	assert_string_equal(case_holder_clock(cr)->name, "handle");
	add_clock(paused, "handle", 1000, CLOCK_PAUSED);
	cr = apply(cr, cr->town, paused, &fx.arena);
	assert_null(case_holder_clock(cr));
}

static void a_final_state_closes_and_another_reopens(void **state) {
	(void)state;
	const struct case_rec *cr = opened();
	assert_true(cr->closed_at_us == NO_TIME);
	struct changes *close = changes_new(5000), *note = changes_new(5500), *reopen = changes_new(6000);
	struct change *c = add(close, CHANGE_STATE);
	c->state.state = CASE_CLOSED;
	c->state.result = "solved";
	cr = apply(cr, cr->town, close, &fx.arena);
	assert_true(cr->closed_at_us == 5000);
	assert_string_equal(cr->result, "solved");
	cr = apply(cr, cr->town, note, &fx.arena);
	assert_true(cr->closed_at_us == 5000);
	add(reopen, CHANGE_STATE)->state.state = CASE_HANDLING;
	cr = apply(cr, cr->town, reopen, &fx.arena);
	assert_true(cr->closed_at_us == NO_TIME);
	assert_string_equal(cr->result, "solved");
}

static void every_kind_and_state_has_its_name(void **state) {
	(void)state;
	for (int i = 0; i < CHANGE_KINDS; i++)
		assert_non_null(change_kind_names[i]);
	assert_null(change_kind_names[CHANGE_KINDS]);
	for (int i = 0; i < CASE_STATES; i++) {
		enum case_state s;
		assert_true(state_parse(state_name((enum case_state)i), &s));
		assert_int_equal(s, i);
		assert_non_null(state_zh(s));
	}
	enum case_state s;
	assert_false(state_parse("Triage", &s));
	assert_null(state_names[CASE_STATES]);
	assert_true(state_is_final(CASE_CLOSED) && state_is_final(CASE_REJECTED));
	assert_false(state_is_final(CASE_FINISHED) || state_is_final(CASE_SUSPENDED) || state_is_final(CASE_MERGED));
	assert_string_equal(urgency_names[URGENCY_EMERGENCY], "emergency");
	assert_string_equal(task_kind_names[TASK_CHECK], "check");
	assert_string_equal(task_state_names[TASK_WITHDRAWN], "withdrawn");
	assert_true(!urgency_names[URGENCIES] && !task_kind_names[TASK_KINDS] && !task_state_names[TASK_STATES]);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(before_stays_as_it_was),
	    cmocka_unit_test(a_change_replaces_or_adds),
	    cmocka_unit_test(a_second_fold_builds_on_the_first),
	    cmocka_unit_test(the_holders_clock_is_the_one_that_runs),
	    cmocka_unit_test(a_final_state_closes_and_another_reopens),
	    cmocka_unit_test(every_kind_and_state_has_its_name),
	};
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
