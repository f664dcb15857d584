/* delivery: takes notices from the outbox and hands each to the program of its channel.
 *
 * At least once: who dies between handing over and writing it down hands over again, with the same notice id. A try that
 * fails is made again after 1 min, doubling to 24 h; after 10 it is a dead letter. Real time, also with a test clock. Any
 * number of daemons: each takes what no other has taken. A daemon without channels delivers nothing. */
#ifndef GRIDD_JOBS_DELIVERY_H
#define GRIDD_JOBS_DELIVERY_H

#include "daemon/call/server.h"
#include "daemon/post/post.h"

struct delivery;

/* channels: borrowed; what it holds may be exchanged when delivery_reload is called right after. */
struct delivery *delivery_new(struct server *sv, const post_channel_list *channels);
void delivery_free(struct delivery **d);        /* after the database: ends the programs that run */
void delivery_start(struct delivery *d);
/* Other channels are known: what failed for the lack of one is tried at once. */
void delivery_reload(struct delivery *d);

/* As struct job_doors says. */
typedef void (*on_tried)(bool ok, const char *failure, void *call);
void delivery_test(struct delivery *d, const struct channel_test *what, on_tried done, void *call);

#endif
