/* stored_json: reads a stored JSON object by a table, and says what is wrong with one that isn't ours. */
#include "daemon/store/case_json_parts.h"

#include <string.h>

bool stored_foreign(struct err *e, const char *what, const char *why) {
	return err_set(e, E_INTERNAL, "a stored %s is not one of ours: %s", what, why);
}

bool stored_read(const struct reading *r, struct json_object *tree, void *out, struct err *e) {
	struct faults faults;
	faults_init(&faults, r->arena);
	fields_init(r->table, out);
	if (fields_read(r->table, tree, "", r->arena, out, &faults))
		return true;
	const struct fault *first = faults.list.n ? &faults.list.v[0] : NULL;
	return stored_foreign(e, r->what, first ? arena_printf(r->arena, "%s %s", first->path, first->message) : "unreadable");
}

bool stored_parse(const char *what, const char *json, struct json_object **tree, struct err *e) {
	struct gate_fault why;
	if (!gate_parse(json, strlen(json), tree, &why))
		return stored_foreign(e, what, why.text);
	if (json_object_is_type(*tree, json_type_object))
		return true;
	json_object_put(*tree);
	return stored_foreign(e, what, "it is no object");
}

bool stored_format(const char *what, struct json_object *tree, int newest, int *format, struct err *e) {
	struct json_object *v;
	const bool has = json_object_object_get_ex(tree, "v", &v) && json_object_is_type(v, json_type_int);
	const int64_t number = has ? json_object_get_int64(v) : 0;
	json_object_object_del(tree, "v");
	if (number < 1)
		return stored_foreign(e, what, "it has no format number");
	if (number > newest)
		return err_set(e, E_INTERNAL, "a stored %s has format %lld, this gridd knows %d: use the newer gridd", what,
		               (long long)number, newest);
	*format = (int)number;
	return true;
}

const char *stored_text(struct json_object *tree, const char *name) {
	struct json_object *member = json_object_object_get(tree, name);
	return json_object_is_type(member, json_type_string) ? json_object_get_string(member) : "";
}

void write_inside(struct json_out *j, const char *name, const struct field *table, const void *in) {
	jout_key(j, name);
	jout_object(j);
	fields_write(table, in, 0, j);
	jout_end_object(j);
}

bool take_inside(const struct reading *r, struct json_object *tree, const char *name, void *out, struct err *e) {
	struct json_object *inside;
	fields_init(r->table, out);
	if (!json_object_object_get_ex(tree, name, &inside))
		return true;
	const bool ok = stored_read(r, inside, out, e);
	json_object_object_del(tree, name);
	return ok;
}
