/* test: runs the pack's tests: match, decide, compare. */
#include "daemon/rules/test.h"

#include "daemon/base/strbuf.h"
#include "daemon/base/yaml.h"
#include "daemon/cases/decide.h"
#include "daemon/rules/inside.h"
#include "daemon/rules/match.h"

#include <string.h>

struct run {
	const struct pack *pack;
	const struct pack_test *test;
	struct faults *faults;
	struct arena arena; /* of one test */
	struct verdict verdict;
	struct changes changes;
};

static void differ(struct run *r, const char *what, const char *got, const char *expected) {
	const struct yaml_node at = {.line = r->test->at.line, .col = r->test->at.col};
	yaml_fault(r->faults, r->test->at.file, &at, "test", NULL, "test \"%s\": %s is %s, expected %s", r->test->name, what,
	           got ? got : "nothing", expected ? expected : "nothing");
}

static void same(struct run *r, const char *what, const char *got, const char *expected) {
	if (expected && (!got || strcmp(got, expected) != 0))
		differ(r, what, got, expected);
}

static const char *joined(const struct strs *list, struct arena *a) {
	struct strbuf b;
	strbuf_init(&b);
	strbuf_addc(&b, '[');
	for (size_t i = 0; i < list->n; i++)
		strbuf_printf(&b, "%s%s", i ? ", " : "", list->v[i]);
	strbuf_addc(&b, ']');
	const char *text = arena_strdup(a, b.data);
	strbuf_fini(&b);
	return text;
}

static void same_list(struct run *r, const char *what, const struct strs *got, const struct strs *expected) {
	const char *g = joined(got, &r->arena), *e = joined(expected, &r->arena);
	if (strcmp(g, e) != 0)
		differ(r, what, g, e);
}

static struct match_in match_in_of(const struct pack_test *t) {
	return (struct match_in){.class_code = t->given.class_code,
	                         .condition = t->given.condition,
	                         .estate = t->given.estate,
	                         .grid = t->given.grid,
	                         .channel = t->given.channel,
	                         .urgency = t->given.urgency,
	                         .tags = &t->given.tags,
	                         .text = t->given.text,
	                         .address = t->given.address,
	                         .has_place = t->given.has_place,
	                         .attrs = t->given.attrs.v,
	                         .n_attrs = t->given.attrs.n,
	                         .at_us = t->at_us};
}

static bool decide_test(struct run *r) {
	const struct pack_test *t = r->test;
	const struct town *town = &r->pack->town;
	const struct command cmd = {.kind = CMD_SUBMIT,
	                            .town = town->code,
	                            .actor = "test",
	                            .at_us = t->at_us,
	                            .submit = {.class_code = r->verdict.class_code,
	                                       .condition = r->verdict.condition,
	                                       .urgency = t->given.urgency,
	                                       .tags = t->given.tags,
	                                       .channel = t->given.channel,
	                                       .ref = "test",
	                                       .observed_at_us = t->at_us,
	                                       .received_at_us = t->at_us}};
	const struct roster roster = pack_roster(r->pack);
	const struct facts facts = {.verdict = &r->verdict,
	                            .calendars = &r->pack->calendars,
	                            .policy = pack_policy(r->pack),
	                            .roster = &roster,
	                            .pack_version = r->pack->version};
	struct refusal why = {0};
	if (decide(NULL, &cmd, &facts, t->at_us, &r->arena, &r->changes, &why))
		return true;
	differ(r, "the decision", why.err.text, "a case");
	return false;
}

static const struct clock *clock_named(const struct changes *ch, const char *name) {
	for (size_t i = 0; i < ch->list.n; i++)
		if (ch->list.v[i].kind == CHANGE_CLOCK && strcmp(ch->list.v[i].clock.name, name) == 0)
			return &ch->list.v[i].clock;
	return NULL;
}

static void compare_due(struct run *r) {
	for (size_t i = 0; i < r->test->expect.due.n; i++) {
		const struct due_expected *e = &r->test->expect.due.v[i];
		const struct clock *c = clock_named(&r->changes, e->clock);
		const struct zone *z = r->pack->calendars.zone;
		char got[RFC3339_BYTES], expected[RFC3339_BYTES];
		if (c && c->due_at_us == e->at_us)
			continue;
		differ(r, arena_printf(&r->arena, "due of %s", e->clock),
		       c && c->due_at_us != NO_TIME ? rfc3339_format(c->due_at_us, zone_offset_s(z, c->due_at_us), got) : NULL,
		       rfc3339_format(e->at_us, zone_offset_s(z, e->at_us), expected));
	}
}

static void compare_limits(struct run *r) {
	for (size_t i = 0; i < r->test->expect.limits.n; i++) {
		const struct clock_limit *e = &r->test->expect.limits.v[i];
		const struct clock_limit *l = verdict_limit(&r->verdict, e->clock);
		char got[LIMIT_BYTES], expected[LIMIT_BYTES];
		same(r, arena_printf(&r->arena, "limit of %s", e->clock), l ? limit_format(l->limit, got) : NULL,
		     limit_format(e->limit, expected));
		if (l && e->calendar)
			same(r, arena_printf(&r->arena, "calendar of %s", e->clock), l->calendar, e->calendar);
	}
}

static void compare(struct run *r) {
	const struct verdict *v = &r->verdict;
	const struct pack_test *t = r->test;
	if (t->expect.triage)
		same(r, "triage", v->routed ? "not the outcome" : v->triage_reason, t->expect.triage);
	else if (!v->routed && (t->expect.unit || t->expect.responsible || t->expect.has_handlers))
		differ(r, "the outcome", arena_printf(&r->arena, "triage (%s: %s)", v->triage_reason, v->triage_detail), "a unit");
	same(r, "rule", v->rule_id, t->expect.rule);
	same(r, "estate", v->estate, t->expect.estate);
	if (v->routed) {
		same(r, "responsible", v->responsible, t->expect.responsible);
		same(r, "unit", v->handlers.v[0], t->expect.unit);
	}
	if (t->expect.has_handlers && v->routed)
		same_list(r, "handlers", &v->handlers, &t->expect.handlers);
	if (t->expect.has_assist)
		same_list(r, "assist", &v->assist, &t->expect.assist);
	same(r, "ladder", v->ladder, t->expect.ladder);
	if (t->expect.has_requires) {
		same_list(r, "what is required to finish", &v->before_finish, &t->expect.requires.finish);
		same_list(r, "what is required to pass", &v->before_pass, &t->expect.requires.pass);
	}
	if (t->expect.has_propose && v->propose != t->expect.propose)
		differ(r, "propose", v->propose ? "true" : "false", t->expect.propose ? "true" : "false");
	compare_limits(r);
	if (t->expect.due.n && decide_test(r))
		compare_due(r);
}

void pack_run_tests(const struct pack *p, struct faults *faults) {
	for (size_t i = 0; i < p->tests.n; i++) {
		struct run r = {.pack = p, .test = &p->tests.v[i], .faults = faults};
		const struct match_in in = match_in_of(r.test);
		arena_init(&r.arena);
		rules_match(p, &in, &r.arena, NULL, &r.verdict);
		compare(&r);
		arena_fini(&r.arena);
	}
}
