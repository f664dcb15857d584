/* orders: asks for supervision orders. */
#include "daemon/store/orders.h"

#include "statements.h"

void orders_list(struct db *d, const struct orders_filter *f, struct arena *a, on_rows done, void *ctx) {
	struct params *p = params_new(a);
	params_text(p, f->town);
	params_int4(p, f->limit);
	params_time(p, f->before_us == NO_TIME ? TIME_INFINITE : f->before_us);
	params_int8(p, f->before_case);
	params_int4(p, f->before_n);
	params_text(p, f->unit);
	params_text(p, f->state);
	params_text(p, f->kind);
	params_int8(p, f->case_id ? f->case_id : NO_INT);
	params_time(p, f->since_us);
	scope_params(p, f->scope);
	db_ask(d, &stmt_supervision_list, p, a, done, ctx);
}
