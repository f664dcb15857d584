/* load_limits: `{clock: limit}` maps, wherever they stand. */
#include "daemon/rules/decode.h"

#include <stddef.h>
#include <string.h>

/* Other sources' figures: checked like a limit, kept for people. */
struct other_figure {
	struct limit limit;
};

void load_limit(struct load *l, const struct yaml_node *node, void *limit) {
	const char *text = load_text(l, node);
	struct err e;
	if (text && !limit_parse(text, limit, &e))
		load_fault(l, node, "type", "%s", e.text);
}

static const struct field_row other_rows[] = {
    {.key = "limit",
     .type = Y_CALL,
     .offset = offsetof(struct other_figure, limit),
     .required = true,
     .call = load_limit},
    {.key = NULL},
};
static const struct shape other_shape = {"another source's figure", other_rows, sizeof(struct other_figure), NULL};

static void load_other_figures(struct load *l, const struct yaml_node *node, void *field) {
	(void)field;
	LIST_OF(struct other_figure) figures = {0};
	decode_list(l, node, &other_shape, &figures);
}

static const struct field_row limit_rows[] = {
    {.key = "limit",
     .type = Y_CALL,
     .offset = offsetof(struct clock_limit, limit),
     .required = true,
     .call = load_limit},
    {.key = "calendar", .type = Y_REF, .offset = offsetof(struct clock_limit, calendar), .kind = KIND_CALENDAR},
    {.key = "status", .type = Y_TEXT, .offset = offsetof(struct clock_limit, status)},
    {.key = "source", .type = Y_TEXT, .offset = offsetof(struct clock_limit, source)},
    {.key = "alt", .type = Y_CALL, .offset = 0, .call = load_other_figures},
    {.key = NULL},
};
static const struct shape limit_shape = {"a limit", limit_rows, sizeof(struct clock_limit), NULL};

void load_limits(struct load *l, const struct yaml_node *node, void *clock_limits) {
	clock_limit_list *out = clock_limits;
	if (node->kind != YAML_MAP) {
		load_fault(l, node, "type", "limits must be a map of clock to limit, such as {accept: 2uh, handle: 3wd}");
		return;
	}
	LIST_ROOM(out, yaml_count(node), l->keep);
	for (const struct yaml_node *c = node->child; c; c = c->next) {
		const struct yaml_node at_key = yaml_at_key(c);
		load_refer(l, KIND_CLOCK, c->key, &at_key);
		struct clock_limit *limit = LIST_ADD(out, l->keep);
		limit->clock = c->key;
		if (c->kind == YAML_SCALAR)
			load_limit(l, c, &limit->limit);
		else
			decode_map(l, c, &limit_shape, limit);
	}
}

void limits_written_in(struct load *l, clock_limit_list *limits, const char *what, const char *id) {
	if (limits->n == 0 || !id)
		return;
	const char *from = arena_printf(l->keep, "%s%s%s", what, *id ? " " : "", id);
	for (size_t i = 0; i < limits->n; i++)
		limits->v[i].from = from;
}
