/* delivery_parts: one try of one message. For delivery*.c. */
#ifndef GRIDD_JOBS_DELIVERY_PARTS_H
#define GRIDD_JOBS_DELIVERY_PARTS_H

#include "daemon/jobs/delivery.h"
#include "daemon/jobs/notice_message.h"
#include "daemon/jobs/report_message.h"
#include "daemon/store/outbox.h"

enum {
	TRIES = 10,
	LEASE_S = POST_LIMIT_S + 30     /* longer than a try takes */
};

/* Owns what it needs: its arena lives until the try is written down. */
struct attempt {
	struct delivery *d;
	struct server *sv;
	struct attempt *next, **at;
	struct arena arena;
	struct notice_name name;
	struct lane lane;
	const char *unit;
	bool urgent;
	int64_t tries, queued_at_us, now_us; /* now: the server's, when it was leased */
	int64_t leased_mono_us;
	struct channel_book *book;
	const struct post_channel *channel; /* NULL: config has none of that name */
	void (*done)(struct attempt *t);    /* `post` says what came of it */

	/* What the thread needs. */
	struct pack *pack;
	notice_about_list notices;          /* of cases: the head, and what goes along with it */
	struct trial_about trial;
	struct report_notice report;
	enum { SEND_NOTICES, SEND_TRIAL, SEND_REPORT } what;
	struct post_result post;
	int32_t took_ms;

	struct delivery_result result;
	struct event *again;                /* the result couldn't be written down yet */
};

/* The pack of its town, kept for the try. False: none is loaded. */
bool attempt_take_pack(struct attempt *t);
/* Gathers what goes out with it and sends it, on a thread; calls done. */
void attempt_send(struct attempt *t, bool ordinary);
/* The database is away and nothing was sent: nothing is written down, the lease ends by itself. */
void attempt_drop(struct attempt *t);
/* Nothing was sent: calls done as if the channel had failed. */
void attempt_fail(struct attempt *t, enum post_end end, const char *why);

#endif
