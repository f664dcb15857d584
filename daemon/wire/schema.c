/* schema: writes what fields take as JSON Schema. */
#include "daemon/wire/schema.h"

static void write_string(const struct field *f, int64_t max_bytes, struct json_out *j) {
	jout_object(j);
	jout_kv_str(j, "type", "string");
	if (f->flags & (FIELD_NONEMPTY | FIELD_CODE | FIELD_NAME))
		jout_kv_int(j, "minLength", 1);
	if (max_bytes > 0)
		jout_kv_int(j, "maxLength", max_bytes);
	if (f->flags & FIELD_CODE)
		jout_kv_str(j, "pattern", "^[^\\u0000-\\u0020\\u007f]+$");
	if (f->flags & FIELD_NAME)
		jout_kv_str(j, "pattern", "^[^\\u0000-\\u0020\\u007f]([^\\u0000-\\u001f\\u007f]*[^\\u0000-\\u0020\\u007f])?$");
	jout_end_object(j);
}

static void write_number(const struct field *f, struct json_out *j) {
	jout_object(j);
	jout_kv_str(j, "type", f->type == FT_F64 ? "number" : "integer");
	if (f->type != FT_F64) {
		jout_kv_int(j, "minimum", f->min);
		jout_kv_int(j, "maximum", f->max);
	}
	jout_end_object(j);
}

static void write_names(const struct field *f, struct json_out *j) {
	jout_object(j);
	jout_kv_str(j, "type", "string");
	jout_key(j, "enum");
	jout_array(j);
	for (size_t i = 0; f->names[i]; i++)
		jout_str(j, f->names[i]);
	jout_end_array(j);
	jout_end_object(j);
}

static void write_object(const struct field *table, struct json_out *j) {
	jout_object(j);
	jout_kv_str(j, "type", "object");
	jout_key(j, "properties");
	jout_object(j);
	for (const struct field *f = table; f->name; f++) {
		jout_key(j, f->name);
		schema_field(f, j);
	}
	jout_end_object(j);
	jout_key(j, "required");
	jout_array(j);
	for (const struct field *f = table; f->name; f++)
		if (f->flags & FIELD_REQUIRED)
			jout_str(j, f->name);
	jout_end_array(j);
	jout_kv_bool(j, "additionalProperties", false);
	jout_end_object(j);
}

static void write_array(const struct field *f, struct json_out *j) {
	jout_object(j);
	jout_kv_str(j, "type", "array");
	if (f->flags & FIELD_NONEMPTY)
		jout_kv_int(j, "minItems", 1);
	jout_kv_int(j, "maxItems", f->max);
	jout_key(j, "items");
	if (f->type == FT_LIST)
		write_object(f->sub, j);
	else
		write_string(f, f->item_max, j);
	jout_end_object(j);
}

/* A type, and perhaps a format, that says all. */
static void write_plain(const char *type, const char *format, struct json_out *j) {
	jout_object(j);
	jout_kv_opt(j, "type", type);
	jout_kv_opt(j, "format", format);
	jout_end_object(j);
}

void schema_field(const struct field *f, struct json_out *j) {
	switch (f->type) {
	case FT_STR:
	case FT_WORD:
		write_string(f, f->max, j);
		return;
	case FT_I32:
	case FT_I64:
	case FT_F64:
		write_number(f, j);
		return;
	case FT_BOOL:
		write_plain("boolean", NULL, j);
		return;
	case FT_TIME:
		write_plain("string", "date-time", j);
		return;
	case FT_ENUM:
		write_names(f, j);
		return;
	case FT_STRS:
	case FT_LIST:
	case FT_WORDS:
		write_array(f, j);
		return;
	case FT_OBJECT:
		write_object(f->sub, j);
		return;
	case FT_TREE:
	case FT_END:
		write_plain(NULL, NULL, j);
		return;
	}
}
