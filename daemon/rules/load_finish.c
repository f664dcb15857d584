/* load_finish: what can be judged only when the whole pack is there. */
#include "daemon/rules/decode.h"
#include "daemon/rules/words.h"

#include <string.h>

static void fault_in(struct load *l, struct place_in_file at, const char *code, const char *fmt, const char *id) {
	const struct yaml_node node = {.line = at.line, .col = at.col};
	const char *text = arena_printf(l->scratch, fmt, id);
	yaml_fault(l->faults, at.file, &node, code, NULL, "%s", text);
}

/* Every case ends somewhere: the last rule takes all and gives it to people. */
static void check_last_rule(struct load *l) {
	const struct pack *p = l->pack;
	if (p->rules.n == 0) {
		if (!load_is_unreadable(l, KIND_RULE))
			yaml_fault(l->faults, "town.yaml", NULL, "missing", NULL, "the pack has no rules");
		return;
	}
	const struct rule *last = p->rules.v[p->rules.n - 1];
	if (load_is_unreadable(l, KIND_RULE))
		return;
	if (last->n_conds != 0 || !last->triage)
		fault_in(l, last->at, "missing", "%s",
		         "the last rule must be a catch-all to the triage desk (`when: {}` and `triage: no_rule`)");
}

typedef const char *next_unit(const struct unit *u);
static const char *parent_of(const struct unit *u) { return u->parent; }
static const char *successor_of(const struct unit *u) { return u->replaced_by; }

static void check_circle(struct load *l, const struct unit *u, next_unit *next, const char *fmt) {
	const struct unit *at = u;
	for (size_t steps = 0; at && next(at); steps++) {
		at = pack_find(l->pack, KIND_UNIT, next(at));
		if (at == u || steps > l->pack->units.n) {
			if (at == u)
				fault_in(l, u->at, "reference", fmt, u->id);
			return;
		}
	}
}

static void check_units(struct load *l) {
	for (size_t i = 0; i < l->pack->units.n; i++) {
		const struct unit *u = &l->pack->units.v[i];
		check_circle(l, u, parent_of, "by its `parent` the unit `%s` comes to stand above itself");
		check_circle(l, u, successor_of, "by `replaced_by` the unit `%s` comes to replace itself");
	}
}

static void fill_ends(struct load *l, clock_limit_list *limits) {
	for (size_t i = 0; i < limits->n; i++) {
		const struct clock_def *c = pack_find(l->pack, KIND_CLOCK, limits->v[i].clock);
		limits->v[i].from_event = c ? c->from : NULL;
		limits->v[i].until_mark = c ? c->until : NULL;
	}
}

/* A declared clock is known by name while limits are read; what starts and stops it is known now. */
static void fill_all_ends(struct load *l) {
	struct pack *p = l->pack;
	if (p->town.clocks.n == 0)
		return;
	fill_ends(l, &p->town.limits);
	for (size_t i = 0; i < p->rules.n; i++)
		fill_ends(l, &p->rules.v[i]->limits);
	for (size_t i = 0; i < p->classes.n; i++) {
		struct class_def *c = &p->classes.v[i];
		fill_ends(l, &c->limits);
		for (size_t j = 0; j < c->conditions.n; j++)
			fill_ends(l, &c->conditions.v[j].limits);
	}
}

/* One name, alias or lane, and the estate it means. */
static void add_address(struct load *l, const struct estate *e, const char *name) {
	struct address_name *n = arena_new(l->keep, struct address_name);
	*n = (struct address_name){.text = name, .estate = e};
	struct address_name *first = word_finder_add(l->pack->addresses, name, n);
	if (first && first->estate != e)
		first->estate = NULL;
}

static void gather_addresses(struct load *l) {
	for (size_t i = 0; i < l->pack->estates.n; i++) {
		const struct estate *e = &l->pack->estates.v[i];
		if (!e->id || e->retired_day != INT32_MAX)
			continue;
		if (e->zh)
			add_address(l, e, e->zh);
		for (size_t j = 0; j < e->aliases.n; j++)
			add_address(l, e, e->aliases.v[j]);
		for (size_t j = 0; j < e->lanes.n; j++)
			add_address(l, e, e->lanes.v[j]);
	}
}

void load_finish(struct load *l) {
	struct pack *p = l->pack;
	check_last_rule(l);
	check_units(l);
	fill_all_ends(l);
	policy_finish(l);
	gather_addresses(l);
	p->calendars.of_town = p->town.calendar ? pack_find(p, KIND_CALENDAR, p->town.calendar) : NULL;
}
