/* rules_versions: the stored versions of the town's pack, newest first. */
#include "daemon/base/limits.h"
#include "daemon/call/call.h"
#include "daemon/methods/methods.h"
#include "daemon/store/packs.h"

enum { VERSIONS = 100 };

struct versions_params {
	struct common_params common;
	int32_t limit;
};

static const struct field versions_fields[] = {
    COMMON_FIELDS, FIELD_I32(struct versions_params, limit, 1, LIMIT_LIST_ROWS, 0), FIELD_END};

/* Columns of packs_list. */
enum { VERSION, SHA256, STORED_AT, ACTOR, ACTIVE };

static enum next ask(struct call *c) {
	const struct versions_params *p = c->params;
	packs_list(c->sv->db, c->town->code, p->limit ? p->limit : VERSIONS, &c->arena, call_on_rows, c);
	return NEXT_WAIT;
}

static enum next tell(struct call *c) {
	struct json_out *j = &c->out;
	jout_object(j);
	jout_kv_str(j, "town", c->town->code);
	jout_key(j, "versions");
	jout_array(j);
	for (size_t i = 0; i < c->rows->n; i++) {
		const int64_t stored_at_us = rows_time(c->rows, i, STORED_AT);
		jout_object(j);
		jout_kv_int(j, "version", rows_int(c->rows, i, VERSION));
		jout_kv_bool(j, "active", rows_bool(c->rows, i, ACTIVE));
		jout_kv_str(j, "sha256", rows_text(c->rows, i, SHA256));
		jout_kv_time(j, "stored_at", stored_at_us, call_offset_s(c, stored_at_us));
		jout_kv_str(j, "actor", rows_text(c->rows, i, ACTOR));
		jout_end_object(j);
	}
	jout_end_array(j);
	jout_end_object(j);
	return NEXT_ANSWER;
}

const struct method_code method_rules_versions = {
    .params = versions_fields, .params_size = sizeof(struct versions_params), .steps = {ask, tell}};
