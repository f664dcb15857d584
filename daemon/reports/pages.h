/* pages: a digest or a month as people read it. Made from what is given and nothing else: the same figures, language and
 * PAGES_VERSION give the same bytes.
 *
 * HTML for mail has tables, inline style and bars as cells: no script, no SVG, no link to anything, readable without colour. The
 * month's page is one file with SVG trends that prints on A4. Workbooks are .xlsx; every cell that isn't a number or a time is text,
 * whatever it begins with. */
#ifndef GRIDD_REPORTS_PAGES_H
#define GRIDD_REPORTS_PAGES_H

#include "daemon/reports/kpi.h"

enum { PAGES_VERSION = 1, DIGEST_LISTED = 50 };    /* rows in the mail; the workbook has all */

/* One line without a newline: "【超期清单】彭浦镇 2026-11-23：超期 12 件（较昨日 +3）". Says 补发 or 补算 where it is. */
void digest_subject(const struct digest *d, enum page_lang lang, struct strbuf *out);
void digest_text(const struct digest *d, enum page_lang lang, struct strbuf *out);         /* at most 78 columns wide */
void digest_html(const struct digest *d, enum page_lang lang, struct strbuf *out);
bool digest_workbook(const struct digest *d, enum page_lang lang, struct strbuf *out, struct err *e) MUST_CHECK;
/* For programs (webhook, exec), in the words of report.overdue (digest_json.h): the first DIGEST_LISTED cases, one JSON object. */
void digest_json(const struct digest *d, struct strbuf *out);
/* "gridd-overdue-310106101-2026-11-23" */
void digest_file_name(const struct digest *d, struct strbuf *out);

void kpi_subject(const struct kpi *k, enum page_lang lang, struct strbuf *out);
void kpi_text(const struct kpi *k, enum page_lang lang, struct strbuf *out);
void kpi_csv(const struct kpi *k, enum page_lang lang, struct strbuf *out);                /* with BOM, CRLF, formula-safe */
void kpi_html(const struct kpi *k, enum page_lang lang, struct strbuf *out);
bool kpi_workbook(const struct kpi *k, enum page_lang lang, struct strbuf *out, struct err *e) MUST_CHECK;
void kpi_json(const struct kpi *k, struct strbuf *out);
void kpi_file_name(const struct kpi *k, struct strbuf *out);       /* "gridd-month-310106101-2026-11", or with both dates */

/* Time on the wall: "2 天 4 小时", "2 d 4 h"; below a day hours and minutes. */
void page_natural(int64_t us, enum page_lang lang, struct strbuf *out);
/* Working time: hours and minutes only, for a working day is as long as each calendar says: "17 小时 30 分". */
void page_worked(int64_t us, enum page_lang lang, struct strbuf *out);

#endif
