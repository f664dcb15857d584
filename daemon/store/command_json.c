/* command_json: a table for the payload of each command. */
#include "daemon/store/command_json.h"

#include "daemon/store/case_json_parts.h"

#include <string.h>

/* What any command may carry, first in each table. */
#define HEAD                                                                                                                \
	TIME("at", struct command, at_us), STR("actor_unit", struct command, actor_unit),                                       \
	    I32("powers", struct command, powers), STR("for_unit", struct command, for_unit),                                   \
	    STR("for_person", struct command, for_person), BOOLEAN("late_entry", struct command, late_entry)

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

static const struct field plain_fields[] = {HEAD, FIELD_END};
static const struct field submit_fields[] = {
    HEAD,
    LIST("deadlines", struct command, submit.deadlines, deadline_fields),
    FIELD_END,
};
static const struct field dispatch_fields[] = {
    HEAD,
    STR("unit", struct command, dispatch.unit),
    STRS("assist", struct command, dispatch.assist),
    BOOLEAN("explained", struct command, dispatch.explained),
    FIELD_END,
};
static const struct field assign_fields[] = {
    HEAD,
    STR("unit", struct command, assign.unit),
    ENUM("task", struct command, assign.kind, task_kind_names),
    WORD("limit", struct command, assign.limit, &limit_codec),
    FIELD_END,
};
static const struct field return_fields[] = {HEAD, STR("reason", struct command, giving_back.reason), FIELD_END};
static const struct field finish_fields[] = {HEAD, STR("result", struct command, finish.result), FIELD_END};
static const struct field verify_fields[] = {
    HEAD,
    BOOLEAN("pass", struct command, verify.pass),
    STR("method", struct command, verify.method),
    FIELD_END,
};
static const struct field ask_fields[] = {
    HEAD,
    ENUM("asks", struct command, ask.what, request_what_names),
    STR("reason", struct command, ask.reason),
    STR("clock", struct command, ask.clock),
    TIME("until", struct command, ask.until_us),
    FIELD_END,
};
static const struct field decide_fields[] = {
    HEAD,
    I32("request", struct command, decide.request),
    BOOLEAN("grant", struct command, decide.grant),
    TIME("until", struct command, decide.until_us),
    FIELD_END,
};
static const struct field suspend_fields[] = {
    HEAD,
    STR("reason", struct command, suspend.reason),
    TIME("until", struct command, suspend.until_us),
    FIELD_END,
};
static const struct field arbitrate_fields[] = {
    HEAD,
    STR("unit", struct command, arbitrate.unit),
    STR("fault", struct command, arbitrate.fault),
    FIELD_END,
};
static const struct field waive_fields[] = {
    HEAD,
    STR("clock", struct command, waive.clock),
    STR("reason", struct command, waive.reason),
    FIELD_END,
};
static const struct field amend_fields[] = {
    HEAD,
    STR("class", struct command, amend.class_code),
    STR("condition", struct command, amend.condition),
    STR("estate", struct command, amend.estate),
    STR("grid", struct command, amend.grid),
    ENUM("urgency", struct command, amend.urgency, urgency_names),
    STRS("tags", struct command, amend.tags),
    BOOLEAN("reroute", struct command, amend.reroute),
    BOOLEAN("private_too", struct command, amend.private_too),
    FIELD_END,
};
static const struct field link_fields[] = {
    HEAD,
    STR("channel", struct command, link.channel),
    STR("ref", struct command, link.ref),
    FIELD_END,
};
static const struct field mark_fields[] = {
    HEAD,
    STR("mark", struct command, mark.mark),
    STR("value", struct command, mark.value),
    FIELD_END,
};
static const struct field deadline_command_fields[] = {
    HEAD,
    STR("clock", struct command, deadline.clock),
    TIME("deadline", struct command, deadline.at_us),
    FIELD_END,
};
static const struct field because_fields[] = {HEAD, STR("reason", struct command, because.reason), FIELD_END};
static const struct field merge_fields[] = {HEAD, STR("case", struct command, merge.other), FIELD_END};
static const struct field open_order_fields[] = {
    HEAD,
    STR("unit", struct command, open_order.unit),
    ENUM("order_kind", struct command, open_order.kind, order_kind_names),
    WORD("within", struct command, open_order.within, &limit_codec),
    STR("reason", struct command, open_order.reason),
    FIELD_END,
};
static const struct field order_command_fields[] = {
    HEAD,
    I32("order", struct command, order.order),
    BOOLEAN("accepted", struct command, order.accepted),
    FIELD_END,
};
static const struct field acknowledge_fields[] = {
    HEAD,
    I32("step", struct command, acknowledge.step),
    STR("clock", struct command, acknowledge.clock),
    I32("task", struct command, acknowledge.task),
    TIME("started_at", struct command, acknowledge.started_at_us),
    FIELD_END,
};

static const struct field untold_fields[] = {
    HEAD,
    STR("notice", struct command, untold.notice),
    STR("unit", struct command, untold.unit),
    STR("channel", struct command, untold.channel),
    FIELD_END,
};

/* Those that aren't here say no more than HEAD. */
static const struct field *const payloads[COMMANDS] = {
    [CMD_SUBMIT] = submit_fields,         [CMD_DISPATCH] = dispatch_fields,
    [CMD_ASSIGN] = assign_fields,         [CMD_RETURN] = return_fields,
    [CMD_FINISH] = finish_fields,         [CMD_VERIFY] = verify_fields,
    [CMD_ASK] = ask_fields,               [CMD_DECIDE] = decide_fields,
    [CMD_SUSPEND] = suspend_fields,       [CMD_ARBITRATE] = arbitrate_fields,
    [CMD_WAIVE] = waive_fields,           [CMD_AMEND] = amend_fields,
    [CMD_LINK] = link_fields,             [CMD_MARK] = mark_fields,
    [CMD_DEADLINE] = deadline_command_fields,
    [CMD_REVEAL] = because_fields,        [CMD_REJECT] = because_fields,
    [CMD_REOPEN] = because_fields,        [CMD_MERGE] = merge_fields,
    [CMD_ABSORB] = merge_fields,          [CMD_RELEASE] = merge_fields,
    [CMD_ANSWER] = merge_fields,          [CMD_OPEN_ORDER] = open_order_fields,
    [CMD_REPLY_ORDER] = order_command_fields,
    [CMD_ACCEPT_ORDER] = order_command_fields,
    [CMD_ACKNOWLEDGE] = acknowledge_fields, [CMD_UNTOLD] = untold_fields,
};

static const struct field *payload_of(enum command_kind k) { return payloads[k] ? payloads[k] : plain_fields; }

/* Its method; one that nobody calls, by the event it makes; and what time alone does. */
static const char *command_word(enum command_kind k) {
	if (command_method(k))
		return command_method(k);
	return command_event(k) ? command_event(k) : "fire";
}

void command_write(const struct command *cmd, int64_t event_at_us, struct json_out *j) {
	struct command shown = *cmd;
	if (shown.at_us == event_at_us)
		shown.at_us = NO_TIME;
	jout_key(j, "command");
	jout_object(j);
	if (cmd->kind != CMD_SUBMIT)
		jout_kv_str(j, "kind", command_word(cmd->kind));
	fields_write(payload_of(cmd->kind), &shown, 0, j);
	if (cmd->kind == CMD_SUBMIT && cmd->submit.handled.unit)
		write_inside(j, "handled", handled_fields, &cmd->submit.handled);
	jout_end_object(j);
}

static bool read_kind(struct json_object *tree, enum command_kind *out, struct err *e) {
	const char *kind = stored_text(tree, "kind");
	*out = CMD_SUBMIT;
	for (int k = 0; kind[0] && k < COMMANDS; k++) {
		if (strcmp(kind, command_word((enum command_kind)k)) != 0)
			continue;
		*out = (enum command_kind)k;
		json_object_object_del(tree, "kind");
		return true;
	}
	return !kind[0] || stored_foreign(e, "command", "its kind is unknown");
}

bool command_read(struct json_object *tree, int64_t event_at_us, struct arena *a, struct command *out, struct err *e) {
	if (!read_kind(tree, &out->kind, e))
		return false;
	struct handled handled = {0};
	if (out->kind == CMD_SUBMIT &&
	    !take_inside(&(struct reading){"command", handled_fields, a}, tree, "handled", &handled, e))
		return false;
	if (!stored_read(&(struct reading){"command", payload_of(out->kind), a}, tree, out, e))
		return false;
	if (out->kind == CMD_SUBMIT)
		out->submit.handled = handled;
	if (out->at_us == NO_TIME)
		out->at_us = event_at_us;
	return true;
}
