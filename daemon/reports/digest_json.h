/* digest_json: a digest for programs: what the report.* methods answer, and what a webhook or a program gets. */
#ifndef GRIDD_REPORTS_DIGEST_JSON_H
#define GRIDD_REPORTS_DIGEST_JSON_H

#include "daemon/reports/digest.h"
#include "daemon/wire/json_out.h"

/* Members of an open object: town, day, at, pack and the figures; a figure that isn't known (-1) is left out. */
void digest_figures_write(const struct digest *d, struct json_out *j);
/* `units`: a line each. */
void digest_units_write(const struct digest *d, struct json_out *j);
/* `cases`: at most `limit` of them; `more` true where there are others. */
void digest_cases_write(const struct digest *d, size_t limit, struct json_out *j);

#endif
