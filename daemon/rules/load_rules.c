/* load_rules: rules/NAME.yaml: conditions, and what follows from them. */
#include "daemon/rules/conditions.h"
#include "daemon/rules/decode.h"
#include "daemon/rules/words.h"

#include "daemon/base/suggest.h"

#include <stddef.h>
#include <string.h>

static const char attr_prefix[] = "attrs.";
enum { ATTR_PREFIX = sizeof attr_prefix - 1 };

/* FIELD_ATTRS + n for the n-th attribute that rules name; -1: a fault. */
static int attr_field(struct load *l, const struct yaml_node *c) {
	const struct yaml_node at_key = yaml_at_key(c);
	const char *name = c->key + ATTR_PREFIX;
	struct dict *names = &l->pack->attr_names;
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->entries[i].key, name) == 0)
			return FIELD_ATTRS + (int)i;
	if (*name == '\0')
		load_fault(l, &at_key, "missing", "`attrs.` needs the attribute's name behind it");
	else if (names->n == ATTR_NAMES)
		load_fault(l, &at_key, "range", "the rules of a pack may name at most %d attributes", ATTR_NAMES);
	else
		return dict_put(names, load_intern(l, name), NULL) ? FIELD_ATTRS + (int)names->n - 1 : -1;
	return -1;
}

static int field_of(struct load *l, const struct yaml_node *c) {
	if (strncmp(c->key, attr_prefix, ATTR_PREFIX) == 0)
		return attr_field(l, c);
	for (int i = 0; i < FIELD_ATTRS; i++)
		if (strcmp(cond_rows[i].name, c->key) == 0)
			return i;
	struct suggest s;
	suggest_start(&s, c->key);
	for (int i = 0; i < FIELD_ATTRS; i++)
		suggest_offer(&s, cond_rows[i].name);
	const struct yaml_node at_key = yaml_at_key(c);
	yaml_fault(l->faults, l->file, &at_key, "unknown", s.best, "there is no condition `%s`", c->key);
	return -1;
}

static const char *load_value(struct load *l, const struct yaml_node *node, int field) {
	static const struct cond_row any_text = {.kind = KIND_NONE};
	const struct cond_row *row = field < FIELD_ATTRS ? &cond_rows[field] : &any_text;
	if (row->words) {
		const int i = load_choice(l, node, row->words);
		return i < 0 ? NULL : load_intern(l, row->words[i]);
	}
	const char *text = load_text(l, node);
	if (text && row->kind != KIND_NONE)
		load_refer(l, row->kind, text, node);
	return text;
}

/* Words are compared folded; equal ones of all rules are one symbol, which the finder hands out. */
static const char *word_symbol(struct load *l, const struct yaml_node *node, const char *word) {
	const char *known = dict_get(&l->words, word);
	if (known)
		return known;
	const char *folded = load_intern(l, fold_to_utf8(word, FOLD_TEXT, l->scratch));
	if (folded[strspn(folded, " ")] == '\0') {
		load_fault(l, node, "missing", "a word of nothing but spaces");
		return folded;
	}
	void *symbol = word_finder_add(l->pack->words, folded, (void *)(uintptr_t)folded);
	(void)dict_put(&l->words, word, symbol);
	return symbol;
}

static void fold_words(struct load *l, const struct yaml_node *node, struct cond *c) {
	c->symbols = arena_array(l->keep, const char *, c->n);
	for (uint32_t i = 0; i < c->n; i++)
		c->symbols[i] = word_symbol(l, node, c->values[i]);
}

static bool load_cond(struct load *l, const struct yaml_node *c, struct cond *out) {
	const int field = field_of(l, c);
	if (field < 0)
		return false;
	if (c->kind == YAML_MAP) {
		load_fault(l, c, "type", "`%s` takes one value or a list of values", c->key);
		return false;
	}
	const uint32_t room = c->kind == YAML_SCALAR ? 1 : (uint32_t)yaml_count(c);
	out->field = (uint8_t)field;
	out->values = room ? arena_array(l->keep, const char *, room) : NULL;
	const struct yaml_node *v = c->kind == YAML_LIST ? c->child : c;
	for (uint32_t i = 0; i < room; i++, v = v->next) {
		const char *value = load_value(l, v, field);
		if (value)
			out->values[out->n++] = value;
	}
	if (room == 0)
		load_fault(l, c, "missing", "`%s` has no values, so this rule would never match", c->key);
	out->symbols = out->values;
	if (field == FIELD_WORDS)
		fold_words(l, c, out);
	return out->n > 0;
}

static void load_conditions(struct load *l, const struct yaml_node *when, void *field) {
	struct rule *r = field;
	if (when->kind != YAML_MAP) {
		load_fault(l, when, "type", "`when` must be a map of conditions; {} holds always");
		return;
	}
	const size_t n = yaml_count(when);
	r->conds = n ? arena_array(l->keep, struct cond, n) : NULL;
	for (const struct yaml_node *c = when->child; c; c = c->next)
		if (load_cond(l, c, &r->conds[r->n_conds]))
			r->n_conds++;
}

static void load_dispatch(struct load *l, const struct yaml_node *node, void *field) {
	static const char *const words[] = {"auto", "propose", NULL};
	*(enum rule_dispatch *)field = (enum rule_dispatch)(load_choice(l, node, words) + 1);
}

/* A rule either routes or sends to the desk. */
static void check_kind(struct load *l, const struct yaml_node *map, const struct rule *r) {
	if (r->triage && (r->responsible.n || r->handlers.n || r->assist.n))
		load_fault(l, map, "range", "a rule with `triage` names nobody: the case goes to the desk");
	if (r->triage)
		return;
	if (!yaml_get(map, "responsible"))
		load_fault(l, map, "missing", "a rule needs `responsible`, or `triage`");
	if (!yaml_get(map, "handlers"))
		load_fault(l, map, "missing", "a rule needs `handlers`, or `triage`");
}

static void check_required(struct load *l, const struct yaml_node *map, const struct rule *r) {
	for (size_t i = 0; i < r->required.n; i++)
		if (!strs_has(&r->assist, r->required.v[i]))
			load_fault(l, yaml_get(map, "required"), "range", "`required` names `%s`, which isn't among `assist`", r->required.v[i]);
}

static void check_responsible(struct load *l, const struct yaml_node *map, const struct rule *r) {
	const struct yaml_node *node = yaml_get(map, "responsible");
	if (!node || r->responsible.n == 0)
		return;
	const char *last = r->responsible.v[r->responsible.n - 1];
	if (strchr(last, '.'))
		load_fault(l, node, "range", "`responsible` ends in `%s`, which a place may lack; it must end in a unit of the town",
		           last);
}

static void made_rule(struct load *l, const struct yaml_node *map, void *out) {
	struct rule *r = out;
	r->at = (struct place_in_file){.file = l->file, .line = map->line, .col = map->col};
	limits_written_in(l, &r->limits, "rule", r->id ? r->id : "");
	check_kind(l, map, r);
	check_responsible(l, map, r);
	check_required(l, map, r);
	load_define(l, KIND_RULE, r->id, r, map);
	*LIST_ADD(&l->pack->rules, l->keep) = r;
}

static const struct field_row rule_rows[] = {
    {.key = "id", .type = Y_ID, .offset = offsetof(struct rule, id), .required = true},
    {.key = "when", .type = Y_CALL, .offset = 0, .required = true, .call = load_conditions},
    {.key = "responsible", .type = Y_REFS, .offset = offsetof(struct rule, responsible), .kind = KIND_ACTOR},
    {.key = "handlers", .type = Y_REFS, .offset = offsetof(struct rule, handlers), .kind = KIND_ACTOR},
    {.key = "assist", .type = Y_REFS, .offset = offsetof(struct rule, assist), .kind = KIND_ACTOR},
    {.key = "required", .type = Y_REFS, .offset = offsetof(struct rule, required), .kind = KIND_ACTOR},
    {.key = "limits", .type = Y_CALL, .offset = offsetof(struct rule, limits), .call = load_limits},
    {.key = "requires", .type = Y_STRUCT, .offset = offsetof(struct rule, requires), .shape = &requires_shape},
    {.key = "ladder", .type = Y_REF, .offset = offsetof(struct rule, ladder), .kind = KIND_LADDER},
    {.key = "calendar", .type = Y_REF, .offset = offsetof(struct rule, calendar), .kind = KIND_CALENDAR},
    {.key = "dispatch", .type = Y_CALL, .offset = offsetof(struct rule, dispatch), .call = load_dispatch},
    {.key = "triage", .type = Y_ID, .offset = offsetof(struct rule, triage)},
    {.key = NULL},
};
static const struct shape rule_shape = {"a rule", rule_rows, sizeof(struct rule), made_rule};

struct rules_file {
	LIST_OF(struct rule) rules;
};
static const struct field_row rules_file_rows[] = {
    {.key = "rules", .type = Y_LIST, .offset = offsetof(struct rules_file, rules), .required = true, .shape = &rule_shape},
    {.key = NULL},
};
static const struct shape rules_file_shape = {"a file of rules", rules_file_rows, 0, NULL};

void load_rule(struct load *l, const struct yaml_node *item) {
	decode_map(l, item, &rule_shape, arena_new(l->keep, struct rule));
}

/* What the list of rules still holds are none: they were taken one by one. */
void load_rules(struct load *l, const struct yaml_node *root) {
	struct rules_file file = {0};
	decode_map(l, root, &rules_file_shape, &file);
}
