/* plan_json: reads and writes a report's figures by table. */
#include "daemon/reports/plan_json.h"

#include "daemon/wire/gate.h"

#include <string.h>

void plan_write(const struct plan_kind *kind, const void *in, struct strbuf *out) {
	struct json_out j;
	jout_init(&j, out);
	jout_object(&j);
	fields_write(kind->table, in, 0, &j);
	jout_end_object(&j);
}

bool plan_foreign(const struct plan_kind *kind, struct err *e, const char *why) {
	return err_set(e, E_INTERNAL, "a stored %s is not one of ours: %s", kind->what, why);
}

static bool known_format(const struct plan_kind *kind, struct json_object *tree, struct err *e) {
	struct json_object *member;
	const bool has = json_object_is_type(tree, json_type_object) && json_object_object_get_ex(tree, "format", &member) &&
	                 json_object_is_type(member, json_type_int);
	const int64_t number = has ? json_object_get_int64(member) : 0;
	if (number < 1)
		return plan_foreign(kind, e, "it has no format number");
	if (number > kind->newest)
		return err_set(e, E_INTERNAL, "a stored %s has format %lld, this gridd knows %d: use the newer gridd", kind->what,
		               (long long)number, kind->newest);
	return true;
}

static bool read_members(const struct plan_kind *kind, struct json_object *tree, struct arena *a, void *out, struct err *e) {
	struct faults faults;
	faults_init(&faults, a);
	fields_init(kind->table, out);
	if (fields_read(kind->table, tree, "", a, out, &faults))
		return true;
	const struct fault *first = faults.list.n ? &faults.list.v[0] : NULL;
	return plan_foreign(kind, e, first ? arena_printf(a, "%s %s", first->path, first->message) : "unreadable");
}

bool plan_read(const struct plan_kind *kind, const char *json, struct arena *a, void *out, struct err *e) {
	struct json_object *tree;
	struct gate_fault why;
	if (!gate_parse(json, strlen(json), &tree, &why))
		return plan_foreign(kind, e, why.text);
	const bool ok = known_format(kind, tree, e) && read_members(kind, tree, a, out, e);
	json_object_put(tree);
	return ok;
}
