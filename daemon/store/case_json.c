/* case_json: tables that say how aggregate, events and private lists look as JSON; one table reads and writes. */
#include "daemon/store/case_json.h"

#include "daemon/base/check.h"
#include "daemon/store/case_words.h"
#include "daemon/wire/gate.h"

#include <limits.h>
#include <string.h>

/* What we wrote ourselves was bounded when it came in. */
enum { ANY = INT_MAX };

#define F(label, st, m, ty, ...)                                                                                            \
	{ .name = (label), .type = (ty), .offset = offsetof(st, m), .present_offset = SIZE_MAX, __VA_ARGS__ }
#define STR(label, st, m)           F(label, st, m, FT_STR, .max = ANY)
#define I32(label, st, m)           F(label, st, m, FT_I32, .min = INT32_MIN, .max = INT32_MAX, .flags = FIELD_SPARSE)
#define I64(label, st, m)           F(label, st, m, FT_I64, .min = INT64_MIN, .max = INT64_MAX, .flags = FIELD_SPARSE)
#define BOOLEAN(label, st, m)       F(label, st, m, FT_BOOL, .flags = FIELD_SPARSE)
#define TIME(label, st, m)          F(label, st, m, FT_TIME, .min = 0)
#define ENUM(label, st, m, list)    F(label, st, m, FT_ENUM, .names = (list))
#define STRS(label, st, m)          F(label, st, m, FT_STRS, .max = ANY, .item_max = ANY)
#define WORD(label, st, m, how)     F(label, st, m, FT_WORD, .codec = (how))
#define WORDS(label, st, m, how) F(label, st, m, FT_WORDS, .codec = (how), .max = ANY, .size = sizeof(*((st *)0)->m.v))
#define OBJECT(label, st, m, table) F(label, st, m, FT_OBJECT, .sub = (table))
#define LIST(label, st, m, table)   F(label, st, m, FT_LIST, .sub = (table), .max = ANY, .size = sizeof(*((st *)0)->m.v))

static const char *const clock_state_names[] = {"running", "paused", "stopped", NULL};

static const struct field clock_fields[] = {
    STR("name", struct clock, name),
    ENUM("state", struct clock, state, clock_state_names),
    WORD("limit", struct clock, limit, &limit_codec),
    STR("calendar", struct clock, calendar),
    I32("task", struct clock, task),
    STR("bearer", struct clock, bearer),
    I32("extensions", struct clock, extensions),
    TIME("started_at", struct clock, started_at_us),
    TIME("resumed_at", struct clock, resumed_at_us),
    I64("spent_us", struct clock, spent_us),
    I64("rounded_us", struct clock, rounded_us),
    TIME("stopped_at", struct clock, stopped_at_us),
    TIME("due_at", struct clock, due_at_us),
    BOOLEAN("provisional", struct clock, provisional),
    BOOLEAN("outside", struct clock, outside),
    FIELD_END,
};

static const struct field task_fields[] = {
    I32("n", struct task, n),
    STR("unit", struct task, unit),
    ENUM("kind", struct task, kind, task_kind_names),
    ENUM("state", struct task, state, task_state_names),
    TIME("given_at", struct task, given_at_us),
    TIME("accepted_at", struct task, accepted_at_us),
    TIME("arrived_at", struct task, arrived_at_us),
    TIME("ended_at", struct task, ended_at_us),
    STR("result", struct task, result),
    STR("reason", struct task, reason),
    FIELD_END,
};

static const struct field mark_fields[] = {
    STR("mark", struct mark, mark),
    STR("value", struct mark, value),
    TIME("at", struct mark, at_us),
    STR("actor", struct mark, actor),
    FIELD_END,
};

static const struct field ref_fields[] = {
    STR("channel", struct outside_ref, channel),
    STR("ref", struct outside_ref, ref),
    FIELD_END,
};

/* The aggregate, all but id and town, which are columns. */
static const struct field case_fields[] = {
    I32("version", struct case_rec, version),
    ENUM("state", struct case_rec, state, state_names),
    STR("class", struct case_rec, class_code),
    STR("condition", struct case_rec, condition),
    STR("class_as_sent", struct case_rec, class_as_sent),
    STR("estate_as_sent", struct case_rec, estate_as_sent),
    STR("estate", struct case_rec, estate),
    STR("grid", struct case_rec, grid),
    ENUM("urgency", struct case_rec, urgency, urgency_names),
    BOOLEAN("emergency", struct case_rec, emergency),
    STRS("tags", struct case_rec, tags),
    STR("channel", struct case_rec, channel),
    LIST("refs", struct case_rec, refs, ref_fields),
    STR("actor", struct case_rec, actor),
    STR("responsible", struct case_rec, responsible),
    STR("unit", struct case_rec, unit),
    TIME("held_since", struct case_rec, held_since_us),
    STR("proposed", struct case_rec, proposed),
    STR("triage_reason", struct case_rec, triage_reason),
    STR("triage_detail", struct case_rec, triage_detail),
    STRS("handlers", struct case_rec, handlers),
    STRS("assist", struct case_rec, assist),
    I32("chain_at", struct case_rec, chain_at),
    WORDS("limits", struct case_rec, limits, &clock_limit_codec),
    STR("ladder", struct case_rec, ladder),
    BOOLEAN("ladder_holds", struct case_rec, ladder_holds),
    WORDS("steps", struct case_rec, steps, &step_codec),
    I32("escalation_level", struct case_rec, escalation_level),
    I32("returns", struct case_rec, returns),
    I32("rounds", struct case_rec, rounds),
    STR("rule", struct case_rec, rule_id),
    I32("pack", struct case_rec, pack_version),
    TIME("rule_at", struct case_rec, rule_at_us),
    TIME("observed_at", struct case_rec, observed_at_us),
    TIME("received_at", struct case_rec, received_at_us),
    TIME("closed_at", struct case_rec, closed_at_us),
    TIME("changed_at", struct case_rec, changed_at_us),
    LIST("tasks", struct case_rec, tasks, task_fields),
    LIST("clocks", struct case_rec, clocks, clock_fields),
    LIST("marks", struct case_rec, marks, mark_fields),
    STR("result", struct case_rec, result),
    FIELD_END,
};

/* Changes: every table begins with the kind, whose name is in `what`. */
#define WHAT ENUM("what", struct change, kind, change_kind_names)

static const struct field opened_fields[] = {
    WHAT,
    STR("class", struct change, opened.class_code),
    STR("condition", struct change, opened.condition),
    STR("class_as_sent", struct change, opened.class_as_sent),
    STR("estate_as_sent", struct change, opened.estate_as_sent),
    STR("estate", struct change, opened.estate),
    STR("grid", struct change, opened.grid),
    ENUM("urgency", struct change, opened.urgency, urgency_names),
    STRS("tags", struct change, opened.tags),
    STR("channel", struct change, opened.channel),
    STR("ref", struct change, opened.ref),
    STR("actor", struct change, opened.actor),
    TIME("observed_at", struct change, opened.observed_at_us),
    TIME("received_at", struct change, opened.received_at_us),
    I64("clock_ahead_seconds", struct change, opened.clock_ahead_seconds),
    FIELD_END,
};

static const struct field routed_fields[] = {
    WHAT,
    STR("responsible", struct change, routed.responsible),
    STRS("handlers", struct change, routed.handlers),
    STRS("assist", struct change, routed.assist),
    BOOLEAN("emergency", struct change, routed.emergency),
    BOOLEAN("ladder_holds", struct change, routed.ladder_holds),
    STR("ladder", struct change, routed.ladder),
    WORDS("steps", struct change, routed.steps, &step_codec),
    WORDS("limits", struct change, routed.limits, &clock_limit_codec),
    STR("rule", struct change, routed.rule_id),
    I32("pack", struct change, routed.pack_version),
    TIME("at", struct change, routed.at_us),
    FIELD_END,
};

static const struct field triaged_fields[] = {
    WHAT,
    STR("reason", struct change, triaged.reason),
    STR("detail", struct change, triaged.detail),
    STR("proposed", struct change, triaged.proposed),
    FIELD_END,
};

static const struct field state_fields[] = {
    WHAT,
    ENUM("state", struct change, state.state, state_names),
    STR("result", struct change, state.result),
    FIELD_END,
};

static const struct field held_fields[] = {
    WHAT,
    STR("unit", struct change, held.unit),
    TIME("since", struct change, held.since_us),
    FIELD_END,
};

static const struct field task_change_fields[] = {WHAT, OBJECT("task", struct change, task, task_fields), FIELD_END};
static const struct field clock_change_fields[] = {WHAT, OBJECT("clock", struct change, clock, clock_fields), FIELD_END};

static const struct field *const change_fields[CHANGE_KINDS] = {
    [CHANGE_OPENED] = opened_fields,      [CHANGE_ROUTED] = routed_fields, [CHANGE_TRIAGED] = triaged_fields,
    [CHANGE_STATE] = state_fields,        [CHANGE_HELD] = held_fields,     [CHANGE_TASK] = task_change_fields,
    [CHANGE_CLOCK] = clock_change_fields,
};

/* The command, as far as the changes don't say it. */
static const struct field deadline_fields[] = {
    STR("clock", struct deadline, clock),
    TIME("at", struct deadline, at_us),
    FIELD_END,
};
static const struct field handled_fields[] = {
    STR("unit", struct handled, unit),
    TIME("at", struct handled, at_us),
    STR("result", struct handled, result),
    FIELD_END,
};
static const struct field command_fields[] = {
    TIME("at", struct command, at_us),
    STR("for_unit", struct command, for_unit),
    STR("for_person", struct command, for_person),
    STR("note_sha256", struct command, note_sha256),
    FIELD_END,
};
static const struct field submit_fields[] = {
    LIST("deadlines", struct cmd_submit, deadlines, deadline_fields),
    FIELD_END,
};

struct event_head {
	const char *type;
	int64_t at_us, next_fire_at_us;
	const char *private_sha256;
};
static const struct field event_fields[] = {
    STR("type", struct event_head, type),
    TIME("at", struct event_head, at_us),
    TIME("next_fire_at", struct event_head, next_fire_at_us),
    STR("private_sha256", struct event_head, private_sha256),
    FIELD_END,
};

static const struct field attachment_fields[] = {
    STR("uri", struct attachment, uri),
    STR("sha256", struct attachment, sha256),
    STR("media_type", struct attachment, media_type),
    STR("kind", struct attachment, kind),
    TIME("taken_at", struct attachment, taken_at_us),
    FIELD_END,
};
static const struct field attr_fields[] = {
    STR("name", struct attr, name),
    STR("value", struct attr, value),
    FIELD_END,
};
static const struct field attachments_field[] = {LIST("items", struct private_part, attachments, attachment_fields),
                                                 FIELD_END};
static const struct field attrs_field[] = {LIST("items", struct private_part, attrs, attr_fields), FIELD_END};

/* ---- Writing ---- */

void case_encode(const struct case_rec *cr, struct strbuf *out) {
	struct json_out j;
	jout_init(&j, out);
	jout_object(&j);
	jout_kv_int(&j, "v", CASE_FORMAT);
	fields_write(case_fields, cr, 0, &j);
	jout_end_object(&j);
}

static void write_command(const struct command *cmd, struct json_out *j) {
	jout_key(j, "command");
	jout_object(j);
	fields_write(command_fields, cmd, 0, j);
	if (cmd->kind == CMD_SUBMIT) {
		fields_write(submit_fields, &cmd->submit, 0, j);
		if (cmd->submit.handled.unit) {
			jout_key(j, "handled");
			jout_object(j);
			fields_write(handled_fields, &cmd->submit.handled, 0, j);
			jout_end_object(j);
		}
	}
	jout_end_object(j);
}

void event_encode(const struct command *cmd, const struct changes *ch, const char *private_sha256_hex, struct strbuf *out) {
	const struct event_head head = {ch->event_type, ch->at_us, ch->next_fire_at_us, private_sha256_hex};
	struct json_out j;
	jout_init(&j, out);
	jout_object(&j);
	jout_kv_int(&j, "v", EVENT_FORMAT);
	fields_write(event_fields, &head, 0, &j);
	write_command(cmd, &j);
	jout_key(&j, "changes");
	jout_array(&j);
	for (size_t i = 0; i < ch->list.n; i++) {
		jout_object(&j);
		fields_write(change_fields[ch->list.v[i].kind], &ch->list.v[i], 0, &j);
		jout_end_object(&j);
	}
	jout_end_array(&j);
	jout_end_object(&j);
}

static void write_items(const struct field *table, const void *in, struct strbuf *out) {
	struct json_out j;
	jout_init(&j, out);
	jout_object(&j);
	fields_write(table, in, 0, &j);
	jout_end_object(&j);
}

void attachments_encode(const struct private_part *p, struct strbuf *out) { write_items(attachments_field, p, out); }
void attrs_encode(const struct private_part *p, struct strbuf *out) { write_items(attrs_field, p, out); }

/* ---- Reading ---- */

static bool foreign(struct err *e, const char *what, const char *why) {
	return err_set(e, E_INTERNAL, "a stored %s is not one of ours: %s", what, why);
}

/* What a table reads, and from what. */
struct reading {
	const char *what;
	const struct field *table;
	struct arena *arena;
};

static bool read_object(const struct reading *r, struct json_object *tree, void *out, struct err *e) {
	struct faults faults;
	faults_init(&faults, r->arena);
	fields_init(r->table, out);
	if (fields_read(r->table, tree, "", r->arena, out, &faults))
		return true;
	const struct fault *first = faults.list.n ? &faults.list.v[0] : NULL;
	return foreign(e, r->what, first ? arena_printf(r->arena, "%s %s", first->path, first->message) : "unreadable");
}

static bool parse(const char *what, const char *json, struct json_object **tree, struct err *e) {
	struct gate_fault why;
	if (!gate_parse(json, strlen(json), tree, &why))
		return foreign(e, what, why.text);
	if (json_object_is_type(*tree, json_type_object))
		return true;
	json_object_put(*tree);
	return foreign(e, what, "it is no object");
}

/* Takes `v` out and sees that this program knows it. */
static bool take_format(const char *what, struct json_object *tree, int newest, struct err *e) {
	struct json_object *v;
	const bool has = json_object_object_get_ex(tree, "v", &v) && json_object_is_type(v, json_type_int);
	const int64_t format = has ? json_object_get_int64(v) : 0;
	json_object_object_del(tree, "v");
	if (format < 1)
		return foreign(e, what, "it has no format number");
	if (format > newest)
		return err_set(e, E_INTERNAL, "a stored %s has format %lld, this gridd knows %d: use the newer gridd", what,
		               (long long)format, newest);
	return true;
}

bool case_decode(const char *town, int64_t id, const char *json, struct arena *a, struct case_rec **out, struct err *e) {
	struct json_object *tree;
	*out = NULL;
	if (!parse("case", json, &tree, e))
		return false;
	struct case_rec *cr = arena_new(a, struct case_rec);
	const struct reading r = {"case", case_fields, a};
	const bool ok = take_format("case", tree, CASE_FORMAT, e) && read_object(&r, tree, cr, e);
	json_object_put(tree);
	cr->town = arena_strdup(a, town);
	cr->id = id;
	*out = ok ? cr : NULL;
	return ok;
}

static bool read_change(struct json_object *tree, struct arena *a, struct change *out, struct err *e) {
	struct json_object *what;
	const char *name = json_object_object_get_ex(tree, "what", &what) ? json_object_get_string(what) : "";
	for (int kind = 0; kind < CHANGE_KINDS; kind++)
		if (strcmp(name, change_kind_names[kind]) == 0)
			return read_object(&(struct reading){"change", change_fields[kind], a}, tree, out, e);
	return foreign(e, "change", "its kind is unknown");
}

static bool read_changes(struct json_object *tree, struct arena *a, struct changes *out, struct err *e) {
	struct json_object *list;
	if (!json_object_object_get_ex(tree, "changes", &list) || !json_object_is_type(list, json_type_array))
		return foreign(e, "event", "it has no changes");
	const size_t n = json_object_array_length(list);
	for (size_t i = 0; i < n; i++)
		if (!read_change(json_object_array_get_idx(list, i), a, LIST_ADD(&out->list, a), e))
			return false;
	return true;
}

static bool read_event(struct json_object *tree, struct arena *a, struct changes *out, struct err *e) {
	struct event_head head = {0};
	if (!take_format("event", tree, EVENT_FORMAT, e) || !read_changes(tree, a, out, e))
		return false;
	json_object_object_del(tree, "changes");
	json_object_object_del(tree, "command"); /* what it did is in the changes */
	if (!read_object(&(struct reading){"event", event_fields, a}, tree, &head, e))
		return false;
	out->event_type = head.type;
	out->at_us = head.at_us;
	out->next_fire_at_us = head.next_fire_at_us;
	return true;
}

bool event_decode(const char *body, struct arena *a, struct changes *out, struct err *e) {
	struct json_object *tree;
	*out = (struct changes){0};
	if (!parse("event", body, &tree, e))
		return false;
	const bool ok = read_event(tree, a, out, e);
	json_object_put(tree);
	return ok;
}

static bool read_items(const struct reading *r, const char *json, struct private_part *out, struct err *e) {
	struct json_object *tree;
	if (!json)
		return true;
	if (!parse(r->what, json, &tree, e))
		return false;
	const bool ok = read_object(r, tree, out, e);
	json_object_put(tree);
	return ok;
}

bool attachments_decode(const char *json, struct arena *a, struct private_part *out, struct err *e) {
	return read_items(&(struct reading){"list of attachments", attachments_field, a}, json, out, e);
}

bool attrs_decode(const char *json, struct arena *a, struct private_part *out, struct err *e) {
	return read_items(&(struct reading){"list of attrs", attrs_field, a}, json, out, e);
}
