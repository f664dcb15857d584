/* civil: dates, and instants as text. No zone rules here (daemon/cases/zone.h), and nobody asks what time it is.
 *
 * An instant is int64_t microseconds since 1970-01-01T00:00:00Z, named `..._at_us` or `now_us`. A date is int32_t days since
 * 1970-01-01, proleptic Gregorian, named `..._day`. */
#ifndef GRIDD_BASE_CIVIL_H
#define GRIDD_BASE_CIVIL_H

#include "daemon/base/err.h"

#include <stddef.h>
#include <stdint.h>

#define NO_TIME INT64_MIN              /* an instant that isn't there */
#define SECOND_US INT64_C(1000000)
#define MINUTE_US (60 * SECOND_US)
#define HOUR_US (60 * MINUTE_US)
#define DAY_US (24 * HOUR_US)

struct civil_date {
	int32_t year;                      /* 1..9999 */
	int32_t month, day;                /* 1..12, 1..31 */
};

int32_t civil_to_day(struct civil_date d);
struct civil_date civil_from_day(int32_t day);
int civil_weekday(int32_t day);                        /* 0 = Monday ... 6 = Sunday */
bool civil_parse_date(const char *text, int32_t *day) MUST_CHECK;   /* "2026-11-23", exactly; the date must exist */

/* RFC 3339 with `Z` or a numeric offset; at most 6 digits of a second are kept, further ones are cut. `T` and `Z` may be
 * lower case, a leap second :60 reads as :59.999999. Refuses a text without an offset (says so), years outside 1900..9999. */
bool rfc3339_parse(const char *text, int64_t *at_us, struct err *e) MUST_CHECK;

enum { RFC3339_BYTES = 40 };
/* "2026-11-23T12:00:00+08:00"; a fraction only where it isn't 0. offset_s is a whole number of minutes, or printed so;
 * 0 prints as Z. */
const char *rfc3339_format(int64_t at_us, int32_t offset_s, char out[RFC3339_BYTES]);

#endif
