/* streams: sends events to subscribers. Those who may see the same and stand at the same number are one stream, and one
 * question to the database serves them all.
 *
 * A reader who leaves PACE_BYTES unread goes on alone, at its own pace; who leaves them for SLOW_SECONDS is cut off with
 * `events.end`, which says where to go on. */
#ifndef GRIDD_JOBS_STREAMS_H
#define GRIDD_JOBS_STREAMS_H

#include "daemon/call/server.h"

struct streams;

struct streams *streams_new(struct server *sv);
void streams_free(struct streams **s);
size_t streams_subscribers(const struct streams *s);
bool streams_subscribe(struct streams *s, const struct subscription *sub);
void streams_forget(struct streams *s, struct conn *conn);
/* The newest number of a town: whoever is behind it is served. */
void streams_advance(struct streams *s, const char *town, int64_t head);
/* Looks after readers: who is gone, who is slow, who is somebody else since config was read again. True: somebody's buffer is
 * to be looked at again soon. */
bool streams_look_after(struct streams *s);

#endif
