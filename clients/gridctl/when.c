/* when: instants and spans as text. */
#include "clients/gridctl/when.h"

#include "clients/gridctl/term.h"
#include "daemon/base/civil.h"

#include <inttypes.h>
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

bool when_same_day(const char *a, const char *b) {
	int64_t ignored;
	return is_time(a, &ignored) && is_time(b, &ignored) && strncmp(a, b, DATE_CHARS) == 0;
}
