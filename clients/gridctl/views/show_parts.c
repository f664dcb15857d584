/* show_parts: pieces of a case in words. */
#include "clients/gridctl/views/show_parts.h"

#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "daemon/base/check.h"

#include <inttypes.h>
#include <string.h>

static const char *comma(const struct strbuf *out) { return out->len ? T(", ", "，") : ""; }

/* "Firm A (firm_a)" */
static void add_name(struct strbuf *out, struct json_object *in, const char *path) {
	const char *code = tree_str(in, path), *name = tree_name(in, path);
	if (!name)
		return;
	strbuf_printf(out, "%s%s", comma(out), name);
	if (code && strcmp(name, code) != 0)
		strbuf_printf(out, " (%s)", code);
}

static void add_word(struct strbuf *out, const char *word) {
	if (word)
		strbuf_printf(out, "%s%s", comma(out), word);
}

static void add_at(struct strbuf *out, const char *what, const char *at) {
	if (!at)
		return;
	strbuf_printf(out, "%s%s ", comma(out), what);
	when_add(out, at, false);
}

void add_place(struct strbuf *out, struct json_object *one) {
	add_name(out, one, "estate");
	add_name(out, one, "grid");
	add_word(out, tree_str(one, "address"));
	if (tree_get(one, "place.x"))
		strbuf_printf(out, "%s%s %s %s", comma(out), json_object_get_string(tree_get(one, "place.x")),
		              json_object_get_string(tree_get(one, "place.y")), tree_str(one, "place.crs") ? tree_str(one, "place.crs") : "");
}

void add_text(struct strbuf *out, struct json_object *one) {
	const char *text = tree_str(one, "text");
	strbuf_adds(out, text ? text : "");
}

static bool is_word(struct json_object *in, const char *path, const char *word) {
	const char *text = tree_str(in, path);
	return text && strcmp(text, word) == 0;
}

static bool is_open(struct json_object *task) {
	return is_word(task, "state", "given") || is_word(task, "state", "accepted") || is_word(task, "state", "arrived");
}

/* The lead's open task; NULL: nobody has one. */
static struct json_object *open_lead(struct json_object *one) {
	for (size_t i = tree_count(one, "tasks"); i > 0; i--) {
		struct json_object *task = tree_at(one, "tasks", i - 1);
		if (is_open(task) && is_word(task, "kind", "lead"))
			return task;
	}
	return NULL;
}

void add_holder(struct strbuf *out, struct json_object *one) {
	struct json_object *task = open_lead(one);
	add_name(out, one, "unit");
	if (out->len == 0)
		return;
	add_at(out, T("since", "自"), tree_str(one, "held_since"));
	if (!task)
		return;
	if (tree_str(task, "accepted_at"))
		add_at(out, T("accepted", "已接单"), tree_str(task, "accepted_at"));
	else
		add_word(out, T("not accepted yet", "未接单"));
	if (tree_str(task, "arrived_at"))
		add_at(out, T("arrived", "已到场"), tree_str(task, "arrived_at"));
	else if (tree_str(task, "accepted_at"))
		add_word(out, T("not arrived yet", "未到场"));
}

void add_proposed(struct strbuf *out, struct json_object *one) { add_name(out, one, "proposed"); }
void add_responsible(struct strbuf *out, struct json_object *one) { add_name(out, one, "responsible"); }

void add_suspended(struct strbuf *out, struct json_object *one) {
	add_at(out, T("since", "自"), tree_str(one, "suspended.since"));
	add_at(out, T("until", "至"), tree_str(one, "suspended.until"));
	add_word(out, tree_name(tree_get(one, "suspended"), "reason"));
}

void add_request(struct strbuf *out, struct json_object *one) {
	struct json_object *request = tree_get(one, "request");
	if (!tree_str(request, "what"))
		return;
	add_word(out, tree_str(request, "request"));
	add_name(out, request, "unit");
	add_word(out, tree_name(request, "what"));
	add_word(out, tree_name(request, "clock"));
	add_word(out, tree_name(request, "reason"));
	add_at(out, T("until", "至"), tree_str(request, "until"));
	add_at(out, T("asked", "提出"), tree_str(request, "asked_at"));
	if (tree_get(request, "in_time") && !tree_bool(request, "in_time"))
		add_word(out, T("asked too late", "提出时已超期"));
}

/* Each clock's limit once: they are kept for life. */
static void add_limits(struct strbuf *out, struct json_object *one) {
	bool any = false;
	for (size_t i = 0; i < tree_count(one, "clocks"); i++) {
		struct json_object *clock = tree_at(one, "clocks", i);
		const char *name = tree_name(clock, "name"), *limit = tree_str(clock, "limit");
		bool said = !name || !limit;
		for (size_t j = 0; j < i && !said; j++)
			said = is_word(tree_at(one, "clocks", j), "name", tree_str(clock, "name"));
		if (said)
			continue;
		strbuf_printf(out, "%s%s %s", any ? T(", ", "、") : T("; limits ", "；限 "), name, limit);
		any = true;
	}
}

void add_rule(struct strbuf *out, struct json_object *one) {
	const char *id = tree_str(one, "rule.id"), *file = tree_str(one, "rule.file");
	if (!id)
		return;
	strbuf_adds(out, id);
	if (file)
		strbuf_printf(out, "  %s:%" PRId64, file, tree_int(one, "rule.line"));
	if (tree_int(one, "rule.pack") > 0)
		strbuf_printf(out, T(" (pack %" PRId64 "%s)", "（规则包第 %" PRId64 " 版%s）"), tree_int(one, "rule.pack"),
		              file ? "" : T(", no longer in force", "，已非现行"));
	add_limits(out, one);
}

void add_desk_reason(struct strbuf *out, struct json_object *one) {
	add_word(out, tree_name(one, "triage_reason"));
	add_word(out, tree_str(one, "triage_detail"));
}

void add_escalation(struct strbuf *out, struct json_object *one) {
	if (tree_int(one, "escalation_level") > 0)
		strbuf_printf(out, T("to level %" PRId64, "第 %" PRId64 " 级"), tree_int(one, "escalation_level"));
}

void add_counts(struct strbuf *out, struct json_object *one) {
	if (tree_int(one, "returns") > 0)
		strbuf_printf(out, T("returned %" PRId64 "x", "退单 %" PRId64 " 次"), tree_int(one, "returns"));
	if (tree_int(one, "rounds") > 0)
		strbuf_printf(out, T("%sreworked %" PRId64 "x", "%s返工 %" PRId64 " 次"), comma(out), tree_int(one, "rounds"));
}

void add_fault(struct strbuf *out, struct json_object *one) { add_word(out, tree_name(one, "fault")); }

void add_excused(struct strbuf *out, struct json_object *one) {
	for (size_t i = 0; i < tree_count(one, "waived"); i++) {
		struct json_object *waived = tree_at(one, "waived", i);
		strbuf_printf(out, T("%s%s (%s)", "%s%s（%s）"), comma(out), tree_name(waived, "clock") ? tree_name(waived, "clock") : "?",
		              tree_name(waived, "reason") ? tree_name(waived, "reason") : "?");
	}
}

void add_merged(struct strbuf *out, struct json_object *one) {
	if (tree_str(one, "merged_into"))
		strbuf_printf(out, T("into %s", "并入 %s"), tree_str(one, "merged_into"));
	for (size_t i = 0; i < tree_count(one, "merged_from"); i++)
		strbuf_printf(out, "%s%s%s", comma(out), i ? "" : T("into it: ", "并入本件："), tree_word(one, "merged_from", i));
}

void add_result(struct strbuf *out, struct json_object *one) {
	add_word(out, tree_name(one, "result"));
	add_at(out, T("closed", "结案"), tree_str(one, "closed_at"));
}

void add_source(struct strbuf *out, struct json_object *one) {
	add_name(out, tree_get(one, "source"), "channel");
	add_word(out, tree_str(one, "source.ref"));
}

void add_received(struct strbuf *out, struct json_object *one) {
	const char *at = tree_str(one, "received_at");
	if (at)
		when_add(out, at, false);
	if (tree_str(one, "observed_at") && (!at || strcmp(at, tree_str(one, "observed_at")) != 0))
		add_at(out, T("observed", "发现"), tree_str(one, "observed_at"));
}

/* As far as the daemon shows it. */
void add_reporter(struct strbuf *out, struct json_object *one) {
	add_word(out, tree_str(one, "reporter.name"));
	add_word(out, tree_str(one, "reporter.phone"));
	if (tree_bool(one, "reporter.confidential"))
		add_word(out, T("confidential", "要求保密"));
}

/* The numbers that others know it by, behind the first. */
void add_refs(struct strbuf *out, struct json_object *one) {
	for (size_t i = 1; i < tree_count(one, "refs"); i++) {
		struct json_object *ref = tree_at(one, "refs", i);
		strbuf_printf(out, "%s%s/%s", comma(out), tree_str(ref, "channel") ? tree_str(ref, "channel") : "?",
		              tree_str(ref, "ref") ? tree_str(ref, "ref") : "?");
	}
}

void add_marks(struct strbuf *out, struct json_object *one) {
	for (size_t i = 0; i < tree_count(one, "marks"); i++) {
		struct json_object *mark = tree_at(one, "marks", i);
		const char *value = tree_str(mark, "value");
		strbuf_printf(out, "%s%s%s%s ", comma(out), tree_name(mark, "mark") ? tree_name(mark, "mark") : "?", value ? "=" : "",
		              value ? value : "");
		when_add(out, tree_str(mark, "at"), false);
	}
}

void add_tags(struct strbuf *out, struct json_object *one) {
	for (size_t i = 0; i < tree_count(one, "tags"); i++)
		add_word(out, tree_word(one, "tags", i));
}

void add_attrs(struct strbuf *out, struct json_object *one) {
	struct json_object *pairs = tree_get(one, "attrs");
	if (!json_object_is_type(pairs, json_type_object))
		return;
	json_object_object_foreach(pairs, name, value) {
		strbuf_printf(out, "%s%s=%s", comma(out), name, json_object_get_string(value));
	}
}

/* One a line: an address is copied whole. */
void add_attachments(struct strbuf *out, struct json_object *one) {
	for (size_t i = 0; i < tree_count(one, "attachments"); i++) {
		struct json_object *at = tree_at(one, "attachments", i);
		const char *kind = tree_name(at, "kind"), *uri = tree_str(at, "uri");
		strbuf_printf(out, "%s%s%s%s", out->len ? "\n" : "", kind ? kind : "", kind ? "  " : "", uri ? uri : "?");
	}
}

/* ---- tables ---- */

/* `finished` is said of cases too, where it means: to be verified. */
static const char *task_state(struct json_object *task) {
	return is_word(task, "state", "finished") ? T("finished", "已完成") : tree_name(task, "state");
}

static void task_row(struct page_rows *r, struct json_object *task) {
	struct strbuf text = {0};
	rows_next(r);
	rows_cell(r, TONE_PLAIN, tree_name(task, "unit"));
	rows_cell(r, TONE_PLAIN, tree_name(task, "kind"));
	rows_cell(r, TONE_PLAIN, task_state(task));
	add_at(&text, T("given", "派单"), tree_str(task, "given_at"));
	add_at(&text, T("accepted", "接单"), tree_str(task, "accepted_at"));
	add_at(&text, T("arrived", "到场"), tree_str(task, "arrived_at"));
	add_at(&text, T("ended", "结束"), tree_str(task, "ended_at"));
	add_word(&text, tree_str(task, "result") ? tree_name(task, "result") : tree_name(task, "reason"));
	rows_cell(r, TONE_PLAIN, text.data);
	strbuf_fini(&text);
}

void print_tasks(struct json_object *one, struct page *p) {
	struct json_object *holder = open_lead(one);
	struct page_rows r;
	rows_begin(&r, 4);
	for (size_t i = 0; i < tree_count(one, "tasks"); i++)
		if (tree_at(one, "tasks", i) != holder)
			task_row(&r, tree_at(one, "tasks", i));
	rows_print(&r, p, (struct both){"tasks", "任务"});
}

static void order_row(struct page_rows *r, struct json_object *order) {
	const bool waits = is_word(order, "state", "open") || is_word(order, "state", "expired");
	struct strbuf text = {0};
	rows_next(r);
	rows_cell(r, TONE_PLAIN, tree_str(order, "order"));
	rows_cell(r, TONE_PLAIN, tree_name(order, "kind"));
	rows_cell(r, waits ? TONE_SOON : TONE_PLAIN, tree_name(order, "state"));
	rows_cell(r, TONE_PLAIN, tree_name(order, "unit"));
	add_at(&text, T("due", "回复期限"), tree_str(order, "due_at"));
	add_at(&text, T("replied", "回复"), tree_str(order, "replied_at"));
	if (tree_int(order, "refusals") > 0)
		strbuf_printf(&text, T("%srefused %" PRId64 "x", "%s退回 %" PRId64 " 次"), comma(&text), tree_int(order, "refusals"));
	if (tree_str(order, "issuer"))
		strbuf_printf(&text, T("%sby %s", "%s签发 %s"), comma(&text), tree_str(order, "issuer"));
	add_word(&text, tree_name(order, "grounds"));
	rows_cell(r, TONE_PLAIN, text.data);
	strbuf_fini(&text);
}

void print_orders_of(struct json_object *one, struct page *p) {
	struct page_rows r;
	rows_begin(&r, 5);
	for (size_t i = 0; i < tree_count(one, "supervisions"); i++)
		order_row(&r, tree_at(one, "supervisions", i));
	rows_print(&r, p, (struct both){"supervision", "督办"});
}
