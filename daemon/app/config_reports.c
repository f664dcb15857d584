/* config_reports: decodes `reports`: {nightly: "22:00", monthly: {day: 1, at: "08:00"}, language: zh}. */
#include "daemon/app/config_reports.h"

#include <string.h>

enum { HOUR_MINUTES = 60, DAY_MINUTES = 24 * HOUR_MINUTES, LAST_DAY = 28 /* that every month has */ };

/* "22:00" */
static bool minute_of(const char *text, int32_t *out) {
	int32_t digits[4];
	if (strlen(text) != 5 || text[2] != ':')
		return false;
	for (int i = 0; i < 4; i++) {
		const char c = text[i < 2 ? i : i + 1];
		if (c < '0' || c > '9')
			return false;
		digits[i] = c - '0';
	}
	const int32_t minutes = digits[2] * 10 + digits[3];
	*out = (digits[0] * 10 + digits[1]) * HOUR_MINUTES + minutes;
	return minutes < HOUR_MINUTES && *out < DAY_MINUTES;
}

static void read_hour(struct reading *r, const struct yaml_node *n, int32_t *out) {
	const char *text = text_of(r, n);
	if (text && !minute_of(text, out))
		fault(r, n, "format", "the hour is written \"22:00\", local time, from 00:00 to 23:59");
}

static void read_nightly(struct reading *r, const struct yaml_node *n) { read_hour(r, n, &r->config->reports.nightly_minute); }

static void read_monthly(struct reading *r, const struct yaml_node *n) {
	static const char *const keys[] = {"day", "at", NULL};
	long number;
	if (n->kind != YAML_MAP) {
		fault(r, n, "type", "monthly is a map: {day: 1, at: \"08:00\"}");
		return;
	}
	yaml_known_keys(n, keys, r->file, r->faults);
	const struct yaml_node *day = yaml_get(n, "day"), *at = yaml_get(n, "at");
	if (day && !yaml_is_null(day) && number_of(r, day, 1, LAST_DAY, &number))
		r->config->reports.monthly_day = (int32_t)number;
	if (at && !yaml_is_null(at))
		read_hour(r, at, &r->config->reports.monthly_minute);
}

static void read_language(struct reading *r, const struct yaml_node *n) {
	int word = 0;
	if (word_of(r, n, page_lang_names, &word))
		r->config->reports.language = (enum page_lang)word;
}

void read_reports(struct reading *r, const struct yaml_node *n) {
	static const char *const keys[] = {"nightly", "monthly", "language", NULL};
	if (n->kind != YAML_MAP) {
		fault(r, n, "type", "reports is a map: {nightly: \"22:00\", language: zh}");
		return;
	}
	yaml_known_keys(n, keys, r->file, r->faults);
	const struct yaml_node *nightly = yaml_get(n, "nightly"), *monthly = yaml_get(n, "monthly"),
	                       *language = yaml_get(n, "language");
	if (nightly && !yaml_is_null(nightly))
		read_nightly(r, nightly);
	if (monthly && !yaml_is_null(monthly))
		read_monthly(r, monthly);
	if (language && !yaml_is_null(language))
		read_language(r, language);
}
