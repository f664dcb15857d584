/* history: what happened to a case, event by event. */
#include "clients/gridctl/pages.h"
#include "clients/gridctl/table.h"
#include "clients/gridctl/tree.h"
#include "clients/gridctl/when.h"
#include "daemon/base/check.h"

#include <stdio.h>
#include <string.h>

void case_word(struct json_object *params, const char *word) {
	const char *slash = strchr(word, '/');
	if (!slash) {
		tree_put(params, "case", json_object_new_string(word));
		return;
	}
	tree_put(params, "case.channel", json_object_new_string_len(word, (int)(slash - word)));
	tree_put(params, "case.ref", json_object_new_string(slash + 1));
}

/* What an event changed, in a few words: its kind, and the one member that tells most. */
static const struct change {
	const char *what, *path;
	struct both heading;
} changes[] = {
    {"opened", "class", {"opened", "登记"}},
    {"routed", "rule", {"by rule", "依据"}},
    {"triaged", "reason", {"to the desk", "转派遣台"}},
    {"held", "unit", {"held by", "承办"}},
    {"task", "task.unit", {"task of", "任务"}},
    {"clock", "clock.name", {"clock", "时限"}},
};

static void add_change(struct strbuf *out, struct json_object *tree) {
	const char *what = tree_str(tree, "what");
	for (size_t i = 0; what && i < COUNT_OF(changes); i++) {
		const struct change *c = &changes[i];
		if (strcmp(c->what, what) != 0)
			continue;
		const char *value = tree_name(tree, c->path);
		strbuf_printf(out, "%s%s%s%s", out->len ? T(", ", "，") : "", both_text(c->heading), value ? " " : "",
		              value ? value : "");
		return;
	}
}

/* The changes in words; any other data as it is. */
static void add_details(struct strbuf *out, struct json_object *event) {
	struct json_object *data = tree_get(event, "data");
	const size_t n = tree_count(data, "changes");
	for (size_t i = 0; i < n; i++)
		add_change(out, tree_at(data, "changes", i));
	if (n == 0 && json_object_is_type(data, json_type_object) && json_object_object_length(data) > 0)
		strbuf_adds(out, json_object_to_json_string_ext(data, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
}

/* The state after the event: its own member, else what its changes say. */
static const char *state_after(struct json_object *event) {
	const char *state = tree_name(event, "state");
	for (size_t i = 0; !state && i < tree_count(event, "data.changes"); i++) {
		struct json_object *change = tree_at(event, "data.changes", i);
		const char *what = tree_str(change, "what");
		if (what && strcmp(what, "state") == 0)
			state = tree_name(change, "state");
	}
	return state;
}

static void add_times(struct strbuf *out, struct json_object *event) {
	const char *at = tree_str(event, "at"), *recorded = tree_str(event, "recorded_at");
	int64_t late = 0;
	when_add(out, at, true);
	/* A late entry: what happened then was told later. */
	if (when_between(at, recorded, &late) && late >= 60) {
		strbuf_adds(out, T(", told ", "，补录于 "));
		when_add(out, recorded, false);
	}
}

static void history_row(struct table *t, struct json_object *event) {
	const char *before = tree_name(event, "state_before"), *after = state_after(event), *actor = tree_str(event, "actor");
	struct strbuf text = {0};
	table_row(t);
	table_cell_int(t, tree_int(event, "version"));
	add_times(&text, event);
	table_cell(t, text.data);
	table_cell(t, tree_str(event, "type"));
	strbuf_clear(&text);
	strbuf_adds(&text, actor ? actor : "");
	if (tree_str(event, "for.unit"))
		strbuf_printf(&text, T(" for %s", "（代 %s）"), tree_str(event, "for.unit"));
	table_cell(t, text.data);
	strbuf_clear(&text);
	if (before && after && strcmp(before, after) != 0)
		strbuf_printf(&text, "%s → ", before);
	strbuf_adds(&text, after ? after : "");
	table_cell(t, text.data);
	strbuf_clear(&text);
	add_details(&text, event);
	table_cell(t, text.data);
	strbuf_fini(&text);
}

static void print_history(struct json_object *result) {
	static const struct column columns[] = {{{"n", "序"}, COLUMN_RIGHT},      {{"at", "时间"}, COLUMN_TEXT},
	                                        {{"event", "事件"}, COLUMN_TEXT}, {{"by", "经办"}, COLUMN_TEXT},
	                                        {{"state", "状态"}, COLUMN_TEXT}, {{"details", "详情"}, COLUMN_REST}};
	const char *cursor = tree_str(result, "cursor");
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < tree_count(result, "events"); i++)
		history_row(&t, tree_at(result, "events", i));
	table_print(&t);
	if (cursor)
		fprintf(stderr, T("there are more: --all, or --cursor %s\n", "还有更多：--all，或 --cursor %s\n"), cursor);
}

int run_history(struct ctl *ctl) {
	struct json_object *result;
	case_word(ctl->args.params, ctl->args.words[0]);
	const int rc = pages_collect(ctl, "case.history", "events", &result);
	if (rc == EXIT_DONE && !ctl_json(ctl, result))
		print_history(result);
	json_object_put(result);
	return rc;
}
