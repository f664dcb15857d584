/* night_report: what report.overdue, report.nightly and report.send answer: made on threads, a few at a time.
 *
 * A night that was planned is shown as it was planned, the same for ever; one that never was is reckoned from the events, and
 * marked so. */
#ifndef GRIDD_JOBS_NIGHT_REPORT_H
#define GRIDD_JOBS_NIGHT_REPORT_H

#include "daemon/call/server.h"
#include "daemon/jobs/night.h"
#include "daemon/post/post.h"

/* What config says, read anew at each report. */
struct report_sources {
	struct server *sv;
	const struct report_config *config;
	const post_channel_list *channels;  /* for who sends a message, and to which address */
};
/* As struct job_doors says. */
void night_report(const struct report_sources *from, const struct report_ask *ask, on_reported done, void *call);

#endif
