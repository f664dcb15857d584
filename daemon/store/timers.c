/* timers: asks what is due, puts off what failed, and holds leases. */
#include "daemon/store/timers.h"

#include "daemon/base/check.h"
#include "statements.h"

#include <stdlib.h>

void timers_due(struct db *d, int64_t now_us, int64_t since_us, int32_t limit, struct arena *a, on_rows done, void *ctx) {
	struct params *p = params_new(a);
	params_time(p, now_us);
	params_time(p, since_us);
	params_int4(p, limit);
	db_ask_job(d, &stmt_timers_due, p, a, done, ctx);
}

void timers_next(struct db *d, struct arena *a, on_rows done, void *ctx) {
	db_ask_job(d, &stmt_timers_next, params_new(a), a, done, ctx);
}

void timers_put_off(struct db *d, int64_t case_id, int64_t until_us, int32_t failures, struct arena *a, on_rows done,
                    void *ctx) {
	struct params *p = params_new(a);
	params_int8(p, case_id);
	params_time(p, until_us);
	params_int4(p, failures);
	db_ask_job(d, &stmt_timers_put_off, p, a, done, ctx);
}

static struct params *lease_params(struct arena *a, const char *job, const char *holder) {
	struct params *p = params_new(a);
	params_text(p, job);
	params_text(p, holder);
	return p;
}

void lease_take(struct db *d, const char *job, const char *holder, struct arena *a, on_rows done, void *ctx) {
	db_ask_job(d, &stmt_lease_take, lease_params(a, job, holder), a, done, ctx);
}

static void on_given_up(const struct rows *rows, const struct err *why, void *ctx) {
	(void)rows, (void)why; /* it runs out by itself */
	struct arena *a = ctx;
	arena_fini(a);
	free(a);
}

void lease_give_up(struct db *d, const char *job, const char *holder) {
	struct arena *a = malloc(sizeof *a);
	CHECK(a != NULL);
	arena_init(a);
	db_ask_job(d, &stmt_lease_give_up, lease_params(a, job, holder), a, on_given_up, a);
}
