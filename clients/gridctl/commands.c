/* commands: the table of all that gridctl can do. */
#include "clients/gridctl/command.h"

#include <string.h>

/* clang-format off: a table, read by rows */
const struct command commands[] = {
	{.noun = "case", .verb = "submit", .operands = "[FILE|-]", .max_words = 1, .run = run_submit,
	 .flags = {submit_flags, write_flags},
	 .help = {"take in a case: by options, or its params as JSON from a file or stdin",
	          "上报一件：用选项，或从文件、标准输入读 JSON"},
	 .example = "case submit --class E70-05 --estate pp-012 --channel patrol --text 3号楼屋面漏水"},
	{.noun = "case", .verb = "import", .operands = "FILE", .min_words = 1, .max_words = 1, .run = run_import,
	 .flags = {import_flags},
	 .help = {"take in a file of cases, .jsonl or .csv; what is there already is recognised",
	          "批量导入 .jsonl 或 .csv；已有的会认出，可重复运行"},
	 .example = "case import sample-day.jsonl --tag training"},
	{.noun = "case", .verb = "list", .run = run_list, .flags = {list_flags, page_flags},
	 .help = {"list cases, the next due first", "列出案件，先到期的在前"},
	 .example = "case list --unit property_support --overdue any"},
	{.noun = "case", .verb = "show", .operands = "NUMBER", .min_words = 1, .max_words = 1, .run = run_show,
	 .help = {"everything about one case (NUMBER, or CHANNEL/REF)", "一件的全部情况（编号，或 渠道/单号）"},
	 .example = "case show 20261123-0000001"},
	{.noun = "case", .verb = "history", .operands = "NUMBER", .min_words = 1, .max_words = 1, .run = run_history,
	 .flags = {page_flags},
	 .help = {"what happened to it, event by event", "经过：每一步是谁、何时、做了什么"},
	 .example = "case history 20261123-0000001"},
	{.noun = "board", .run = run_board,
	 .help = {"the dispatch board: open, due today and overdue by unit", "派遣看板：各单位在办、今日到期、超期"},
	 .example = "board"},
	{.noun = "rules", .verb = "check", .operands = "DIR", .min_words = 1, .max_words = 1, .run = run_rules_check,
	 .help = {"check a rule pack folder and run its tests; needs no daemon", "检查规则包文件夹并跑其自带测试；不需要 gridd"},
	 .example = "rules check routing-rules/pengpu"},
	{.noun = "rules", .verb = "explain", .operands = "[FILE|-]", .max_words = 1, .run = run_explain,
	 .flags = {submit_flags, explain_flags},
	 .help = {"who would get such a case, by which rule, until when, and why",
	          "这样一件会派给谁、依据哪条、何时到期、为什么"},
	 .example = "rules explain --class E70-05 --address 永和路300弄3号 --channel patrol"},
	{.noun = "rules", .verb = "show", .method = "rules.show", .print = print_rules_show, .flags = {version_flags},
	 .help = {"the rule pack in force", "现行规则包"},
	 .example = "rules show"},
	{.noun = "rules", .verb = "reload", .method = "rules.reload", .print = print_rules_reload, .flags = {version_flags},
	 .help = {"load the pack again, or an earlier version of it; all or nothing",
	          "重新加载规则包（或退回某一版）；不合格则保留原来的"},
	 .example = "rules reload"},
	{.noun = "system", .verb = "info", .method = "system.info", .print = print_info,
	 .help = {"what runs there, and who you are to it", "gridd 的版本、状态，以及您的身份"},
	 .example = "system info"},
	{.noun = "system", .verb = "ping", .method = "system.ping", .print = print_ping, .judge = judge_ping,
	 .help = {"does gridd answer, and is it ready? (exit 7: no)", "gridd 是否应答、是否就绪（未就绪退出码 7）"},
	 .example = "system ping --timeout 5"},
	{.noun = "db", .verb = "verify", .method = "db.verify", .print = print_verify, .judge = judge_verify,
	 .help = {"check every invariant of what is stored (exit 3: something is wrong)",
	          "检查库中数据的各项约束（有问题退出码 3）"},
	 .example = "db verify"},
	{.noun = "test", .verb = "advance", .method = "test.advance", .print = print_advance, .flags = {advance_flags},
	 .help = {"move the test clock forward; what falls due on the way happens", "拨快测试时钟；途中到期的都会发生"},
	 .example = "test advance --by 240min"},
	{.noun = "rpc", .verb = "call", .operands = "METHOD [JSON|-]", .min_words = 1, .max_words = 2, .run = run_rpc,
	 .help = {"call any method with params as JSON", "直接调用任一方法，参数为 JSON"},
	 .example = "rpc call case.get '{\"case\":\"20261123-0000001\"}'"},
	{.noun = NULL}};
/* clang-format on */

static bool same(const char *a, const char *b) { return a && b ? strcmp(a, b) == 0 : a == b; }

const struct command *command_find(const char *noun, const char *verb) {
	for (const struct command *c = commands; c->noun; c++)
		if (same(c->noun, noun) && same(c->verb, verb))
			return c;
	return NULL;
}

bool command_has_noun(const char *noun) {
	for (const struct command *c = commands; c->noun; c++)
		if (same(c->noun, noun))
			return true;
	return false;
}
