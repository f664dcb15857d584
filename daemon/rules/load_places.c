/* load_places: units.yaml and estates.yaml: who there is, and where. */
#include "daemon/rules/decode.h"

#include <stddef.h>
#include <string.h>

const char *const management_names[MANAGEMENTS + 1] = {"managed", "self", "abandoned", NULL};
static const char *const duty_words[] = {"office_open", "office_closed", "always", "reports", NULL};

static const struct field_row contact_rows[] = {
    {.key = "role", .type = Y_TEXT, .offset = offsetof(struct contact, role), .required = true},
    {.key = "when", .type = Y_WORD, .offset = offsetof(struct contact, when), .required = true, .words = duty_words},
    {.key = "channel", .type = Y_TEXT, .offset = offsetof(struct contact, channel), .required = true},
    {.key = "to", .type = Y_TEXT, .offset = offsetof(struct contact, to), .required = true},
    {.key = NULL},
};
static const struct shape contact_shape = {"a contact", contact_rows, sizeof(struct contact), NULL};

static void made_unit(struct load *l, const struct yaml_node *map, void *out) {
	struct unit *u = out;
	u->at = (struct place_in_file){.file = l->file, .line = map->line, .col = map->col};
	load_define(l, KIND_UNIT, u->id, u, map);
	load_define_codes(l, KIND_UNIT, &u->codes, u, map);
}

static const struct field_row unit_rows[] = {
    {.key = "id", .type = Y_ID, .offset = offsetof(struct unit, id), .required = true},
    {.key = "zh", .type = Y_TEXT, .offset = offsetof(struct unit, zh), .required = true},
    {.key = "en", .type = Y_TEXT, .offset = offsetof(struct unit, en)},
    {.key = "kind", .type = Y_REF, .offset = offsetof(struct unit, kind), .required = true, .kind = KIND_UNIT_KIND},
    {.key = "parent", .type = Y_REF, .offset = offsetof(struct unit, parent), .kind = KIND_UNIT},
    {.key = "leader", .type = Y_REF, .offset = offsetof(struct unit, leader), .kind = KIND_UNIT},
    {.key = "calendar", .type = Y_REF, .offset = offsetof(struct unit, calendar), .kind = KIND_CALENDAR},
    {.key = "replaced_by", .type = Y_REF, .offset = offsetof(struct unit, replaced_by), .kind = KIND_UNIT},
    {.key = "until", .type = Y_DAY, .offset = offsetof(struct unit, until_day)},
    {.key = "retired", .type = Y_DAY, .offset = offsetof(struct unit, retired_day)},
    {.key = "contacts", .type = Y_LIST, .offset = offsetof(struct unit, contacts), .shape = &contact_shape},
    {.key = "codes", .type = Y_CALL, .offset = offsetof(struct unit, codes), .call = load_codes},
    {.key = "status", .type = Y_TEXT, .offset = offsetof(struct unit, status)},
    {.key = "source", .type = Y_TEXT, .offset = offsetof(struct unit, source)},
    {.key = NULL},
};
static const struct shape unit_shape = {"a unit", unit_rows, sizeof(struct unit), made_unit};

static const struct field_row units_file_rows[] = {
    {.key = "units", .type = Y_LIST, .offset = offsetof(struct pack, units), .required = true, .shape = &unit_shape},
    {.key = NULL},
};
static const struct shape units_file_shape = {"units.yaml", units_file_rows, 0, NULL};

void load_units(struct load *l, const struct yaml_node *root) { decode_map(l, root, &units_file_shape, l->pack); }

static void made_grid(struct load *l, const struct yaml_node *map, void *out) {
	struct grid *g = out;
	load_define(l, KIND_GRID, g->id, g, map);
}

static const struct field_row grid_rows[] = {
    {.key = "id", .type = Y_ID, .offset = offsetof(struct grid, id), .required = true},
    {.key = "zh", .type = Y_TEXT, .offset = offsetof(struct grid, zh)},
    {.key = "committee", .type = Y_REF, .offset = offsetof(struct grid, committee), .kind = KIND_UNIT},
    {.key = NULL},
};
static const struct shape grid_shape = {"a grid", grid_rows, sizeof(struct grid), made_grid};

static void made_management(struct load *l, const struct yaml_node *map, void *out) {
	const struct estate *e = out;
	if (e->management == MANAGED && !e->property_firm)
		load_fault(l, map, "missing", "an estate that is managed needs its `firm`");
	if (e->management != MANAGED && e->property_firm)
		load_fault(l, map, "range", "an estate that is %s has no `firm`", management_names[e->management]);
}

static void load_any_day(struct load *l, const struct yaml_node *node, void *field) {
	int32_t day;
	(void)field;
	(void)load_day(l, node, &day);
}

static const struct field_row management_rows[] = {
    {.key = "firm", .type = Y_REF, .offset = offsetof(struct estate, property_firm), .kind = KIND_UNIT},
    {.key = "status",
     .type = Y_CHOICE,
     .offset = offsetof(struct estate, management),
     .required = true,
     .words = management_names},
    {.key = "from", .type = Y_CALL, .offset = 0, .call = load_any_day},
    {.key = "until", .type = Y_CALL, .offset = 0, .call = load_any_day},
    {.key = NULL},
};
static const struct shape management_shape = {"the management", management_rows, 0, made_management};

static void made_estate(struct load *l, const struct yaml_node *map, void *out) {
	struct estate *e = out;
	e->at = (struct place_in_file){.file = l->file, .line = map->line, .col = map->col};
	load_define(l, KIND_ESTATE, e->id, e, map);
	load_define_codes(l, KIND_ESTATE, &e->codes, e, map);
}

/* `management` is a map in the file, but its facts are the estate's own: it is decoded in place (offset 0). */
static const struct field_row estate_rows[] = {
    {.key = "id", .type = Y_ID, .offset = offsetof(struct estate, id), .required = true},
    {.key = "zh", .type = Y_TEXT, .offset = offsetof(struct estate, zh), .required = true},
    {.key = "en", .type = Y_TEXT, .offset = offsetof(struct estate, en)},
    {.key = "kind", .type = Y_REF, .offset = offsetof(struct estate, kind), .required = true, .kind = KIND_ESTATE_KIND},
    {.key = "grid", .type = Y_REF, .offset = offsetof(struct estate, grid), .required = true, .kind = KIND_GRID},
    {.key = "committee", .type = Y_REF, .offset = offsetof(struct estate, committee), .kind = KIND_UNIT},
    {.key = "owners_committee", .type = Y_REF, .offset = offsetof(struct estate, owners_committee), .kind = KIND_UNIT},
    {.key = "management", .type = Y_STRUCT, .offset = 0, .required = true, .shape = &management_shape},
    {.key = "lift_firm", .type = Y_REF, .offset = offsetof(struct estate, lift_firm), .kind = KIND_UNIT},
    {.key = "aliases", .type = Y_TEXTS, .offset = offsetof(struct estate, aliases)},
    {.key = "lanes", .type = Y_TEXTS, .offset = offsetof(struct estate, lanes)},
    {.key = "retired", .type = Y_DAY, .offset = offsetof(struct estate, retired_day)},
    {.key = "codes", .type = Y_CALL, .offset = offsetof(struct estate, codes), .call = load_codes},
    {.key = NULL},
};
static const struct shape estate_shape = {"an estate", estate_rows, sizeof(struct estate), made_estate};

static const struct field_row estates_file_rows[] = {
    {.key = "grids", .type = Y_LIST, .offset = offsetof(struct pack, grids), .shape = &grid_shape},
    {.key = "estates", .type = Y_LIST, .offset = offsetof(struct pack, estates), .shape = &estate_shape},
    {.key = NULL},
};
static const struct shape estates_file_shape = {"estates.yaml", estates_file_rows, 0, NULL};

void load_estates(struct load *l, const struct yaml_node *root) { decode_map(l, root, &estates_file_shape, l->pack); }
