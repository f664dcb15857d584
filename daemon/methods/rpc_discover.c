/* rpc_discover: every method with its params, as an OpenRPC document made from the tables that read them. */
#include "daemon/base/limits.h"
#include "daemon/call/call.h"
#include "daemon/methods/methods.h"
#include "daemon/wire/schema.h"

static const struct field no_params[] = {COMMON_FIELDS, FIELD_END};

static void write_param(struct json_out *j, const struct field *f) {
	jout_object(j);
	jout_kv_str(j, "name", f->name);
	jout_kv_bool(j, "required", f->flags & FIELD_REQUIRED);
	jout_key(j, "schema");
	schema_field(f, j);
	jout_end_object(j);
}

static void write_roles(struct json_out *j, unsigned roles) {
	jout_key(j, "x-roles");
	jout_array(j);
	for (unsigned i = 0; i < ROLE_COUNT; i++)
		if (roles & (1U << i))
			jout_str(j, role_names[i]);
	jout_end_array(j);
}

static void write_method(struct json_out *j, const struct method *m) {
	const struct field *params = m->code->params ? m->code->params : no_params;
	jout_object(j);
	jout_kv_str(j, "name", m->name);
	jout_kv_str(j, "summary", m->summary);
	jout_kv_str(j, "paramStructure", "by-name");
	jout_key(j, "params");
	jout_array(j);
	for (const struct field *f = params; f->name; f++)
		write_param(j, f);
	jout_end_array(j);
	jout_key(j, "result");
	jout_raw(j, "{\"name\":\"result\",\"schema\":{\"type\":\"object\"}}");
	write_roles(j, m->roles);
	jout_end_object(j);
}

static enum next tell(struct call *c) {
	struct json_out *j = &c->out;
	jout_object(j);
	jout_kv_str(j, "openrpc", "1.3.2");
	jout_key(j, "info");
	jout_object(j);
	jout_kv_str(j, "title", "gridd");
	jout_kv_str(j, "version", GRIDD_VERSION);
	jout_end_object(j);
	jout_key(j, "methods");
	jout_array(j);
	for (const struct method *m = c->sv->methods; m->name; m++)
		write_method(j, m);
	jout_end_array(j);
	jout_end_object(j);
	return NEXT_ANSWER;
}

const struct method_code method_rpc_discover = {.any_town = true, .before_ready = true, .steps = {tell}};
