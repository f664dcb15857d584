/* when: times as people read them. The daemon's times carry the town's offset, so the text is already local. */
#ifndef GRIDCTL_WHEN_H
#define GRIDCTL_WHEN_H

#include "daemon/base/strbuf.h"

#include <stdint.h>

/* "2026-11-23T12:00:00+08:00" -> "2026-11-23 12:00:00"; with_seconds false: without them. NULL or not a time: "-". */
void when_add(struct strbuf *out, const char *rfc3339, bool with_seconds);
/* The same to the minute, at the offset that `like` has: stored events carry their times in UTC. */
void when_add_like(struct strbuf *out, const char *rfc3339, const char *like);
/* Only the time of day, "12:00:00". */
void when_add_clock(struct strbuf *out, const char *rfc3339);
/* "26:05:09": hours, minutes, seconds. */
void when_add_seconds(struct strbuf *out, int64_t seconds);
/* Seconds from `from` to `to`; false if one of them is no time. */
bool when_between(const char *from, const char *to, int64_t *seconds);
/* "3 h left", "2 d overdue"; 剩 3 小时, 超期 2 天. Natural time. */
void when_add_left(struct strbuf *out, int64_t seconds);
/* --natural: what the person wants to see instead of a clock's own time. */
void when_set_natural(bool on);
bool when_natural(void);
/* "3 h", "2 d"; 3 小时, 2 天. */
void when_add_span(struct strbuf *out, int64_t seconds);
bool when_same_day(const char *a, const char *b);      /* by their own offsets */

#endif
