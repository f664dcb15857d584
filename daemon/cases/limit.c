/* limit: budgets of time read from and written as `5wd/rolling`. */
#include "daemon/cases/limit.h"

#include "daemon/base/check.h"

#include <stdio.h>
#include <string.h>

enum { AMOUNT_MAX = 100000 };

static const char *const unit_names[] = {"min", "uh", "wh", "wd", "nd"};
static const char *const reading_names[] = {"", "/rolling", "/end_of_day"};

/* The index of `text` in names, or -1. */
static int word_find(const char *text, size_t n, const char *const *names, size_t n_names) {
	for (size_t i = 0; i < n_names; i++)
		if (strlen(names[i]) == n && memcmp(names[i], text, n) == 0)
			return (int)i;
	return -1;
}

static bool not_a_limit(struct err *e, const char *text) {
	return err_set(e, E_INVALID_PARAMS,
	               "a limit is a number and min, uh, wh, wd or nd, like 30min, 2uh, 4wh, 5wd, 15nd; not '%s'", text);
}

bool limit_parse(const char *text, struct limit *out, struct err *e) {
	const char *p = text;
	int32_t amount = 0;
	for (; *p >= '0' && *p <= '9'; p++) {
		if (amount <= AMOUNT_MAX)
			amount = amount * 10 + (*p - '0');
	}
	const size_t unit_len = strcspn(p, "/");
	const int unit = word_find(p, unit_len, unit_names, COUNT_OF(unit_names));
	if (p == text || unit < 0)
		return not_a_limit(e, text);
	if (amount < 1 || amount > AMOUNT_MAX || *text == '0')
		return err_set(e, E_INVALID_PARAMS, "the number of a limit goes from 1 to %d, without a leading zero; not '%s'",
		               AMOUNT_MAX, text);
	p += unit_len;
	const int reading = word_find(p, strlen(p), reading_names, COUNT_OF(reading_names));
	if (reading < 0)
		return err_set(e, E_INVALID_PARAMS, "behind the / of a limit stands rolling or end_of_day; not '%s'", text);
	if (reading != WD_BY_CALENDAR && unit != LIMIT_WD)
		return err_set(e, E_INVALID_PARAMS, "only a limit in wd is read rolling or end_of_day; not '%s'", text);
	*out = (struct limit){.amount = amount, .unit = (enum limit_unit)unit, .reading = (enum wd_reading)reading};
	return true;
}

const char *limit_format(struct limit l, char out[LIMIT_BYTES]) {
	CHECK((size_t)l.unit < COUNT_OF(unit_names) && (size_t)l.reading < COUNT_OF(reading_names));
	char *at = out + LIMIT_BYTES;
	const char *const words[] = {reading_names[l.reading], unit_names[l.unit]};
	*--at = '\0';
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		const size_t n = strlen(words[i]);
		at -= n;
		memcpy(at, words[i], n);
	}
	int32_t left = l.amount;
	do
		*--at = (char)('0' + left % 10);
	while ((left /= 10) > 0);
	return at;
}

bool limit_is_continuous(struct limit l) { return l.unit != LIMIT_WH && l.unit != LIMIT_WD; }
