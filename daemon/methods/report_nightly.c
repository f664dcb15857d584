/* report_nightly: a night's digest as it was sent, or one that never was, reckoned; or the book of the last nights. */
#include "daemon/base/check.h"
#include "daemon/methods/report_parts.h"
#include "daemon/reports/digest.h"

#include <string.h>

enum { DEFAULT_NIGHTS = 30, MOST_NIGHTS = 400 };

struct nightly_params {
	struct common_params common;
	const char *date, *language;
	struct strs parts;
	bool list;
	int32_t limit;
};

static const struct field nightly_fields[] = {COMMON_FIELDS,
                                              FIELD_STR(struct nightly_params, date, LIMIT_CODE_BYTES, FIELD_NONEMPTY),
                                              FIELD_STR(struct nightly_params, language, LIMIT_CODE_BYTES, FIELD_NONEMPTY),
                                              FIELD_STRS(struct nightly_params, parts, REPORT_PARTS, LIMIT_CODE_BYTES, 0),
                                              FIELD_BOOL(struct nightly_params, list, 0),
                                              FIELD_I32(struct nightly_params, limit, 1, MOST_NIGHTS, 0),
                                              FIELD_END};

static const char *const part_names[REPORT_PARTS] = {[REPORT_TEXT] = "text",
                                                     [REPORT_HTML] = "html",
                                                     [REPORT_WORKBOOK] = "workbook",
                                                     [REPORT_MESSAGE] = "message",
                                                     [REPORT_FIGURES] = "figures"};

static unsigned parts_of(struct call *c, const struct strs *names) {
	unsigned parts = names->n ? 0 : 1U << REPORT_TEXT;
	for (size_t i = 0; i < names->n; i++) {
		unsigned bit = 0;
		for (int k = 0; k < REPORT_PARTS; k++)
			if (strcmp(part_names[k], names->v[i]) == 0)
				bit = 1U << k;
		if (!bit)
			faults_at(&c->faults, arena_printf(&c->arena, "/params/parts/%zu", i), "unknown",
			          "a part is text, html, workbook, message or figures");
		parts |= bit;
	}
	return parts;
}

static void check_language(struct call *c, const char *language) {
	for (int i = 0; language && i < PAGE_LANGS; i++)
		if (strcmp(page_lang_names[i], language) == 0)
			return;
	if (language)
		faults_at(&c->faults, "/params/language", "unknown", "language is zh or en");
}

static enum next ask(struct call *c) {
	const struct nightly_params *p = c->params;
	struct report_ask what = {.what = p->list ? REPORT_NIGHTS : REPORT_NIGHTLY,
	                          .day = p->date,
	                          .language = p->language,
	                          .parts = parts_of(c, &p->parts),
	                          .limit = p->limit ? p->limit : DEFAULT_NIGHTS};
	check_language(c, p->language);
	report_check_day(c, "/params/date", p->date);
	if (p->list && p->date)
		faults_at(&c->faults, "/params/list", "range", "say either date or list");
	return report_ask(c, &what);
}

const struct method_code method_report_nightly = {
    .params = nightly_fields, .params_size = sizeof(struct nightly_params), .steps = {ask, report_tell}};
