/* event_json: tables that say how the changes of an event look as JSON; writes and reads a whole event. */
#include "daemon/store/case_json_parts.h"
#include "daemon/store/command_json.h"

#include <string.h>

/* Every table begins with the kind, whose name is in `what`. */
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
    STRS("required", struct change, routed.required),
    STRS("before_finish", struct change, routed.before_finish),
    STRS("before_pass", struct change, routed.before_pass),
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
    SPARSE_ENUM("previous", struct change, state.previous, state_names),
    STR("result", struct change, state.result),
    FIELD_END,
};

static const struct field held_fields[] = {
    WHAT,
    STR("unit", struct change, held.unit),
    TIME("since", struct change, held.since_us),
    FIELD_END,
};

static const struct field amended_fields[] = {
    WHAT,
    STR("class", struct change, amended.class_code),
    STR("condition", struct change, amended.condition),
    STR("estate", struct change, amended.estate),
    STR("grid", struct change, amended.grid),
    ENUM("urgency", struct change, amended.urgency, urgency_names),
    STRS("tags", struct change, amended.tags),
    FIELD_END,
};

static const struct field ref_change_fields[] = {
    WHAT,
    STR("channel", struct change, ref.channel),
    STR("ref", struct change, ref.ref),
    FIELD_END,
};

static const struct field mark_change_fields[] = {
    WHAT,
    STR("mark", struct change, mark.mark),
    STR("value", struct change, mark.value),
    TIME("at", struct change, mark.at_us),
    STR("actor", struct change, mark.actor),
    FIELD_END,
};

static const struct field counts_fields[] = {
    WHAT,
    I32("chain_at", struct change, counts.chain_at),
    I32("returns", struct change, counts.returns),
    I32("rounds", struct change, counts.rounds),
    I32("escalation_level", struct change, counts.escalation_level),
    BOOLEAN("arbitrated", struct change, counts.arbitrated),
    STR("fault", struct change, counts.fault),
    FIELD_END,
};

static const struct field suspended_fields[] = {
    WHAT,
    TIME("since", struct change, suspended.since_us),
    TIME("until", struct change, suspended.until_us),
    STR("reason", struct change, suspended.reason),
    FIELD_END,
};

static const struct field absorbed_fields[] = {
    WHAT,
    STR("case", struct change, absorbed.other),
    BOOLEAN("gone", struct change, absorbed.gone),
    FIELD_END,
};

static const struct field fired_fields[] = {
    WHAT,
    STR("clock", struct change, fired.clock),
    I32("task", struct change, fired.task),
    I32("step", struct change, fired.step),
    TIME("due_at", struct change, fired.due_at_us),
    STR("bearer", struct change, fired.bearer),
    TIME("before", struct change, fired.before_us),
    BOOLEAN("put_off", struct change, fired.put_off),
    FIELD_END,
};

static const struct field task_change_fields[] = {WHAT, OBJECT("task", struct change, task, task_fields), FIELD_END};
static const struct field clock_change_fields[] = {WHAT, OBJECT("clock", struct change, clock, clock_fields), FIELD_END};
static const struct field span_fields[] = {WHAT, WORD("span", struct change, span, &span_codec), FIELD_END};
static const struct field request_change_fields[] = {WHAT, OBJECT("request", struct change, request, request_fields),
                                                     FIELD_END};
static const struct field merged_fields[] = {WHAT, STR("into", struct change, merged.into), FIELD_END};
static const struct field order_change_fields[] = {WHAT, OBJECT("order", struct change, order, order_fields), FIELD_END};
static const struct field alarm_change_fields[] = {WHAT, OBJECT("alarm", struct change, alarm, alarm_fields), FIELD_END};
static const struct field notice_change_fields[] = {WHAT, OBJECT("notice", struct change, notice, notice_fields), FIELD_END};

static const struct field *const change_fields[CHANGE_KINDS] = {
    [CHANGE_OPENED] = opened_fields,          [CHANGE_ROUTED] = routed_fields,
    [CHANGE_TRIAGED] = triaged_fields,        [CHANGE_STATE] = state_fields,
    [CHANGE_HELD] = held_fields,              [CHANGE_TASK] = task_change_fields,
    [CHANGE_CLOCK] = clock_change_fields,     [CHANGE_SPAN] = span_fields,
    [CHANGE_AMENDED] = amended_fields,        [CHANGE_REF] = ref_change_fields,
    [CHANGE_MARK] = mark_change_fields,       [CHANGE_COUNTS] = counts_fields,
    [CHANGE_REQUEST] = request_change_fields, [CHANGE_SUSPENDED] = suspended_fields,
    [CHANGE_MERGED] = merged_fields,          [CHANGE_ABSORBED] = absorbed_fields,
    [CHANGE_ORDER] = order_change_fields,     [CHANGE_ALARM] = alarm_change_fields,
    [CHANGE_NOTICE] = notice_change_fields,   [CHANGE_FIRED] = fired_fields,
};

/* Everything but command and changes. */
struct event_head {
	const char *type;
	int64_t at_us, next_fire_at_us;
	struct event_about about;
	int64_t now_us;                     /* NO_TIME: = at_us */
	int32_t pack_version;
};
static const struct field event_fields[] = {
    STR("type", struct event_head, type),
    TIME("at", struct event_head, at_us),
    TIME("now", struct event_head, now_us),
    I32("pack", struct event_head, pack_version),
    TIME("next_fire_at", struct event_head, next_fire_at_us),
    ENUM("state", struct event_head, about.state, state_names),
    STR("private_sha256", struct event_head, about.private_sha256),
    STR("note_sha256", struct event_head, about.note_sha256),
    FIELD_END,
};

/* ---- Writing ---- */

void event_encode(const struct command *cmd, const struct changes *ch, const struct event_about *about, struct strbuf *out) {
	const struct event_head head = {.type = ch->event_type,
	                                .at_us = ch->at_us,
	                                .next_fire_at_us = ch->next_fire_at_us,
	                                .about = *about,
	                                .now_us = ch->now_us == ch->at_us ? NO_TIME : ch->now_us,
	                                .pack_version = ch->pack_version};
	struct json_out j;
	jout_init(&j, out);
	jout_object(&j);
	jout_kv_int(&j, "v", EVENT_FORMAT);
	fields_write(event_fields, &head, 0, &j);
	command_write(cmd, ch->at_us, &j);
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

/* ---- Reading ---- */

static bool read_change(struct json_object *tree, struct arena *a, struct change *out, struct err *e) {
	const char *name = stored_text(tree, "what");
	for (int kind = 0; kind < CHANGE_KINDS; kind++)
		if (strcmp(name, change_kind_names[kind]) == 0)
			return stored_read(&(struct reading){"change", change_fields[kind], a}, tree, out, e);
	return stored_foreign(e, "change", "its kind is unknown");
}

static bool read_changes(struct json_object *tree, struct arena *a, struct changes *out, struct err *e) {
	struct json_object *list;
	if (!json_object_object_get_ex(tree, "changes", &list) || !json_object_is_type(list, json_type_array))
		return stored_foreign(e, "event", "it has no changes");
	const size_t n = json_object_array_length(list);
	for (size_t i = 0; i < n; i++)
		if (!read_change(json_object_array_get_idx(list, i), a, LIST_ADD(&out->list, a), e))
			return false;
	json_object_object_del(tree, "changes");
	return true;
}

/* An event in parts. */
struct event {
	int format;
	struct event_head head;
	struct changes changes;
	struct json_object *command;        /* NULL: none */
};

static bool read_parts(struct json_object *tree, struct arena *a, struct event *out, struct err *e) {
	if (!stored_format("event", tree, EVENT_FORMAT, &out->format, e) || !read_changes(tree, a, &out->changes, e))
		return false;
	out->command = json_object_get(json_object_object_get(tree, "command"));
	json_object_object_del(tree, "command");
	if (!stored_read(&(struct reading){"event", event_fields, a}, tree, &out->head, e))
		return false;
	out->changes.event_type = out->head.type;
	out->changes.at_us = out->head.at_us;
	out->changes.next_fire_at_us = out->head.next_fire_at_us;
	out->changes.now_us = out->head.now_us == NO_TIME ? out->head.at_us : out->head.now_us;
	out->changes.pack_version = out->head.pack_version;
	if (out->format == 1)
		lift_event_1(&out->changes, a);
	return true;
}

static void event_fini(struct event *ev) { json_object_put(ev->command); }

static bool read_event(const char *body, struct arena *a, struct event *out, struct err *e) {
	struct json_object *tree;
	*out = (struct event){0};
	if (!stored_parse("event", body, &tree, e))
		return false;
	const bool ok = read_parts(tree, a, out, e);
	json_object_put(tree);
	if (!ok)
		event_fini(out);
	return ok;
}

bool event_decode(const char *body, struct arena *a, struct changes *out, struct err *e) {
	struct event ev;
	*out = (struct changes){0};
	if (!read_event(body, a, &ev, e))
		return false;
	*out = ev.changes;
	event_fini(&ev);
	return true;
}

bool event_about_decode(const char *body, struct arena *a, struct event_about *out, struct err *e) {
	struct event ev;
	if (!read_event(body, a, &ev, e))
		return false;
	*out = ev.head.about;
	for (size_t i = 0; ev.format == 1 && i < ev.changes.list.n; i++)
		if (ev.changes.list.v[i].kind == CHANGE_STATE)
			out->state = ev.changes.list.v[i].state.state;
	event_fini(&ev);
	return true;
}

/* What a submit said is what the case was opened with. */
static void fill_submit(const struct changes *ch, struct cmd_submit *s) {
	for (size_t i = 0; i < ch->list.n; i++) {
		const struct change *c = &ch->list.v[i];
		if (c->kind != CHANGE_OPENED)
			continue;
		s->class_code = c->opened.class_code;
		s->condition = c->opened.condition;
		s->class_as_sent = c->opened.class_as_sent;
		s->estate_as_sent = c->opened.estate_as_sent;
		s->urgency = c->opened.urgency;
		s->tags = c->opened.tags;
		s->channel = c->opened.channel;
		s->ref = c->opened.ref;
		s->observed_at_us = c->opened.observed_at_us;
		s->received_at_us = c->opened.received_at_us;
		s->clock_ahead_seconds = c->opened.clock_ahead_seconds;
	}
}

bool event_command_decode(const char *body, struct arena *a, struct command *out, struct err *e) {
	struct event ev;
	*out = (struct command){0};
	if (!read_event(body, a, &ev, e))
		return false;
	bool ok = ev.format > 1 && ev.command;
	if (!ok)
		(void)stored_foreign(e, "event", "its command wasn't kept");
	ok = ok && command_read(ev.command, ev.changes.at_us, a, out, e);
	event_fini(&ev);
	if (ok && out->kind == CMD_SUBMIT)
		fill_submit(&ev.changes, &out->submit);
	return ok;
}
