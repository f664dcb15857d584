/* store_parts: what db.c and writer.c know of each other. */
#ifndef GRIDD_STORE_STORE_PARTS_H
#define GRIDD_STORE_STORE_PARTS_H

#include "daemon/store/db.h"
#include "daemon/store/loader.h"
#include "daemon/store/pgconn.h"
#include "daemon/store/writer.h"

struct writer *writer_new(struct event_base *base, struct db *d);
/* What still waits is told that it failed. */
void writer_free(struct writer **w);
/* The database came or went. */
void writer_wake(struct writer *w);

struct loader *loader_new(struct event_base *base, struct db *d);
void loader_free(struct loader **l);
void loader_wake(struct loader *l);

struct feed_hints;
struct feed_hints *db_feed_hints(struct db *d);
/* Gives a hint to whoever takes those that come by NOTIFY. */
void db_hint_here(struct db *d, const char *payload);

/* Known since the database was there first. */
struct write_types;
const struct write_types *db_write_types(const struct db *d);

enum writer_lane { LANE_FIRST, LANE_SECOND, WRITER_LANES };
struct pgconn *db_writer_conn(struct db *d, enum writer_lane lane);

#endif
