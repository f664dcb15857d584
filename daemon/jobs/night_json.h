/* night_json: a digest, and the book of nights, as the report.* methods answer them. */
#ifndef GRIDD_JOBS_NIGHT_JSON_H
#define GRIDD_JOBS_NIGHT_JSON_H

#include "daemon/reports/digest.h"
#include "daemon/store/rows.h"
#include "daemon/wire/json_out.h"

/* Members of an open object: the figures; what is -1 isn't known, and left out. */
void night_figures_write(const struct digest *d, struct json_out *j);
/* `units`: a line each. */
void night_units_write(const struct digest *d, struct json_out *j);
/* `cases`: at most `limit` of them; `more` true where there are others. */
void night_cases_write(const struct digest *d, size_t limit, struct json_out *j);
/* `nights`: rows of occurrence_list. */
void night_book_write(const struct rows *rows, int32_t offset_s, struct json_out *j);
/* `notices`: rows of occurrence_notices of that occurrence. */
void night_notices_write(const struct rows *rows, int64_t id, int32_t offset_s, struct json_out *j);

#endif
