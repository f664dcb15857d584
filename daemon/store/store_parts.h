/* store_parts: what db.c and writer.c know of each other. */
#ifndef GRIDD_STORE_STORE_PARTS_H
#define GRIDD_STORE_STORE_PARTS_H

#include "daemon/store/db.h"
#include "daemon/store/pgconn.h"
#include "daemon/store/writer.h"

struct writer *writer_new(struct event_base *base, struct db *d);
/* What still waits is told that it failed. */
void writer_free(struct writer **w);
/* The database came or went. */
void writer_wake(struct writer *w);

enum writer_lane { LANE_FIRST, LANE_SECOND, WRITER_LANES };
struct pgconn *db_writer_conn(struct db *d, enum writer_lane lane);

#endif
