/* acts: what a dispatcher does from the board: a key, a few questions, one call; and what the daemon said to it. */
#include "clients/gridctl/board/board.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "daemon/base/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct choice {
	char key;
	const char *value;
	struct both name;
};

struct question {
	const char *path;                   /* NULL ends a list */
	struct both ask;
	bool optional;
	const char *fallback;               /* member of the case that an empty answer means */
	bool (*wanted)(const struct prompt *p);                      /* NULL: always */
	struct choice choices[4];           /* one of these, by its key; none: free text */
};

struct act {
	char key;
	int bit;
	const char *method;
	struct both name;
	struct question questions[5];
};

/* Another unit than the rule proposes wants a reason. */
static bool is_other_unit(const struct prompt *p) {
	const char *unit = tree_str(p->params, "unit"), *proposed = tree_str(p->about, "proposed");
	return unit && !(proposed && strcmp(unit, proposed) == 0);
}

#define KEY_BEGINS "board-"
#define NOTE {.path = "note", .ask = {"note", "备注"}, .optional = true}

/* clang-format off: a table, read by rows */
static const struct act acts[] = {
	{'U', ACT_URGE, "case.urge", {"urge", "催办"}, {NOTE}},
	{'D', ACT_DISPATCH, "case.dispatch", {"dispatch", "派遣"},
	 {{.path = "unit", .ask = {"to which unit", "派给哪个单位"}, .fallback = "proposed"},
	  {.path = "reason", .ask = {"why that one", "原因"}, .optional = true, .wanted = is_other_unit}, NOTE}},
	{'V', ACT_VERIFY, "case.verify", {"verify", "核查"},
	 {{.path = "outcome", .ask = {"outcome", "结果"},
	   .choices = {{'p', "pass", {"pass", "通过"}}, {'r', "rework", {"rework", "返工"}}}},
	  {.path = "method", .ask = {"how", "方式"}, .optional = true,
	   .choices = {{'s', "site", {"on site", "现场"}}, {'p', "photo", {"by photo", "照片"}}, {'t', "phone", {"by phone", "电话"}}}},
	  NOTE}},
	{'S', ACT_ORDER, "supervision.open", {"supervise", "督办"},
	 {{.path = "kind", .ask = {"kind", "类型"},
	   .choices = {{'o', "overdue", {"overdue", "超期"}}, {'l', "leader", {"leader's", "领导交办"}}, {'k', "key", {"key", "重点"}}}},
	  {.path = "demand", .ask = {"demand", "督办要求"}},
	  {.path = "within", .ask = {"reply within (2wd, 4wh)", "回复期限（2wd、4wh）"}, .optional = true}, NOTE}},
	/* X: whichever of these two the case has come to. */
	{'X', ACT_DECIDE, "request.decide", {"decide the request", "审批申请"},
	 {{.path = "grant", .ask = {"grant it", "是否同意"}, .choices = {{'y', "yes", {"yes", "同意"}}, {'n', "no", {"no", "不同意"}}}},
	  {.path = "until", .ask = {"until (2026-12-01T17:00:00+08:00)", "至（2026-12-01T17:00:00+08:00）"}, .optional = true}, NOTE}},
	{'X', ACT_ASK, "request.ask", {"ask to extend", "申请延期"},
	 {{.path = "reason", .ask = {"reason for the extension", "延期原因"}},
	  {.path = "until", .ask = {"until (2026-12-01T17:00:00+08:00)", "延至（2026-12-01T17:00:00+08:00）"}, .optional = true}, NOTE}},
};
/* clang-format on */

void board_say(struct board *b, bool bad, const char *fmt, ...) {
	char *text = NULL;
	va_list ap;
	va_start(ap, fmt);
	CHECK(vasprintf(&text, fmt, ap) >= 0);
	va_end(ap);
	strbuf_clear(&b->said);
	strbuf_adds(&b->said, text);
	b->said_bad = bad;
	b->dirty = true;
	free(text);
}

const char *board_case(const struct board *b) { return b->mode == MODE_CASE ? b->page_case : b->selected; }

void acts_hint(const struct board *b, const struct row *r, struct strbuf *out) {
	(void)b;
	/* What may be done is of a version: of an older one it may not be true any more. */
	if (r->allowed_at != r->version)
		return;
	for (size_t i = 0; i < COUNT_OF(acts); i++)
		if (r->allowed & (1U << acts[i].bit))
			strbuf_printf(out, "%c %s  ", acts[i].key, both_text(acts[i].name));
}

/* ---- What the daemon said ---- */

static void add_fault(const char *text, void *ctx) {
	struct strbuf *out = ctx;
	strbuf_printf(out, "%s%s", T("; ", "；"), text);
}

/* A conflict is mostly somebody else's doing: who did what last. */
static void add_changed(struct json_object *error, struct strbuf *out) {
	const size_t n = tree_count(error, "data.changed");
	struct json_object *event = n ? tree_at(error, "data.changed", n - 1) : NULL;
	const char *type = tree_name(event, "type"), *actor = tree_str(event, "actor");
	if (!type)
		return;
	strbuf_adds(out, "; ");
	when_add(out, tree_str(event, "at"), false);
	strbuf_printf(out, " %s %s", type, actor ? actor : "");
}

static void say_refused(struct board *b, const char *name, struct json_object *error) {
	const char *message = tree_str(error, "message"), *detail = tree_str(error, "data.detail");
	struct strbuf text = {0};
	strbuf_printf(&text, T("%s: not done", "%s未办成"), name);
	/* The faults one by one say more than their count. */
	if (tree_count(error, "data.errors") > 0)
		error_each(error, add_fault, &text);
	else
		add_fault(message ? message : "?", &text);
	if (detail)
		strbuf_printf(&text, ": %s", detail);
	add_changed(error, &text);
	board_say(b, true, "%s", text.data);
	strbuf_fini(&text);
}

static void say_done(struct board *b, const char *name, struct json_object *result) {
	const char *state = tree_name(result, "state"), *number = tree_str(result, "case"), *unit = tree_str(result, "unit");
	const char *made = tree_str(result, "order") ? tree_str(result, "order") : tree_str(result, "request");
	struct strbuf text = {0};
	strbuf_printf(&text, T("%s %s: done: %s", "%s %s：已办，%s"), number ? number : "", name, state ? state : "?");
	if (unit)
		strbuf_printf(&text, T(", held by %s", "，承办 %s"), model_unit_name(&b->model, unit));
	if (made)
		strbuf_printf(&text, "  %s", made);
	board_say(b, false, "%s", text.data);
	strbuf_fini(&text);
}

/* The key that was sent begins with what it was for. */
static const char *name_of_call(struct json_object *params) {
	const char *key = tree_str(params, "key");
	for (size_t i = 0; key && i < COUNT_OF(acts); i++)
		if (strncmp(key + strlen(KEY_BEGINS), acts[i].method, strlen(acts[i].method)) == 0)
			return both_text(acts[i].name);
	return "";
}

static void on_done(void *ctx, const struct answer *a) {
	struct board *b = ctx;
	const char *name = name_of_call(a->params);
	if (a->result)
		say_done(b, name, a->result);
	else if (a->error)
		say_refused(b, name, a->error);
	else
		board_say(b, true,
		          T("%s: the connection broke; whether it was done is shown among the events once it is back",
		            "%s：连接中断，是否办成待重连后看动态"),
		          name);
}

/* ---- Questions ---- */

static const struct question *question(const struct prompt *p) { return &p->act->questions[p->at]; }

void acts_cancel(struct board *b) {
	struct prompt *p = &b->prompt;
	json_object_put(p->params);
	json_object_put(p->about);
	p->params = p->about = NULL;
	text_set(&p->fallback, NULL);
	text_set(&p->number, NULL);
	p->open = p->filter = false;
	p->act = NULL;
	strbuf_clear(&p->text);
	b->dirty = true;
}

void acts_ask(const struct board *b, struct strbuf *out) {
	const struct prompt *p = &b->prompt;
	const struct question *q = question(p);
	const char *number = tree_str(p->about, "number");
	strbuf_printf(out, "%s %s: %s", number ? number : "", both_text(p->act->name), both_text(q->ask));
	for (size_t i = 0; i < COUNT_OF(q->choices) && q->choices[i].key; i++)
		strbuf_printf(out, "%s%c %s", i ? ", " : " (", q->choices[i].key, both_text(q->choices[i].name));
	if (q->choices[0].key)
		strbuf_addc(out, ')');
	if (p->fallback)
		strbuf_printf(out, " [%s]", model_unit_name(&b->model, p->fallback));
	else if (q->optional)
		strbuf_adds(out, T(" [none]", " [无]"));
	strbuf_adds(out, "? ");
	struct strbuf safe = {0};
	safe_add(&safe, out->data, SAFE_LINE);
	strbuf_clear(out);
	strbuf_adds(out, safe.data);
	strbuf_fini(&safe);
}

static void make_key(const char *method, char *key, size_t size) {
	unsigned char bytes[12];
	char hex[2 * sizeof bytes + 1];
	CHECK(getrandom(bytes, sizeof bytes, 0) == (ssize_t)sizeof bytes);
	for (size_t i = 0; i < sizeof bytes; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	(void)snprintf(key, size, KEY_BEGINS "%s-%s", method, hex);
}

static void send_act(struct board *b) {
	struct prompt *p = &b->prompt;
	if (b->standing != STANDING_LIVE) {
		board_say(b, true, "%s", T("no connection: nothing was sent", "连接中断，未发送"));
	} else {
		board_say(b, false, T("%s: sent", "%s：已发送"), both_text(p->act->name));
		follow_call(b, p->act->method, json_object_get(p->params), on_done);
	}
	acts_cancel(b);
}

static void next_question(struct board *b) {
	struct prompt *p = &b->prompt;
	while (question(p)->path && question(p)->wanted && !question(p)->wanted(p))
		p->at++;
	strbuf_clear(&p->text);
	text_set(&p->fallback, question(p)->fallback ? tree_str(p->about, question(p)->fallback) : NULL);
	if (!question(p)->path)
		send_act(b);
}

/* A choice by its key or its word; NULL: none of them. */
static const struct choice *chosen(const struct question *q, const char *typed) {
	for (size_t i = 0; i < COUNT_OF(q->choices) && q->choices[i].key; i++) {
		const struct choice *c = &q->choices[i];
		if ((typed[0] == c->key && !typed[1]) || strcmp(typed, c->value) == 0 || strcmp(typed, both_text(c->name)) == 0)
			return c;
	}
	return NULL;
}

/* False: that is no answer; it was said. */
static bool take_answer(struct board *b, const char *typed) {
	struct prompt *p = &b->prompt;
	const struct question *q = question(p);
	if (!*typed && p->fallback)
		typed = p->fallback;
	if (!*typed)
		return q->optional;
	const struct choice *c = q->choices[0].key ? chosen(q, typed) : NULL;
	if (q->choices[0].key && !c)
		return false;
	const char *value = c ? c->value : typed;
	if (strcmp(q->path, "unit") == 0 && model_unit_code(&b->model, typed))
		value = model_unit_code(&b->model, typed);
	if (strcmp(q->path, "grant") == 0)
		tree_put(p->params, q->path, json_object_new_boolean(c && c->key == 'y'));
	else
		tree_put(p->params, q->path, json_object_new_string(value));
	return true;
}

void acts_answer(struct board *b) {
	struct prompt *p = &b->prompt;
	if (!take_answer(b, p->text.data ? p->text.data : "")) {
		strbuf_clear(&p->text);
		return;
	}
	p->at++;
	next_question(b);
}

/* ---- The beginning ---- */

static bool may(struct json_object *one, const struct act *act) {
	for (size_t i = 0; i < tree_count(one, "allowed"); i++)
		if (strcmp(tree_word(one, "allowed", i), act->method) == 0)
			return true;
	return false;
}

/* Not offered: what it is now, who asks, and what could be done instead. */
static void say_impossible(struct board *b, const struct act *act, struct json_object *one) {
	const char *state = tree_name(one, "state"), *number = tree_str(one, "number");
	struct strbuf text = {0};
	strbuf_printf(&text, T("%s %s: not possible: it is %s, and you are %s", "%s %s：现在不能办，该件%s，您是 %s"), number ? number : "",
	              both_text(act->name), state ? state : "?", b->me);
	bool any = false;
	for (size_t i = 0; i < COUNT_OF(acts); i++)
		if (may(one, &acts[i])) {
			strbuf_printf(&text, "%s%c %s", any ? ", " : T("; possible: ", "；现在可以："), acts[i].key, both_text(acts[i].name));
			any = true;
		}
	board_say(b, true, "%s", text.data);
	strbuf_fini(&text);
}

/* Who acts for himself needn't say for whom; the centre asks in the holder's name. */
static void fill_params(struct board *b, struct prompt *p) {
	char key[80];
	struct json_object *one = p->about;
	p->params = json_object_new_object();
	if (p->act->bit == ACT_DECIDE)
		tree_put(p->params, "request", json_object_new_string(tree_str(one, "request.request")));
	else
		tree_put(p->params, "case", json_object_new_string(tree_str(one, "number")));
	if (p->act->bit == ACT_ASK) {
		tree_put(p->params, "what", json_object_new_string("extend"));
		if (!b->of_unit && tree_str(one, "unit"))
			tree_put(p->params, "for.unit", json_object_new_string(tree_str(one, "unit")));
	}
	tree_put(p->params, "expect_version", json_object_new_int64(tree_int(one, "version")));
	make_key(p->act->method, key, sizeof key);
	tree_put(p->params, "key", json_object_new_string(key));
}

/* X is a decision where a request waits, else a request. */
static const struct act *act_for(const struct act *act, struct json_object *one) {
	if (act->key != 'X')
		return act;
	const bool waits = tree_str(one, "request.request") != NULL;
	for (size_t i = 0; i < COUNT_OF(acts); i++)
		if (acts[i].bit == (waits ? ACT_DECIDE : ACT_ASK))
			return &acts[i];
	return act;
}

/* The case as it is now. The act begins only if it is what the person has in front of him. */
static void on_looked(void *ctx, const struct answer *a) {
	struct board *b = ctx;
	struct prompt *p = &b->prompt;
	/* Another key may have been pressed since, on another case. */
	if (!p->act || p->open || strcmp(p->number, tree_str(a->params, "case")) != 0)
		return;
	if (!a->result) {
		if (a->error)
			say_refused(b, both_text(p->act->name), a->error);
		acts_cancel(b);
		return;
	}
	const bool same = tree_int(a->result, "version") == b->seen_version;
	model_take(&b->model, a->result);
	p->act = act_for(p->act, a->result);
	if (!same) {
		const char *state = tree_name(a->result, "state");
		board_say(b, true, T("it has changed meanwhile, and is %s now: look, and press the key again",
		                     "该件刚有变动，现为%s，请看清后再按一次"),
		          state ? state : "?");
		acts_cancel(b);
	} else if (!may(a->result, p->act)) {
		say_impossible(b, p->act, a->result);
		acts_cancel(b);
	} else {
		strbuf_clear(&b->said);
		p->about = json_object_get(a->result);
		p->at = 0;
		p->open = true;
		fill_params(b, p);
		next_question(b);
	}
	b->dirty = true;
}

static bool seen_version(struct board *b, const char *number) {
	const struct row *r = model_find(&b->model, number);
	if (b->mode == MODE_CASE)
		b->seen_version = b->page_version;
	else if (r)
		b->seen_version = r->version;
	return b->mode == MODE_CASE || r;
}

bool acts_begin(struct board *b, wint_t key) {
	const struct act *act = NULL;
	const char *number = board_case(b);
	for (size_t i = 0; i < COUNT_OF(acts) && !act; i++)
		if ((wint_t)acts[i].key == key)
			act = &acts[i];
	if (!act)
		return false;
	if (!number || !seen_version(b, number)) {
		board_say(b, true, "%s", T("no case is selected", "没有选中案件"));
	} else if (b->standing != STANDING_LIVE) {
		board_say(b, true, "%s", T("no connection: nothing can be done now", "连接中断，暂不能办理"));
	} else {
		struct json_object *params = json_object_new_object();
		tree_put(params, "case", json_object_new_string(number));
		b->prompt.act = act;
		text_set(&b->prompt.number, number);
		follow_call(b, "case.get", params, on_looked);
	}
	return true;
}
