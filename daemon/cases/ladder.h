/* ladder: what the search for the next firing (decide.h) shares with what happens when it fires. */
#ifndef GRIDD_CASES_LADDER_H
#define GRIDD_CASES_LADDER_H

#include "daemon/cases/case.h"

/* When a limit of the ladder that begins at at_us ends: by the clock's calendar, else the town's. NO_TIME: never. */
int64_t ladder_after_us(const struct clock *c, const struct calendar_set *cals, struct limit l, int64_t at_us);
/* A unit that asked in time isn't late while it waits for the answer: the breach of that clock waits, too. */
bool clock_waits(const struct case_rec *cr, const struct clock *c);
/* Is that alarm about that clock? */
bool alarm_is_of(const struct alarm *m, const struct clock *c);

#endif
