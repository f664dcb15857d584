/* monthly: a month's figures as cells, in the words of one language: what its text, CSV, HTML and workbook all show. */
#ifndef GRIDD_REPORTS_MONTHLY_H
#define GRIDD_REPORTS_MONTHLY_H

#include "daemon/reports/cell.h"
#include "daemon/reports/kpi.h"
#include "daemon/reports/night.h"

struct monthly {
	const struct kpi *k;
	struct page page;
};

const char *monthly_town(const struct monthly *m);
const char *monthly_period(const struct monthly *m);   /* "2026 年 11 月", "2026-11-03 至 2026-11-16" */
const char *monthly_as_of(const struct monthly *m);
const char *monthly_by(const struct monthly *m);       /* "单位" */
const char *monthly_key(const struct monthly *m, const char *key);     /* its name; NULL: the town */
/* The notes that stand above the figures, each a sentence; NULL at the end. */
enum { MONTHLY_NOTES = 3 };
void monthly_notes(const struct monthly *m, const char *out[MONTHLY_NOTES]);

/* ---- Indicators ---- */

const char *indicator_name(enum indicator i, enum page_lang lang);
const char *monthly_formula(const struct monthly *m, enum indicator i);
/* Those of a group, in their order. */
typedef LIST_OF(enum indicator) indicator_list;
void monthly_group(const struct monthly *m, enum indicator_group g, indicator_list *out);
/* The n-th piece of a group that is too wide for one table: at most `most` in each. False: there is none. */
bool monthly_piece(const indicator_list *group, size_t most, size_t n, indicator_list *out);

/* One figure as it is read. */
struct figure {
	struct cell value, numerator, denominator;     /* numerator and denominator: nothing of a count */
	const char *said;                   /* "93.3%", "-", "12" */
	const char *parts;                  /* "14/15"; "": it has none */
	const char *numerator_said, *denominator_said;         /* "": nothing */
	bool few;
};
struct figure monthly_figure(const struct monthly *m, enum indicator i, const struct kpi_cell *c);
/* Has nothing in any of them. */
bool monthly_blank(const struct kpi_row *row, const indicator_list *of);

/* ---- Corrections ---- */

struct correction {
	enum indicator indicator;
	const char *name;                   /* whose */
	struct figure before, after;
};
/* False: it is of no indicator that is known. */
bool monthly_correction(const struct monthly *m, const struct kpi_correction *c, struct correction *out);

/* ---- What stands at the end ---- */

void monthly_rules(const struct monthly *m, note_list *out);
void monthly_versions(const struct monthly *m, note_list *out);

#endif
