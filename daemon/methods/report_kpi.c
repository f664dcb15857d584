/* report_kpi: a period's figures, with their formulas and the parts that they are made of. A unit sees its own row. */
#include "daemon/base/limits.h"
#include "daemon/methods/report_figures.h"

enum format { FORMAT_JSON, FORMAT_TEXT, FORMAT_CSV, FORMAT_HTML, FORMAT_WORKBOOK };
static const char *const format_names[] = {"json", "text", "csv", "html", "workbook", NULL};

struct kpi_params {
	struct figures_params figures;
	enum format format;
	enum page_lang language;
	bool has_language;
};

static const struct field kpi_fields[] = {FIGURES_FIELDS(struct kpi_params),
                                          FIELD_ENUM(struct kpi_params, format, format_names, 0),
                                          {.name = "language",
                                           .type = FT_ENUM,
                                           .offset = offsetof(struct kpi_params, language),
                                           .names = page_lang_names,
                                           .present_offset = offsetof(struct kpi_params, has_language)},
                                          FIELD_END};

static enum next ask(struct call *c) {
	const struct kpi_params *p = c->params;
	struct figures_ask what = {0};
	figures_take(c, &p->figures, &what);
	what.format = format_names[p->format];
	what.language = p->has_language ? page_lang_names[p->language] : NULL;
	return figures_ask_for(c, &what);
}

const struct method_code method_report_kpi = {
    .params = kpi_fields, .params_size = sizeof(struct kpi_params), .steps = {ask, figures_tell}};
