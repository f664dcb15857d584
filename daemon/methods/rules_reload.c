/* rules_reload: reads the pack's folder again, or takes a stored version; all or nothing, off the event loop. */
#include "daemon/methods/methods.h"
#include "daemon/methods/other_pack.h"

struct reload_params {
	struct common_params common;
	int32_t version;
};

static const struct field reload_fields[] = {COMMON_FIELDS, FIELD_I32(struct reload_params, version, 1, INT32_MAX, 0),
                                             FIELD_END};

static void on_pack_reloaded(const struct reload_result *r, void *ctx) {
	struct call *c = ctx;
	if (r->ok) {
		struct reload_result *kept = arena_memdup(&c->arena, r, sizeof *r);
		kept->faults = NULL;
		c->state = kept;
	} else {
		(void)refuse_pack(c, r->faults, &r->err, ", the one in force stays");
	}
	call_resume(c);
}

static enum next reload(struct call *c) {
	const struct reload_params *p = c->params;
	if (!p->version && !c->town->dir)
		return call_refuse(c, E_NOT_FOUND, "no folder is configured for town %s; name a stored version", c->town->code);
	towns_reload(c->sv->towns, c->town, p->version, c->who->name, on_pack_reloaded, c);
	return NEXT_WAIT;
}

static enum next tell(struct call *c) {
	const struct reload_result *r = c->state;
	if (!r)
		return NEXT_ANSWER;
	jout_object(&c->out);
	jout_kv_str(&c->out, "town", c->town->code);
	jout_kv_int(&c->out, "version", r->version);
	jout_kv_bool(&c->out, "activated", r->changed);
	jout_kv_int(&c->out, "rules", (int64_t)pack_rules(c->town->pack));
	jout_end_object(&c->out);
	return NEXT_ANSWER;
}

const struct method_code method_rules_reload = {
    .params = reload_fields, .params_size = sizeof(struct reload_params), .steps = {reload, tell}};
