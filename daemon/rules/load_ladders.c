/* load_ladders: ladders.yaml: what happens when time runs out. */
#include "daemon/rules/decode.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

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
	if (yaml_get(map, "to") && s->to.n == 0)
		load_fault(l, yaml_get(map, "to"), "missing", "a step that tells nobody");
	if (s->act == STEP_SUPERVISE && s->clock && strcmp(s->clock, "supervise") == 0)
		load_fault(l, map, "range", "an order whose time runs out can't open the next order: it would never end");
	if ((s->repeat.amount != 0) != (s->repeat_max != 0))
		load_fault(l, map, "missing", "`repeat` and `max` go together");
}

static const struct field_row step_rows[] = {
    {.key = "at", .type = Y_CALL, .offset = 0, .required = true, .call = load_step_at},
    {.key = "do", .type = Y_CHOICE, .offset = offsetof(struct ladder_step, act), .required = true, .words = act_words},
    {.key = "level", .type = Y_CALL, .offset = offsetof(struct ladder_step, level), .call = load_level},
    {.key = "to", .type = Y_REFS, .offset = offsetof(struct ladder_step, to), .required = true, .kind = KIND_TOLD},
    {.key = "repeat", .type = Y_CALL, .offset = offsetof(struct ladder_step, repeat), .call = load_limit},
    {.key = "max", .type = Y_CALL, .offset = offsetof(struct ladder_step, repeat_max), .call = load_max},
    {.key = NULL},
};
static const struct shape step_shape = {"a step", step_rows, sizeof(struct ladder_step), made_step};

static void load_hold(struct load *l, const struct yaml_node *node, void *field) {
	*(bool *)field = load_choice(l, node, hold_words) == 1;
}

static void made_ladder(struct load *l, const struct yaml_node *map, void *out) {
	struct ladder *ladder = out;
	if (ladder->steps.n > LADDER_STEPS)
		load_fault(l, yaml_get(map, "steps"), "range", "a ladder has at most %d steps, not %zu", LADDER_STEPS,
		           ladder->steps.n);
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
