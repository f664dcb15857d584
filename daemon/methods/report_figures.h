/* report_figures: what report.kpi and report.cases share: the period, by what, and whose rows the caller may see. */
#ifndef GRIDD_METHODS_REPORT_FIGURES_H
#define GRIDD_METHODS_REPORT_FIGURES_H

#include "daemon/call/call.h"
#include "daemon/methods/methods.h"
#include "daemon/reports/kpi.h"

struct figures_params {
	struct common_params common;
	const char *from, *to;
	int64_t as_of;
	enum kpi_by by;
	struct strs tags;
};

enum { MOST_TAGS = 20 };
#define FIGURES_FIELDS(st)                                                                                                  \
	COMMON_FIELDS,                                                                                                          \
	    {.name = "from",                                                                                                    \
	     .type = FT_STR,                                                                                                    \
	     .offset = offsetof(st, figures.from),                                                                              \
	     .max = LIMIT_CODE_BYTES,                                                                                           \
	     .flags = FIELD_REQUIRED | FIELD_NONEMPTY,                                                                          \
	     .present_offset = SIZE_MAX},                                                                                       \
	    {.name = "to",                                                                                                      \
	     .type = FT_STR,                                                                                                    \
	     .offset = offsetof(st, figures.to),                                                                                \
	     .max = LIMIT_CODE_BYTES,                                                                                           \
	     .flags = FIELD_REQUIRED | FIELD_NONEMPTY,                                                                          \
	     .present_offset = SIZE_MAX},                                                                                       \
	    {.name = "as_of", .type = FT_TIME, .offset = offsetof(st, figures.as_of), .present_offset = SIZE_MAX},              \
	    {.name = "by",                                                                                                      \
	     .type = FT_ENUM,                                                                                                   \
	     .offset = offsetof(st, figures.by),                                                                                \
	     .names = kpi_by_names,                                                                                             \
	     .present_offset = SIZE_MAX},                                                                                       \
	{                                                                                                                       \
		.name = "tags", .type = FT_STRS, .offset = offsetof(st, figures.tags), .max = MOST_TAGS,                            \
		.item_max = LIMIT_CODE_BYTES, .present_offset = SIZE_MAX                                                            \
	}

/* Reads them into *ask; faults are added to the call's. */
void figures_take(struct call *c, const struct figures_params *p, struct figures_ask *ask);
/* `return figures_ask_for(c, &ask)` from one step; the next one is figures_tell. Refuses with all faults. */
enum next figures_ask_for(struct call *c, const struct figures_ask *ask);
enum next figures_tell(struct call *c);

#endif
