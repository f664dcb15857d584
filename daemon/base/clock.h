/* clock: the only place where anybody asks what time it is.
 *
 * Case time is database time: a sample is (database time, monotonic time when the answer arrived), and
 * now = database time + monotonic time since. So it is never ahead of the database, and never goes back within a process.
 * With a test clock the case time is a row of the database and stands still between samples. */
#ifndef GRIDD_BASE_CLOCK_H
#define GRIDD_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

int64_t clock_monotonic_us(void);      /* for time-outs, back-off, leases: never for cases */
int64_t clock_host_us(void);           /* the host's wall clock: for logs and file names only */

struct case_clock {
	int64_t db_at_us, sampled_mono_us; /* the newest sample */
	int64_t last_us;                   /* the newest answer, so that we never go back */
	bool sampled, frozen;              /* frozen: a test clock */
};

/* Takes a sample; returns how far it moved what clock_now would have said, in microseconds (0 for the first). */
int64_t case_clock_sample(struct case_clock *c, int64_t db_at_us, int64_t mono_us, bool frozen);
bool case_clock_ready(const struct case_clock *c);
int64_t case_clock_now(struct case_clock *c, int64_t mono_us);

#endif
