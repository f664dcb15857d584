/* delivery: carries what the outbox holds: takes notices, sends each by its channel, writes down what came of it. Runs in the
 * worker.
 *
 * At least once: who dies between handing over and writing it down hands over again, the same message under the same name. A try
 * that fails is made again after 1 min, doubling to 24 h, or when the receiver says; after 10 it is a dead letter. To one receiver
 * one at a time, so that a slow one delays nobody else. Real time, also with a test clock. Any number of workers: each takes what
 * no other has taken. */
#ifndef GRIDD_JOBS_DELIVERY_H
#define GRIDD_JOBS_DELIVERY_H

#include "daemon/call/server.h"
#include "daemon/post/post.h"
#include "daemon/reports/digest.h"

/* What one reading of config says. Tries under way keep it; `drop` is called when nobody uses it any more. */
struct channel_book {
	const post_channel_list *channels;
	enum page_lang language;            /* of reports */
	size_t users;
	void (*drop)(struct channel_book *b);
};

struct delivery;

struct delivery *delivery_new(struct server *sv, struct channel_book *book);
/* After the database. Only while no try is under way: threads can't be ended. */
void delivery_free(struct delivery **d);
/* The database is there: begin. Any number of times. */
void delivery_start(struct delivery *d);
/* Nothing new is begun. */
void delivery_stop(struct delivery *d);
size_t delivery_under_way(const struct delivery *d);
/* There may be something new. */
void delivery_hint(struct delivery *d);
/* Other channels are known: what failed before is tried at once. */
void delivery_reload(struct delivery *d, struct channel_book *book);

#endif
