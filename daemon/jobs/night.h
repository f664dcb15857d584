/* night: when a town's night is, and what its digest says: read, on a thread, from what is stored. */
#ifndef GRIDD_JOBS_NIGHT_H
#define GRIDD_JOBS_NIGHT_H

#include "daemon/reports/digest.h"
#include "daemon/rules/pack.h"
#include "daemon/store/occurrences.h"

/* What config says of reports. */
struct report_config {
	int32_t nightly_minute;             /* of the day, local time */
	int32_t monthly_day, monthly_minute;           /* of the month after */
	enum page_lang language;
};
enum { NIGHTLY_MINUTE = 22 * 60, MONTHLY_DAY = 1, MONTHLY_MINUTE = 8 * 60 };          /* unless config says otherwise */

/* The instant of the night that belongs to a local day. */
int64_t night_at_us(const struct pack *p, int32_t day, int32_t minute);
/* The newest day whose night is at or before that instant. */
int32_t night_day_before(const struct pack *p, int64_t at_us, int32_t minute);
enum { NIGHT_DAY_BYTES = 16 };
/* "2026-11-23" */
const char *night_day_text(int32_t day, char out[NIGHT_DAY_BYTES]);
/* The units that get reports, and where. */
void night_offices(const struct pack *p, struct arena *a, office_list *out);

struct night_ask {
	const struct pack *pack;
	const char *day;
	enum digest_mark mark;
	int64_t at_us, since_us;
	int64_t overdue_before;             /* -1: not known */
	bool (*stop)(void *ctx);            /* between two cases; may be NULL */
	void *ctx;
};
/* Inside side_begin .. side_commit. What it gives is in the arena. */
bool night_read(struct side *s, const struct night_ask *ask, struct arena *a, const struct digest **out, struct err *e) MUST_CHECK;

#endif
