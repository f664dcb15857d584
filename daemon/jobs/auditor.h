/* auditor: looks at every open case whether its timer says when it fires next, and sets it right where it doesn't.
 *
 * Every 10 minutes of case time, in the daemon that has the lease; on a test clock only when it is asked to. */
#ifndef GRIDD_JOBS_AUDITOR_H
#define GRIDD_JOBS_AUDITOR_H

#include "daemon/call/server.h"

struct auditor;

struct auditor *auditor_new(struct server *sv);
void auditor_free(struct auditor **a);      /* after the database */
void auditor_start(struct auditor *a);
void auditor_stop(struct auditor *a);

bool auditor_is_due(const struct auditor *a);
/* Goes through all cases now; done gets how many timers were set right. Not while one is under way (auditor_is_due says no). */
typedef void (*on_audited)(int64_t repaired, const struct err *why, void *ctx);
void auditor_run(struct auditor *a, on_audited done, void *ctx);

#endif
