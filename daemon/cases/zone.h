/* zone: local time of a place, from the bytes of its TZif file (RFC 8536). Pure: `app` loads the bytes.
 *
 * Versions 1 to 4 are read; past the last transition the POSIX TZ footer holds (both `Mm.w.d` and Julian rules). */
#ifndef GRIDD_CASES_ZONE_H
#define GRIDD_CASES_ZONE_H

#include "daemon/base/list.h"
#include "daemon/base/civil.h"

struct zone;                            /* immutable; lives in the arena it was parsed into */

bool zone_parse(const char *name, const void *bytes, size_t n, struct arena *a, const struct zone **out, struct err *e)
    MUST_CHECK;

const char *zone_name(const struct zone *z);
/* Seconds east of UTC in force at the instant. */
int32_t zone_offset_s(const struct zone *z, int64_t at_us);
/* A stretch of time within which the offset doesn't change, [from, to). For walkers over many days, which needn't search for
 * each. The first starts, and the last may end, millennia away. */
struct zone_span {
	int64_t from_us, to_us;
	int32_t offset_s;
};
struct zone_span zone_span_at(const struct zone *z, int64_t at_us);
/* Midnight-based local time of an instant: the local date, and microseconds since its civil 00:00 (0 .. 24 h). */
void zone_local(const struct zone *z, int64_t at_us, int32_t *day, int64_t *of_day_us);
/* The instant of a civil time (of_day_us may be >= 24 h: the next day's). In a DST gap: the instant after the gap, that is,
 * of the transition. Where it comes twice: the first. */
int64_t zone_instant(const struct zone *z, int32_t day, int64_t of_day_us);

#endif
