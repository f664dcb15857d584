/* session_login: a token for the rest of the connection. */
#include "daemon/base/limits.h"
#include "daemon/call/login.h"
#include "daemon/methods/methods.h"

struct login_params {
	struct common_params common;
	const char *token;
};

static const struct field login_fields[] = {
    COMMON_FIELDS, FIELD_STR(struct login_params, token, LIMIT_NAME_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY), FIELD_END};

static enum next login(struct call *c) {
	const struct login_params *p = c->params;
	struct err e = {0};
	if (!call_login(c, p->token, &e))
		return call_refuse_err(c, &e);
	jout_object(&c->out);
	jout_kv_str(&c->out, "principal", c->who->name);
	jout_key(&c->out, "roles");
	jout_array(&c->out);
	for (size_t i = 0; i < ROLE_COUNT; i++)
		if (c->who->roles & (1U << i))
			jout_str(&c->out, role_names[i]);
	jout_end_array(&c->out);
	jout_kv_opt(&c->out, "unit", c->who->unit[0] ? c->who->unit : NULL);
	jout_kv_opt(&c->out, "town", c->who->town[0] ? c->who->town : NULL);
	jout_end_object(&c->out);
	return NEXT_ANSWER;
}

const struct method_code method_session_login = {
    .params = login_fields,
    .params_size = sizeof(struct login_params),
    .any_town = true,
    .before_ready = true,
    .steps = {login},
};
