/* due_moves: reckons copies of a case's open clocks, and compares. */
#include "daemon/call/due_moves.h"

static bool same_due(const struct clock *x, const struct clock *y) {
	return x->due_at_us == y->due_at_us && x->provisional == y->provisional;
}

static bool same_left(const struct clock *x, const struct clock *y) {
	return x->spent_us == y->spent_us && x->rounded_us == y->rounded_us;
}

void due_moves(const struct case_rec *cr, const struct calendar_set *cals, int64_t now_us, struct arena *a,
               due_move_list *out) {
	for (size_t i = 0; i < cr->clocks.n; i++) {
		const struct clock *before = &cr->clocks.v[i];
		struct clock after = *before;
		struct due_move m = {.before = before};
		struct err e = {0};
		if (!clock_reckon(&after, cals, now_us, &m.put_off, &e)) {
			m.problem = arena_strdup(a, e.text);
			after = *before;
		}
		m.due_at_us = after.due_at_us;
		m.provisional = after.provisional;
		m.only_left = same_due(before, &after);
		if (m.problem || !m.only_left || !same_left(before, &after))
			*LIST_ADD(out, a) = m;
	}
}
