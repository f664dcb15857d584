/* show: one case as a page: what it is, where, who has it, how its clocks stand, why it is there, and what may be done. */
#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "clients/gridctl/views/clockline.h"
#include "clients/gridctl/views/event.h"
#include "clients/gridctl/views/page.h"
#include "clients/gridctl/views/show_parts.h"
#include "clients/gridctl/views/steps.h"
#include "daemon/base/check.h"

#include <inttypes.h>
#include <string.h>

enum { NEWEST_EVENTS = 8, MOST_EVENTS = 500 };

/* ---- what the page has besides the case ---- */

/* Events by their versions: the newest, and how many there are before them. */
static void find_events(struct ctl *ctl, struct json_object *one, int64_t most) {
	const int64_t version = tree_int(one, "version"), before = version > most ? version - most : 0;
	const char *number = tree_str(one, "number");
	struct strbuf cursor = {0};
	if (!number || version <= 0)
		return;
	struct json_object *params = steps_params(ctl, number);
	strbuf_addi(&cursor, before);
	tree_put(params, "limit", json_object_new_int64(most));
	tree_put(params, "cursor", json_object_new_string(cursor.data));
	struct json_object *history = steps_ask(ctl, "case.history", params);
	if (tree_count(history, "events") > 0) {
		tree_put(one, "events", json_object_get(tree_get(history, "events")));
		tree_put(one, "events_before", json_object_new_int64(before));
	}
	json_object_put(history);
	strbuf_fini(&cursor);
}

void complete_case(struct ctl *ctl, struct json_object *one) {
	if (!json_object_is_type(one, json_type_object))
		return;
	const bool asked = tree_get(ctl->args.own, "events") != NULL;
	const int64_t wanted = asked ? tree_int(ctl->args.own, "events") : NEWEST_EVENTS;
	const bool to_programs = own_bool(&ctl->args, "json");
	if (wanted > 0 && (asked || !to_programs))
		find_events(ctl, one, wanted < MOST_EVENTS ? wanted : MOST_EVENTS);
	if (!to_programs)
		steps_find(ctl, one);
}

/* ---- the page ---- */

static const char *urgency_mark(struct json_object *one) {
	const char *urgency = tree_str(one, "urgency");
	if (tree_bool(one, "emergency") || (urgency && strcmp(urgency, "emergency") == 0))
		return "!! ";
	return urgency && strcmp(urgency, "urgent") == 0 ? "! " : "";
}

static void print_head(struct json_object *one, struct page *p) {
	struct json_object *worst = clock_worst(one);
	const char *number = tree_str(one, "number"), *state = tree_name(one, "state"), *urgency = tree_name(one, "urgency");
	const bool over = tree_get(worst, "overdue_seconds") != NULL;
	struct strbuf text = {0};
	strbuf_printf(&text, "%s  %s", number ? number : "-", state ? state : "");
	if (over) {
		const char *name = tree_name(worst, "name");
		strbuf_printf(&text, "  %s ", name ? name : "");
		clock_add_standing(&text, worst);
	}
	if (urgency)
		strbuf_printf(&text, "  %s%s", urgency_mark(one), urgency);
	if (tree_str(one, "class"))
		strbuf_printf(&text, "  %s %s", tree_str(one, "class"), tree_name(one, "class"));
	if (tree_str(one, "condition"))
		strbuf_printf(&text, T(" / condition %s", " / 立案条件 %s"), tree_str(one, "condition"));
	page_line(p, over ? TONE_BAD : TONE_STRONG, text.data);
	strbuf_fini(&text);
}

/* What the page says of a case above its clocks, and beneath them: in this order; what isn't there is left out. */
struct line {
	void (*add)(struct strbuf *out, struct json_object *one);
	struct both heading;
	bool is_long;                       /* has lines of its own */
};

static const struct line above[] = {
    {add_place, {"place", "地点"}, true},
    {add_text, {"text", "内容"}, true},
    {add_holder, {"held by", "承办"}, true},
    {add_proposed, {"proposed", "建议派往"}, false},
    {add_responsible, {"responsible", "责任主体"}, false},
    {add_suspended, {"suspended", "挂账"}, true},
    {add_request, {"request", "待审申请"}, true},
};

static const struct line beneath[] = {
    {add_rule, {"by rule", "依据"}, true},
    {add_desk_reason, {"at the desk", "待派遣因"}, true},
    {add_escalation, {"escalated", "升级"}, false},
    {add_counts, {"so far", "曲折"}, false},
    {add_fault, {"arbitrated", "裁定责任"}, false},
    {add_excused, {"excused", "免责"}, false},
    {add_merged, {"merged", "并案"}, false},
    {add_result, {"result", "处置结果"}, false},
    {add_source, {"source", "来源"}, false},
    {add_received, {"received", "接收"}, false},
    {add_reporter, {"reporter", "反映人"}, false},
    {add_refs, {"also known", "其他单号"}, false},
    {add_marks, {"marks", "标记"}, false},
    {add_tags, {"tags", "标签"}, false},
    {add_attrs, {"attributes", "属性"}, false},
    {add_attachments, {"attached", "附件"}, true},
};

static void print_lines(struct json_object *one, struct page *p, const struct line *lines, size_t n) {
	struct strbuf value = {0};
	for (size_t i = 0; i < n; i++) {
		strbuf_clear(&value);
		lines[i].add(&value, one);
		if (value.len == 0)
			continue;
		if (lines[i].is_long)
			page_item(p, lines[i].heading, TONE_PLAIN, value.data);
		else
			page_short(p, lines[i].heading, value.data);
	}
	strbuf_fini(&value);
}

static void event_row(struct page_rows *r, struct json_object *event) {
	const char *type = tree_name(event, "type"), *note = tree_str(event, "note");
	struct strbuf text = {0};
	rows_next(r);
	when_add(&text, tree_str(event, "at"), false);
	rows_cell(r, TONE_PLAIN, text.data);
	rows_cell(r, TONE_PLAIN, type ? type : "?");
	strbuf_clear(&text);
	event_add_who(&text, event);
	rows_cell(r, TONE_PLAIN, text.data);
	strbuf_clear(&text);
	event_add_details(&text, event);
	if (note)
		strbuf_printf(&text, T("%s“%s”", "%s“%s”"), text.len ? "  " : "", note);
	rows_cell(r, TONE_PLAIN, text.data);
	strbuf_fini(&text);
}

static void print_timeline(struct json_object *one, struct page *p) {
	static const struct both heading = {"timeline", "经过"};
	const int64_t before = tree_int(one, "events_before");
	struct page_rows r;
	rows_begin(&r, 4);
	r.cut = true;
	for (size_t i = 0; i < tree_count(one, "events"); i++)
		event_row(&r, tree_at(one, "events", i));
	rows_print(&r, p, heading);
	if (before > 0) {
		struct strbuf text = {0};
		strbuf_printf(&text, T("… %" PRId64 " earlier: gridctl case history %s", "… 另有较早 %" PRId64 " 条：gridctl case history %s"), before,
		              tree_str(one, "number"));
		page_item(p, (struct both){"", ""}, TONE_DIM, text.data);
		strbuf_fini(&text);
	}
}

void print_case(struct json_object *one) {
	struct page p;
	page_begin(&p);
	print_head(one, &p);
	print_lines(one, &p, above, COUNT_OF(above));
	print_tasks(one, &p);
	clocks_print(one, &p);
	print_orders_of(one, &p);
	print_lines(one, &p, beneath, COUNT_OF(beneath));
	print_timeline(one, &p);
	steps_print(one, &p);
	page_end(&p);
}
