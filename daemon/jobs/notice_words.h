/* notice_words: what the things of a notice are called, by the town's pack. Never NULL where an id is given: the id itself where the
 * pack has no name. */
#ifndef GRIDD_JOBS_NOTICE_WORDS_H
#define GRIDD_JOBS_NOTICE_WORDS_H

#include "daemon/rules/pack.h"

struct name {
	const char *zh, *en;
};
struct name notice_unit_name(const struct pack *pack, const char *id);
struct name notice_class_name(const struct pack *pack, const char *code);
struct name notice_estate_name(const struct pack *pack, const char *id);
struct name notice_clock_name(const struct pack *pack, const char *id);

enum { NOTICE_MINUTE_BYTES = 48 };
/* "2026-11-26 17:30", of the town. */
const char *notice_minute(const struct pack *pack, int64_t at_us, char out[NOTICE_MINUTE_BYTES]);

#endif
