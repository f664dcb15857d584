/* help: usage, help and "did you mean", all from the table of commands. */
#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/term/text.h"
#include "daemon/base/check.h"
#include "daemon/base/suggest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_BYTES = 64, FLAG_WIDTH = 24, COMMAND_WIDTH = 35 };

/* "case list" */
static void words_join(const char *noun, const char *verb, char out[WORDS_BYTES]) {
	(void)snprintf(out, WORDS_BYTES, "%s%s%s", noun, verb ? " " : "", verb ? verb : "");
}

static void padded(const char *text, int width) {
	const int have = text_width(text);
	printf("  %s%*s  ", text, width > have ? width - have : 0, "");
}

void help_words(const struct command *c, struct strbuf *out) {
	strbuf_adds(out, c->noun);
	if (c->verb)
		strbuf_printf(out, " %s", c->verb);
}

static void add_operands(const struct command *c, struct strbuf *out) {
	for (const struct operand *o = c->operands; o->name; o++)
		strbuf_printf(out, o->optional ? " [%s]" : " %s", o->name);
}

void help_usage(const struct command *c, struct strbuf *out) {
	strbuf_adds(out, "gridctl ");
	help_words(c, out);
	add_operands(c, out);
	if (c->flags[0])
		strbuf_adds(out, T(" [OPTION]...", " [选项]..."));
}

void help_flag(const struct flag *f, struct strbuf *out) {
	if (f->letter)
		strbuf_printf(out, "-%c, ", f->letter);
	strbuf_printf(out, "--%s", f->name);
	if (f->arg)
		strbuf_printf(out, f->kind == FLAG_MAYBE ? "[=%s]" : " %s", f->arg);
}

static void help_flags(const struct flag *table) {
	struct strbuf name = {0};
	for (const struct flag *f = table; f->name; f++) {
		strbuf_clear(&name);
		help_flag(f, &name);
		padded(name.data, FLAG_WIDTH);
		printf("%s\n", both_text(f->help));
	}
	strbuf_fini(&name);
}

static void help_global(void) {
	printf("\n%s\n", T("options of every command:", "各命令通用选项:"));
	help_flags(global_flags);
}

void help_command(const struct command *c) {
	struct strbuf usage = {0};
	help_usage(c, &usage);
	printf("%s %s\n%s\n", T("usage:", "用法:"), usage.data, both_text(c->help));
	if (c->shortcut)
		printf("%s gridctl %s\n", T("in short:", "简写:"), c->shortcut);
	if (c->flags[0])
		printf("\n%s\n", T("options:", "选项:"));
	for (const struct flag *const *table = c->flags; *table; table++)
		help_flags(*table);
	help_global();
	printf("\n%s\n  gridctl %s\n", T("example:", "示例:"), c->example);
	strbuf_fini(&usage);
}

static void help_row(const struct command *c, bool is_short) {
	struct strbuf words = {0};
	if (is_short)
		strbuf_adds(&words, c->shortcut ? c->shortcut : c->noun);
	else
		help_words(c, &words);
	add_operands(c, &words);
	padded(words.data, COMMAND_WIDTH);
	printf("%s\n", both_text(c->help));
	strbuf_fini(&words);
}

static void help_rows(const char *noun) {
	for (const struct command *c = commands; c->noun; c++)
		if (strcmp(noun, c->noun) == 0 && !c->raw)
			help_row(c, false);
}

/* What the nouns are about, as headings. */
static const struct {
	const char *noun;
	struct both title;
} titles[] = {
    {"case", {"cases", "案件"}},
    {"request", {"requests of the units", "单位的申请"}},
    {"supervision", {"supervision orders", "督办"}},
    {"filter", {"named filters", "命名筛选"}},
    {"notify", {"notices", "通知"}},
    {"report", {"reports", "报表"}},
    {"events", {"events", "事件"}},
    {"rules", {"rules", "规则"}},
    {"calendar", {"calendars", "日历"}},
    {"system", {"gridd itself", "gridd 本身"}},
    {"db", {"the database", "数据库"}},
    {"test", {"the test clock", "测试时钟"}},
    {"rpc", {"any method", "直接调用方法"}},
    {"config", {"settings of gridctl", "gridctl 的设置"}},
    {"completion", {"completion by TAB", "命令补全"}},
};

static const char *title_of(const char *noun) {
	for (size_t i = 0; i < COUNT_OF(titles); i++)
		if (strcmp(titles[i].noun, noun) == 0)
			return both_text(titles[i].title);
	return noun;
}

/* What is typed all day has a word of its own. */
static bool is_daily(const struct command *c) { return c->shortcut || strcmp(c->noun, "board") == 0; }

static bool is_first(const struct command *c) {
	for (const struct command *other = commands; other != c; other++)
		if (strcmp(other->noun, c->noun) == 0)
			return false;
	return true;
}

static void help_overview(void) {
	printf("%s\n", T("daily:", "日常:"));
	for (const struct command *c = commands; c->noun; c++)
		if (is_daily(c))
			help_row(c, true);
	for (const struct command *c = commands; c->noun; c++)
		if (is_first(c) && !c->raw && strcmp(c->noun, "board") != 0) {
			printf("\n%s:\n", title_of(c->noun));
			help_rows(c->noun);
		}
}

void help_all(const char *noun) {
	printf("%s gridctl %s\n\n", T("usage:", "用法:"),
	       noun ? noun : T("NOUN VERB [OPERAND]... [OPTION]...", "名词 动词 [对象]... [选项]..."));
	if (noun) {
		help_rows(noun);
		return;
	}
	help_overview();
	help_global();
	printf(
	    "\n%s\n",
	    T("exit codes: 0 done, 1 failed, 2 wrong usage, 3 checked and the answer is no, 4 not allowed, 5 not found,\n"
	      "            6 conflict, 7 gridd cannot be reached or is not ready, 130 interrupted\n"
	      "`gridctl help NOUN VERB` says more; `man gridctl` says it all.",
	      "退出码: 0 完成，1 失败，2 用法不对，3 检查结果为否，4 无权，5 找不到，6 冲突，7 连不上 gridd 或未就绪，130 中断\n"
	      "更多：gridctl help 名词 动词；man gridctl"));
}

/* `verfy 42 pass`: what follows such a word is no verb. */
static const struct command *nearest_shortcut(const char *word) {
	struct suggest near;
	const struct command *meant = NULL;
	suggest_start(&near, word);
	for (const struct command *c = commands; c->noun; c++) {
		const char *known = c->shortcut ? c->shortcut : c->verb ? NULL : c->noun;
		if (known)
			suggest_offer(&near, known);
		if (known && near.best == known)
			meant = c;
	}
	return meant;
}

/* Words are compared as a whole, so that `lst case` and `caselist` find something; then the verb alone: `list`, `rule list`.
 */
static const struct command *nearest(const char *noun, const char *verb) {
	char typed[WORDS_BYTES], known[WORDS_BYTES];
	const struct command *meant = NULL;
	struct suggest near;
	words_join(noun, verb, typed);
	suggest_start(&near, typed);
	for (const struct command *c = commands; c->noun; c++) {
		if (c->raw)
			continue;
		words_join(c->noun, c->verb, known);
		suggest_offer(&near, known);
		if (near.best == known) {
			meant = c;
			near.best = c->noun; /* `known` is written again */
		}
	}
	if (!meant)
		meant = nearest_shortcut(noun);
	for (const struct command *c = commands; !meant && c->noun; c++)
		if (c->verb && strcmp(c->verb, verb ? verb : noun) == 0)
			meant = c;
	return meant;
}

static void list_verbs(const char *noun) {
	for (const struct command *c = commands; c->noun; c++)
		if (strcmp(c->noun, noun) == 0)
			fprintf(stderr, "  gridctl %s %s\n", c->noun, c->verb ? c->verb : "");
}

int help_unknown(const char *noun, const char *verb) {
	char words[WORDS_BYTES], meant_words[WORDS_BYTES], next[WORDS_BYTES + 16];
	words_join(noun, verb, words);
	if (!verb && command_has_noun(noun)) {
		term_error(NULL, T("“%s” needs a verb:", "“%s”后面还要一个动词："), noun);
		list_verbs(noun);
		return EXIT_USAGE;
	}
	const struct command *meant = nearest(noun, verb);
	if (meant) {
		if (meant == nearest_shortcut(noun) && meant->shortcut)
			words_join(meant->shortcut, NULL, meant_words);
		else
			words_join(meant->noun, meant->verb, meant_words);
		(void)snprintf(next, sizeof next, "gridctl help %s", meant_words);
		term_error(next, T("no command “%s”; did you mean “%s”?", "没有“%s”这个命令，是不是“%s”？"), words, meant_words);
	} else if (command_has_noun(noun)) {
		term_error(NULL, T("no command “%s”; there are:", "没有“%s”这个命令，有的是："), words);
		list_verbs(noun);
	} else {
		term_error("gridctl help", T("no command “%s”", "没有“%s”这个命令"), words);
	}
	return EXIT_USAGE;
}
