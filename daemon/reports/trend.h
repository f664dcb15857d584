/* trend: lines by day as SVG inside a page. Lines differ by dashes, not by colour alone, and each says its name. */
#ifndef GRIDD_REPORTS_TREND_H
#define GRIDD_REPORTS_TREND_H

#include "daemon/reports/monthly.h"

enum trend_line { TREND_RECEIVED, TREND_CLOSED, TREND_BREACHED, TREND_STILL_OPEN, TREND_LINES };

/* Of the month's days, of which there is one at least. */
void trend_write(const struct monthly *m, const enum trend_line *lines, size_t n, struct strbuf *out);

#endif
