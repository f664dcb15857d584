/* words: what a page says in each language, and how times and lengths are said. */
#include "daemon/reports/words.h"

#include "daemon/reports/pages.h"

#include <inttypes.h>
#include <stdio.h>

#define WORD(symbol, zh, en) _Static_assert(sizeof(zh) > 1 && sizeof(en) > 1, #symbol " is said in each language");
#include "daemon/reports/words.def"
#undef WORD

const char *word_in(enum page_lang lang, enum word w) {
	static const char *const words[WORDS][PAGE_LANGS] = {
#define WORD(symbol, zh, en) [W_##symbol] = {[PAGE_ZH] = zh, [PAGE_EN] = en},
#include "daemon/reports/words.def"
#undef WORD
	};
	return words[w][lang];
}

void words_fill(struct strbuf *out, const char *pattern, const char *const *with, size_t n) {
	for (const char *p = pattern; *p; p++) {
		const size_t which = p[0] == '{' && p[1] >= '1' && p[1] <= '9' && p[2] == '}' ? (size_t)(p[1] - '0') : 0;
		if (which == 0) {
			strbuf_addc(out, *p);
			continue;
		}
		if (which <= n)
			strbuf_adds(out, with[which - 1]);
		p += 2;
	}
}

/* ---- Times ---- */

/* Rounds down for times before 1970 too. */
static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

void words_time(struct strbuf *out, int64_t at_us, int64_t offset_s) {
	if (at_us == NO_TIME) {
		strbuf_adds(out, "-");
		return;
	}
	const int64_t minutes = floor_div(floor_div(at_us, SECOND_US) + offset_s, 60);
	const int64_t days = floor_div(minutes, 24 * 60), of_day = minutes - days * 24 * 60;
	const struct civil_date date = civil_from_day((int32_t)days);
	strbuf_printf(out, "%04d-%02d-%02d %02d:%02d", date.year, date.month, date.day, (int)(of_day / 60), (int)(of_day % 60));
}

void words_offset(struct strbuf *out, int64_t offset_s) {
	const int64_t minutes = (offset_s < 0 ? -offset_s : offset_s) / 60;
	strbuf_printf(out, "UTC%c%02d:%02d", offset_s < 0 ? '-' : '+', (int)(minutes / 60), (int)(minutes % 60));
}

void words_permille(struct strbuf *out, int64_t permille) {
	strbuf_printf(out, "%" PRId64 ".%d%%", permille / 10, (int)(permille % 10));
}

/* ---- Lengths of time ---- */

/* One part of a length, "17 小时"; nothing where there are none. */
static void add_part(struct strbuf *out, int64_t n, enum word w, enum page_lang lang) {
	char number[24];
	if (n == 0)
		return;
	if (out->len)
		strbuf_addc(out, ' ');
	(void)snprintf(number, sizeof number, "%" PRId64, n);
	words_say(out, lang, w, number);
}

static void add_length(struct strbuf *out, int64_t us, bool by_days, enum page_lang lang) {
	struct strbuf said;
	const int64_t minutes = us > 0 ? us / MINUTE_US : 0, days = by_days ? minutes / (24 * 60) : 0;
	const int64_t hours = minutes / 60 - days * 24;
	strbuf_init(&said);
	add_part(&said, days, W_DAYS, lang);
	add_part(&said, hours, W_HOURS, lang);
	if (days == 0)
		add_part(&said, minutes % 60, W_MINUTES, lang);
	strbuf_adds(out, said.len ? said.data : word_in(lang, W_UNDER_A_MINUTE));
	strbuf_fini(&said);
}

void page_natural(int64_t us, enum page_lang lang, struct strbuf *out) { add_length(out, us, true, lang); }

void page_worked(int64_t us, enum page_lang lang, struct strbuf *out) { add_length(out, us, false, lang); }
