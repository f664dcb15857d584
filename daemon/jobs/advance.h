/* advance: moves the test clock to each firing and each scheduled report in order, and lets it happen: the door behind test.advance. */
#ifndef GRIDD_JOBS_ADVANCE_H
#define GRIDD_JOBS_ADVANCE_H

#include "daemon/jobs/auditor.h"
#include "daemon/jobs/schedule.h"
#include "daemon/jobs/timekeeper.h"

struct advance;

enum { ADVANCE_SCHEDULES = 2 };         /* the night's, the month's */

/* Whose work falls due on the way. */
struct advance_jobs {
	struct timekeeper *timekeeper;
	struct auditor *auditor;
	struct schedule *schedules[ADVANCE_SCHEDULES];
};
struct advance *advance_new(struct server *sv, const struct advance_jobs *jobs);
void advance_free(struct advance **a);     /* after the database */

/* As struct job_doors says. jobs: nights and months that were passed, and audits that had come due by to_us; audits that were missed on the
 * way are made once. */
typedef void (*on_advanced)(int64_t fired, int64_t jobs, const struct err *why, void *call);
void advance_to(struct advance *a, int64_t to_us, on_advanced done, void *call);

#endif
