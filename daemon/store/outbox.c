/* outbox: asks for notices, takes those to be delivered, and writes down what came of it. */
#include "daemon/store/outbox.h"

#include "statements.h"

#include <errno.h>
#include <stdlib.h>

const char *const delivery_state_names[] = {"waiting", "delivered", "failed", "dead", "nobody", NULL};

bool notice_name_parse(const char *text, struct notice_name *out) {
	char *end = NULL;
	errno = 0;
	const long long seq = strtoll(text, &end, 10);
	if (errno || *text < '1' || *text > '9' || *end != '-' || end[1] < '0' || end[1] > '9')
		return false;
	const long n = strtol(end + 1, &end, 10);
	if (errno || *end || n > INT32_MAX)
		return false;
	out->seq = seq;
	out->n = (int32_t)n;
	return true;
}

static struct params *params_of(const struct notice_name *name, struct arena *a) {
	struct params *p = params_new(a);
	params_text(p, name->town);
	params_int8(p, name->seq);
	params_int4(p, name->n);
	return p;
}

void outbox_list(struct db *d, const struct outbox_filter *f, struct arena *a, on_rows done, void *ctx) {
	struct params *p = params_new(a);
	params_text(p, f->town);
	params_int4(p, f->limit);
	params_int8(p, f->before.seq ? f->before.seq : INT64_MAX);
	params_int4(p, f->before.n);
	params_text(p, f->unit);
	params_text(p, f->state);
	params_text(p, f->channel);
	params_int8(p, f->case_id ? f->case_id : NO_INT);
	params_time(p, f->since_us);
	scope_params(p, f->scope);
	db_ask(d, &stmt_outbox_list, p, a, done, ctx);
}

void outbox_get(struct db *d, const struct notice_name *name, struct arena *a, on_rows done, void *ctx) {
	db_ask(d, &stmt_outbox_get, params_of(name, a), a, done, ctx);
}

void outbox_lease(struct db *d, int32_t limit, int32_t lease_s, struct arena *a, on_rows done, void *ctx) {
	struct params *p = params_new(a);
	params_int4(p, limit);
	params_int4(p, lease_s);
	db_ask_job(d, &stmt_outbox_lease, p, a, done, ctx);
}

void outbox_record(struct db *d, const struct delivery_result *r, struct arena *a, on_rows done, void *ctx) {
	struct params *p = params_of(&r->name, a);
	params_bool(p, r->delivered);
	params_text(p, r->failure);
	if (r->again_in_s)
		params_int4(p, r->again_in_s);
	else
		params_null(p);
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
