/* ctl: calls to the daemon, and what their errors mean to the person who typed the command. */
#include "clients/gridctl/cli/formats.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "daemon/base/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CHANGES = 3 };

struct advice {
	const char *reason;
	int exit_code;
	struct both next; /* what to do; NULL: see refused() */
};

static const struct advice advices[] = {
    {"unauthenticated",
     EXIT_NOT_ALLOWED,
     {"your token in $GRIDD_TOKEN; or ask the admin for a `principals` entry with your uid (id -u) in gridd's config",
      "把令牌放入 $GRIDD_TOKEN；或请管理员在 gridd 配置的 principals 里加上您的 uid（id -u）"}},
    {"forbidden", EXIT_NOT_ALLOWED, {"gridctl system info   (shows your roles)", "gridctl system info   （看您的角色）"}},
    {"not_found", EXIT_NOT_FOUND, {"gridctl case list", NULL}},
    {"conflict", EXIT_CONFLICT, {NULL, NULL}},
    {"overloaded", EXIT_UNREACHABLE, {"the same command again in a moment", "稍后重试同一命令"}},
    {"unavailable",
     EXIT_UNREACHABLE,
     {"gridctl system ping; then the same command again", "gridctl system ping，然后重试同一命令"}},
    {"outcome_unknown", EXIT_FAILED, {"the same command again with the same --key", "用同一个 --key 重试同一命令"}},
    {"invalid_params", EXIT_FAILED, {NULL, NULL}},
    {"method_not_found",
     EXIT_FAILED,
     {"gridctl system info   (is this gridd older than gridctl?)",
      "gridctl system info   （gridd 的版本是否比 gridctl 旧？）"}},
    {"internal", EXIT_FAILED, {"gridd's log around this time", "查看 gridd 此刻的日志"}},
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
	if (line.len > 0) {
		struct strbuf safe = {0};
		safe_add(&safe, line.data, SAFE_LINE);
		fprintf(stderr, "%s\n", safe.data);
		strbuf_fini(&safe);
	}
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
    {"triage", "case.dispatch"},   {"dispatched", "case.accept"}, {"handling", "case.finish"}, {"finished", "case.verify"},
    {"suspended", "case.resume"},  {"closed", "case.reopen"},     {"rejected", "case.reopen"}, {"merged", "case.unmerge"},
    {NULL, "case.accept"},         {NULL, "case.arrive"},         {NULL, "case.finish"},       {NULL, "request.decide"},
    {NULL, "supervision.accept"},  {NULL, "supervision.reply"},
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

/* "gridctl case accept 20261123-0000001 --for UNIT": ready to be typed, but for the words in capitals. */
static void add_step(const struct ctl *ctl, const struct command *c, const char *number, struct strbuf *out) {
	strbuf_adds(out, "gridctl ");
	help_words(c, out);
	for (const struct operand *o = c->operands; o->name && !o->optional; o++)
		strbuf_printf(out, " %s", o->kind == FLAG_CASE && o == c->operands ? number : o->name);
	if (tree_get(ctl->args.params, "for"))
		strbuf_adds(out, " --for UNIT");
}

static void add_look(const struct ctl *ctl, struct json_object *error, const char *number, struct strbuf *out) {
	/* Who expected another version has to see first what happened since. */
	const bool first_look = tree_get(ctl->args.params, "expect_version") != NULL;
	const struct command *step = first_look ? NULL : next_step(error);
	if (step)
		add_step(ctl, step, number, out);
	else
		strbuf_printf(out, "gridctl case %s %s", first_look ? "history" : "show", number);
}

/* The next command to type. */
static void add_next(const struct ctl *ctl, struct json_object *error, struct strbuf *out) {
	const struct advice *a = advice_for(error);
	struct strbuf number = {0};
	if (a && a->next.en) {
		strbuf_adds(out, both_text(a->next));
	} else if (error_exit_code(error) == EXIT_CONFLICT && add_case(ctl, error, &number)) {
		add_look(ctl, error, number.data, out);
	} else if (ctl->command) {
		strbuf_adds(out, "gridctl help ");
		help_words(ctl->command, out);
	}
	strbuf_fini(&number);
}

int ctl_refused(const struct ctl *ctl, struct json_object *error) {
	const char *message = tree_str(error, "message"), *detail = tree_str(error, "data.detail");
	struct strbuf next = {0}, safe = {0};
	term_error(NULL, "%s%s%s", message ? message : T("gridd refused, and did not say why", "gridd 拒绝了，但没有说明原因"),
	           detail ? ": " : "", detail ? detail : "");
	if (tree_count(error, "data.errors") > 0)
		error_each(error, on_fault, NULL);
	say_changed(error);
	say_allowed(error);
	add_next(ctl, error, &next);
	if (next.len > 0) {
		safe_add(&safe, next.data, SAFE_LINE);
		fprintf(stderr, "  %s %s\n", T("try:", "可试:"), safe.data);
	}
	strbuf_fini(&next);
	strbuf_fini(&safe);
	return error_exit_code(error);
}

int ctl_broken(const struct err *e) {
	if (term_interrupted())
		return EXIT_INTERRUPTED;
	term_error(e->code == E_USAGE
	               ? "gridctl help"
	               : T("gridctl system ping; if you were changing something, the same command with the same --key",
	                   "gridctl system ping；如果是在改动数据，请用同一个 --key 重试"),
	           "%s", e->text);
	return e->code == E_USAGE ? EXIT_USAGE : EXIT_UNREACHABLE;
}

int ctl_connect(struct ctl *ctl) {
	struct err e = {0};
	struct strbuf url = {0};
	const int64_t timeout_s = tree_int(ctl->args.own, "timeout");
	const bool ok = client_find(own_str(&ctl->args, "socket"), &url, &e) &&
	                client_open(&ctl->client, url.data, (int)(timeout_s > 0 && timeout_s < 1000000 ? timeout_s : 0), &e);
	strbuf_fini(&url);
	if (ok)
		return EXIT_DONE;
	if (term_interrupted())
		return EXIT_INTERRUPTED;
	if (e.code == E_USAGE) {
		term_error("gridctl help", "%s", e.text);
		return EXIT_USAGE;
	}
	term_error(
	    T("./start   (or name the daemon's socket: --socket PATH)", "./start   （或用 --socket 路径 指明 gridd 的套接字）"),
	    "%s", e.text);
	return EXIT_UNREACHABLE;
}

void ctl_sign(const struct ctl *ctl, struct json_object *params) {
	const char *given = own_str(&ctl->args, "token"), *token = given ? given : getenv("GRIDD_TOKEN");
	if (token && *token && !tree_get(params, "auth"))
		tree_put(params, "auth", json_object_new_string(token));
}

static int take_reply(const struct ctl *ctl, struct json_object *reply, struct json_object **result) {
	struct json_object *error = tree_get(reply, "error");
	if (error)
		return ctl_refused(ctl, error);
	*result = json_object_get(tree_get(reply, "result"));
	return EXIT_DONE;
}

int ctl_call(struct ctl *ctl, const char *method, struct json_object *params, struct json_object **result) {
	*result = NULL;
	if (ctl->client.fd < 0) {
		const int rc = ctl_connect(ctl);
		if (rc != EXIT_DONE)
			return rc;
	}
	struct json_object *sent = params ? json_object_get(params) : json_object_new_object(), *reply = NULL;
	struct err e = {0};
	ctl_sign(ctl, sent);
	const bool ok = client_call(&ctl->client, method, sent, &reply, &e);
	json_object_put(sent);
	if (!ok)
		return ctl_broken(&e);
	const int rc = take_reply(ctl, reply, result);
	json_object_put(reply);
	return rc;
}

static void put_json(struct json_object *tree, int how) {
	const char *text = json_object_to_json_string_ext(tree, how | JSON_C_TO_STRING_NOSLASHESCAPE);
	if (!term_out_is_tty()) {
		puts(text);
		return;
	}
	struct strbuf safe = {0};
	safe_add(&safe, text, SAFE_JSON);
	puts(safe.data ? safe.data : "");
	strbuf_fini(&safe);
}

void print_json(struct json_object *tree) {
	put_json(tree, term_out_is_tty() ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED : JSON_C_TO_STRING_PLAIN);
}

void print_json_line(struct json_object *tree) { put_json(tree, JSON_C_TO_STRING_PLAIN); }

bool ctl_json(struct ctl *ctl, struct json_object *tree) { return formats_print(ctl, tree); }
