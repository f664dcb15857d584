/* scope: hands a scope to a statement. */
#include "daemon/store/scope.h"

void scope_params(struct params *p, const struct scope *s) {
	static const struct scope everything = {.all = true};
	if (!s)
		s = &everything;
	params_bool(p, s->all);
	params_text(p, s->submitter);
	params_texts(p, s->units.v, s->units.n);
}
