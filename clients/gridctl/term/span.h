/* span: lengths of a clock's own time as people say them, "2 d 4 h": a day is as long as the clock's calendar says. */
#ifndef GRIDCTL_SPAN_H
#define GRIDCTL_SPAN_H

#include "daemon/base/strbuf.h"

#include <stdint.h>

/* "2 d 4 h", "3 h 20 min", "35 min"; 2 天 4 小时. day_seconds: of a working day; 0: one of 24 hours. */
void span_add(struct strbuf *out, int64_t seconds, int64_t day_seconds);
/* "3 h left", and of what is below 0 "2 d 4 h overdue"; 剩 3 小时, 超期 2 天 4 小时. */
void span_add_left(struct strbuf *out, int64_t seconds, int64_t day_seconds);

#endif
