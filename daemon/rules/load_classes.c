/* load_classes: classes.yaml: what can be reported. */
#include "daemon/rules/decode.h"

#include <stddef.h>
#include <string.h>

static const struct field_row requires_rows[] = {
    {.key = "finish", .type = Y_REFS, .offset = offsetof(struct required_marks, finish), .kind = KIND_MARK},
    {.key = "pass", .type = Y_REFS, .offset = offsetof(struct required_marks, pass), .kind = KIND_MARK},
    {.key = NULL},
};
const struct shape requires_shape = {"`requires`", requires_rows, sizeof(struct required_marks), NULL};

static void made_condition(struct load *l, const struct yaml_node *map, void *out) {
	struct condition *c = out;
	(void)map;
	limits_written_in(l, &c->limits, "condition", c->id ? c->id : "");
}

static const struct field_row condition_rows[] = {
    {.key = "id", .type = Y_ID, .offset = offsetof(struct condition, id), .required = true},
    {.key = "zh", .type = Y_TEXT, .offset = offsetof(struct condition, zh)},
    {.key = "en", .type = Y_TEXT, .offset = offsetof(struct condition, en)},
    {.key = "limits", .type = Y_CALL, .offset = offsetof(struct condition, limits), .call = load_limits},
    {.key = NULL},
};
static const struct shape condition_shape = {"a condition", condition_rows, sizeof(struct condition), made_condition};

/* E70 of E70-05: what stands before the last dash. */
static const char *big_by_code(struct load *l, const char *code) {
	const char *dash = strrchr(code, '-');
	return dash ? load_intern(l, arena_strndup(l->scratch, code, (size_t)(dash - code))) : NULL;
}

static void check_conditions(struct load *l, const struct class_def *c, const struct yaml_node *at) {
	for (size_t i = 0; i < c->conditions.n; i++)
		for (size_t j = 0; j < i; j++)
			if (c->conditions.v[i].id && c->conditions.v[i].id == c->conditions.v[j].id)
				load_fault(l, at, "duplicate", "the condition `%s` stands here twice", c->conditions.v[i].id);
}

static void made_class(struct load *l, const struct yaml_node *map, void *out) {
	struct class_def *c = out;
	c->at = (struct place_in_file){.file = l->file, .line = map->line, .col = map->col};
	if (!c->code)
		return;
	if (!c->big) {
		c->big = big_by_code(l, c->code);
		const struct yaml_node *code = yaml_get(map, "code");
		if (c->big)
			load_refer(l, KIND_BIG_CLASS, c->big, code);
		else
			load_fault(l, code, "missing", "the code `%s` has no dash, so its big class must be given (`big`)", c->code);
	}
	if (!c->group)
		c->group = c->code;
	limits_written_in(l, &c->limits, "class", c->code);
	check_conditions(l, c, map);
	load_define(l, KIND_CLASS, c->code, c, map);
	load_define_codes(l, KIND_CLASS, &c->codes, c, map);
}

static const struct field_row class_rows[] = {
    {.key = "code", .type = Y_ID, .offset = offsetof(struct class_def, code), .required = true},
    {.key = "big", .type = Y_REF, .offset = offsetof(struct class_def, big), .kind = KIND_BIG_CLASS},
    {.key = "zh", .type = Y_TEXT, .offset = offsetof(struct class_def, zh), .required = true},
    {.key = "en", .type = Y_TEXT, .offset = offsetof(struct class_def, en)},
    {.key = "group", .type = Y_TEXT, .offset = offsetof(struct class_def, group)},
    {.key = "emergency", .type = Y_FLAG, .offset = offsetof(struct class_def, emergency)},
    {.key = "limits", .type = Y_CALL, .offset = offsetof(struct class_def, limits), .call = load_limits},
    {.key = "requires", .type = Y_STRUCT, .offset = offsetof(struct class_def, requires), .shape = &requires_shape},
    {.key = "calendar", .type = Y_REF, .offset = offsetof(struct class_def, calendar), .kind = KIND_CALENDAR},
    {.key = "conditions", .type = Y_LIST, .offset = offsetof(struct class_def, conditions), .shape = &condition_shape},
    {.key = "retired", .type = Y_DAY, .offset = offsetof(struct class_def, retired_day)},
    {.key = "codes", .type = Y_CALL, .offset = offsetof(struct class_def, codes), .call = load_codes},
    {.key = NULL},
};
static const struct shape class_shape = {"a class", class_rows, sizeof(struct class_def), made_class};

/* A big class is a name; whether it is of events or components is for people. */
static void made_big(struct load *l, const struct yaml_node *map, void *out) {
	struct named *n = out;
	load_define(l, KIND_BIG_CLASS, n->id, n, map);
}

static const struct field_row big_rows[] = {
    {.key = "id", .type = Y_ID, .offset = offsetof(struct named, id), .required = true},
    {.key = "zh", .type = Y_TEXT, .offset = offsetof(struct named, zh)},
    {.key = "en", .type = Y_TEXT, .offset = offsetof(struct named, en)},
    {.key = "kind", .type = Y_ANY},
    {.key = "codes", .type = Y_CALL, .offset = offsetof(struct named, codes), .call = load_codes},
    {.key = NULL},
};
static const struct shape big_shape = {"a big class", big_rows, sizeof(struct named), made_big};

static const struct field_row classes_file_rows[] = {
    {.key = "big_classes",
     .type = Y_LIST,
     .offset = offsetof(struct pack, town.big_classes),
     .required = true,
     .shape = &big_shape},
    {.key = "classes", .type = Y_LIST, .offset = offsetof(struct pack, classes), .required = true, .shape = &class_shape},
    {.key = NULL},
};
static const struct shape classes_file_shape = {"classes.yaml", classes_file_rows, 0, NULL};

void load_classes(struct load *l, const struct yaml_node *root) { decode_map(l, root, &classes_file_shape, l->pack); }
