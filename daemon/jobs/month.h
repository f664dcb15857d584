/* month: a period's figures of a town: read, on a thread, from what is stored, and compared with what was sent. */
#ifndef GRIDD_JOBS_MONTH_H
#define GRIDD_JOBS_MONTH_H

#include "daemon/reports/kpi_make.h"
#include "daemon/rules/pack.h"
#include "daemon/store/side.h"

#define MONTH_JOB "monthly"

struct month_ask {
	const struct pack *pack;
	int64_t from_us, to_us, as_of_us;
	enum kpi_by by;
	struct strs tags;
	const struct kpi_wanted *wanted;    /* NULL: no cases; else they come in *found */
	kpi_found_list *found;
	bool (*stop)(void *ctx);            /* between two cases; may be NULL */
	void *ctx;
};
/* Inside side_begin .. side_commit. What it gives is in the arena. */
bool month_read(struct side *s, const struct month_ask *ask, struct arena *a, struct kpi *out, struct err *e) MUST_CHECK;
/* If just these figures had been sent by then: when, and what is another now. */
bool month_compare(struct side *s, const struct month_ask *ask, struct arena *a, struct kpi *k, struct err *e) MUST_CHECK;

/* The first day of the month in which that day lies; of the month after, of the month before. */
int32_t month_first_day(int32_t day);
int32_t month_next(int32_t first_day);
int32_t month_before(int32_t first_day);

#endif
