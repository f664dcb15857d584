/* event: events in words. */
#include "clients/gridctl/views/event.h"

#include "clients/gridctl/term/term.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "daemon/base/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void event_add_who(struct strbuf *out, struct json_object *event) {
	const char *actor = tree_str(event, "actor"), *unit = tree_str(event, "for.unit"),
	           *person = tree_str(event, "for.person");
	strbuf_adds(out, actor ? actor : "");
	if (unit)
		strbuf_printf(out, T(" for %s", "，代 %s"), unit);
	if (person)
		strbuf_printf(out, T(" (%s)", "（%s）"), person);
}

void event_add_states(struct strbuf *out, struct json_object *event) {
	const char *before = tree_name(event, "state_before"), *after = tree_name(event, "state");
	if (before && after && strcmp(before, after) != 0)
		strbuf_printf(out, "%s%s", before, term_sign(" → ", " -> "));
	strbuf_adds(out, after ? after : "");
}

void event_add_late(struct strbuf *out, struct json_object *event) {
	const char *recorded = tree_str(event, "recorded_at");
	int64_t late = 0;
	if (!when_between(tree_str(event, "at"), recorded, &late) || late < 60)
		return;
	strbuf_adds(out, T("told ", "补录于 "));
	when_add(out, recorded, false);
}

/* One change of an event on its way into words. */
struct telling {
	struct strbuf *out;
	struct json_object *event, *change;
	const char *like;                   /* the event's time: it has the town's offset */
	const char *fired;                  /* the clock that the event is about; NULL: none */
};

/* ", " and the words that are there. */
static void say(const struct telling *t, const char *first, const char *second) {
	if (t->out->len > 0)
		strbuf_adds(t->out, T(", ", "，"));
	strbuf_adds(t->out, first ? first : "");
	if (first && second)
		strbuf_addc(t->out, ' ');
	strbuf_adds(t->out, second ? second : "");
}

static void say_time(const struct telling *t, const char *first, const char *second, const char *path) {
	const char *at = tree_str(t->change, path);
	if (!at)
		return;
	say(t, first, second);
	strbuf_addc(t->out, ' ');
	when_add_like(t->out, at, t->like);
}

static const char *text_in(const struct telling *t, const char *path) { return tree_str(t->change, path); }
static const char *name_in(const struct telling *t, const char *path) { return tree_name(t->change, path); }

static void tell_ref(const struct telling *t) {
	say(t, T("known as", "另有单号"), text_in(t, "channel"));
	say(t, NULL, text_in(t, "ref"));
}

static void tell_task(const struct telling *t) {
	const char *state = text_in(t, "task.state"), *result = text_in(t, "task.result"), *reason = text_in(t, "task.reason");
	const bool done = state && strcmp(state, "finished") == 0;
	say(t, text_in(t, "task.unit"), done ? T("finished", "已完成") : name_in(t, "task.state"));
	if (result || reason)
		strbuf_printf(t->out, " (%s)", result ? result : reason);
}

/* One that has ended is left out, and one that ran out: the event itself says so. */
static void tell_clock(const struct telling *t) {
	const char *state = text_in(t, "clock.state"), *name = text_in(t, "clock.name");
	if (name && t->fired && strcmp(name, t->fired) == 0)
		return;
	if (state && strcmp(state, "paused") == 0)
		say(t, name_in(t, "clock.name"), T("stands still", "停走"));
	else if (state && strcmp(state, "running") == 0)
		say_time(t, name_in(t, "clock.name"), T("due", "到期"), "clock.due_at");
}

static void tell_mark(const struct telling *t) { say(t, text_in(t, "mark"), text_in(t, "value")); }

static void tell_request(const struct telling *t) {
	const char *type = tree_str(t->event, "type");
	if (!text_in(t, "request.unit")) {
		if (!type || strcmp(type, "request.decided") != 0)
			say(t, T("the request lapsed", "申请自然终止"), NULL);
		return;
	}
	say(t, text_in(t, "request.unit"), name_in(t, "request.asks"));
	if (text_in(t, "request.reason"))
		strbuf_printf(t->out, " (%s)", text_in(t, "request.reason"));
	say_time(t, T("until", "至"), NULL, "request.until");
}

static void tell_suspended(const struct telling *t) {
	if (text_in(t, "reason"))
		say(t, T("because of", "原因"), text_in(t, "reason"));
	say_time(t, T("until", "至"), NULL, "until");
}

static void tell_merged(const struct telling *t) {
	const char *into = text_in(t, "into");
	say(t, into ? T("into", "并入") : T("stands alone again", "恢复独立"), into);
}

static void tell_absorbed(const struct telling *t) {
	say(t, tree_bool(t->change, "gone") ? T("without", "分出") : T("with", "并入本件"), text_in(t, "case"));
}

static void tell_order(const struct telling *t) {
	char name[32];
	(void)snprintf(name, sizeof name, T("order D%" PRId64, "督办单 D%" PRId64), tree_int(t->change, "order.n"));
	say(t, name, name_in(t, "order.state"));
	say(t, T("to", "督办"), text_in(t, "order.unit"));
	say_time(t, T("due", "到期"), NULL, "order.due_at");
}

static void tell_notice(const struct telling *t) {
	const char *to = text_in(t, "notice.to");
	say(t, T("told", "通知"), text_in(t, "notice.unit"));
	strbuf_printf(t->out, " (%s)", to ? to : T("nobody is on duty", "无人在岗"));
}

static void tell_fired(const struct telling *t) {
	say_time(t, name_in(t, "clock"), T("due", "到期"), "due_at");
	if (text_in(t, "bearer"))
		say(t, T("borne by", "责任"), text_in(t, "bearer"));
}

/* Kinds of changes: by a function, or a heading and the one member that tells most. Those that aren't here say nothing that
 * the event's name and state don't. */
static const struct kind {
	const char *what;
	void (*tell)(const struct telling *t);
	const char *member;
	struct both heading;
} kinds[] = {
    {"opened", NULL, "class", {"opened", "登记"}},
    {"routed", NULL, "rule", {"by rule", "依据"}},
    {"triaged", NULL, "reason", {"to the desk", "转派遣台"}},
    {"held", NULL, "unit", {"held by", "承办"}},
    {"amended", NULL, "class", {"now", "更正为"}},
    {"state", NULL, "result", {"result", "结果"}},
    {"ref", tell_ref, NULL, {NULL, NULL}},
    {"task", tell_task, NULL, {NULL, NULL}},
    {"clock", tell_clock, NULL, {NULL, NULL}},
    {"mark", tell_mark, NULL, {NULL, NULL}},
    {"request", tell_request, NULL, {NULL, NULL}},
    {"suspended", tell_suspended, NULL, {NULL, NULL}},
    {"merged", tell_merged, NULL, {NULL, NULL}},
    {"absorbed", tell_absorbed, NULL, {NULL, NULL}},
    {"order", tell_order, NULL, {NULL, NULL}},
    {"notice", tell_notice, NULL, {NULL, NULL}},
    {"fired", tell_fired, NULL, {NULL, NULL}},
};

static void tell(const struct telling *t) {
	const char *what = tree_str(t->change, "what");
	for (size_t i = 0; what && i < COUNT_OF(kinds); i++) {
		if (strcmp(kinds[i].what, what) != 0)
			continue;
		const char *value = kinds[i].member ? tree_name(t->change, kinds[i].member) : NULL;
		if (kinds[i].tell)
			kinds[i].tell(t);
		else if (value)
			say(t, both_text(kinds[i].heading), value);
		return;
	}
}

/* What was judged or said, where no change has it. A member that isn't there means no. */
static const struct said {
	const char *type, *path;
	struct both yes, no;                /* of a judgement; without them the member is a word */
} saids[] = {
    {"request.decided", "command.grant", {"granted", "同意"}, {"refused", "不同意"}},
    {"case.verified", "command.pass", {"passed", "通过"}, {"rework", "返工"}},
    {"supervision.judged", "command.accepted", {"accepted", "验收通过"}, {"refused", "验收不通过"}},
    {"case.verified", "command.method", {NULL, NULL}, {NULL, NULL}},
    {"case.waived", "command.clock", {NULL, NULL}, {NULL, NULL}},
    {"case.waived", "command.reason", {NULL, NULL}, {NULL, NULL}},
    {"case.rejected", "command.reason", {NULL, NULL}, {NULL, NULL}},
    {"case.reopened", "command.reason", {NULL, NULL}, {NULL, NULL}},
    {"case.arbitrated", "command.fault", {NULL, NULL}, {NULL, NULL}},
};

static void tell_said(const struct telling *t, struct json_object *data) {
	const char *type = tree_str(t->event, "type");
	for (size_t i = 0; type && i < COUNT_OF(saids); i++) {
		const struct said *s = &saids[i];
		if (strcmp(s->type, type) != 0)
			continue;
		if (s->yes.en)
			say(t, both_text(tree_bool(data, s->path) ? s->yes : s->no), NULL);
		else if (tree_str(data, s->path))
			say(t, tree_name(data, s->path), NULL);
	}
}

static const char *fired_clock(struct json_object *data) {
	for (size_t i = 0; i < tree_count(data, "changes"); i++) {
		struct json_object *change = tree_at(data, "changes", i);
		const char *what = tree_str(change, "what");
		if (what && strcmp(what, "fired") == 0)
			return tree_str(change, "clock");
	}
	return NULL;
}

void event_add_details(struct strbuf *out, struct json_object *event) {
	struct json_object *data = tree_get(event, "data");
	struct strbuf text = {0};
	struct telling t = {.out = &text, .event = event, .like = tree_str(event, "at"), .fired = fired_clock(data)};
	tell_said(&t, data);
	for (size_t i = 0; i < tree_count(data, "changes"); i++) {
		t.change = tree_at(data, "changes", i);
		tell(&t);
	}
	/* An event of another kind than these is shown as it is. */
	if (!tree_get(data, "changes") && json_object_is_type(data, json_type_object) && json_object_object_length(data) > 0)
		strbuf_adds(&text, json_object_to_json_string_ext(data, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	if (text.len > 0)
		strbuf_adds(out, text.data);
	strbuf_fini(&text);
}
