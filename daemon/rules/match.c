/* match: the deciding rule becomes a verdict: units that exist, limits with their calendars, or the triage desk and why. */
#include "daemon/rules/match.h"

#include "daemon/base/check.h"
#include "daemon/rules/explain.h"
#include "daemon/rules/index.h"

#include <string.h>

enum { HANDOVERS_MAX = 8 }; /* replaced_by after replaced_by: more is a slip of the pen */

struct judge {
	const struct pack *pack;
	const struct seen *seen;
	const struct rule *rule; /* NULL where it could not be told */
	struct arena *arena;
	int32_t today;
	struct verdict *out;
};

/* The unit that works under that name today: itself, or who replaced it; NULL: nobody does. */
static const char *working_unit(const struct judge *j, const char *id) {
	const struct unit *u = id ? pack_unit(j->pack, id) : NULL;
	for (int i = 0; u && (u->retired_day <= j->today || u->until_day < j->today); i++)
		u = u->replaced_by && i < HANDOVERS_MAX ? pack_unit(j->pack, u->replaced_by) : NULL;
	return u ? u->id : NULL;
}

static const char *of_estate(const struct estate *e, const char *what) {
	const char *const units[] = {e->property_firm, e->lift_firm, e->committee, e->owners_committee};
	for (size_t i = 0; i < COUNT_OF(units); i++)
		if (strcmp(estate_has_words[i], what) == 0)
			return units[i];
	return NULL;
}

/* A word of a chain: a unit's id, `estate.property_firm`, `grid.committee`. */
static const char *actor(const struct judge *j, const char *word) {
	const char *dot = strchr(word, '.');
	if (!dot || pack_unit(j->pack, word))
		return working_unit(j, word);
	if (strncmp(word, "estate.", 7) == 0)
		return j->seen->estate ? working_unit(j, of_estate(j->seen->estate, dot + 1)) : NULL;
	const struct grid *grid = j->seen->grid ? pack_grid(j->pack, j->seen->grid) : NULL;
	return grid ? working_unit(j, grid->committee) : NULL;
}

static void gather(const struct judge *j, const struct strs *chain, struct strs *out) {
	for (size_t i = 0; i < chain->n; i++) {
		const char *unit = actor(j, chain->v[i]);
		if (unit && !strs_has(out, unit))
			STRS_ADD(out, j->arena, unit);
	}
}

static const char *calendar_for(const struct judge *j, const struct clock_limit *l) {
	const char *holder = clock_is_handlers(l->clock) && j->out->handlers.n ? j->out->handlers.v[0] : j->pack->town.desk;
	const struct unit *u = pack_unit(j->pack, holder);
	if (l->calendar)
		return l->calendar;
	if (j->rule && j->rule->calendar)
		return j->rule->calendar;
	if (j->seen->class_def && j->seen->class_def->calendar)
		return j->seen->class_def->calendar;
	return u && u->calendar ? u->calendar : j->pack->town.calendar;
}

static void add_limits(const struct judge *j, const clock_limit_list *limits) {
	for (size_t i = 0; i < limits->n; i++) {
		if (verdict_limit(j->out, limits->v[i].clock))
			continue;
		struct clock_limit *l = LIST_ADD(&j->out->limits, j->arena);
		*l = limits->v[i];
		l->calendar = calendar_for(j, l);
	}
}

/* The nearest source of a limit wins: rule, condition, class, town. */
static void gather_limits(const struct judge *j) {
	if (j->rule)
		add_limits(j, &j->rule->limits);
	if (j->seen->condition)
		add_limits(j, &j->seen->condition->limits);
	if (j->seen->class_def)
		add_limits(j, &j->seen->class_def->limits);
	add_limits(j, &j->pack->town.limits);
}

static void add_marks(const struct judge *j, const struct strs *marks, struct strs *out) {
	for (size_t i = 0; i < marks->n; i++)
		if (!strs_has(out, marks->v[i]))
			STRS_ADD(out, j->arena, marks->v[i]);
}

/* Here nothing overrides: what the class requires, a rule can only add to. */
static void gather_marks(const struct judge *j) {
	const struct required_marks *const of[] = {j->seen->class_def ? &j->seen->class_def->requires : NULL,
	                                           j->rule ? &j->rule->requires : NULL};
	for (size_t i = 0; i < COUNT_OF(of); i++)
		if (of[i]) {
			add_marks(j, &of[i]->finish, &j->out->before_finish);
			add_marks(j, &of[i]->pass, &j->out->before_pass);
		}
}

static void to_triage(const struct judge *j, const char *reason, const char *detail) {
	j->out->routed = false;
	j->out->triage_reason = reason;
	j->out->triage_detail = detail;
}

/* Names the first thing that is missing, as a person can supply it. */
static void cannot_tell(const struct judge *j, const struct rule *r) {
	for (size_t i = 0; i < r->n_conds; i++) {
		const struct cond *c = &r->conds[i];
		if (cond_answer(c, j->seen) != ANSWER_CANNOT_TELL)
			continue;
		to_triage(j, "cannot_tell",
		          arena_printf(j->arena, "rule %s asks for %s: %s", r->id, cond_name(j->pack, c), cond_missing(c)));
		return;
	}
}

static void take_ladder(const struct judge *j) {
	const struct ladder *ladder = j->rule->ladder ? pack_ladder(j->pack, j->rule->ladder) : NULL;
	if (!ladder)
		return;
	j->out->ladder = ladder->id;
	j->out->ladder_holds = ladder->holds;
	j->out->steps = ladder->steps;
}

static void no_limit(const struct judge *j) {
	const struct class_def *c = j->seen->class_def;
	const bool by_condition = c && c->conditions.n && !j->seen->condition;
	to_triage(j, "no_limit",
	          by_condition
	              ? arena_printf(j->arena, "the limits of class %s hang on its condition, and none is given", c->code)
	              : arena_printf(j->arena, "rule %s routes, but nothing says how long handling may take", j->rule->id));
}

static void route(const struct judge *j) {
	const struct rule *r = j->rule;
	struct strs responsible = {0};
	gather(j, &r->responsible, &responsible);
	gather(j, &r->handlers, &j->out->handlers);
	gather(j, &r->assist, &j->out->assist);
	gather(j, &r->required, &j->out->required);
	j->out->responsible = responsible.n ? responsible.v[0] : NULL;
	j->out->routed = true;
	j->out->propose = r->dispatch == DISPATCH_AS_TOWN ? j->pack->town.propose : r->dispatch == DISPATCH_PROPOSE;
	j->out->propose = j->out->propose && !j->out->emergency;
	take_ladder(j);
	gather_limits(j);
	if (!j->out->responsible || j->out->handlers.n == 0)
		to_triage(j, "no_handler", arena_printf(j->arena, "rule %s names nobody who exists here and now", r->id));
	else if (!verdict_limit(j->out, "handle"))
		no_limit(j);
}

static void understood(const struct seen *s, struct verdict *out) {
	out->class_code = s->class_def ? s->class_def->code : NULL;
	out->class_group = s->class_def ? s->class_def->group : NULL;
	out->condition = s->condition ? s->condition->id : NULL;
	out->estate = s->estate ? s->estate->id : NULL;
	out->estate_from = s->estate_from;
	out->grid = s->grid;
	out->emergency = (s->class_def && s->class_def->emergency) || s->in->urgency == URGENCY_EMERGENCY;
}

void rules_match(const struct pack *p, const struct match_in *in, struct arena *a, struct trace *trace,
                 struct verdict *out) {
	struct seen seen;
	enum answer answer;
	int64_t of_day_us;
	*out = (struct verdict){0};
	seen_fill(&seen, p, in, a);
	const size_t at = rule_index_find(p->index, &seen, &answer);
	CHECK(at < p->rules.n);
	const struct rule *r = p->rules.v[at];
	struct judge j = {.pack = p, .seen = &seen, .rule = answer == ANSWER_YES ? r : NULL, .arena = a, .out = out};
	zone_local(p->calendars.zone, in->at_us, &j.today, &of_day_us);
	understood(&seen, out);
	out->rule_id = r->id;
	out->rule_file = r->at.file;
	out->rule_line = r->at.line;
	gather_marks(&j);
	if (answer == ANSWER_YES && !r->triage) {
		route(&j);
	} else {
		gather_limits(&j);
		if (answer == ANSWER_YES)
			to_triage(&j, r->triage, arena_printf(a, "rule %s sends it to the desk", r->id));
		else
			cannot_tell(&j, r);
	}
	if (trace)
		trace_fill(trace, &seen, at, a);
}
