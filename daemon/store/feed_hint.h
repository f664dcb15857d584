/* feed_hint: tells who follows a town's feed that there is something new: a hint, at most ten a second. */
#ifndef GRIDD_STORE_FEED_HINT_H
#define GRIDD_STORE_FEED_HINT_H

#include "daemon/store/db.h"

struct feed_hints;
struct feed_hints *feed_hints_new(struct event_base *base, struct db *d);
void feed_hints_free(struct feed_hints **h);
/* Events of that town were committed. This daemon is told from the loop, the others by NOTIFY. */
void feed_hints_note(struct feed_hints *h, const char *town);

#endif
