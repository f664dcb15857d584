/* advice: what the daemon's errors mean to the person who typed the command, and what to type next. */
#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "daemon/base/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MOST_CHANGES = 3 };

struct advice {
	const char *reason;
	int exit_code;
	struct both next; /* what to do; NULL: see add_next() */
	const char *zh;   /* what it is, in front of the daemon's own words */
};

static const struct advice advices[] = {
    {"unauthenticated",
     EXIT_NOT_ALLOWED,
     {"your token in $GRIDD_TOKEN; or ask the admin for a `principals` entry with your uid (id -u) in gridd's config",
      "把令牌放入 $GRIDD_TOKEN；或请管理员在 gridd 配置的 principals 里加上您的 uid（id -u）"},
     "身份不明"},
    {"forbidden",
     EXIT_NOT_ALLOWED,
     {"gridctl system info   (shows your roles; the admin gives others in gridd's config)",
      "gridctl system info   （看您的角色；增加角色请找管理员改 gridd 配置）"},
     "无权"},
    {"not_found", EXIT_NOT_FOUND, {"gridctl case list", NULL}, "找不到"},
    {"conflict", EXIT_CONFLICT, {NULL, NULL}, "现在办不了"},
    {"overloaded", EXIT_UNREACHABLE, {"the same command again in a moment", "稍后重试同一命令"}, "gridd 正忙"},
    {"unavailable",
     EXIT_UNREACHABLE,
     {"gridctl system ping; then the same command again", "gridctl system ping，然后重试同一命令"},
     "数据库暂不可用"},
    {"outcome_unknown",
     EXIT_FAILED,
     {"the same command again with the same --key", "用同一个 --key 重试同一命令"},
     "不知是否已保存"},
    {"invalid_params", EXIT_FAILED, {NULL, NULL}, "参数有误"},
    {"method_not_found",
     EXIT_FAILED,
     {"gridctl system info   (is this gridd older than gridctl?)",
      "gridctl system info   （gridd 的版本是否比 gridctl 旧？）"},
     "没有这个方法"},
    {"internal", EXIT_FAILED, {"gridd's log around this time", "查看 gridd 此刻的日志"}, "gridd 内部出错"},
};

static const struct advice *advice_for(struct json_object *error) {
	const char *reason = tree_str(error, "data.reason");
	for (size_t i = 0; reason && i < COUNT_OF(advices); i++)
		if (strcmp(advices[i].reason, reason) == 0)
			return &advices[i];
	return NULL;
}

int error_exit_code(struct json_object *error) {
	const struct advice *a = advice_for(error);
	return a ? a->exit_code : EXIT_FAILED;
}

/* "/params/source/channel" as people write it: source.channel */
static void path_words(const char *pointer, struct strbuf *out) {
	static const char params[] = "/params";
	if (strncmp(pointer, params, sizeof params - 1) == 0)
		pointer += sizeof params - 1;
	for (pointer += *pointer == '/'; *pointer; pointer++)
		strbuf_addc(out, *pointer == '/' ? '.' : *pointer);
}

void error_each(struct json_object *error, void (*on_fault)(const char *text, void *ctx), void *ctx) {
	const size_t n = tree_count(error, "data.errors");
	const char *whole = tree_str(error, "message");
	if (n == 0)
		on_fault(whole ? whole : "?", ctx);
	for (size_t i = 0; i < n; i++) {
		struct json_object *fault = tree_at(error, "data.errors", i);
		const char *path = tree_str(fault, "path"), *message = tree_str(fault, "message");
		const char *near = tree_str(fault, "suggestion");
		struct strbuf text = {0};
		if (tree_str(fault, "file"))
			strbuf_printf(&text, "%s:%" PRId64 ":%" PRId64, tree_str(fault, "file"), tree_int(fault, "line"),
			              tree_int(fault, "col"));
		path_words(path ? path : "", &text);
		if (text.len > 0)
			strbuf_adds(&text, ": ");
		/* Some messages begin with the name already. */
		if (message && text.len > 0 && strncmp(message, text.data, text.len) == 0)
			strbuf_clear(&text);
		strbuf_adds(&text, message ? message : "?");
		if (near && (!message || !strstr(message, near)))
			strbuf_printf(&text, T("; did you mean %s?", "；是不是 %s？"), near);
		on_fault(text.data, ctx);
		strbuf_fini(&text);
	}
}

static void on_fault(const char *text, void *ctx) {
	(void)ctx;
	struct strbuf safe = {0};
	safe_add(&safe, text, SAFE_TEXT);
	fprintf(stderr, "  %s\n", safe.data ? safe.data : "");
	strbuf_fini(&safe);
}

static void say_line(const struct strbuf *line) {
	struct strbuf safe = {0};
	safe_add(&safe, line->data ? line->data : "", SAFE_LINE);
	if (safe.len > 0)
		fprintf(stderr, "%s\n", safe.data);
	strbuf_fini(&safe);
}

/* What may be done instead, as commands. */
static void say_allowed(struct json_object *error) {
	struct strbuf line = {0};
	for (size_t i = 0; i < tree_count(error, "data.allowed"); i++) {
		const char *method = tree_word(error, "data.allowed", i);
		const struct command *c = command_by_method(method);
		strbuf_adds(&line, i ? ", " : T("  possible now: ", "  现在可以："));
		if (c)
			help_words(c, &line);
		else
			strbuf_adds(&line, method);
	}
	say_line(&line);
	strbuf_fini(&line);
}

static const struct {
	const char *role, *zh;
} role_words[] = {{"platform", "平台"},  {"unit", "承办单位"}, {"dispatcher", "派遣员"}, {"supervisor", "值班长"},
                  {"inspector", "督查"}, {"auditor", "审计"},  {"admin", "管理员"}};

static void add_roles(struct json_object *error, const char *path, struct strbuf *out) {
	for (size_t i = 0; i < tree_count(error, path); i++) {
		const char *role = tree_word(error, path, i);
		strbuf_printf(out, "%s%s", i ? T(", ", "、") : "", role);
		for (size_t k = 0; term_zh() && k < COUNT_OF(role_words); k++)
			if (strcmp(role_words[k].role, role) == 0)
				strbuf_printf(out, " %s", role_words[k].zh);
	}
}

/* Who may, and who is asking. */
static void say_roles(struct json_object *error) {
	const char *who = tree_str(error, "data.principal");
	struct strbuf line = {0};
	if (!who || tree_count(error, "data.needs") == 0)
		return;
	strbuf_adds(&line, T("  who may: ", "  有权的角色："));
	add_roles(error, "data.needs", &line);
	strbuf_printf(&line, T("; you are %s: ", "；您是 %s："), who);
	add_roles(error, "data.roles", &line);
	say_line(&line);
	strbuf_fini(&line);
}

/* What the case is now, and, where another version was expected, how far it has gone since. */
static void say_state(const struct ctl *ctl, struct json_object *error) {
	const char *state = tree_name(tree_get(error, "data"), "state");
	const int64_t version = tree_int(error, "data.version"), expected = tree_int(ctl->args.params, "expect_version");
	struct strbuf line = {0};
	if (!state)
		return;
	strbuf_printf(&line, T("  it is %s now", "  现在的状态：%s"), state);
	if (version > 0 && expected > 0)
		strbuf_printf(
		    &line,
		    T(", at version %" PRId64 "; you saw version %" PRId64, "，第 %" PRId64 " 版；您看到的是第 %" PRId64 " 版"),
		    version, expected);
	say_line(&line);
	strbuf_fini(&line);
}

/* "20261123-0000042" of "20261123-0000042-R1" */
static size_t number_len(const char *name) {
	const char *dash = strchr(name, '-');
	const char *second = dash ? strchr(dash + 1, '-') : NULL;
	return second ? (size_t)(second - name) : strlen(name);
}

/* The case that the command was about: the daemon's word for it, else as it was typed. */
static bool add_case(const struct ctl *ctl, struct json_object *error, struct strbuf *out) {
	static const char *const places[] = {"case", "request", "order"};
	const char *number = tree_str(error, "data.case");
	for (size_t i = 0; !number && i < COUNT_OF(places); i++)
		number = tree_str(ctl->args.params, places[i]);
	const char *channel = tree_str(ctl->args.params, "case.channel"), *ref = tree_str(ctl->args.params, "case.ref");
	if (number)
		strbuf_add(out, number, number_len(number));
	else if (channel && ref)
		strbuf_printf(out, "%s/%s", channel, ref);
	return out->len > 0;
}

/* Who did what to it lately: a conflict is mostly somebody else's doing. */
static void say_changed(struct json_object *error) {
	const size_t n = tree_count(error, "data.changed");
	for (size_t i = n > MOST_CHANGES ? n - MOST_CHANGES : 0; i < n; i++) {
		struct json_object *event = tree_at(error, "data.changed", i);
		const char *type = tree_name(event, "type"), *actor = tree_str(event, "actor");
		struct strbuf line = {0}, safe = {0};
		when_add(&line, tree_str(event, "at"), true);
		strbuf_printf(&line, T("  %s by %s", "  %s，%s"), type ? type : "?", actor ? actor : "?");
		safe_add(&safe, line.data, SAFE_LINE);
		fprintf(stderr, "  %s\n", safe.data);
		strbuf_fini(&line);
		strbuf_fini(&safe);
	}
}

/* What brings a case on: first by its state, then in this order. */
static const struct {
	const char *state, *method;
} next_steps[] = {
    {"triage", "case.dispatch"},  {"dispatched", "case.accept"}, {"handling", "case.finish"}, {"finished", "case.verify"},
    {"suspended", "case.resume"}, {"closed", "case.reopen"},     {"rejected", "case.reopen"}, {"merged", "case.unmerge"},
    {NULL, "case.accept"},        {NULL, "case.arrive"},         {NULL, "case.finish"},       {NULL, "request.decide"},
    {NULL, "supervision.accept"}, {NULL, "supervision.reply"},
};

static bool is_allowed(struct json_object *error, const char *method) {
	for (size_t i = 0; i < tree_count(error, "data.allowed"); i++)
		if (strcmp(tree_word(error, "data.allowed", i), method) == 0)
			return true;
	return false;
}

static const struct command *next_step(struct json_object *error) {
	const char *state = tree_str(error, "data.state");
	for (size_t i = 0; i < COUNT_OF(next_steps); i++) {
		const bool fits = !next_steps[i].state || (state && strcmp(next_steps[i].state, state) == 0);
		if (fits && is_allowed(error, next_steps[i].method))
			return command_by_method(next_steps[i].method);
	}
	return NULL;
}

/* The word that an operand has in the command's example: words of the protocol and of every pack, which may be copied. */
static bool add_from_example(const struct command *c, const struct operand *o, struct strbuf *out) {
	static const char *const safe[] = {"OUTCOME", "RESULT", "yes|no"};
	const char *word = c->example;
	size_t skip = (c->verb ? 2 : 1) + (size_t)(o - c->operands);
	bool known = false;
	for (size_t i = 0; i < COUNT_OF(safe); i++)
		known = known || strcmp(o->name, safe[i]) == 0;
	for (; known && word && skip > 0; skip--) {
		word = strchr(word, ' ');
		word = word ? word + 1 : NULL;
	}
	if (known && word)
		strbuf_add(out, word, strcspn(word, " "));
	else
		strbuf_adds(out, o->name);
	return known && word;
}

/* What a unit does, and the desk in its name; the rest is the desk's own. */
static bool is_of_units(const struct command *c) {
	static const char *const methods[] = {"case.accept", "case.arrive", "case.return",
	                                      "case.finish", "request.ask", "supervision.reply"};
	for (size_t i = 0; i < COUNT_OF(methods); i++)
		if (strcmp(c->method, methods[i]) == 0)
			return true;
	return false;
}

/* Would it go as it stands? Which of several units the desk could act for isn't known, and a dispatch to nobody in
 * particular is what the rule proposes: there is that only in triage. */
static bool is_whole(const struct ctl *ctl, struct json_object *error, const struct command *c) {
	const char *state = tree_str(error, "data.state");
	if (tree_get(ctl->args.params, "for") && is_of_units(c))
		return false;
	return strcmp(c->method, "case.dispatch") != 0 || (state && strcmp(state, "triage") == 0);
}

/* "gridctl case accept 20261123-0000001 --for firm_a": ready to be typed, but for the words in capitals. True: there are
 * none. */
static bool add_step(const struct ctl *ctl, const struct command *c, const char *number, struct strbuf *out) {
	const char *unit = tree_str(ctl->args.params, "for.unit");
	bool whole = true;
	strbuf_adds(out, "gridctl ");
	help_words(c, out);
	for (const struct operand *o = c->operands; o->name && !o->optional; o++) {
		strbuf_addc(out, ' ');
		if (o->kind == FLAG_CASE && o == c->operands)
			strbuf_adds(out, number);
		else
			whole = add_from_example(c, o, out) && whole;
	}
	if (unit && is_of_units(c))
		strbuf_printf(out, " --for %s", unit);
	return whole;
}

/* Further steps that bring the case on, where nothing is left to fill in. */
static void say_other_steps(const struct ctl *ctl, struct json_object *error) {
	enum { MOST_STEPS = 3 };
	const struct command *first = next_step(error);
	struct strbuf number = {0}, line = {0};
	int said = 0;
	if (!tree_get(ctl->args.params, "expect_version") && add_case(ctl, error, &number))
		for (size_t i = 0; i < tree_count(error, "data.allowed") && said < MOST_STEPS; i++) {
			const struct command *c = command_by_method(tree_word(error, "data.allowed", i));
			strbuf_clear(&line);
			if (!c || c == first || !c->operands[0].name || c->operands[0].kind != FLAG_CASE)
				continue;
			strbuf_adds(&line, T("  or: ", "  或: "));
			if (!add_step(ctl, c, number.data, &line) || !is_whole(ctl, error, c))
				continue;
			say_line(&line);
			said++;
		}
	strbuf_fini(&number);
	strbuf_fini(&line);
}

static void add_look(const struct ctl *ctl, struct json_object *error, const char *number, struct strbuf *out) {
	/* Who expected another version has to see first what happened since. */
	const bool first_look = tree_get(ctl->args.params, "expect_version") != NULL;
	const struct command *step = first_look ? NULL : next_step(error);
	if (step)
		(void)add_step(ctl, step, number, out);
	else
		strbuf_printf(out, "gridctl case %s %s", first_look ? "history" : "show", number);
}

/* Where a word isn't known: the list of those that are. False: it is no such fault, or there is no such command. */
static bool add_words(struct json_object *error, struct strbuf *out) {
	const struct command *c = command_by_method("rules.words");
	const char *code = tree_str(tree_at(error, "data.errors", 0), "code"),
	           *path = tree_str(tree_at(error, "data.errors", 0), "path");
	const char *kind = path ? strrchr(path, '/') : NULL;
	static const char *const kinds[] = {"class", "unit", "estate", "grid", "channel", "clock", "result", "mark"};
	for (size_t i = 0; c && code && kind && i < COUNT_OF(kinds); i++)
		if (strcmp(code, "unknown") == 0 && strcmp(kind + 1, kinds[i]) == 0) {
			strbuf_adds(out, "gridctl ");
			help_words(c, out);
			strbuf_printf(out, " --kind %s", kinds[i]);
			return true;
		}
	return false;
}

/* The next command to type. */
static void add_next(const struct ctl *ctl, struct json_object *error, struct strbuf *out) {
	const struct advice *a = advice_for(error);
	struct strbuf number = {0};
	if (a && a->next.en) {
		strbuf_adds(out, both_text(a->next));
	} else if (error_exit_code(error) == EXIT_CONFLICT && add_case(ctl, error, &number)) {
		add_look(ctl, error, number.data, out);
	} else if (!add_words(error, out) && ctl->command) {
		strbuf_adds(out, "gridctl help ");
		help_words(ctl->command, out);
	}
	strbuf_fini(&number);
}

int ctl_refused(const struct ctl *ctl, struct json_object *error) {
	const char *message = tree_str(error, "message"), *detail = tree_str(error, "data.detail");
	struct strbuf next = {0}, safe = {0};
	const struct advice *a = advice_for(error);
	const bool headed = term_zh() && a && a->zh;
	term_error(NULL, "%s%s%s%s%s", headed ? a->zh : "", headed ? "：" : "",
	           message ? message : T("gridd refused, and did not say why", "gridd 拒绝了，但没有说明原因"),
	           detail ? ": " : "", detail ? detail : "");
	if (tree_count(error, "data.errors") > 0)
		error_each(error, on_fault, NULL);
	say_roles(error);
	say_state(ctl, error);
	say_changed(error);
	say_allowed(error);
	add_next(ctl, error, &next);
	if (next.len > 0) {
		safe_add(&safe, next.data, SAFE_LINE);
		fprintf(stderr, "  %s %s\n", T("try:", "可试:"), safe.data);
	}
	say_other_steps(ctl, error);
	strbuf_fini(&next);
	strbuf_fini(&safe);
	return error_exit_code(error);
}
