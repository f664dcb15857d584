/* complete_ask: words that only the daemon knows. */
#include "clients/gridctl/cli/complete.h"
#include "clients/gridctl/cli/config.h"
#include "clients/gridctl/term/tree.h"
#include "daemon/base/check.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { MOST_CASES = 50, MOST_WORDS = 300 };

/* What gridd lists: a call, and which members of its rows are the word and what it is. */
static const struct listing {
	const char *kind, *method, *params, *rows, *word;
	const char *what[3];
} listings[] = {
    {"request", "case.list", "{\"pending\":\"any\",\"limit\":50}", "cases", "request.request", {"request.what", "unit", "estate"}},
    {"order", "supervision.list", "{\"limit\":50}", "orders", "order", {"kind", "state", "unit"}},
    {"notice", "notify.list", "{\"limit\":50}", "notices", "notice", {"kind", "state", "unit"}},
    {"way", "notify.list", "{\"limit\":500}", "notices", "channel", {NULL}},
    {"town", "system.info", "{}", "towns", "code", {"zh"}},
    {"method", "rpc.discover", "{}", "methods", "name", {"summary"}},
};

/* The time is up: what was offered is there, and the person goes on typing. It ends every wait, also those of the system. */
static void on_alarm(int sig) {
	(void)sig;
	_exit(EXIT_DONE);
}

static void start_clock(void) {
	struct sigaction act = {.sa_handler = on_alarm};
	(void)sigaction(SIGALRM, &act, NULL);
	(void)setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = COMPLETE_MS * 1000}, NULL);
}

static void stop_clock(void) { (void)setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL); }

/* One call, in silence. `params` is taken over; NULL: there is no answer. The result is the caller's. */
static struct json_object *ask(struct ctl *ctl, const char *method, struct json_object *params) {
	struct strbuf url = {0};
	struct err e = {0};
	struct json_object *reply = NULL, *result = NULL;
	bool ok = ctl->client.fd >= 0 || (client_find(NULL, &url, &e) && client_open(&ctl->client, url.data, 0, &e));
	strbuf_fini(&url);
	if (ok) {
		ctl_sign(ctl, params);
		ok = client_call(&ctl->client, method, params, &reply, &e);
	}
	if (ok) {
		result = json_object_get(tree_get(reply, "result"));
		json_object_put(reply);
	}
	json_object_put(params);
	return result;
}

static void add_part(struct strbuf *out, const char *part) {
	if (part && *part)
		strbuf_printf(out, "%s%s", out->len ? "  " : "", part);
}

/* -- the town's words ------------------------------------------------------------------------------------------- */

/* What some words belong to stands in the line already: a condition's class, a value's mark. */
static const char *owner(const struct ctl *ctl, const char *kind, const char *of) {
	struct json_object *params = ctl->args.params;
	if (strcmp(kind, "condition") == 0)
		return tree_str(params, "class") ? tree_str(params, "class") : tree_str(params, "set.class");
	return strcmp(kind, "mark_value") == 0 ? tree_str(params, "mark") : of;
}

static void offer_vocabulary(struct offers *o, struct ctl *ctl, const char *kind, const char *of) {
	struct json_object *params = json_object_new_object();
	tree_put(params, "kind", json_object_new_string(kind));
	tree_put(params, "limit", json_object_new_int64(MOST_WORDS));
	if (owner(ctl, kind, of))
		tree_put(params, "of", json_object_new_string(owner(ctl, kind, of)));
	if (*o->typed)
		tree_put(params, "text", json_object_new_string(o->typed));
	struct json_object *result = ask(ctl, "rules.words", params);
	for (size_t i = 0; i < tree_count(result, "words"); i++) {
		struct json_object *word = tree_at(result, "words", i);
		const char *code = tree_str(word, "code"), *zh = tree_str(word, "name"), *en = tree_str(word, "name_en");
		if (code)
			offer_found(o, code, (!term_zh() && en) || !zh ? en : zh);
	}
	json_object_put(result);
}

/* -- cases -------------------------------------------------------------------------------------------------------- */

static void offer_rows(struct offers *o, struct json_object *result) {
	for (size_t i = 0; i < tree_count(result, "cases"); i++) {
		struct json_object *one = tree_at(result, "cases", i);
		struct strbuf what = {0};
		add_part(&what, tree_name(one, "state"));
		add_part(&what, tree_name(one, "class"));
		add_part(&what, tree_name(one, "estate"));
		add_part(&what, tree_name(one, "unit"));
		if (tree_str(one, "number"))
			offer_found(o, tree_str(one, "number"), what.data);
		strbuf_fini(&what);
	}
}

static void add_states(struct json_object *params, const char *states) {
	static const char open_states[] = "triage,dispatched,handling,finished,suspended";
	for (const char *s = states ? states : open_states; *s; s += strcspn(s, ","), s += *s == ',')
		tree_add(params, "state", json_object_new_string_len(s, (int)strcspn(s, ",")));
}

/* The worst first; what was typed may be the beginning of a number, or its end. */
static void offer_cases(struct offers *o, struct ctl *ctl, const char *states) {
	struct json_object *params = json_object_new_object();
	add_states(params, states);
	tree_put(params, "limit", json_object_new_int64(MOST_CASES));
	struct json_object *result = ask(ctl, "case.list", params);
	struct offers listed = {.prefix = o->prefix, .typed = o->typed};
	offer_rows(&listed, result);
	json_object_put(result);
	strbuf_add(&o->matching, listed.matching.data ? listed.matching.data : "", listed.matching.len);
	const bool none = listed.matching.len == 0;
	strbuf_fini(&listed.matching);
	strbuf_fini(&listed.other);
	if (!none || !*o->typed || o->typed[strspn(o->typed, "0123456789-")])
		return;
	params = json_object_new_object();
	tree_put(params, "tail", json_object_new_string(o->typed));
	result = ask(ctl, "case.find", params);
	offer_rows(o, result);
	json_object_put(result);
}

/* -- what is listed ----------------------------------------------------------------------------------------------- */

static void offer_listing(struct offers *o, struct ctl *ctl, const struct listing *l) {
	struct json_object *result = ask(ctl, l->method, json_tokener_parse(l->params));
	for (size_t i = 0; i < tree_count(result, l->rows); i++) {
		struct json_object *row = tree_at(result, l->rows, i);
		struct strbuf what = {0};
		for (size_t k = 0; k < COUNT_OF(l->what) && l->what[k]; k++)
			add_part(&what, strchr(l->what[k], '.') ? tree_str(row, l->what[k]) : tree_name(row, l->what[k]));
		if (tree_str(row, l->word))
			offer(o, tree_str(row, l->word), what.data);
		strbuf_fini(&what);
	}
	json_object_put(result);
}

static void offer_kind(struct offers *o, struct ctl *ctl, const char *kind, const char *of) {
	if (strcmp(kind, "case") == 0) {
		offer_cases(o, ctl, of);
		return;
	}
	for (size_t i = 0; i < COUNT_OF(listings); i++)
		if (strcmp(listings[i].kind, kind) == 0) {
			offer_listing(o, ctl, &listings[i]);
			return;
		}
	offer_vocabulary(o, ctl, kind, of);
}

void offer_asked(struct offers *o, struct ctl *ctl, const char *kind) {
	const char *colon = strchr(kind, ':');
	char *name = strndup(kind, colon ? (size_t)(colon - kind) : strlen(kind));
	CHECK(name != NULL);
	offers_flush(o);
	start_clock();
	offer_kind(o, ctl, name, colon ? colon + 1 : NULL);
	stop_clock();
	free(name);
}
