/* ladder: when time alone next changes something about a case: a due time, or a step of its ladder. */
#include "daemon/cases/decide.h"

#include <string.h>

static void keep_earliest(int64_t *best_us, int64_t at_us, int64_t after_us) {
	if (at_us > after_us && (*best_us == NO_TIME || at_us < *best_us))
		*best_us = at_us;
}

static const struct calendar *ladder_calendar(const struct clock *c, const struct calendar_set *cals) {
	const struct calendar *own = c->calendar ? calendar_find(cals, c->calendar) : NULL;
	return own ? own : cals->of_town;
}

static bool step_at(const struct ladder_step *s, const struct clock *c, const struct calendar_set *cals, int64_t *at_us) {
	if (s->percent < 100)
		return clock_percent_at(c, cals, s->percent, at_us);
	*at_us = c->due_at_us;
	return s->offset.amount == 0 || limit_end(s->offset, ladder_calendar(c, cals), c->due_at_us, at_us);
}

/* Where the ladder holds, a step outside working hours waits for opening. */
static int64_t held_until(int64_t at_us, const struct calendar *cal) {
	struct segment open;
	return cal && calendar_next_open(cal, at_us, &open) ? open.from_us : at_us;
}

int64_t case_next_fire_us(const struct case_rec *cr, const struct calendar_set *cals, int64_t after_us) {
	int64_t best_us = NO_TIME;
	for (size_t i = 0; i < cr->clocks.n; i++) {
		const struct clock *c = &cr->clocks.v[i];
		if (c->state != CLOCK_RUNNING)
			continue;
		keep_earliest(&best_us, c->due_at_us, after_us);
		for (size_t k = 0; k < cr->steps.n; k++) {
			const struct ladder_step *s = &cr->steps.v[k];
			int64_t at_us;
			if (strcmp(s->clock, c->name) != 0 || !step_at(s, c, cals, &at_us))
				continue;
			if (cr->ladder_holds)
				at_us = held_until(at_us, ladder_calendar(c, cals));
			keep_earliest(&best_us, at_us, after_us);
		}
	}
	return best_us;
}
