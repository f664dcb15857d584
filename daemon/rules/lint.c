/* lint: rules that never decide, emergencies that hang on one estate's firm, and names that several estates share. */
#include "daemon/rules/lint.h"

#include "daemon/base/yaml.h"
#include "daemon/rules/index.h"
#include "daemon/rules/words.h"

#include <string.h>

enum { PAIRS_FOR = 5000 }; /* up to so many rules each is compared with each */

static struct yaml_node at_line(struct place_in_file at) { return (struct yaml_node){.line = at.line, .col = at.col}; }

static bool asks_for(const struct pack *p, const struct cond *c, const char *symbol) {
	const struct class_def *class_def = c->field == FIELD_CLASS ? pack_class(p, symbol) : NULL;
	for (uint32_t i = 0; i < c->n; i++)
		if (c->symbols[i] == symbol || (class_def && c->symbols[i] == class_def->big))
			return true;
	return false;
}

/* Whatever says yes to `narrow` says yes to `wide`. */
static bool implies(const struct pack *p, const struct cond *narrow, const struct cond *wide) {
	const bool wants_all = wide->field == FIELD_GIVEN || wide->field == FIELD_MISSING;
	if (narrow->field != wide->field || wants_all)
		return false;
	for (uint32_t i = 0; i < narrow->n; i++)
		if (!asks_for(p, wide, narrow->symbols[i]))
			return false;
	return true;
}

static bool takes_all_of(const struct pack *p, const struct rule *earlier, const struct rule *r) {
	for (size_t i = 0; i < earlier->n_conds; i++) {
		size_t j = 0;
		while (j < r->n_conds && !implies(p, &r->conds[j], &earlier->conds[i]))
			j++;
		if (j == r->n_conds)
			return false;
	}
	return true;
}

static void warn_shadowed(struct faults *f, const struct rule *r, const struct rule *by) {
	const struct yaml_node at = at_line(r->at);
	yaml_fault(f, r->at.file, &at, "lint", NULL, "warning: rule %s never decides: rule %s (%s:%d) takes all of its cases",
	           r->id, by->id, by->at.file, by->at.line);
}

static void lint_rules(const struct pack *p, struct faults *f) {
	const shadowed_list *known = rule_index_shadowed(p->index);
	if (p->rules.n > PAIRS_FOR) {
		for (size_t i = 0; i < known->n; i++)
			warn_shadowed(f, p->rules.v[known->v[i].rule], p->rules.v[known->v[i].by]);
		return;
	}
	for (size_t i = 1; i < p->rules.n; i++)
		for (size_t j = 0; j < i; j++)
			if (takes_all_of(p, p->rules.v[j], p->rules.v[i])) {
				warn_shadowed(f, p->rules.v[i], p->rules.v[j]);
				break;
			}
}

static bool is_for_emergencies(const struct pack *p, const struct rule *r) {
	for (size_t i = 0; i < r->n_conds; i++) {
		const struct cond *c = &r->conds[i];
		for (uint32_t k = 0; k < c->n; k++) {
			const struct class_def *class_def = c->field == FIELD_CLASS ? pack_class(p, c->values[k]) : NULL;
			if ((class_def && class_def->emergency) || (c->field == FIELD_URGENCY && strcmp(c->values[k], "emergency") == 0))
				return true;
		}
	}
	return false;
}

/* An emergency goes to its first handler and stays there: no next one is tried while that one is silent. */
static void lint_emergencies(const struct pack *p, struct faults *f) {
	for (size_t i = 0; i < p->rules.n; i++) {
		const struct rule *r = p->rules.v[i];
		const struct yaml_node at = at_line(r->at);
		if (r->handlers.n == 1 && strncmp(r->handlers.v[0], "estate.", 7) == 0 && is_for_emergencies(p, r))
			yaml_fault(f, r->at.file, &at, "lint", NULL,
			           "warning: rule %s leaves an emergency to `%s` alone: an estate without one sends it to the desk",
			           r->id, r->handlers.v[0]);
	}
}

static void lint_names(const struct pack *p, struct faults *f, const struct estate *e, const struct strs *names) {
	for (size_t i = 0; i < names->n; i++) {
		struct arena a;
		word_hit_list hits = {0};
		struct folded text;
		arena_init(&a);
		word_finder_search(p->addresses, names->v[i], &a, &hits, &text);
		for (size_t j = 0; j < hits.n; j++) {
			const struct address_name *name = hits.v[j].thing;
			const struct yaml_node at = at_line(e->at);
			if (hits.v[j].from == 0 && hits.v[j].to == text.n && !name->estate)
				yaml_fault(f, e->at.file, &at, "lint", NULL,
				           "warning: `%s` is a name of several estates, so an address cannot tell them apart", names->v[i]);
		}
		arena_fini(&a);
	}
}

void pack_lint(const struct pack *p, struct faults *warnings) {
	lint_rules(p, warnings);
	lint_emergencies(p, warnings);
	for (size_t i = 0; i < p->estates.n; i++) {
		lint_names(p, warnings, &p->estates.v[i], &p->estates.v[i].aliases);
		lint_names(p, warnings, &p->estates.v[i], &p->estates.v[i].lanes);
	}
}
