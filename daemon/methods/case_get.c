/* case_get: one case. */
#include "daemon/base/limits.h"
#include "daemon/methods/case_id.h"
#include "daemon/methods/case_view.h"
#include "daemon/methods/methods.h"

struct get_params {
	struct common_params common;
	struct json_object *which;
};

static const struct field get_fields[] = {COMMON_FIELDS,
                                          {.name = "case",
                                           .type = FT_TREE,
                                           .offset = offsetof(struct get_params, which),
                                           .flags = FIELD_REQUIRED,
                                           .present_offset = SIZE_MAX},
                                          FIELD_END};

static enum next ask(struct call *c) {
	const struct get_params *p = c->params;
	struct case_name *name = arena_new(&c->arena, struct case_name);
	c->state = name;
	if (!case_id_read(c, p->which, name))
		return call_refuse_params(c);
	reader_get(c->sv->db, name, call_scope(c), &c->arena, call_on_rows, c);
	return NEXT_WAIT;
}

static enum next tell(struct call *c) {
	struct err e = {0};
	if (c->rows->n == 0)
		return call_refuse(c, E_NOT_FOUND, "there is no %s", case_id_text(c->state, &c->arena));
	if (!case_view_row(c, c->rows, 0, &e))
		return call_refuse_err(c, &e);
	return NEXT_ANSWER;
}

const struct method_code method_case_get = {
    .params = get_fields, .params_size = sizeof(struct get_params), .steps = {ask, tell}};
