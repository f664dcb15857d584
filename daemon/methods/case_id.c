/* case_id: reads `case`. */
#include "daemon/methods/case_id.h"

#include "daemon/base/limits.h"

#include <json-c/json.h>

struct outside {
	const char *channel, *ref;
};

static const struct field outside_fields[] = {
    FIELD_STR(struct outside, channel, LIMIT_CODE_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY),
    FIELD_STR(struct outside, ref, LIMIT_NAME_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY), FIELD_END};

bool case_id_read(struct call *c, struct json_object *tree, struct case_name *out) {
	return case_id_read_at(c, "/params/case", tree, out);
}

bool case_id_read_at(struct call *c, const char *path, struct json_object *tree, struct case_name *out) {
	if (json_object_is_type(tree, json_type_object)) {
		struct outside ref = {0};
		if (!fields_read(outside_fields, tree, path, &c->arena, &ref, &c->faults))
			return false;
		*out = (struct case_name){.town = c->town->code, .channel = ref.channel, .ref = ref.ref};
		return true;
	}
	const char *text = json_object_is_type(tree, json_type_string) ? json_object_get_string(tree) : NULL;
	int64_t id;
	if (!text || !case_number_id(text, &id)) {
		faults_at(&c->faults, path, "format", "a case is its number, \"YYYYMMDD-NNNNNNN\", or {channel, ref}");
		return false;
	}
	*out = (struct case_name){.town = c->town->code, .number = text};
	return true;
}

const char *case_id_text(const struct case_name *name, struct arena *a) {
	return name->number ? arena_printf(a, "case %s", name->number) : arena_printf(a, "case %s %s", name->channel, name->ref);
}
