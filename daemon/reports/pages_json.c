/* pages_json: the night for programs: what report.overdue answers of it, the first rows, and which report this is. */
#include "daemon/reports/pages.h"

#include "daemon/reports/digest_json.h"

void digest_json(const struct digest *d, struct strbuf *out) {
	struct json_out j;
	jout_init(&j, out);
	jout_object(&j);
	jout_kv_str(&j, "report", "nightly");
	jout_kv_int(&j, "format", d->format);
	jout_kv_int(&j, "pages", PAGES_VERSION);
	jout_kv_opt(&j, "town_name", d->town_zh);
	jout_kv_opt(&j, "town_name_en", d->town_en);
	jout_kv_str(&j, "mark", digest_mark_names[d->mark]);
	digest_figures_write(d, &j);
	digest_units_write(d, &j);
	digest_cases_write(d, DIGEST_LISTED, &j);
	jout_end_object(&j);
}
