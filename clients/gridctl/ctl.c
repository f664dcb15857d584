/* ctl: calls to the daemon, and what their errors mean to the person who typed the command. */
#include "clients/gridctl/command.h"
#include "clients/gridctl/tree.h"
#include "daemon/base/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct advice {
	const char *reason;
	int exit_code;
	struct both next; /* what to do; NULL: see refused() */
};

static const struct advice advices[] = {
    {"unauthenticated",
     EXIT_NOT_ALLOWED,
     {"ask the admin for a `principals` entry with your uid (id -u) in gridd's config",
      "请管理员在 gridd 配置的 principals 里加上您的 uid（id -u）"}},
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

static void say_allowed(struct json_object *error) {
	const size_t n = tree_count(error, "data.allowed");
	for (size_t i = 0; i < n; i++) {
		const char *what = tree_word(error, "data.allowed", i);
		fprintf(stderr, "%s%s", i ? ", " : T("  possible now: ", "  现在可以："), what);
	}
	if (n)
		fputc('\n', stderr);
}

int ctl_refused(const struct ctl *ctl, struct json_object *error) {
	const struct advice *a = advice_for(error);
	const char *message = tree_str(error, "message"), *detail = tree_str(error, "data.detail");
	char next[160] = "";
	if (a && a->next.en)
		(void)snprintf(next, sizeof next, "%s", both_text(a->next));
	else if (tree_str(error, "data.case"))
		(void)snprintf(next, sizeof next, "gridctl case show %s", tree_str(error, "data.case"));
	else if (ctl->command)
		(void)snprintf(next, sizeof next, "gridctl help %s %s", ctl->command->noun,
		               ctl->command->verb ? ctl->command->verb : "");

	term_error(NULL, "%s%s%s", message ? message : T("gridd refused, and did not say why", "gridd 拒绝了，但没有说明原因"),
	           detail ? ": " : "", detail ? detail : "");
	if (tree_count(error, "data.errors") > 0)
		error_each(error, on_fault, NULL);
	say_allowed(error);
	if (*next)
		fprintf(stderr, "  %s %s\n", T("try:", "可试:"), next);
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

int ctl_call(struct ctl *ctl, const char *method, struct json_object *params, struct json_object **result) {
	*result = NULL;
	if (ctl->client.fd < 0) {
		const int rc = ctl_connect(ctl);
		if (rc != EXIT_DONE)
			return rc;
	}
	struct err e = {0};
	struct json_object *reply = NULL;
	if (!client_call(&ctl->client, method, params, &reply, &e))
		return ctl_broken(&e);
	struct json_object *error = tree_get(reply, "error");
	int rc = EXIT_DONE;
	if (error)
		rc = ctl_refused(ctl, error);
	else
		*result = json_object_get(tree_get(reply, "result"));
	json_object_put(reply);
	return rc;
}

void print_json(struct json_object *tree) {
	const int pretty = term_out_is_tty() ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED : JSON_C_TO_STRING_PLAIN;
	const char *text = json_object_to_json_string_ext(tree, pretty | JSON_C_TO_STRING_NOSLASHESCAPE);
	if (term_out_is_tty()) {
		struct strbuf safe = {0};
		safe_add(&safe, text, SAFE_JSON);
		puts(safe.data ? safe.data : "");
		strbuf_fini(&safe);
	} else {
		puts(text);
	}
}

bool ctl_json(const struct ctl *ctl, struct json_object *tree) {
	if (!own_bool(&ctl->args, "json"))
		return false;
	print_json(tree);
	return true;
}
