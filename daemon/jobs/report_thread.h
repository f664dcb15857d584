/* report_thread: one answer of a report.* method, made on a thread: what it keeps, and how it comes back.
 *
 * The first member of the answer's own struct, which is one piece of memory from calloc. */
#ifndef GRIDD_JOBS_REPORT_THREAD_H
#define GRIDD_JOBS_REPORT_THREAD_H

#include "daemon/jobs/aside.h"
#include "daemon/wire/json_out.h"

struct report_thread {
	struct arena kept;                  /* what was asked */
	struct arena arena;                 /* of one try */
	struct pack *pack;
	/* On the thread, inside side_begin .. side_commit: writes the members of the answer. */
	bool (*answer)(struct report_thread *t, struct side *s, struct err *e);
	struct json_out j;
	/* Its own: */
	struct server *sv;
	struct strbuf out;
	on_reported done;
	void *call;
	struct err refused;
};

void report_thread_init(struct report_thread *t, struct pack *pack, on_reported done, void *call);
/* Tells by done, once, never from within; then it is gone. Refused as overloaded while too many are at work. */
void report_thread_run(struct report_thread *t, struct server *sv);
/* The daemon is stopping: break off. `ctx`: the report_thread. */
bool report_thread_stops(void *ctx);
/* A member of base64. */
void report_thread_base64(struct report_thread *t, const char *key, const void *bytes, size_t n);

#endif
