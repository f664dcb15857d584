/* schedule: plans a scheduled report (each night's digest, the month's figures), once for each town and occasion, whoever else
 * tries: what it says is kept, and its notices with it.
 *
 * An occasion is named by a day: the night's own, the first of the month that is reported. It runs where its lease is; should two
 * plan all the same, the book of occurrences takes one (store/occurrences.h). A town has occasions while its pack names an office,
 * from the first one after that pack came into force. Whatever was missed, the newest is planned, as late, and the older ones are
 * booked as skipped. What fails is tried again, later and later. */
#ifndef GRIDD_JOBS_SCHEDULE_H
#define GRIDD_JOBS_SCHEDULE_H

#include "daemon/call/server.h"
#include "daemon/jobs/night.h"

/* What is to be planned. */
struct occasion {
	const struct pack *pack;
	int32_t day;
	const char *day_text;               /* "2026-11-23" */
	enum digest_mark mark;
	int64_t at_us, before_us;           /* its instant, and that of the one before */
	const struct booked *booked;
	bool (*stop)(void *ctx);            /* between two cases */
	void *ctx;
};
struct planned {
	const char *text;                   /* JSON, in the arena */
	int64_t format;
	int64_t figure;                     /* for the log */
};

/* What is different between one scheduled report and another. The functions are pure, and called on any thread. */
struct schedule_kind {
	const char *job;                    /* "nightly": in the book, of the lease */
	const char *figure;                 /* "overdue" */
	const char *counting, *planned, *committed, *failed;   /* crash points, and names in the log */
	int64_t (*at_us)(const struct pack *p, const struct report_config *c, int32_t day);
	int32_t (*newest)(const struct pack *p, const struct report_config *c, int64_t at_us);   /* day, at or before that instant */
	int32_t (*after)(int32_t day), (*before)(int32_t day);
	bool (*make)(struct side *s, const struct occasion *o, struct arena *a, struct planned *out, struct err *e);
};

struct schedule;

/* config: borrowed, looked at anew each time. */
struct schedule *schedule_new(struct server *sv, const struct report_config *config, const struct schedule_kind *kind);
void schedule_free(struct schedule **w);       /* after the database, and when server.asides is 0 or nobody waits any more */
/* The database is there: begin. Any number of times. */
void schedule_start(struct schedule *w);
/* The daemon drains: nothing new is begun, and what is under way breaks off. */
void schedule_stop(struct schedule *w);

/* ---- For the test clock ---- */

/* The next occasion of any town after that instant; NO_TIME: none has any. */
int64_t schedule_next_us(struct schedule *w, int64_t after_us);
/* How many lie after from_us and up to to_us. */
int64_t schedule_between(struct schedule *w, int64_t from_us, int64_t to_us);
/* Calls done once every occasion up to now is booked, or with why not. Only one at a time; never from within. */
typedef void (*on_all_planned)(const struct err *why, void *ctx);
void schedule_settle(struct schedule *w, on_all_planned done, void *ctx);
/* While somebody moves the clock nothing is planned but what he asks for. */
void schedule_keep(struct schedule *w, bool keep);

#endif
