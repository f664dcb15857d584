/* steps: the commands that a case's state and the caller's role leave, filled in and tried. */
#include "clients/gridctl/views/steps.h"

#include "clients/gridctl/term/text.h"
#include "clients/gridctl/term/tree.h"
#include "daemon/base/check.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_WORDS = 16, MOST_STEPS = 8 };

/* One case, and who looks at it. */
struct steps {
	struct ctl *ctl;
	struct json_object *one, *found;
	const char *number;
	bool for_others;                    /* acts in the name of units */
};

struct json_object *steps_ask(struct ctl *ctl, const char *method, struct json_object *params) {
	struct json_object *reply = NULL, *result = NULL;
	struct err ignored = {0};
	ctl_sign(ctl, params);
	if (ctl->client.fd >= 0 && client_call(&ctl->client, method, params, &reply, &ignored))
		result = json_object_get(tree_get(reply, "result"));
	json_object_put(reply);
	json_object_put(params);
	return result;
}

struct json_object *steps_params(struct ctl *ctl, const char *number) {
	struct json_object *params = json_object_new_object();
	const char *town = tree_str(ctl->args.params, "town");
	if (number)
		tree_put(params, "case", json_object_new_string(number));
	if (town)
		tree_put(params, "town", json_object_new_string(town));
	return params;
}

/* ---- which ---- */

static bool is_allowed(struct json_object *one, const char *method) {
	for (size_t i = 0; i < tree_count(one, "allowed"); i++)
		if (strcmp(tree_word(one, "allowed", i), method) == 0)
			return true;
	return false;
}

static bool word_is(struct json_object *in, const char *path, const char *word) {
	const char *text = tree_str(in, path);
	return text && strcmp(text, word) == 0;
}

/* The unit of an open task that is in that state; of the lead's first. */
static const char *unit_with_task(struct json_object *one, const char *const states[]) {
	const char *found = NULL;
	for (size_t i = 0; i < tree_count(one, "tasks"); i++) {
		struct json_object *task = tree_at(one, "tasks", i);
		for (size_t s = 0; states[s]; s++)
			if (word_is(task, "state", states[s]) && (!found || word_is(task, "kind", "lead")))
				found = tree_str(task, "unit");
	}
	return found;
}

static const char *order_in(struct json_object *one, const char *state) {
	for (size_t i = 0; i < tree_count(one, "supervisions"); i++)
		if (word_is(tree_at(one, "supervisions", i), "state", state))
			return tree_str(tree_at(one, "supervisions", i), "order");
	return NULL;
}

static bool runs_over(struct json_object *one) {
	for (size_t i = 0; i < tree_count(one, "clocks"); i++) {
		struct json_object *clock = tree_at(one, "clocks", i);
		if (!word_is(clock, "state", "stopped") && tree_int(clock, "overdue_seconds") > 0)
			return true;
	}
	return false;
}

static const char *of_request(const struct steps *s) { return tree_str(s->one, "request.request"); }
static const char *of_reply(const struct steps *s) { return order_in(s->one, "replied"); }
static const char *of_case(const struct steps *s) { return s->number; }
static const char *of_proposed(const struct steps *s) { return tree_str(s->one, "proposed") ? s->number : NULL; }
static const char *of_overdue(const struct steps *s) {
	return runs_over(s->one) && !order_in(s->one, "open") && !order_in(s->one, "replied") ? s->number : NULL;
}

static const char *given(const struct steps *s) { return unit_with_task(s->one, (const char *const[]){"given", NULL}); }
static const char *accepted(const struct steps *s) {
	return unit_with_task(s->one, (const char *const[]){"accepted", "arrived", NULL});
}

/* In the order of a page: what decides first, what only tells last. */
static const struct kind {
	const char *method;
	struct both label;
	const char *noun, *verb;
	const char *(*of)(const struct steps *s);       /* what it is about; NULL: not now */
	struct both word;                   /* behind that; NULL: nothing */
	const char *(*by)(const struct steps *s);       /* the unit that it is done for; NULL: nobody's */
} kinds[] = {
    {"request.decide", {"grant", "同意申请"}, "request", "decide", of_request, {"yes", NULL}, NULL},
    {"request.decide", {"refuse", "不同意"}, "request", "decide", of_request, {"no", NULL}, NULL},
    {"supervision.accept", {"accept the reply", "验收督办"}, "supervision", "accept", of_reply, {"accept", NULL}, NULL},
    {"supervision.accept", {"refuse the reply", "退回督办"}, "supervision", "accept", of_reply, {"refuse", NULL}, NULL},
    {"case.verify", {"pass", "核查通过"}, "case", "verify", of_case, {"pass", NULL}, NULL},
    {"case.verify", {"rework", "返工"}, "case", "verify", of_case, {"rework", NULL}, NULL},
    {"case.dispatch", {"dispatch", "派遣"}, "case", "dispatch", of_proposed, {NULL, NULL}, NULL},
    {"case.accept", {"accept", "接单"}, "case", "accept", of_case, {NULL, NULL}, given},
    {"case.finish", {"finish", "办结"}, "case", "finish", of_case, {"solved", NULL}, accepted},
    {"case.resume", {"resume", "恢复"}, "case", "resume", of_case, {NULL, NULL}, NULL},
    {"case.unmerge", {"unmerge", "撤销并案"}, "case", "unmerge", of_case, {NULL, NULL}, NULL},
    {"case.urge", {"urge", "催办"}, "case", "urge", of_case, {NULL, NULL}, NULL},
    {"supervision.open", {"supervise", "督办"}, "supervision", "open", of_overdue, {"overdue", NULL}, NULL},
};

/* ---- one command ---- */

/* What a supervisor demands first; he may say it better. */
static const char *demand(void) { return T("say why it is late, and when it will be done", "说明超期原因和办结时间"); }

static bool fill_words(const struct steps *s, const struct kind *k, const char *words[MOST_WORDS]) {
	const char *about = k->of(s), *unit = k->by ? k->by(s) : NULL, *town = tree_str(s->ctl->args.params, "town");
	size_t n = 0;
	if (!about || (k->by && !unit))
		return false;
	words[n++] = "gridctl";
	words[n++] = k->noun;
	words[n++] = k->verb;
	words[n++] = about;
	if (k->word.en)
		words[n++] = k->word.en;
	if (strcmp(k->method, "supervision.open") == 0)
		words[n++] = demand();
	if (unit && s->for_others) {
		words[n++] = "--for";
		words[n++] = unit;
	}
	if (town) {
		words[n++] = "--town";
		words[n++] = town;
	}
	words[n] = NULL;
	return true;
}

/* Reads the words behind "gridctl NOUN VERB" as main does. */
static bool read_words(const struct command *c, const char *const *words, struct args *out) {
	const struct flag *tables[COUNT_OF(c->flags) + 1] = {NULL};
	const struct operand *o = c->operands;
	const char *word = NULL;
	struct err ignored = {0};
	char *argv[MOST_WORDS] = {NULL};
	size_t n = 0;
	for (; words[n]; n++)
		argv[n] = (char *)(uintptr_t)words[n];
	for (n = 0; c->flags[n]; n++)
		tables[n] = c->flags[n];
	tables[n] = global_flags;
	args_init(out, argv);
	while (args_word(out, tables, &word, &ignored)) {
		if (!word)
			return true;
		if (!o->name || !args_operand(out, o++, word, &ignored))
			return false;
	}
	return false;
}

/* Would the daemon do it? Nothing is stored. */
static bool would_do(const struct steps *s, const struct kind *k, const char *const *words) {
	const struct command *c = command_find(k->noun, k->verb);
	struct args args;
	if (!c || !c->method)
		return false;
	bool ok = read_words(c, words + 3, &args);
	if (ok) {
		tree_put(args.params, "dry_run", json_object_new_boolean(true));
		struct json_object *result = steps_ask(s->ctl, c->method, json_object_get(args.params));
		ok = result != NULL;
		json_object_put(result);
	}
	args_fini(&args);
	return ok;
}

static void keep(const struct steps *s, const struct kind *k, const char *const *words) {
	struct json_object *step = json_object_new_object(), *list = json_object_new_array();
	for (; *words; words++)
		(void)json_object_array_add(list, json_object_new_string(*words));
	tree_put(step, "method", json_object_new_string(k->method));
	tree_put(step, "label", json_object_new_string(both_text(k->label)));
	tree_put(step, "words", list);
	(void)json_object_array_add(s->found, step);
}

/* Who may speak for units; of a unit's own people the daemon knows whose they are. */
static bool speaks_for_units(struct ctl *ctl) {
	static const char *const roles[] = {"dispatcher", "supervisor", "platform"};
	struct json_object *info = steps_ask(ctl, "system.info", json_object_new_object());
	bool found = false;
	for (size_t i = 0; i < tree_count(info, "roles"); i++)
		for (size_t r = 0; r < COUNT_OF(roles); r++)
			found = found || strcmp(tree_word(info, "roles", i), roles[r]) == 0;
	json_object_put(info);
	return found;
}

void steps_find(struct ctl *ctl, struct json_object *one) {
	struct steps s = {.ctl = ctl, .one = one, .found = json_object_new_array(), .number = tree_str(one, "number")};
	const char *words[MOST_WORDS];
	s.for_others = tree_count(one, "allowed") > 0 && speaks_for_units(ctl);
	for (size_t i = 0; s.number && i < COUNT_OF(kinds) && json_object_array_length(s.found) < MOST_STEPS; i++)
		if (is_allowed(one, kinds[i].method) && fill_words(&s, &kinds[i], words) && would_do(&s, &kinds[i], words))
			keep(&s, &kinds[i], words);
	tree_put(one, "steps", s.found);
}

/* ---- shown ---- */

static void read_step(struct json_object *step, const char *words[MOST_WORDS]) {
	size_t n = 0;
	for (; n < tree_count(step, "words") && n + 1 < MOST_WORDS; n++)
		words[n] = tree_word(step, "words", n);
	words[n] = NULL;
}

static bool fits(struct json_object *step, const struct page *p) {
	const char *words[MOST_WORDS];
	read_step(step, words);
	return page_command_fits(p, words);
}

static bool is_shown(struct json_object *one, const char *method, const struct page *p) {
	for (size_t i = 0; i < tree_count(one, "steps"); i++)
		if (word_is(tree_at(one, "steps", i), "method", method) && fits(tree_at(one, "steps", i), p))
			return true;
	return false;
}

/* What is allowed besides, where somebody has to say more than we can guess: "case amend, merge; request ask". */
static void print_others(struct json_object *one, struct page *p) {
	static const struct both heading = {"with a word", "另可"};
	const char *noun = "";
	struct strbuf text = {0};
	for (size_t i = 0; i < tree_count(one, "allowed"); i++) {
		const char *method = tree_word(one, "allowed", i);
		const struct command *c = command_by_method(method);
		if (is_shown(one, method, p))
			continue;
		if (!c) {
			strbuf_printf(&text, "%s%s", text.len ? T("; ", "；") : "", method);
			noun = "";
			continue;
		}
		if (strcmp(c->noun, noun) == 0) {
			strbuf_printf(&text, T(", %s", "、%s"), c->verb);
		} else {
			strbuf_adds(&text, text.len ? T("; ", "；") : "gridctl ");
			help_words(c, &text);
		}
		noun = c->noun;
	}
	page_item(p, heading, TONE_PLAIN, text.data);
	strbuf_fini(&text);
}

void steps_print(struct json_object *one, struct page *p) {
	static const struct both heading = {"do next", "可做"}, none = {"", ""};
	const char *words[MOST_WORDS];
	int widest = 0;
	bool first = true;
	for (size_t i = 0; i < tree_count(one, "steps"); i++) {
		const int width = text_width(tree_str(tree_at(one, "steps", i), "label"));
		widest = width > widest ? width : widest;
	}
	for (size_t i = 0; i < tree_count(one, "steps"); i++) {
		struct json_object *step = tree_at(one, "steps", i);
		const char *label = tree_str(step, "label");
		if (!fits(step, p))
			continue;
		read_step(step, words);
		page_command(p, first ? heading : none, (struct both){label, label}, widest, words);
		first = false;
	}
	print_others(one, p);
}
