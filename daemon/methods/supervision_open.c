/* supervision_open: a supervisor orders a unit to act. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/methods.h"

struct order_open_params {
	struct act_params act;
	enum order_kind kind;
	const char *unit, *demand, *within;
};

static const struct field order_open_fields[] = {
    ACT_CASE_FIELDS,
    FIELD_ENUM(struct order_open_params, kind, order_kind_names, FIELD_REQUIRED),
    FIELD_WORD(struct order_open_params, unit, 0),
    FIELD_STR(struct order_open_params, demand, LIMIT_TEXT_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY),
    FIELD_STR(struct order_open_params, within, LIMIT_CODE_BYTES, FIELD_CODE),
    FIELD_END};

static void add(struct act *a) {
	const struct case_rec *cr = a->parts.v[0].after;
	jout_kv_str(&a->c->out, "order", act_name(a, 'D', cr->orders.v[cr->orders.n - 1].n));
}

static enum next begin(struct call *c) {
	const struct order_open_params *p = c->params;
	struct act *a = act_begin(c, CMD_OPEN_ORDER);
	a->cmd.open_order = (struct cmd_open_order){.unit = word_unit(c, "/params/unit", p->unit),
	                                            .kind = p->kind,
	                                            .within = word_limit(c, "/params/within", p->within)};
	act_keep_text(a, p->demand);
	a->add = add;
	return act_load(a);
}

const struct method_code method_supervision_open = {.params = order_open_fields,
                                                    .params_size = sizeof(struct order_open_params),
                                                    .reads_on = true,
                                                    .steps = {begin, ACT_STEPS}};
