/* moment: reads them. */
#include "clients/gridctl/cli/moment.h"

#include "clients/gridctl/term/tree.h"
#include "daemon/base/check.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DIGITS = 6, WEEK_DAYS = 7 };

static const struct {
	const char *en, *zh;
	int days; /* from today */
} words[] = {{"today", "今天", 0}, {"tomorrow", "明天", 1}, {"yesterday", "昨天", -1}};

static const struct {
	const char *name;
	int64_t us;
} units[] = {{"min", MINUTE_US}, {"m", MINUTE_US},         {"h", HOUR_US},
             {"d", DAY_US},      {"w", WEEK_DAYS *DAY_US}, {"分钟", MINUTE_US},
             {"小时", HOUR_US},  {"天", DAY_US},           {"周", WEEK_DAYS *DAY_US}};

/* "+4h" */
static bool read_span(const char *text, int64_t *us) {
	char *end;
	if ((*text != '+' && *text != '-') || !isdigit((unsigned char)text[1]) || strspn(text + 1, "0123456789") > MOST_DIGITS)
		return false;
	const int64_t n = strtoll(text + 1, &end, 10);
	for (size_t i = 0; i < COUNT_OF(units); i++)
		if (strcmp(end, units[i].name) == 0) {
			*us = (*text == '-' ? -n : n) * units[i].us;
			return true;
		}
	return false;
}

static bool read_two(const char **text, int below, int *out) {
	const char *p = *text;
	if (!isdigit((unsigned char)p[0]) || !isdigit((unsigned char)p[1]))
		return false;
	*out = (p[0] - '0') * 10 + p[1] - '0';
	*text = p + 2;
	return *out < below;
}

/* "09:30", to the end of the text. */
static bool read_clock(const char *text, int64_t *us) {
	int hours, minutes;
	if (!read_two(&text, 24, &hours) || *text++ != ':' || !read_two(&text, 60, &minutes) || *text)
		return false;
	*us = hours * HOUR_US + minutes * MINUTE_US;
	return true;
}

/* A day's word or date, and in *rest what follows it. */
static bool read_day(const char *text, int32_t today, int32_t *day, const char **rest) {
	enum { DATE_CHARS = 10 };
	char date[DATE_CHARS + 1] = "";
	for (size_t i = 0; i < COUNT_OF(words); i++)
		for (int zh = 0; zh < 2; zh++) {
			const char *word = zh ? words[i].zh : words[i].en;
			if (strncmp(text, word, strlen(word)) != 0)
				continue;
			*day = today + words[i].days;
			*rest = text + strlen(word);
			return true;
		}
	(void)strncat(date, text, DATE_CHARS);
	*rest = text + strlen(date);
	return civil_parse_date(date, day);
}

/* In the town's own time, from 1970. */
static bool read_local(const char *text, int64_t now_us, int64_t *at_us) {
	const int32_t today = (int32_t)(now_us / DAY_US);
	const char *rest;
	int32_t day;
	int64_t us = 0;
	if (strcmp(text, "now") == 0 || strcmp(text, "现在") == 0) {
		*at_us = now_us;
	} else if (read_span(text, &us)) {
		*at_us = now_us + us;
	} else if (read_clock(text, &us)) {
		*at_us = today * DAY_US + us;
	} else if (read_day(text, today, &day, &rest)) {
		*at_us = day * DAY_US;
		rest += strspn(rest, " ");
		if (*rest && !read_clock(rest, &us))
			return false;
		*at_us += us;
	} else {
		return false;
	}
	return true;
}

/* The offset that the text of a time ends with. */
static int64_t offset_us(const char *rfc3339) {
	const size_t n = strlen(rfc3339);
	enum { OFFSET_CHARS = 6 };
	const char *offset = n > OFFSET_CHARS ? rfc3339 + n - OFFSET_CHARS : "";
	int64_t us = 0;
	return (*offset == '+' || *offset == '-') && read_clock(offset + 1, &us) ? (*offset == '-' ? -us : us) : 0;
}

bool moment_read(const char *text, const char *now, char out[RFC3339_BYTES], struct err *e) {
	const int64_t offset = offset_us(now);
	int64_t now_us, at_us;
	if (!rfc3339_parse(now, &now_us, e))
		return false;
	if (!read_local(text, now_us + offset, &at_us))
		return err_set(e, E_USAGE,
		               T("“%s” is no time: write 2026-11-23T08:30:00+08:00, or +4h, -2d, today, “tomorrow 09:30”",
		                 "“%s”不是时间；应写作 2026-11-23T08:30:00+08:00，或 +4h、-2d、今天、“明天 09:30”"),
		               text);
	(void)rfc3339_format(at_us - offset, (int32_t)(offset / SECOND_US), out);
	return true;
}

/* One value, if it is no RFC 3339 already. *now is asked of the daemon once; the caller's. */
static int resolve(struct ctl *ctl, struct json_object *params, const char *path, struct json_object **info) {
	const char *text = tree_str(params, path);
	char out[RFC3339_BYTES];
	struct err e = {0};
	if (!text || strchr(text, 'T'))
		return EXIT_DONE;
	const int rc = *info ? EXIT_DONE : ctl_call(ctl, "system.info", NULL, info);
	if (rc != EXIT_DONE)
		return rc;
	const char *now = tree_str(*info, "now");
	if (!moment_read(text, now ? now : "", out, &e)) {
		term_error("gridctl help", "%s: %s", path, e.text);
		return EXIT_USAGE;
	}
	tree_put(params, path, json_object_new_string(out));
	return EXIT_DONE;
}

static int resolve_table(struct ctl *ctl, const struct flag *table, struct json_object *params, struct json_object **info) {
	int rc = EXIT_DONE;
	for (const struct flag *f = table; f->name && rc == EXIT_DONE; f++)
		if (f->kind == FLAG_TIME)
			rc = resolve(ctl, params, f->path, info);
	return rc;
}

int moments_in(struct ctl *ctl, const struct flag *table, struct json_object *params) {
	struct json_object *info = NULL;
	const int rc = resolve_table(ctl, table, params, &info);
	json_object_put(info);
	return rc;
}

int moments_resolve(struct ctl *ctl) {
	const struct command *c = ctl->command;
	struct json_object *info = NULL;
	int rc = EXIT_DONE;
	for (const struct flag *const *table = c->flags; *table && rc == EXIT_DONE; table++)
		rc = resolve_table(ctl, *table, ctl->args.params, &info);
	for (const struct operand *o = c->operands; o->name && rc == EXIT_DONE; o++)
		if (o->kind == FLAG_TIME)
			rc = resolve(ctl, ctl->args.params, o->path, &info);
	json_object_put(info);
	return rc;
}
