/* redecide: stored command + aggregate before + facts -> changes, which must be those that were stored. */
#include "daemon/store/redecide.h"

#include "daemon/store/case_json.h"

#include <string.h>

static void take_routed(const struct change *c, struct verdict *v) {
	v->responsible = c->routed.responsible;
	v->handlers = c->routed.handlers;
	v->assist = c->routed.assist;
	v->required = c->routed.required;
	v->before_finish = c->routed.before_finish;
	v->before_pass = c->routed.before_pass;
	v->emergency = c->routed.emergency;
	v->ladder = c->routed.ladder;
	v->ladder_holds = c->routed.ladder_holds;
	v->steps = c->routed.steps;
	v->limits = c->routed.limits;
	v->rule_id = c->routed.rule_id;
}

static void take_triaged(const struct change *c, struct verdict *v) {
	const char *reason = c->triaged.reason;
	v->routed = v->propose = c->triaged.proposed != NULL;
	v->triage_detail = c->triaged.detail;
	if (!v->routed && strcmp(reason, "no_handler") != 0)
		v->triage_reason = reason;
}

/* What the rule table had said, as far as the changes tell. False: it wasn't asked. */
static bool verdict_told(const struct changes *ch, struct verdict *v) {
	bool asked = false;
	*v = (struct verdict){.routed = true};
	for (size_t i = 0; i < ch->list.n; i++) {
		const struct change *c = &ch->list.v[i];
		if (c->kind == CHANGE_ROUTED) {
			take_routed(c, v);
			asked = true;
		} else if (c->kind == CHANGE_TRIAGED) {
			take_triaged(c, v);
		} else if (c->kind == CHANGE_OPENED) {
			v->estate = c->opened.estate;
			v->grid = c->opened.grid;
		} else if (c->kind == CHANGE_AMENDED) {
			v->estate = c->amended.estate;
			v->grid = c->amended.grid;
		}
	}
	v->routed = v->routed && v->handlers.n > 0;
	return asked;
}

/* The same event with these changes, as bytes. */
static const char *bytes_of(const struct command *cmd, const struct changes *ch, struct arena *a) {
	static const struct event_about none = {0};
	struct strbuf text;
	strbuf_init(&text);
	event_encode(cmd, ch, &none, &text);
	const char *copy = arena_strndup(a, text.data, text.len);
	strbuf_fini(&text);
	return copy;
}

enum redecided redecide(const struct case_rec *before, const struct stored_event *e, const struct facts *facts,
                        struct arena *a) {
	const struct changes *stored = e->changes;
	struct changes again;
	struct command cmd;
	struct verdict verdict;
	struct refusal why;
	struct err ignored;
	if (stored->pack_version != facts->pack_version || !event_command_decode(e->body, a, &cmd, &ignored))
		return REDECIDED_NOT;
	cmd.town = e->town;
	cmd.actor = e->actor;
	struct facts then = *facts;
	then.number = before ? e->number : NULL;
	then.verdict = verdict_told(stored, &verdict) ? &verdict : NULL;
	if (!decide(before, &cmd, &then, stored->now_us, a, &again, &why))
		return REDECIDED_OTHERWISE;
	return strcmp(bytes_of(&cmd, stored, a), bytes_of(&cmd, &again, a)) == 0 ? REDECIDED_SAME : REDECIDED_OTHERWISE;
}
