/* server: what every call may reach: the database, the towns with their packs, the method table. Made by app, one a process.
 */
#ifndef GRIDD_CALL_SERVER_H
#define GRIDD_CALL_SERVER_H

#include "daemon/call/access.h"
#include "daemon/call/method.h"
#include "daemon/call/towns.h"
#include "daemon/store/db.h"

/* Which events a connection asked for. A second one of the same town takes the place of the first. */
struct subscription {
	struct conn *conn;
	const struct principal *who; /* copied */
	const char *town;
	int64_t after;
	struct strs types; /* copied; empty: all */
	int64_t case_id;   /* 0: of all cases */
};

/* A trial of a channel. */
struct channel_test {
	const char *town, *channel, *to; /* to: NULL where the channel knows */
};

/* The delivery worker of this daemon. */
struct worker_info {
	const char *state; /* running, waiting (for its restart), ending, apart (started by somebody else), none */
	int32_t pid;       /* 0: none of ours runs */
};

/* What a report.* method about nights asks for. */
enum report_what { REPORT_OVERDUE, REPORT_NIGHTLY, REPORT_NIGHTS, REPORT_SEND };
enum report_part { REPORT_TEXT, REPORT_HTML, REPORT_WORKBOOK, REPORT_MESSAGE, REPORT_FIGURES, REPORT_PARTS };

struct report_ask {
	enum report_what what;
	struct pack *pack;        /* of the town */
	int64_t now_us, at_us;    /* at: of REPORT_OVERDUE; NO_TIME: now */
	const char *day;          /* of REPORT_NIGHTLY and REPORT_SEND; NULL: the newest that was planned */
	const char *language;     /* "zh", "en"; NULL: as config says */
	unsigned parts;           /* bits 1 << enum report_part */
	int32_t limit;            /* cases, or nights */
	const struct strs *units; /* only these; NULL: the whole town */
};
/* What report.kpi and report.cases ask for; the words are checked before. */
struct figures_ask {
	struct pack *pack;        /* of the town */
	int64_t from_us, to_us, as_of_us;
	const char *by;           /* "unit" ... */
	const struct strs *tags;
	const char *format;       /* "json" ... */
	const char *language;     /* NULL: as config says */
	const char *indicator;    /* the cases behind this one; NULL: the figures */
	const char *part, *key;   /* key NULL: the town's */
	const struct strs *units; /* only these rows; NULL: all, and the town */
};
/* json: the members of the answer; NULL: why not. */
typedef void (*on_reported)(const struct strbuf *json, const struct err *why, void *call);

/* What jobs do for methods: the doors of rooms that methods may not enter. Filled by app; a NULL one isn't there. */
struct job_doors {
	void *ctx;
	/* Steps the test clock to each firing and job up to to_us, lets it happen, and says how many there were. `done` runs once,
	 * never from within the call. */
	void (*advance)(void *ctx, int64_t to_us, void (*done)(int64_t fired, int64_t jobs, const struct err *why, void *call),
	                void *call);
	/* From now on that connection gets notifications `event`, until `events.end`; false: too many do. */
	bool (*subscribe)(void *ctx, const struct subscription *s);
	/* Calls done when the town's feed is past `after`, or after wait_ms, whichever is first. */
	void (*wait_feed)(void *ctx, const char *town, int64_t after, int32_t wait_ms, void (*done)(void *call), void *call);
	void (*forget)(void *ctx, struct conn *conn); /* the connection is gone */
	/* Puts a test notice into the outbox and waits for a worker to deliver it; done says what came of it. Never from within the
	 * call. */
	void (*test_channel)(void *ctx, const struct channel_test *what, void (*done)(bool ok, const char *failure, void *call),
	                     void *call);
	/* Makes a report on a thread. What is asked is copied; done runs once, never from within the call. */
	void (*report)(void *ctx, const struct report_ask *ask, on_reported done, void *call);
	void (*figures)(void *ctx, const struct figures_ask *ask, on_reported done, void *call); /* as above */
	void (*worker)(void *ctx, struct worker_info *out);
};

struct server {
	struct event_base *base;
	struct db *db;
	struct net *net;
	struct towns *towns;
	const struct method *methods; /* ends with a row whose name is NULL */
	const principal_list *principals;
	struct job_doors jobs;
	bool test_clock;
	bool stopping; /* draining: no new calls */
	int64_t started_mono_us;
	size_t calls;  /* in flight */
	size_t asides; /* jobs at work on threads of their own */
	_Atomic int64_t called_mono_us; /* when a call last asked the database; threads look at it */
};

/* Ready: the database is up and every configured town has a pack. Else why not. */
bool server_ready(const struct server *sv, const char **why_not);
size_t server_connections(const struct server *sv);

#endif
