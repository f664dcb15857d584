/* agenda: asks for what goes to the joint meeting. */
#include "daemon/store/agenda.h"

#include "statements.h"

void agenda_ask(struct db *d, const struct agenda_ask *ask, struct arena *a, on_rows done, void *ctx) {
	struct params *p = params_new(a);
	params_text(p, ask->town);
	params_time(p, ask->from_us);
	params_time(p, ask->to_us);
	params_text(p, ask->desk);
	params_texts(p, ask->units.v, ask->units.n);
	params_texts(p, ask->departments.v, ask->departments.n);
	scope_params(p, ask->scope);
	params_int4(p, ask->limit);
	db_ask_slow(d, &stmt_agenda, p, a, done, ctx);
}
