/* advance: moves the test clock to each firing in order, and lets it happen: the door behind test.advance. */
#ifndef GRIDD_JOBS_ADVANCE_H
#define GRIDD_JOBS_ADVANCE_H

#include "daemon/jobs/auditor.h"
#include "daemon/jobs/timekeeper.h"

struct advance;

struct advance *advance_new(struct server *sv, struct timekeeper *t, struct auditor *a);
void advance_free(struct advance **a);     /* after the database */

/* As struct job_doors says. jobs: audits that had come due by to_us; those that were missed on the way are made once. */
typedef void (*on_advanced)(int64_t fired, int64_t jobs, const struct err *why, void *call);
void advance_to(struct advance *a, int64_t to_us, on_advanced done, void *call);

#endif
