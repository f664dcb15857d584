/* case_id: reads `case`. */
#include "daemon/methods/case_id.h"

#include "daemon/base/limits.h"

#include <json-c/json.h>
#include <string.h>

struct outside {
	const char *channel, *ref;
};

static const struct field outside_fields[] = {
    FIELD_STR(struct outside, channel, LIMIT_CODE_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY),
    FIELD_STR(struct outside, ref, LIMIT_NAME_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY), FIELD_END};

/* YYYYMMDD-NNNNNNN: 8 digits, a dash, at least 7 digits. */
static bool is_number(const char *s) {
	const size_t day = strspn(s, "0123456789");
	if (day != 8 || s[8] != '-')
		return false;
	const size_t id = strspn(s + 9, "0123456789");
	return id >= 7 && id <= 18 && s[9 + id] == '\0';
}

bool case_id_read(struct call *c, struct json_object *tree, struct case_id *out) {
	if (json_object_is_type(tree, json_type_object)) {
		struct outside ref = {0};
		if (!fields_read(outside_fields, tree, "/params/case", &c->arena, &ref, &c->faults))
			return false;
		*out = (struct case_id){.channel = ref.channel, .ref = ref.ref};
		return true;
	}
	const char *text = json_object_is_type(tree, json_type_string) ? json_object_get_string(tree) : NULL;
	if (!text || !is_number(text)) {
		faults_at(&c->faults, "/params/case", "format", "a case is its number, \"YYYYMMDD-NNNNNNN\", or {channel, ref}");
		return false;
	}
	*out = (struct case_id){.number = text};
	return true;
}

const char *case_id_text(const struct case_id *id, struct arena *a) {
	return id->number ? arena_printf(a, "case %s", id->number) : arena_printf(a, "case %s %s", id->channel, id->ref);
}
