/* when: instants and spans as text. */
#include "clients/gridctl/term/when.h"

#include "clients/gridctl/term/term.h"
#include "daemon/base/civil.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DATE_CHARS = 10, TO_MINUTES = 16, TO_SECONDS = 19 };

static bool is_time(const char *text, int64_t *at_us) {
	struct err ignored;
	return text && rfc3339_parse(text, at_us, &ignored);
}

void when_add(struct strbuf *out, const char *rfc3339, bool with_seconds) {
	int64_t at_us;
	if (!is_time(rfc3339, &at_us)) {
		strbuf_addc(out, '-');
		return;
	}
	const size_t from = out->len;
	strbuf_add(out, rfc3339, with_seconds ? TO_SECONDS : TO_MINUTES);
	out->data[from + DATE_CHARS] = ' ';
}

/* "+08:00" at the end of a time, in seconds; 0 for Z. */
static int32_t offset_s(const char *rfc3339) {
	const size_t n = strlen(rfc3339);
	int hours, minutes;
	if (n < 6 || !strchr("+-", rfc3339[n - 6]) || sscanf(rfc3339 + n - 5, "%2d:%2d", &hours, &minutes) != 2)
		return 0;
	return (rfc3339[n - 6] == '-' ? -60 : 60) * (hours * 60 + minutes);
}

void when_add_like(struct strbuf *out, const char *rfc3339, const char *like) {
	char text[RFC3339_BYTES];
	int64_t at_us, like_us;
	if (is_time(rfc3339, &at_us) && is_time(like, &like_us))
		rfc3339 = rfc3339_format(at_us, offset_s(like), text);
	when_add(out, rfc3339, false);
}

void when_add_clock(struct strbuf *out, const char *rfc3339) {
	int64_t at_us;
	if (is_time(rfc3339, &at_us))
		strbuf_add(out, rfc3339 + DATE_CHARS + 1, TO_SECONDS - DATE_CHARS - 1);
	else
		strbuf_addc(out, '-');
}

void when_add_seconds(struct strbuf *out, int64_t seconds) {
	if (seconds < 0)
		strbuf_addc(out, '-');
	const int64_t s = seconds < 0 ? -seconds : seconds;
	strbuf_printf(out, "%" PRId64 ":%02d:%02d", s / 3600, (int)(s / 60 % 60), (int)(s % 60));
}

bool when_between(const char *from, const char *to, int64_t *seconds) {
	int64_t from_us, to_us;
	if (!is_time(from, &from_us) || !is_time(to, &to_us))
		return false;
	const int64_t us = to_us - from_us;
	*seconds = (us - (us < 0 ? SECOND_US - 1 : 0)) / SECOND_US;
	return true;
}

void when_add_span(struct strbuf *out, int64_t seconds) {
	const int64_t minutes = seconds / 60, hours = minutes / 60;
	if (minutes < 60)
		strbuf_printf(out, T("%" PRId64 " min", "%" PRId64 " 分钟"), minutes);
	else if (hours < 48)
		strbuf_printf(out, T("%" PRId64 " h", "%" PRId64 " 小时"), hours);
	else
		strbuf_printf(out, T("%" PRId64 " d", "%" PRId64 " 天"), hours / 24);
}

void when_add_left(struct strbuf *out, int64_t seconds) {
	const bool over = seconds < 0;
	if (term_zh())
		strbuf_adds(out, over ? "超期 " : "剩 ");
	when_add_span(out, over ? -seconds : seconds);
	if (!term_zh())
		strbuf_adds(out, over ? " overdue" : " left");
}

static bool natural;

void when_set_natural(bool on) { natural = on; }
bool when_natural(void) { return natural; }

bool when_same_day(const char *a, const char *b) {
	int64_t ignored;
	return is_time(a, &ignored) && is_time(b, &ignored) && strncmp(a, b, DATE_CHARS) == 0;
}
