/* night_json: rows of the book and of its notices, in the words of the protocol. */
#include "daemon/jobs/night_json.h"

#include "daemon/base/check.h"
#include "daemon/store/occurrences.h"

#include <inttypes.h>
#include <stdio.h>

void night_book_write(const struct rows *rows, int32_t offset_s, struct json_out *j) {
	static const struct {
		const char *key;
		enum occurrence_row column;
	} counts[] = {{"overdue", BOOK_OVERDUE}, {"notices", BOOK_NOTICES}, {"delivered", BOOK_DELIVERED}};
	jout_key(j, "nights");
	jout_array(j);
	for (size_t i = 0; i < rows->n; i++) {
		jout_object(j);
		jout_kv_str(j, "day", rows_text(rows, i, BOOK_DAY));
		jout_kv_str(j, "state", rows_text(rows, i, BOOK_STATE));
		jout_kv_opt(j, "mark", rows_text(rows, i, BOOK_MARK));
		jout_kv_time(j, "at", rows_time(rows, i, BOOK_AS_OF), offset_s);
		jout_kv_time(j, "planned_at", rows_time(rows, i, BOOK_PLANNED_AT), offset_s);
		jout_kv_opt(j, "reason", rows_text(rows, i, BOOK_REASON));
		for (size_t k = 0; k < COUNT_OF(counts); k++)
			if (rows_text(rows, i, counts[k].column))
				jout_kv_int(j, counts[k].key, rows_int(rows, i, counts[k].column));
		jout_end_object(j);
	}
	jout_end_array(j);
}

void night_notices_write(const struct rows *rows, int64_t id, int32_t offset_s, struct json_out *j) {
	char name[64];
	jout_key(j, "notices");
	jout_array(j);
	for (size_t i = 0; i < rows->n; i++) {
		(void)snprintf(name, sizeof name, "R%" PRId64 "-%s", id, rows_text(rows, i, TOLD_N));
		jout_object(j);
		jout_kv_str(j, "notice", name);
		jout_kv_str(j, "unit", rows_text(rows, i, TOLD_UNIT));
		jout_kv_opt(j, "channel", rows_text(rows, i, TOLD_CHANNEL));
		jout_kv_opt(j, "to", rows_text(rows, i, TOLD_TO));
		jout_kv_time(j, "made_at", rows_time(rows, i, TOLD_MADE_AT), offset_s);
		jout_kv_str(j, "state", rows_text(rows, i, TOLD_STATE));
		jout_kv_int(j, "tries", rows_int(rows, i, TOLD_TRIES));
		jout_kv_time(j, "delivered_at", rows_time(rows, i, TOLD_DELIVERED_AT), offset_s);
		jout_kv_opt(j, "failure", rows_text(rows, i, TOLD_FAILURE));
		jout_end_object(j);
	}
	jout_end_array(j);
}
