/* case_json: tables that say how an aggregate, a notice and private lists look as JSON; one table reads and writes. */
#include "daemon/store/case_json_parts.h"

static const char *const clock_state_names[] = {"running", "paused", "stopped", NULL};

const struct field clock_fields[] = {
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
    STR("until", struct clock, until),
    I32("order", struct clock, order),
    TIME("breached_at", struct clock, breached_at_us),
    I32("fired", struct clock, fired),
    STR("waived", struct clock, waived),
    WORDS("past", struct clock, past, &segment_codec),
    FIELD_END,
};

const struct field task_fields[] = {
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
    BOOLEAN("required", struct task, required),
    STR("ended_by", struct task, ended_by),
    I32("returns", struct task, returns),
    FIELD_END,
};

const struct field request_fields[] = {
    I32("n", struct request, n),
    ENUM("asks", struct request, what, request_what_names),
    STR("unit", struct request, unit),
    STR("reason", struct request, reason),
    STR("clock", struct request, clock),
    TIME("asked_at", struct request, asked_at_us),
    TIME("until", struct request, until_us),
    BOOLEAN("in_time", struct request, in_time),
    FIELD_END,
};

const struct field order_fields[] = {
    I32("n", struct order, n),
    ENUM("kind", struct order, kind, order_kind_names),
    ENUM("state", struct order, state, order_state_names),
    STR("unit", struct order, unit),
    STR("issuer", struct order, issuer),
    STR("grounds", struct order, grounds),
    TIME("opened_at", struct order, opened_at_us),
    TIME("replied_at", struct order, replied_at_us),
    TIME("ended_at", struct order, ended_at_us),
    TIME("due_at", struct order, due_at_us),
    I32("refusals", struct order, refusals),
    STR("consequence", struct order, consequence),
    FIELD_END,
};

const struct field alarm_fields[] = {
    I32("step", struct alarm, step),
    STR("clock", struct alarm, clock),
    I32("task", struct alarm, task),
    TIME("started_at", struct alarm, started_at_us),
    I32("times", struct alarm, times),
    TIME("next_at", struct alarm, next_at_us),
    TIME("acknowledged_at", struct alarm, acknowledged_at_us),
    FIELD_END,
};

const struct field notice_fields[] = {
    ENUM("kind", struct notice, kind, notice_kind_names),
    STR("unit", struct notice, unit),
    STR("meant", struct notice, meant),
    STR("role", struct notice, role),
    STR("channel", struct notice, channel),
    STR("to", struct notice, to),
    STR("clock", struct notice, clock),
    TIME("due_at", struct notice, due_at_us),
    I32("step", struct notice, step),
    I32("task", struct notice, task),
    TIME("started_at", struct notice, started_at_us),
    I32("times", struct notice, times),
    I32("order", struct notice, order),
    BOOLEAN("acknowledge", struct notice, acknowledge),
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

/* The aggregate, all but id and town, which are columns, and the pending request. */
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
    STRS("required", struct case_rec, required),
    STRS("before_finish", struct case_rec, before_finish),
    STRS("before_pass", struct case_rec, before_pass),
    I32("escalation_level", struct case_rec, escalation_level),
    I32("returns", struct case_rec, returns),
    I32("rounds", struct case_rec, rounds),
    BOOLEAN("arbitrated", struct case_rec, arbitrated),
    STR("fault", struct case_rec, fault),
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
    I32("requests", struct case_rec, requests),
    TIME("suspended_at", struct case_rec, suspended_at_us),
    TIME("suspended_until", struct case_rec, suspended_until_us),
    STR("suspended_reason", struct case_rec, suspended_reason),
    I32("suspensions", struct case_rec, suspensions),
    SPARSE_ENUM("previous", struct case_rec, previous, state_names),
    STR("merged_into", struct case_rec, merged_into),
    STRS("merged_from", struct case_rec, merged_from),
    BOOLEAN("appealed", struct case_rec, appealed),
    LIST("orders", struct case_rec, orders, order_fields),
    LIST("alarms", struct case_rec, alarms, alarm_fields),
    WORDS("spans", struct case_rec, spans, &span_codec),
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
	if (cr->request.unit)
		write_inside(&j, "request", request_fields, &cr->request);
	jout_end_object(&j);
}

void notice_encode(const struct notice *n, struct strbuf *out) {
	struct json_out j;
	jout_init(&j, out);
	jout_object(&j);
	jout_kv_int(&j, "v", NOTICE_FORMAT);
	fields_write(notice_fields, n, 0, &j);
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

static bool read_case(struct json_object *tree, struct arena *a, struct case_rec *cr, struct err *e) {
	int format;
	if (!stored_format("case", tree, CASE_FORMAT, &format, e) ||
	    !take_inside(&(struct reading){"request", request_fields, a}, tree, "request", &cr->request, e) ||
	    !stored_read(&(struct reading){"case", case_fields, a}, tree, cr, e))
		return false;
	if (format == 1)
		lift_case_1(cr, a);
	return true;
}

bool case_decode(const char *town, int64_t id, const char *json, struct arena *a, struct case_rec **out, struct err *e) {
	struct json_object *tree;
	*out = NULL;
	if (!stored_parse("case", json, &tree, e))
		return false;
	struct case_rec *cr = arena_new(a, struct case_rec);
	const bool ok = read_case(tree, a, cr, e);
	json_object_put(tree);
	cr->town = arena_strdup(a, town);
	cr->id = id;
	*out = ok ? cr : NULL;
	return ok;
}

bool notice_decode(const char *json, struct arena *a, struct notice *out, struct err *e) {
	struct json_object *tree;
	int format;
	*out = (struct notice){0};
	if (!stored_parse("notice", json, &tree, e))
		return false;
	const bool ok = stored_format("notice", tree, NOTICE_FORMAT, &format, e) &&
	                stored_read(&(struct reading){"notice", notice_fields, a}, tree, out, e);
	json_object_put(tree);
	return ok;
}

static bool read_items(const struct reading *r, const char *json, struct private_part *out, struct err *e) {
	struct json_object *tree;
	if (!json)
		return true;
	if (!stored_parse(r->what, json, &tree, e))
		return false;
	const bool ok = stored_read(r, tree, out, e);
	json_object_put(tree);
	return ok;
}

bool attachments_decode(const char *json, struct arena *a, struct private_part *out, struct err *e) {
	return read_items(&(struct reading){"list of attachments", attachments_field, a}, json, out, e);
}

bool attrs_decode(const char *json, struct arena *a, struct private_part *out, struct err *e) {
	return read_items(&(struct reading){"list of attrs", attrs_field, a}, json, out, e);
}
