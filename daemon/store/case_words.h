/* case_words: the small structs of a case that go as one word in its JSON, as people write them in a pack. */
#ifndef GRIDD_STORE_CASE_WORDS_H
#define GRIDD_STORE_CASE_WORDS_H

#include "daemon/wire/fields.h"

/* struct limit: "5wd/rolling"; amount 0 is left out. */
extern const struct word_codec limit_codec;
/* struct clock_limit: "handle 3wd office", "contact 1wd office received contacted" (what starts a declared clock, and which
 * mark stops it, if one does), "-" for no calendar. Where the limit is written and whose figure it is isn't kept: the pack's
 * version tells. */
extern const struct word_codec clock_limit_codec;
/* struct ladder_step: "handle 80% remind unit", "handle 100%+5wd supervise supervision,deputy_head every 5wd max 3",
 * "handle 100% level:1 unit.leader". */
extern const struct word_codec step_codec;
/* struct span: "2026-11-23T02:30:00Z handling property", without a third part where the time is nobody's. */
extern const struct word_codec span_codec;
/* struct segment: "2026-11-23T02:30:00Z 2026-11-23T04:00:00Z". */
extern const struct word_codec segment_codec;

#endif
