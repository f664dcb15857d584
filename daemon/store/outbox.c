/* outbox: asks for notices, takes those to be delivered, and writes down what came of it. */
#include "daemon/store/outbox.h"

#include "statements.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

const char *const delivery_state_names[] = {"waiting", "delivered", "failed", "dead", "nobody", NULL};
const char test_notice_kind[] = "test";
const char *const report_notice_kinds[] = {"nightly", "monthly", test_notice_kind, NULL};

bool notice_name_parse(const char *text, struct notice_name *out) {
	const bool of_no_case = *text == 'R';
	char *end = NULL;
	errno = 0;
	text += of_no_case;
	const long long seq = strtoll(text, &end, 10);
	if (errno || *text < '1' || *text > '9' || *end != '-' || end[1] < '0' || end[1] > '9')
		return false;
	const long n = strtol(end + 1, &end, 10);
	if (errno || *end || n > INT32_MAX)
		return false;
	out->seq = of_no_case ? -seq : seq;
	out->n = (int32_t)n;
	return true;
}

const char *notice_name_text(const struct notice_name *name, struct arena *a) {
	return name->seq < 0 ? arena_printf(a, "R%" PRId64 "-%d", -name->seq, name->n)
	                     : arena_printf(a, "%" PRId64 "-%d", name->seq, name->n);
}

static struct params *params_of(const struct notice_name *name, struct arena *a) {
	struct params *p = params_new(a);
	params_text(p, name->town);
	params_int8(p, name->seq);
	params_int4(p, name->n);
	return p;
}

static struct params *params_of_channel(const struct town_channel *c, struct arena *a) {
	struct params *p = params_new(a);
	params_text(p, c->town);
	params_text(p, c->channel);
	return p;
}

/* ---- For methods ---- */

void outbox_list(struct db *d, const struct outbox_filter *f, struct arena *a, on_rows done, void *ctx) {
	struct params *p = params_new(a);
	params_text(p, f->town);
	params_int4(p, f->limit);
	params_int8(p, f->before.seq);
	params_int4(p, f->before.n);
	params_text(p, f->unit);
	params_text(p, f->state);
	params_text(p, f->channel);
	params_int8(p, f->case_id ? f->case_id : NO_INT);
	params_time(p, f->since_us);
	scope_params(p, f->scope);
	params_text(p, f->kind);
	db_ask(d, &stmt_outbox_list, p, a, done, ctx);
}

void outbox_get(struct db *d, const struct notice_name *name, struct arena *a, on_rows done, void *ctx) {
	db_ask(d, &stmt_outbox_get, params_of(name, a), a, done, ctx);
}

void outbox_retry(struct db *d, const struct outbox_again *what, struct arena *a, on_rows done, void *ctx) {
	struct params *p = params_of(&what->name, a);
	params_text(p, what->channel);
	params_text(p, what->state);
	db_ask_job(d, &stmt_outbox_retry, p, a, done, ctx);
}

void channel_pause(struct db *d, const struct town_channel *c, const char *actor, struct arena *a, on_rows done, void *ctx) {
	struct params *p = params_of_channel(c, a);
	params_text(p, actor);
	db_ask_job(d, &stmt_channel_pause, p, a, done, ctx);
}

void channel_resume(struct db *d, const struct town_channel *c, struct arena *a, on_rows done, void *ctx) {
	db_ask_job(d, &stmt_channel_resume, params_of_channel(c, a), a, done, ctx);
}

void channel_paused(struct db *d, const char *town, struct arena *a, on_rows done, void *ctx) {
	struct params *p = params_new(a);
	params_text(p, town);
	db_ask(d, &stmt_channel_paused, p, a, done, ctx);
}

/* ---- For the worker ---- */

void outbox_lease(struct db *d, const struct lease_ask *ask, struct arena *a, on_rows done, void *ctx) {
	static const size_t columns[] = {offsetof(struct lane, town), offsetof(struct lane, channel),
	                                 offsetof(struct lane, receiver)};
	const struct column_source busy = {ask->busy, ask->n_busy, sizeof *ask->busy};
	struct params *p = params_new(a);
	params_int4(p, ask->limit);
	params_int4(p, ask->lease_s);
	params_int4(p, ask->per_channel);
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		params_column(p, &busy, (struct column){COL_TEXT, columns[i]});
	db_ask_job(d, &stmt_outbox_lease, p, a, done, ctx);
}

void outbox_free(struct db *d, struct arena *a, on_rows done, void *ctx) {
	db_ask_job(d, &stmt_outbox_free, params_new(a), a, done, ctx);
}

void outbox_gather(struct db *d, const struct gather_ask *ask, struct arena *a, on_rows done, void *ctx) {
	struct params *p = params_of(&ask->name, a);
	params_int4(p, ask->more_than);
	params_int4(p, ask->within_s);
	params_int4(p, ask->at_most);
	params_bool(p, ask->ordinary);
	db_ask_job(d, &stmt_outbox_gather, p, a, done, ctx);
}

void outbox_put_off(struct db *d, const struct notice_name *name, int64_t until_us, struct arena *a, on_rows done, void *ctx) {
	struct params *p = params_of(name, a);
	params_time(p, until_us);
	db_ask_job(d, &stmt_outbox_put_off, p, a, done, ctx);
}

void outbox_report(struct db *d, const struct notice_name *name, struct arena *a, on_rows done, void *ctx) {
	struct params *p = params_new(a);
	params_text(p, name->town);
	params_int8(p, -name->seq);
	db_ask(d, &stmt_outbox_report, p, a, done, ctx);
}

void outbox_record(struct db *d, const struct delivery_result *r, struct arena *a, on_rows done, void *ctx) {
	struct params *p = params_of(&r->name, a);
	params_bool(p, r->delivered);
	params_text(p, r->failure);
	if (r->again_in_s)
		params_int4(p, r->again_in_s);
	else
		params_null(p);
	params_int4(p, r->took_ms);
	params_bool(p, r->pause);
	db_ask_job(d, &stmt_outbox_record, p, a, done, ctx);
}

void outbox_dead_letters(struct db *d, int32_t limit, struct arena *a, on_rows done, void *ctx) {
	struct params *p = params_new(a);
	params_int4(p, limit);
	db_ask_job(d, &stmt_dead_letters, p, a, done, ctx);
}

void outbox_dead_letter_told(struct db *d, const struct notice_name *name, struct arena *a, on_rows done, void *ctx) {
	db_ask_job(d, &stmt_dead_letter_told, params_of(name, a), a, done, ctx);
}

void outbox_wake(struct db *d, const struct strs *channels, bool all, struct arena *a, on_rows done, void *ctx) {
	struct params *p = params_new(a);
	params_texts(p, channels->v, channels->n);
	params_bool(p, all);
	db_ask_job(d, &stmt_delivery_wake, p, a, done, ctx);
}

/* ---- Trying a channel ---- */

void outbox_test(struct db *d, const struct outbox_trial *t, struct arena *a, on_rows done, void *ctx) {
	struct params *p = params_of_channel(&t->by, a);
	params_text(p, t->to);
	params_time(p, t->now_us);
	db_ask_job(d, &stmt_outbox_test, p, a, done, ctx);
}

void outbox_fate(struct db *d, const struct notice_name *name, const char *give_up, struct arena *a, on_rows done, void *ctx) {
	struct params *p = params_of(name, a);
	params_text(p, give_up);
	db_ask_job(d, &stmt_outbox_fate, p, a, done, ctx);
}
