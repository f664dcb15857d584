/* rules_show: the pack in force, or a stored version: what it holds, and the names of its files. */
#include "daemon/base/limits.h"
#include "daemon/call/call.h"
#include "daemon/methods/methods.h"
#include "daemon/store/packs.h"

#include <string.h>

struct show_params {
	struct common_params common;
	int32_t version;
};

static const struct field show_fields[] = {COMMON_FIELDS, FIELD_I32(struct show_params, version, 1, INT32_MAX, 0),
                                           FIELD_END};

static int32_t wanted(const struct call *c) {
	const struct show_params *p = c->params;
	return p->version ? p->version : pack_version(c->pack);
}

static enum next ask(struct call *c) {
	packs_fetch(c->sv->db, c->town->code, wanted(c), &c->arena, call_on_rows, c);
	return NEXT_WAIT;
}

static int64_t count(const void *(*at)(const struct pack *p, size_t i), const struct pack *p) {
	size_t n = 0;
	while (at(p, n))
		n++;
	return (int64_t)n;
}

static const void *unit_at(const struct pack *p, size_t i) { return pack_unit_at(p, i); }
static const void *estate_at(const struct pack *p, size_t i) { return pack_estate_at(p, i); }
static const void *class_at(const struct pack *p, size_t i) { return pack_class_at(p, i); }

/* What is counted is known of the version that is loaded. */
static void write_loaded(struct json_out *j, const struct pack *p) {
	jout_kv_int(j, "rules", (int64_t)pack_rules(p));
	jout_kv_int(j, "tests", (int64_t)pack_tests(p));
	jout_kv_int(j, "units", count(unit_at, p));
	jout_kv_int(j, "estates", count(estate_at, p));
	jout_kv_int(j, "classes", count(class_at, p));
}

static enum next tell(struct call *c) {
	struct json_out *j = &c->out;
	if (c->rows->n == 0)
		return call_refuse(c, E_NOT_FOUND, "town %s has no pack version %d", c->town->code, wanted(c));
	jout_object(j);
	jout_kv_str(j, "town", c->town->code);
	jout_kv_int(j, "version", wanted(c));
	jout_kv_bool(j, "active", wanted(c) == pack_version(c->pack));
	if (wanted(c) == pack_version(c->pack))
		write_loaded(j, c->pack);
	jout_key(j, "files");
	jout_array(j);
	for (size_t i = 0; i < c->rows->n; i++) {
		jout_object(j);
		jout_kv_str(j, "name", rows_text(c->rows, i, 0));
		jout_kv_int(j, "bytes", (int64_t)strlen(rows_text(c->rows, i, 1)));
		jout_end_object(j);
	}
	jout_end_array(j);
	jout_end_object(j);
	return NEXT_ANSWER;
}

const struct method_code method_rules_show = {
    .params = show_fields, .params_size = sizeof(struct show_params), .steps = {ask, tell}};
