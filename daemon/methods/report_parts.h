/* report_parts: what the report.* methods about nights share. */
#ifndef GRIDD_METHODS_REPORT_PARTS_H
#define GRIDD_METHODS_REPORT_PARTS_H

#include "daemon/call/call.h"
#include "daemon/methods/methods.h"

/* Has it made on a thread: `return report_ask(c, &ask)` from one step; the next one is report_tell. Fills in pack and time. */
enum next report_ask(struct call *c, struct report_ask *ask);
enum next report_tell(struct call *c);
/* "2026-11-23", else a fault. */
void report_check_day(struct call *c, const char *path, const char *day);

#endif
