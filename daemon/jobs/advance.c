/* advance: steps the test clock from firing to firing, and from one scheduled report to the next. */
#include "daemon/jobs/advance.h"

#include "daemon/base/check.h"
#include "daemon/store/timers.h"
#include "daemon/store/writer.h"
#include "statements.h"

#include <stdlib.h>

struct advance {
	struct server *sv;
	struct advance_jobs with;
	size_t settled;     /* so many of them are, at this step */
	struct arena arena; /* of one step's question */
	int64_t to_us, fired, jobs;
	on_advanced done; /* NULL: none is under way */
	void *call;
	bool there; /* the clock stands where it shall */
};

/* One that comes while another is under way. */
struct refused {
	on_advanced done;
	void *call;
};

static void keep_schedules(struct advance *a, bool keep) {
	for (size_t i = 0; i < ADVANCE_SCHEDULES; i++)
		schedule_keep(a->with.schedules[i], keep);
}

static void tell(struct advance *a, const struct err *why) {
	const on_advanced done = a->done;
	a->done = NULL;
	timekeeper_keep(a->with.timekeeper, false);
	keep_schedules(a, false);
	done(a->fired, a->jobs, why, a->call);
}

static void on_audit_over(int64_t repaired, const struct err *why, void *ctx) {
	struct advance *a = ctx;
	(void)repaired;
	a->jobs += why == NULL;
	tell(a, why);
}

static void on_settled_here(int64_t fired, const struct err *why, void *ctx);

static void on_moved(const struct rows *rows, const struct err *why, void *ctx) {
	struct advance *a = ctx;
	if (!rows) {
		tell(a, why);
		return;
	}
	db_clock_moved(a->sv->db, rows_int(rows, 0, 0));
	timekeeper_settle(a->with.timekeeper, on_settled_here, a);
}

static int64_t earlier(int64_t a_us, int64_t b_us) {
	if (a_us == NO_TIME || b_us == NO_TIME)
		return a_us == NO_TIME ? b_us : a_us;
	return a_us < b_us ? a_us : b_us;
}

/* To the next firing or report; past the last one, to where it shall stand. */
static void on_next(const struct rows *rows, const struct err *why, void *ctx) {
	struct advance *a = ctx;
	if (!rows) {
		tell(a, why);
		return;
	}
	const int64_t now_us = db_now_us(a->sv->db);
	int64_t next_us = rows->n ? rows_time(rows, 0, 0) : NO_TIME;
	for (size_t i = 0; i < ADVANCE_SCHEDULES; i++)
		next_us = earlier(next_us, schedule_next_us(a->with.schedules[i], now_us));
	int64_t step_us = next_us != NO_TIME && next_us < a->to_us ? next_us : a->to_us;
	step_us = step_us > now_us ? step_us : now_us;
	a->there = step_us >= a->to_us;
	for (size_t i = 0; i < ADVANCE_SCHEDULES; i++)
		a->jobs += schedule_between(a->with.schedules[i], now_us, step_us);
	struct params *p = params_new(&a->arena);
	params_int8(p, step_us);
	db_ask_job(a->sv->db, &stmt_advance_clock, p, &a->arena, on_moved, a);
}

static void on_planned(const struct err *why, void *ctx) {
	struct advance *a = ctx;
	if (why) {
		tell(a, why);
	} else if (++a->settled < ADVANCE_SCHEDULES) {
		schedule_settle(a->with.schedules[a->settled], on_planned, a);
	} else if (!a->there) {
		arena_reset(&a->arena);
		timers_next(a->sv->db, &a->arena, on_next, a);
	} else if (auditor_is_due(a->with.auditor)) {
		auditor_run(a->with.auditor, on_audit_over, a);
	} else {
		tell(a, NULL);
	}
}

/* A report comes behind what happened by its hour. */
static void on_settled_here(int64_t fired, const struct err *why, void *ctx) {
	struct advance *a = ctx;
	a->fired += fired;
	a->settled = 0;
	if (why)
		tell(a, why);
	else
		schedule_settle(a->with.schedules[0], on_planned, a);
}

static void on_refused(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	struct refused *r = arg;
	struct err why = {0};
	(void)err_set(&why, E_CONFLICT, "the test clock is being advanced already");
	r->done(0, 0, &why, r->call);
	free(r);
}

void advance_to(struct advance *a, int64_t to_us, on_advanced done, void *call) {
	if (a->done) {
		struct refused *r = calloc(1, sizeof *r);
		CHECK(r != NULL);
		*r = (struct refused){done, call};
		CHECK(event_base_once(a->sv->base, -1, EV_TIMEOUT, on_refused, r, &(struct timeval){0}) == 0);
		return;
	}
	a->to_us = to_us;
	a->fired = a->jobs = 0;
	a->done = done;
	a->call = call;
	a->there = false;
	timekeeper_keep(a->with.timekeeper, true);
	keep_schedules(a, true);
	writer_forget_calls(db_writer(a->sv->db));
	timekeeper_settle(a->with.timekeeper, on_settled_here, a);
}

struct advance *advance_new(struct server *sv, const struct advance_jobs *jobs) {
	struct advance *a = calloc(1, sizeof *a);
	CHECK(a != NULL);
	a->sv = sv;
	a->with = *jobs;
	arena_init(&a->arena);
	return a;
}

void advance_free(struct advance **a) {
	struct advance *old = *a;
	*a = NULL;
	if (!old)
		return;
	arena_fini(&old->arena);
	free(old);
}
