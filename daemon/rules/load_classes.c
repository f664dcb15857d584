/* load_classes: classes.yaml and ladders.yaml: what can be reported, and what happens when time runs out. */
#include "daemon/rules/decode.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

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

static const char *const act_words[] = {"remind", "notify", "level", "supervise", NULL};
static const char *const hold_words[] = {"never", "open", NULL};

/* "handle", "handle 80%", "handle +1wd": a clock, and how far before or after its due time. */
static void load_step_at(struct load *l, const struct yaml_node *node, void *step) {
	struct ladder_step *s = step;
	const char *text = load_text(l, node);
	if (!text)
		return;
	const size_t n = strcspn(text, " ");
	s->clock = load_intern(l, arena_strndup(l->scratch, text, n));
	s->percent = 100;
	load_refer(l, KIND_CLOCK, s->clock, node);
	const char *rest = text + n + strspn(text + n, " ");
	struct err e = {.text = ""};
	if (*rest == '+') {
		if (!limit_parse(rest + 1, &s->offset, &e))
			load_fault(l, node, "type", "%s", e.text);
		return;
	}
	char *end = NULL;
	const long percent = *rest ? strtol(rest, &end, 10) : 100;
	if (*rest && (*rest < '0' || *rest > '9' || strcmp(end, "%") != 0 || percent < 1 || percent > 100))
		load_fault(l, node, "type", "`%s` is not a moment such as `handle`, `handle 80%%` or `handle +1wd`", text);
	else
		s->percent = (int32_t)percent;
}

static void load_repeat(struct load *l, const struct yaml_node *node, void *limit) {
	const char *text = load_text(l, node);
	struct err e;
	if (text && !limit_parse(text, limit, &e))
		load_fault(l, node, "type", "%s", e.text);
}

static void load_level(struct load *l, const struct yaml_node *node, void *field) {
	(void)load_number(l, node, 1, 9, field);
}

static void load_max(struct load *l, const struct yaml_node *node, void *field) {
	(void)load_number(l, node, 1, 100, field);
}

static void made_step(struct load *l, const struct yaml_node *map, void *out) {
	const struct ladder_step *s = out;
	if (s->act == STEP_LEVEL && s->level == 0)
		load_fault(l, map, "missing", "a step that does `level` needs the level (`level: 1`)");
	if (s->act != STEP_LEVEL && s->level != 0)
		load_fault(l, map, "range", "only a step that does `level` has a level");
	if ((s->repeat.amount != 0) != (s->repeat_max != 0))
		load_fault(l, map, "missing", "`repeat` and `max` go together");
}

static const struct field_row step_rows[] = {
    {.key = "at", .type = Y_CALL, .offset = 0, .required = true, .call = load_step_at},
    {.key = "do", .type = Y_CHOICE, .offset = offsetof(struct ladder_step, act), .required = true, .words = act_words},
    {.key = "level", .type = Y_CALL, .offset = offsetof(struct ladder_step, level), .call = load_level},
    {.key = "to", .type = Y_REFS, .offset = offsetof(struct ladder_step, to), .required = true, .kind = KIND_TOLD},
    {.key = "repeat", .type = Y_CALL, .offset = offsetof(struct ladder_step, repeat), .call = load_repeat},
    {.key = "max", .type = Y_CALL, .offset = offsetof(struct ladder_step, repeat_max), .call = load_max},
    {.key = NULL},
};
static const struct shape step_shape = {"a step", step_rows, sizeof(struct ladder_step), made_step};

static void load_hold(struct load *l, const struct yaml_node *node, void *field) {
	*(bool *)field = load_choice(l, node, hold_words) == 1;
}

static void made_ladder(struct load *l, const struct yaml_node *map, void *out) {
	struct ladder *ladder = out;
	load_define(l, KIND_LADDER, ladder->id, ladder, map);
}

static const struct field_row ladder_rows[] = {
    {.key = "id", .type = Y_ID, .offset = offsetof(struct ladder, id), .required = true},
    {.key = "zh", .type = Y_TEXT, .offset = offsetof(struct ladder, zh)},
    {.key = "en", .type = Y_TEXT, .offset = offsetof(struct ladder, en)},
    {.key = "hold", .type = Y_CALL, .offset = offsetof(struct ladder, holds), .call = load_hold},
    {.key = "steps", .type = Y_LIST, .offset = offsetof(struct ladder, steps), .required = true, .shape = &step_shape},
    {.key = NULL},
};
static const struct shape ladder_shape = {"a ladder", ladder_rows, sizeof(struct ladder), made_ladder};

static const struct field_row ladders_file_rows[] = {
    {.key = "ladders", .type = Y_LIST, .offset = offsetof(struct pack, ladders), .shape = &ladder_shape},
    {.key = NULL},
};
static const struct shape ladders_file_shape = {"ladders.yaml", ladders_file_rows, 0, NULL};

void load_ladders(struct load *l, const struct yaml_node *root) { decode_map(l, root, &ladders_file_shape, l->pack); }
