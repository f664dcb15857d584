/* night_json: the book of nights, as the report.* methods answer it; the figures are reports/digest_json. */
#ifndef GRIDD_JOBS_NIGHT_JSON_H
#define GRIDD_JOBS_NIGHT_JSON_H

#include "daemon/store/rows.h"
#include "daemon/wire/json_out.h"

/* Members of an open object.
 * `nights`: rows of occurrence_list. */
void night_book_write(const struct rows *rows, int32_t offset_s, struct json_out *j);
/* `notices`: rows of occurrence_notices of that occurrence. */
void night_notices_write(const struct rows *rows, int64_t id, int32_t offset_s, struct json_out *j);

#endif
