/* by_time: one of time's own commands on one stored case: from its row to what became of it.
 *
 * It is decided like anybody's command and stored by the one writer, behind the calls that wait. Owns an arena. */
#ifndef GRIDD_JOBS_BY_TIME_H
#define GRIDD_JOBS_BY_TIME_H

#include "daemon/call/facts.h"
#include "daemon/call/server.h"

enum by_time_end {
	BY_TIME_STORED,                     /* the case is as it now is; with a key: it is done, now or before */
	BY_TIME_OVERTAKEN,                  /* somebody changed the case first: load it again */
	BY_TIME_LATER,                      /* the database is away, or busy: nothing is wrong with the case */
	BY_TIME_FAILED                      /* *why says what is wrong */
};

struct by_time;
typedef void (*on_by_time)(struct by_time *b, enum by_time_end end, const struct err *why, void *ctx);

/* A row of a case, as timers_due and others bring it. Copied. */
struct case_row_ref {
	const char *town, *number, *agg;
	int64_t id;
};

struct by_time *by_time_new(struct server *sv, const struct case_row_ref *row);
void by_time_free(struct by_time **b);

/* Reads the aggregate, by the pack that is in force in its town. False: it can't be read, or the town has no pack here. */
bool by_time_read(struct by_time *b, struct err *e) MUST_CHECK;
/* What is done once however often it is asked for: the second time it has been stored already. Copied. */
void by_time_set_key(struct by_time *b, const char *key);
/* Decides and sends it to the writer; done runs once, from the loop. Of cmd the kind and what belongs to it are read: it is time's
 * own, and happens now. False: it is refused, and done isn't called. */
bool by_time_put(struct by_time *b, const struct command *cmd, on_by_time done, void *ctx, struct err *e) MUST_CHECK;

int64_t by_time_id(const struct by_time *b);
const char *by_time_town(const struct by_time *b);
const char *by_time_number(const struct by_time *b);
/* When the case fires next, as it now is; NO_TIME: never. Only after by_time_read. */
int64_t by_time_next_us(const struct by_time *b);

#endif
