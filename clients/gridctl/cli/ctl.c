/* ctl: calls to the daemon. */
#include "clients/gridctl/cli/config.h"
#include "clients/gridctl/cli/formats.h"
#include "clients/gridctl/term/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

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
	const char *token;
	ctl->client.verbose = own_bool(&ctl->args, "verbose");
	errno = 0;
	const bool ok = config_token(&token, &e) && client_find(NULL, &url, &e) &&
	                client_open(&ctl->client, url.data, (int)config_int("timeout"), &e);
	const int why = errno;
	strbuf_fini(&url);
	if (ok)
		return EXIT_DONE;
	if (term_interrupted())
		return EXIT_INTERRUPTED;
	if (e.code == E_USAGE) {
		term_error("gridctl config show --origin", "%s", e.text);
		return EXIT_USAGE;
	}
	term_error(why == EACCES ? T("ask the admin to let you reach that socket: `id` shows who you are, `ls -l` whose it is",
	                             "请管理员开放该套接字：id 看您是谁，ls -l 看它归谁")
	           : why == ECONNREFUSED ? T("systemctl status gridd, or ./start: the socket is there, but gridd has ended",
	                                     "systemctl status gridd 或 ./start：套接字还在，gridd 已退出")
	                                 : T("./start   (or name the daemon's socket: --socket PATH)",
	                                     "./start   （或用 --socket 路径 指明 gridd 的套接字）"),
	           "%s", e.text);
	return EXIT_UNREACHABLE;
}

void ctl_sign(const struct ctl *ctl, struct json_object *params) {
	(void)ctl;
	struct err e = {0};
	const char *token, *town = config_str("town");
	/* A file that can't be read was said when we connected. */
	if (config_token(&token, &e) && token && !tree_get(params, "auth"))
		tree_put(params, "auth", json_object_new_string(token));
	if (town && !tree_get(params, "town"))
		tree_put(params, "town", json_object_new_string(town));
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
