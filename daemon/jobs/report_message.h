/* report_message: the message that carries a report: made from the plan of an occurrence and nothing else. */
#ifndef GRIDD_JOBS_REPORT_MESSAGE_H
#define GRIDD_JOBS_REPORT_MESSAGE_H

#include "daemon/post/message.h"
#include "daemon/reports/pages.h"

struct report_notice {
	const char *id;                     /* "R12-1" */
	const char *town, *job;             /* job: "nightly", "monthly" */
	const char *day;                    /* "2026-11-23" */
	const char *office;                 /* the unit that gets it */
	const char *channel, *to;
	const char *plan;                   /* occurrence.plan */
	int64_t planned_at_us;
};
/* All of it in the arena. Name: "nightly.2026-11-23.supervision.310106101". */
bool report_message(const struct report_notice *about, enum page_lang lang, struct arena *a, struct message *out,
                    struct err *e) MUST_CHECK;

#endif
