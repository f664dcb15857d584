/* find: reads the end of a case number, and asks for the cases that have it. */
#include "daemon/store/find.h"

#include "statements.h"

#include <stdlib.h>
#include <string.h>

/* Ids that end in fewer digits are many in a large town: others' look-ups don't wait for them. */
enum { MANY_STEP = 1000 };
enum { DAY_DIGITS = 8, ID_DIGITS = 7, MOST_DIGITS = 18 };

#define NO_OTHER INT64_MAX /* a step beyond every id */

bool number_tail_read(const char *text, struct arena *a, struct number_tail *out) {
	static const char decimal[] = "0123456789";
	const size_t before = strspn(text, decimal);
	const bool has_day = text[before] == '-';
	const char *digits = has_day ? text + before + 1 : text;
	const size_t n = strspn(digits, decimal);
	if (n == 0 || n > MOST_DIGITS || digits[n] || (has_day && before > DAY_DIGITS))
		return false;
	*out = (struct number_tail){.day = has_day ? arena_strndup(a, text, before) : "",
	                            .digits = digits,
	                            .first_id = strtoll(digits, NULL, 10),
	                            .step = 1};
	for (size_t i = 0; i < n; i++)
		out->step *= 10;
	if (has_day && n >= ID_DIGITS)
		out->step = NO_OTHER;
	return true;
}

bool number_tail_is_short(const struct number_tail *tail, int64_t newest_id) {
	return (newest_id - tail->first_id) / tail->step >= FIND_PROBES;
}

void cases_find(struct db *d, const struct find_ask *ask, struct arena *a, on_rows done, void *ctx) {
	struct params *p = params_new(a);
	params_text(p, ask->town);
	params_int8(p, ask->tail.first_id);
	params_int8(p, ask->tail.step);
	params_text(p, ask->tail.day);
	params_text(p, ask->tail.digits);
	scope_params(p, ask->scope);
	params_int4(p, ask->limit);
	params_int8(p, FIND_PROBES);
	(ask->tail.step < MANY_STEP ? db_ask_slow : db_ask)(d, &stmt_find_cases, p, a, done, ctx);
}
