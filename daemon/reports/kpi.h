/* kpi: a month's figures (考核指标): for each unit, class, estate or grid the parts of each indicator, as they are reckoned, kept and
 * rendered. The indicators are the table indicators.def: id, names, formula, source.
 *
 * Counted from events alone: the same events up to the same instant give the same figures. By unit, *stays* are counted (one task
 * of one unit), in the period in which their due time falls; the town's row counts cases once, and units need not add up to it. */
#ifndef GRIDD_REPORTS_KPI_H
#define GRIDD_REPORTS_KPI_H

#include "daemon/reports/digest.h"

enum { KPI_FORMAT = 1, KPI_TOO_FEW = 10 };      /* a rate over fewer is marked */

enum indicator {
#define INDICATOR(symbol, ...) IND_##symbol,
#include "daemon/reports/indicators.def"
#undef INDICATOR
	INDICATORS
};
enum indicator_kind {
	IND_COUNT,                          /* the numerator alone */
	IND_RATE,                           /* numerator / denominator */
	IND_SCORE                           /* points, in thousandths, in the numerator; the denominator is 1000 */
};
enum indicator_group { GROUP_CASES, GROUP_STAYS, GROUP_CENTRE, GROUP_CITIZEN, GROUP_SCORE, GROUP_GAMED, INDICATOR_GROUPS };

struct indicator_def {
	const char *id, *zh, *en;
	const char *numerator_zh, *numerator_en, *denominator_zh, *denominator_en;     /* denominator NULL: a count */
	const char *source;                 /* where the formula stands */
	enum indicator_kind kind;
	enum indicator_group group;
	bool more_is_better;
};
extern const struct indicator_def indicators[INDICATORS];
/* By id; false: there is none. */
bool indicator_find(const char *id, enum indicator *out);

enum kpi_by { KPI_UNIT, KPI_CLASS, KPI_ESTATE, KPI_GRID, KPI_BYS };
extern const char *const kpi_by_names[KPI_BYS + 1];    /* "unit" "class" "estate" "grid" */

struct kpi_cell {
	int64_t numerator, denominator;     /* denominator 0: there is nothing to take a share of, shown as "-" */
};
struct kpi_row {
	const char *key;                    /* a code; NULL: the whole town, each case once */
	struct kpi_cell cells[INDICATORS];
};
typedef LIST_OF(struct kpi_row) kpi_row_list;

/* For the trend: one day of the period, town-wide. */
struct kpi_day {
	const char *day;
	int64_t received, closed, breached;
	int64_t open;                       /* at its end */
};
typedef LIST_OF(struct kpi_day) kpi_day_list;

/* A figure of a sent month that is another by now. */
struct kpi_correction {
	const char *key, *indicator;        /* key NULL: the town */
	int64_t before_numerator, before_denominator, numerator, denominator;
};
typedef LIST_OF(struct kpi_correction) kpi_correction_list;

struct kpi {
	int64_t format;
	const char *town, *town_zh, *town_en;
	int64_t from_us, to_us;             /* [from, to) */
	int64_t as_of_us;                   /* from the events recorded up to here */
	int64_t offset_s;
	enum kpi_by by;
	int64_t pack_version;
	struct kpi_row total;
	kpi_row_list rows;                  /* by key */
	kpi_day_list days;
	kpi_correction_list corrections;    /* since it was sent; empty for a period that never was */
	int64_t sent_at_us;                 /* NO_TIME: it never was */
	digest_name_list names;
};

void kpi_encode(const struct kpi *k, struct strbuf *out);
bool kpi_decode(const char *json, struct arena *a, struct kpi *out, struct err *e) MUST_CHECK;
const char *kpi_name_of(const struct kpi *k, const char *code, enum page_lang lang);
/* "93.3%", "-", "12", "87.5": a cell as people read it. `few`: a rate over fewer than KPI_TOO_FEW. */
void kpi_cell_text(enum indicator i, const struct kpi_cell *c, char out[24], bool *few);

#endif
