/* outcome: what a writing statement says became of a row. */
#include "daemon/base/check.h"
#include "daemon/store/batch_parts.h"

#include <string.h>

/* Columns of write_batch.sql and write_new.sql. */
enum { ANSWER_ORD, ANSWER_OUTCOME, ANSWER_NUMBER, ANSWER_SEQ, ANSWER_REPLY, ANSWER_SIMILAR };

static bool kind_parse(const char *name, enum outcome_kind *out) {
	static const struct {
		const char *name;
		enum outcome_kind kind;
	} names[] = {{"stored", OUT_STORED},
	             {"replayed", OUT_REPLAYED},
	             {"key_conflict", OUT_KEY_CONFLICT},
	             {"version_conflict", OUT_VERSION_CONFLICT}};
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (strcmp(name, names[i].name) == 0) {
			*out = names[i].kind;
			return true;
		}
	return false;
}

void outcome_read(const struct rows *rows, size_t i, const char *own_reply, struct outcome *out) {
	const char *earlier = rows_text(rows, i, ANSWER_REPLY);
	*out = (struct outcome){.number = rows_text(rows, i, ANSWER_NUMBER),
	                        .seq = rows_int(rows, i, ANSWER_SEQ),
	                        .reply = earlier ? earlier : own_reply,
	                        .similar = rows_text(rows, i, ANSWER_SIMILAR)};
	CHECK(kind_parse(rows_text(rows, i, ANSWER_OUTCOME), &out->kind));
}
