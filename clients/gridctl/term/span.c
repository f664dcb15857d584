/* span: days, hours and minutes; never more than two of them. */
#include "clients/gridctl/term/span.h"

#include "clients/gridctl/term/term.h"

#include <inttypes.h>

enum { MINUTE = 60, HOUR = 3600, DAY = 24 * HOUR };

/* False: there is none, nothing was added. */
static bool add_part(struct strbuf *out, int64_t n, struct both unit, bool first) {
	if (n > 0)
		strbuf_printf(out, "%s%" PRId64 " %s", first ? "" : " ", n, both_text(unit));
	return n > 0;
}

void span_add(struct strbuf *out, int64_t seconds, int64_t day_seconds) {
	static const struct both day = {"d", "天"}, hour = {"h", "小时"}, minute = {"min", "分钟"};
	const int64_t of_day = day_seconds > 0 ? day_seconds : DAY;
	const int64_t days = seconds / of_day, hours = seconds % of_day / HOUR, minutes = seconds % of_day % HOUR / MINUTE;
	bool any = add_part(out, days, day, true);
	any = add_part(out, hours, hour, !any) || any;
	if (days == 0)
		any = add_part(out, minutes, minute, !any) || any;
	if (!any)
		strbuf_adds(out, seconds <= 0 ? T("0 min", "0 分钟") : T("under 1 min", "不足 1 分钟"));
}

void span_add_left(struct strbuf *out, int64_t seconds, int64_t day_seconds) {
	const bool over = seconds < 0;
	if (term_zh())
		strbuf_adds(out, over ? "超期 " : "剩 ");
	span_add(out, over ? -seconds : seconds, day_seconds);
	if (!term_zh())
		strbuf_adds(out, over ? " overdue" : " left");
}
