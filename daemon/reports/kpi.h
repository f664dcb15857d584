/* kpi: a month's figures (考核指标): for each unit, class, estate or grid the parts of each indicator, as they are reckoned, kept and
 * rendered. The indicators are the table indicators.def: id, names, formula, source.
 *
 * Counted from events alone (kpi_make.h): the same events up to the same instant give the same figures. By unit, *stays* are counted (one task
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
	IND_WEIGHTED,                       /* the same, but each case of the numerator counts by a weight: both parts in thousandths */
	IND_SCORE                           /* points, in thousandths, in the numerator; the denominator is 1000, or 0: a part is missing */
};
enum indicator_group { GROUP_CASES, GROUP_STAYS, GROUP_CENTRE, GROUP_CITIZEN, GROUP_SCORE, GROUP_GAMED, INDICATOR_GROUPS };
/* In whose row it stands, by unit. */
enum indicator_whose { WHOSE_STAY, WHOSE_LAST, WHOSE_BEARER, WHOSE_DESK, WHOSE_TOWN };

struct indicator_def {
	const char *id, *zh, *en;
	const char *numerator_zh, *numerator_en, *denominator_zh, *denominator_en;     /* denominator NULL: a count */
	const char *source;                 /* where the formula stands */
	enum indicator_kind kind;
	enum indicator_group group;
	enum indicator_whose whose;
	bool more_is_better;
};
extern const struct indicator_def indicators[INDICATORS];
extern const char *const indicator_ids[INDICATORS + 1];
extern const char *const indicator_kind_names[];                       /* "count" "rate" "weighted" "score" */
extern const char *const indicator_group_names[INDICATOR_GROUPS + 1];  /* "cases" "stays" "centre" "citizen" "score" "gamed" */
const char *indicator_group_name(enum indicator_group g, enum page_lang lang);
/* By id; false: there is none. */
bool indicator_find(const char *id, enum indicator *out);

/* Which half of an indicator. */
enum kpi_part { KPI_NUMERATOR, KPI_DENOMINATOR, KPI_PARTS };
extern const char *const kpi_part_names[KPI_PARTS + 1];                /* "numerator" "denominator" */

enum kpi_by { KPI_UNIT, KPI_CLASS, KPI_ESTATE, KPI_GRID, KPI_BYS };
extern const char *const kpi_by_names[KPI_BYS + 1];    /* "unit" "class" "estate" "grid" */

struct kpi_cell {
	int64_t numerator, denominator;     /* denominator 0: there is nothing to take a share of, shown as "-" */
};
#define KPI_UNKNOWN "-"                         /* the key of what has none: a case without a class, an estate, a grid */
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
	bool narrowed;                      /* only rows of one reader's units: there is no total, and there are no days */
	digest_name_list names;
};

void kpi_encode(const struct kpi *k, struct strbuf *out);
bool kpi_decode(const char *json, struct arena *a, struct kpi *out, struct err *e) MUST_CHECK;
const char *kpi_name_of(const struct kpi *k, const char *code, enum page_lang lang);
/* "93.3%", "-", "12", "87.5": a cell as people read it. `few`: a rate over fewer than KPI_TOO_FEW. */
void kpi_cell_text(enum indicator i, const struct kpi_cell *c, char out[24], bool *few);
/* A numerator or a denominator: "12", of a weighted one "4.4", of a score's denominator "100". */
void kpi_part_text(enum indicator i, const struct kpi_cell *c, enum kpi_part part, char out[24]);
/* Leaves only the rows with these keys. */
void kpi_narrow(struct kpi *k, const struct strs *keys);
/* What is another in `now` than in `sent`, both of one period and by the same: the town first, then by key. */
void kpi_compare(const struct kpi *sent, const struct kpi *now, struct arena *a, kpi_correction_list *out);

#endif
