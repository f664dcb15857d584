/* event_view: writes a stored event as the object that peers read. */
#include "daemon/call/event_view.h"

#include "daemon/store/case_json.h"
#include "daemon/wire/gate.h"

#include <string.h>

/* What the body says that stands beside `data` as well. */
struct body {
	const char *type, *state;           /* state: after it */
	const char *for_unit, *for_person;
};

static const char *text_in(struct json_object *tree, const char *key, struct arena *a) {
	struct json_object *v;
	return json_object_object_get_ex(tree, key, &v) ? arena_strdup(a, json_object_get_string(v)) : NULL;
}

static void read_body(struct json_object *tree, struct arena *a, struct body *out) {
	struct json_object *command, *changes;
	out->type = text_in(tree, "type", a);
	out->state = text_in(tree, "state", a);
	if (json_object_object_get_ex(tree, "command", &command)) {
		out->for_unit = text_in(command, "for_unit", a);
		out->for_person = text_in(command, "for_person", a);
	}
	/* Format 1 said it only where it changed. */
	if (out->state || !json_object_object_get_ex(tree, "changes", &changes))
		return;
	for (size_t i = 0; json_object_is_type(changes, json_type_array) && i < json_object_array_length(changes); i++) {
		struct json_object *change = json_object_array_get_idx(changes, i);
		const char *what = text_in(change, "what", a);
		if (what && strcmp(what, "state") == 0)
			out->state = text_in(change, "state", a);
	}
}

static void write_time(const struct event_view *v, const char *key, int64_t at_us, struct json_out *j) {
	jout_kv_time(j, key, at_us, v->pack ? zone_offset_s(pack_calendars(v->pack)->zone, at_us) : 0);
}

static void write_for(const struct body *b, struct json_out *j) {
	if (!b->for_unit)
		return;
	jout_key(j, "for");
	jout_object(j);
	jout_kv_str(j, "unit", b->for_unit);
	jout_kv_opt(j, "person", b->for_person);
	jout_end_object(j);
}

/* What was brought along with a command: only a history has it, never the feed. */
static bool write_attachments(const struct event_view *v, const char *stored, struct json_out *j, struct err *e) {
	struct private_part priv = {0};
	if (!attachments_decode(stored, v->arena, &priv, e))
		return false;
	jout_key(j, "attachments");
	jout_array(j);
	for (size_t i = 0; i < priv.attachments.n; i++) {
		const struct attachment *at = &priv.attachments.v[i];
		jout_object(j);
		jout_kv_str(j, "uri", at->uri);
		jout_kv_opt(j, "sha256", at->sha256);
		jout_kv_opt(j, "media_type", at->media_type);
		jout_kv_opt(j, "kind", at->kind);
		write_time(v, "taken_at", at->taken_at_us, j);
		jout_end_object(j);
	}
	jout_end_array(j);
	return true;
}

static void write_members(const struct event_view *v, const struct rows *r, size_t row, const struct body *b,
                          struct json_out *j) {
	const char *before = rows_text(r, row, EVENT_STATE_BEFORE);
	jout_kv_str(j, "town", v->town);
	jout_kv_int(j, "seq", rows_int(r, row, EVENT_SEQ));
	jout_kv_str(j, "type", b->type);
	jout_kv_str(j, "case", rows_text(r, row, EVENT_NUMBER));
	jout_kv_int(j, "version", rows_int(r, row, EVENT_VERSION));
	write_time(v, "at", rows_time(r, row, EVENT_AT), j);
	write_time(v, "recorded_at", rows_time(r, row, EVENT_RECORDED_AT), j);
	jout_kv_str(j, "actor", rows_text(r, row, EVENT_ACTOR));
	write_for(b, j);
	jout_kv_str(j, "state_before", before);
	jout_kv_str(j, "state", b->state ? b->state : before);
	jout_kv_opt(j, "note", rows_text(r, row, EVENT_NOTE));
}

bool event_view_write(const struct event_view *v, const struct rows *r, size_t row, struct json_out *j, struct err *e) {
	const char *text = rows_text(r, row, EVENT_BODY), *attachments = rows_text(r, row, EVENT_ATTACHMENTS);
	struct json_object *tree;
	struct gate_fault why;
	struct body b = {0};
	if (!gate_parse(text, strlen(text), &tree, &why))
		return err_set(e, E_INTERNAL, "event %s is not one of ours: %s", rows_text(r, row, EVENT_SEQ), why.text);
	read_body(tree, v->arena, &b);
	json_object_put(tree);
	jout_object(j);
	write_members(v, r, row, &b, j);
	if (attachments && !write_attachments(v, attachments, j, e))
		return false;
	jout_key(j, "data");
	jout_raw(j, text);
	jout_end_object(j);
	return true;
}
