/* lanes: receivers who asked to be left alone for a while. */
#ifndef GRIDD_JOBS_LANES_H
#define GRIDD_JOBS_LANES_H

#include "daemon/store/outbox.h"

struct lanes;

struct lanes *lanes_new(void);
void lanes_free(struct lanes **l);
/* Copied. When there are too many of them the one that ends first is forgotten. */
void lanes_hold(struct lanes *l, const struct lane *lane, int64_t until_mono_us);
typedef LIST_OF(struct lane) lane_list;
/* Those that are on hold now, appended; borrowed until the next call. */
void lanes_held(struct lanes *l, int64_t now_mono_us, struct arena *a, lane_list *out);

#endif
