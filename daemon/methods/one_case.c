/* one_case: loads the case that a reading method is about, within what its caller may see. */
#include "daemon/methods/one_case.h"

enum next one_case_load(struct call *c) {
	const struct one_case_params *p = c->params;
	c->load = (struct load_ask){.scope = call_scope(c)};
	if (!p->which || !case_id_read(c, p->which, &c->load.name) || c->faults.total > 0)
		return call_refuse_params(c);
	return NEXT_LOAD;
}

const struct case_rec *one_case_found(struct call *c) {
	if (!c->loaded->cr)
		(void)call_refuse(c, E_NOT_FOUND, "there is no %s", case_id_text(&c->load.name, &c->arena));
	return c->loaded->cr;
}
