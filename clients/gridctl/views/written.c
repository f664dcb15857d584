/* written: what came of a command, in one line. */
#include "clients/gridctl/views/written.h"

#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "daemon/base/check.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Objects that a command made or ended beside the case; people name them in their next command. */
static const struct {
	const char *member;
	struct both heading;
} others[] = {
    {"request", {"request", "申请"}},
    {"order", {"order", "督办单"}},
    {"notice", {"notice", "通知"}},
    {"into", {"into", "并入"}},
};

void written_add(struct strbuf *out, struct json_object *result) {
	const char *state = tree_name(result, "state"), *unit = tree_name(result, "unit"), *due = tree_str(result, "due_at");
	strbuf_adds(out, state ? state : "-");
	if (unit)
		strbuf_printf(out, T(", held by %s", "，承办 %s"), unit);
	if (due) {
		strbuf_adds(out, T(", due ", "，到期 "));
		when_add(out, due, false);
	}
	for (size_t i = 0; i < COUNT_OF(others); i++)
		if (tree_str(result, others[i].member))
			strbuf_printf(out, T(", %s %s", "，%s %s"), both_text(others[i].heading), tree_str(result, others[i].member));
}

void written_add_move(struct strbuf *out, struct json_object *result) {
	struct json_object *before = tree_get(result, "before"), *after = tree_get(result, "after");
	const char *was = tree_name(before, "state"), *is = tree_name(after ? after : result, "state"),
	           *unit = tree_name(after ? after : result, "unit");
	if (was && is && strcmp(was, is) != 0)
		strbuf_printf(out, "%s → ", was);
	strbuf_adds(out, is ? is : "-");
	if (unit)
		strbuf_printf(out, T(", held by %s", "，承办 %s"), unit);
}

/* "state: triage → dispatched", or one side alone where nothing changes. */
static void print_change(struct both heading, const char *was, const char *is) {
	if (!was && !is)
		return;
	if (was && is && strcmp(was, is) == 0)
		term_print(T("  %s: %s, as now\n", "  %s：%s（不变）\n"), both_text(heading), is);
	else
		term_print(T("  %s: %s → %s\n", "  %s：%s → %s\n"), both_text(heading), was ? was : T("none", "无"),
		           is ? is : T("none", "无"));
}

static char *time_text(const char *at) {
	struct strbuf text = {0};
	if (!at)
		return NULL;
	when_add(&text, at, false);
	return strbuf_take(&text);
}

static void print_due(struct both heading, const char *was, const char *is) {
	char *a = time_text(was), *b = time_text(is);
	print_change(heading, a, b);
	free(a);
	free(b);
}

/* "running, due 2026-11-24 17:00" */
static char *clock_text(struct json_object *clock) {
	const char *state = tree_name(clock, "state"), *due = tree_str(clock, "due_at"), *raw = tree_str(clock, "state");
	struct strbuf text = {0};
	if (!clock)
		return NULL;
	strbuf_adds(&text, state ? state : "-");
	if (due && raw && strcmp(raw, "running") == 0) {
		strbuf_adds(&text, T(", due ", "，到期 "));
		when_add(&text, due, false);
	}
	return strbuf_take(&text);
}

static bool same_text(const char *a, const char *b) { return a && b ? strcmp(a, b) == 0 : a == b; }

/* Clocks keep their place in the list: new ones come behind. */
static void print_clocks(struct json_object *before, struct json_object *after) {
	const size_t had = tree_count(before, "clocks");
	for (size_t i = 0; i < tree_count(after, "clocks"); i++) {
		struct json_object *clock = tree_at(after, "clocks", i);
		char *was = i < had ? clock_text(tree_at(before, "clocks", i)) : NULL, *is = clock_text(clock);
		const char *name = tree_name(clock, "name");
		if (!same_text(was, is) && name)
			term_print(T("  clock %s: %s%s%s\n", "  时限 %s：%s%s%s\n"), name, was ? was : "",
			           was ? " → " : T("starts, ", "起算，"), is);
		free(was);
		free(is);
	}
}

static void print_told(struct json_object *result) {
	const size_t n = tree_count(result, "told");
	struct strbuf text = {0};
	for (size_t i = 0; i < n; i++) {
		struct json_object *one = tree_at(result, "told", i);
		const char *unit = tree_name(one, "unit"), *to = tree_str(one, "to");
		strbuf_printf(&text, "%s%s (%s)", i ? T(", ", "，") : "", unit ? unit : "-",
		              to ? to : T("nobody is on duty", "无人在岗"));
	}
	term_print(T("  would be told: %s\n", "  将通知：%s\n"), n > 0 ? text.data : T("nobody", "无人"));
	strbuf_fini(&text);
}

/* What decide() would do. */
static void print_would(struct json_object *result) {
	struct json_object *before = tree_get(result, "before"), *after = tree_get(result, "after");
	print_change((struct both){"state", "状态"}, tree_name(before, "state"), tree_name(after, "state"));
	print_change((struct both){"held by", "承办"}, tree_name(before, "unit"), tree_name(after, "unit"));
	print_due((struct both){"due", "到期"}, tree_str(before, "due_at"), tree_str(after, "due_at"));
	print_clocks(before, after);
	print_told(result);
	for (size_t i = 0; i < tree_count(result, "also"); i++) {
		struct json_object *one = tree_at(result, "also", i);
		struct strbuf move = {0};
		written_add_move(&move, one);
		term_print(T("  with it %s: %s\n", "  连带 %s：%s\n"), tree_str(one, "case") ? tree_str(one, "case") : "-",
		           move.data);
		strbuf_fini(&move);
	}
}

void print_written(struct json_object *result) {
	const char *number = tree_str(result, "case");
	struct strbuf text = {0};
	written_add(&text, result);
	strbuf_adds(&text, tree_bool(result, "dry_run") ? T("  (dry run: nothing stored)", "  （试算，未保存）") : "");
	strbuf_adds(&text, tree_bool(result, "replayed") ? T("  (was done already)", "  （此前已办）") : "");
	term_print("%s  %s\n", number ? number : "-", text.data);
	if (tree_bool(result, "dry_run") && tree_get(result, "after"))
		print_would(result);
	strbuf_fini(&text);
}

void print_revealed(struct json_object *result) {
	static const struct {
		const char *path;
		struct both heading;
	} lines[] = {{"reporter.name", {"name", "姓名"}}, {"reporter.phone", {"phone", "电话"}}};
	print_written(result);
	for (size_t i = 0; i < COUNT_OF(lines); i++)
		if (tree_str(result, lines[i].path))
			term_print("  %s  %s\n", both_text(lines[i].heading), tree_str(result, lines[i].path));
	if (tree_bool(result, "reporter.confidential"))
		term_print("  %s\n", T("confidential: not for the units", "要求保密，不得告知承办单位"));
}
