/* explain: the trace of a decision, for people who doubt it. */
#include "daemon/rules/explain.h"

#include "daemon/base/strbuf.h"

#include <stdlib.h>
#include <string.h>

enum { VALUES_SHOWN = 20 };

const char *cond_name(const struct pack *p, const struct cond *c) {
	return c->field < FIELD_ATTRS ? cond_rows[c->field].name : p->attr_names.entries[c->field - FIELD_ATTRS].key;
}

const char *cond_missing(const struct cond *c) {
	const char *text = c->field < FIELD_ATTRS ? cond_rows[c->field].missing : NULL;
	return text ? text : "the case has no such attribute";
}

static char *keep(struct strbuf *b, struct arena *a) {
	char *text = arena_strndup(a, b->data ? b->data : "", b->len);
	strbuf_fini(b);
	return text;
}

static void add_values(struct strbuf *b, const char *const *v, uint32_t n, const char *between) {
	for (uint32_t i = 0; i < n && i < VALUES_SHOWN; i++) {
		strbuf_adds(b, i ? between : "");
		strbuf_adds(b, v[i]);
	}
	if (n > VALUES_SHOWN)
		strbuf_printf(b, "%s... %u more", between, n - VALUES_SHOWN);
}

const char *cond_text(const struct pack *p, const struct cond *c, struct arena *a) {
	struct strbuf b;
	strbuf_init(&b);
	strbuf_printf(&b, "%s%s: %s", c->field < FIELD_ATTRS ? "" : "attrs.", cond_name(p, c), c->n == 1 ? "" : "[");
	add_values(&b, c->values, c->n, ", ");
	strbuf_adds(&b, c->n == 1 ? "" : "]");
	return keep(&b, a);
}

static const char *because_open(const struct cond *c, const struct seen *s, struct arena *a) {
	struct strbuf b;
	strbuf_init(&b);
	for (uint32_t i = 0; i < c->n; i++) {
		const struct calendar *calendar = pack_find(s->pack, KIND_CALENDAR, c->values[i]);
		strbuf_printf(&b, "%scalendar %s is %s", i ? ", " : "", c->values[i],
		              calendar_is_open(calendar, s->in->at_us) ? "open" : "closed");
	}
	return keep(&b, a);
}

static const char *because_known(const struct seen *s, struct arena *a) {
	struct strbuf b;
	strbuf_init(&b);
	const struct {
		const char *name;
		bool known;
	} rows[] = {{"class", s->class_def != NULL},
	            {"condition", s->condition != NULL},
	            {"estate", s->estate != NULL},
	            {"grid", s->grid != NULL},
	            {"place", s->in->has_place}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].known)
			strbuf_printf(&b, "%s%s", b.len ? ", " : "known: ", rows[i].name);
	if (b.len == 0)
		strbuf_adds(&b, "nothing of it is known");
	return keep(&b, a);
}

/* Free text and tags of the case aren't repeated; codes of the pack are. */
static const char *because_set(const struct cond *c, const struct seen *s, struct arena *a) {
	const struct symbol_set *set = &s->sets[c->field];
	struct strbuf b;
	strbuf_init(&b);
	const char *what = cond_name(s->pack, c);
	if (c->field >= FIELD_ESTATE_KIND && c->field <= FIELD_ESTATE_HAS && s->estate)
		strbuf_printf(&b, "estate %s: %s", s->estate->id, strchr(what, '.') + 1);
	else
		strbuf_adds(&b, what);
	if (set->n == 0) {
		strbuf_adds(&b, c->field == FIELD_WORDS ? ": none that a rule names occurs" : ": none that a rule names");
	} else {
		strbuf_adds(&b, c->field == FIELD_WORDS ? " found: " : " is ");
		add_values(&b, set->v, set->n, c->field == FIELD_CLASS ? " of " : ", ");
	}
	return keep(&b, a);
}

const char *cond_because(const struct cond *c, const struct seen *s, struct arena *a) {
	if (c->field == FIELD_OPEN || c->field == FIELD_CLOSED)
		return because_open(c, s, a);
	if (c->field == FIELD_GIVEN || c->field == FIELD_MISSING)
		return because_known(s, a);
	return s->sets[c->field].missing ? cond_missing(c) : because_set(c, s, a);
}

static bool class_rules_out(const struct rule *r, const struct seen *s) {
	for (size_t i = 0; i < r->n_conds; i++)
		if (r->conds[i].field == FIELD_CLASS && cond_answer(&r->conds[i], s) == ANSWER_NO)
			return true;
	return false;
}

static struct trace_line *add_line(struct trace *t, const struct rule *r, struct arena *a) {
	struct trace_line *line = LIST_ADD(&t->lines, a);
	*line = (struct trace_line){.rule = r->id, .file = r->at.file, .line = r->at.line};
	return line;
}

static void trace_rule(struct trace *t, const struct rule *r, const struct seen *s, struct arena *a) {
	if (r->n_conds == 0) {
		struct trace_line *line = add_line(t, r, a);
		line->condition = "{}";
		line->answer = ANSWER_YES;
		line->because = "it holds always";
	}
	for (size_t i = 0; i < r->n_conds; i++) {
		const struct cond *c = &r->conds[i];
		struct trace_line *line = add_line(t, r, a);
		line->condition = cond_text(s->pack, c, a);
		line->answer = cond_answer(c, s);
		line->because = cond_because(c, s, a);
		if (line->answer == ANSWER_NO)
			return;
	}
}

void trace_fill(struct trace *t, const struct seen *s, size_t deciding, struct arena *a) {
	*t = (struct trace){0};
	for (size_t i = 0; i <= deciding; i++) {
		const struct rule *r = s->pack->rules.v[i];
		if (i < deciding && class_rules_out(r, s))
			t->passed_over++;
		else if (t->lines.n < TRACE_LINES || i == deciding)
			trace_rule(t, r, s, a);
		else
			t->cut = true;
	}
}
