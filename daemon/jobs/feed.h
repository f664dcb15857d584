/* feed: follows the feeds of the towns for whoever waits for events: subscribers, and calls of events.read.
 *
 * It asks for the newest numbers once a second, or at a hint, and only while somebody waits. */
#ifndef GRIDD_JOBS_FEED_H
#define GRIDD_JOBS_FEED_H

#include "daemon/call/server.h"

struct feed;

struct feed *feed_new(struct server *sv);
/* After the connections and the database are closed: until then it may be told something. */
void feed_free(struct feed **f);
/* A NOTIFY "feed TOWN". */
void feed_hint(struct feed *f);

/* The doors of struct job_doors. */
bool feed_subscribe(struct feed *f, const struct subscription *s);
void feed_wait(struct feed *f, const char *town, int64_t after, int32_t wait_ms, void (*done)(void *call), void *call);
void feed_forget(struct feed *f, struct conn *conn);

#endif
