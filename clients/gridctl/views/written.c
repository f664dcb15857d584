/* written: what came of a command, in one line. */
#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "daemon/base/check.h"

#include <inttypes.h>

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

static void add_after(struct strbuf *out, struct json_object *result) {
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

void print_written(struct json_object *result) {
	const char *number = tree_str(result, "case");
	struct strbuf text = {0};
	add_after(&text, result);
	strbuf_adds(&text, tree_bool(result, "dry_run") ? T("  (dry run: nothing stored)", "  （试算，未保存）") : "");
	strbuf_adds(&text, tree_bool(result, "replayed") ? T("  (was done already)", "  （此前已办）") : "");
	term_print("%s  %s\n", number ? number : "-", text.data);
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
