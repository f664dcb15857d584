/* load_town: town.yaml. */
#include "daemon/rules/decode.h"

#include <stddef.h>
#include <string.h>

const char *const channel_kind_names[CHANNEL_KINDS + 1] = {"patrol", "public", "hotline", "leader",
                                                           "video",  "estate", "self",    NULL};
static const char *const unknown_words[] = {"refuse", "triage", NULL};
static const char *const dispatch_words[] = {"auto", "propose", NULL};
static const char *const fault_words[] = {"unit", "dispatcher", "rule", "nobody", NULL};
static const char *const reason_words[] = {"return",    "reject", "suspend",  "extend",   "assist", "waive", "arbitrate",
                                           "supervise", "amend",  "dispatch", "handover", "reopen", "merge", "unmerge",
                                           "resume",    "rework", "deadline", "reveal",   "skip",   NULL};

#define ID_ROW(type_, member)                                                                                               \
	{ .key = "id", .type = Y_ID, .offset = offsetof(type_, member), .required = true }
#define NAME_ROWS(type_, prefix)                                                                                            \
	{.key = "zh", .type = Y_TEXT, .offset = offsetof(type_, prefix zh)}, {                                                  \
		.key = "en", .type = Y_TEXT, .offset = offsetof(type_, prefix en)                                                   \
	}
#define CODES_ROW(type_, member)                                                                                            \
	{ .key = "codes", .type = Y_CALL, .offset = offsetof(type_, member), .call = load_codes }
#define END_ROW                                                                                                             \
	{ .key = NULL }

static void define_named(struct load *l, enum kind kind, struct named *n, const struct yaml_node *at) {
	load_define(l, kind, n->id, n, at);
	load_define_codes(l, kind, &n->codes, n, at);
}

static const struct field_row named_rows[] = {
    ID_ROW(struct named, id),
    NAME_ROWS(struct named, ),
    CODES_ROW(struct named, codes),
    END_ROW,
};

static void made_result(struct load *l, const struct yaml_node *map, void *out) { define_named(l, KIND_RESULT, out, map); }

static void made_estate_kind(struct load *l, const struct yaml_node *map, void *out) {
	define_named(l, KIND_ESTATE_KIND, out, map);
}

static void made_unit_kind(struct load *l, const struct yaml_node *map, void *out) {
	define_named(l, KIND_UNIT_KIND, out, map);
}

static const struct shape result_shape = {"a result", named_rows, sizeof(struct named), made_result};
static const struct shape estate_kind_shape = {"an estate kind", named_rows, sizeof(struct named), made_estate_kind};
static const struct shape unit_kind_shape = {"a unit kind", named_rows, sizeof(struct named), made_unit_kind};
static const struct shape value_shape = {"a value of a mark", named_rows, sizeof(struct named), NULL};

static void made_reason(struct load *l, const struct yaml_node *map, void *out) {
	struct reason *r = out;
	define_named(l, KIND_REASON, &r->named, map);
}

static const struct field_row reason_rows[] = {
    ID_ROW(struct reason, named.id),
    NAME_ROWS(struct reason, named.),
    CODES_ROW(struct reason, named.codes),
    {.key = "of", .type = Y_WORD, .offset = offsetof(struct reason, of), .required = true, .words = reason_words},
    {.key = "fault", .type = Y_WORD, .offset = offsetof(struct reason, fault), .words = fault_words},
    END_ROW,
};
static const struct shape reason_shape = {"a reason", reason_rows, sizeof(struct reason), made_reason};

static void check_values(struct load *l, const struct mark_def *m, const struct yaml_node *at) {
	for (size_t i = 0; i < m->values.n; i++)
		for (size_t j = 0; j < i; j++)
			if (m->values.v[i].id && m->values.v[i].id == m->values.v[j].id)
				load_fault(l, at, "duplicate", "the value `%s` stands here twice", m->values.v[i].id);
}

static void made_mark(struct load *l, const struct yaml_node *map, void *out) {
	struct mark_def *m = out;
	m->judgement = m->values.n > 0;
	check_values(l, m, map);
	define_named(l, KIND_MARK, &m->named, map);
}

static const struct field_row mark_rows[] = {
    ID_ROW(struct mark_def, named.id),
    NAME_ROWS(struct mark_def, named.),
    CODES_ROW(struct mark_def, named.codes),
    {.key = "values", .type = Y_LIST, .offset = offsetof(struct mark_def, values), .shape = &value_shape},
    END_ROW,
};
static const struct shape mark_shape = {"a mark", mark_rows, sizeof(struct mark_def), made_mark};

static void made_clock(struct load *l, const struct yaml_node *map, void *out) {
	struct clock_def *c = out;
	define_named(l, KIND_CLOCK, &c->named, map);
}

static const struct field_row clock_rows[] = {
    ID_ROW(struct clock_def, named.id),
    NAME_ROWS(struct clock_def, named.),
    {.key = "from", .type = Y_REF, .offset = offsetof(struct clock_def, from), .required = true, .kind = KIND_START},
    {.key = "until", .type = Y_REF, .offset = offsetof(struct clock_def, until), .required = true, .kind = KIND_MARK},
    END_ROW,
};
static const struct shape clock_shape = {"a clock", clock_rows, sizeof(struct clock_def), made_clock};

static void made_channel(struct load *l, const struct yaml_node *map, void *out) {
	struct channel *c = out;
	load_define(l, KIND_CHANNEL, c->id, c, map);
}

static const struct field_row channel_rows[] = {
    ID_ROW(struct channel, id),
    NAME_ROWS(struct channel, ),
    {.key = "kind",
     .type = Y_CHOICE,
     .offset = offsetof(struct channel, kind),
     .required = true,
     .words = channel_kind_names},
    {.key = "unknown",
     .type = Y_CHOICE,
     .offset = offsetof(struct channel, unknown),
     .required = true,
     .words = unknown_words},
    END_ROW,
};
static const struct shape channel_shape = {"a channel", channel_rows, sizeof(struct channel), made_channel};

/* What town.yaml says, before it is spread over the pack. */
struct town_file {
	struct town town;
	int dispatch;
	struct strs rules;
};

static void load_format(struct load *l, const struct yaml_node *node, void *field) {
	const char *text = load_text(l, node);
	(void)field;
	if (text && strcmp(text, "1") != 0)
		load_fault(l, node, "range", "packs of format 1 are read here, not of format `%s`", text);
}

static void load_town_code(struct load *l, const struct yaml_node *node, void *field) {
	const char *code = load_text(l, node);
	*(const char **)field = code;
	if (code && (strlen(code) != 9 || strspn(code, "0123456789") != 9))
		load_fault(l, node, "type", "a town's code has 9 digits, as in the national table of divisions");
}

static const struct field_row identity_rows[] = {
    {.key = "code", .type = Y_CALL, .offset = offsetof(struct town, code), .required = true, .call = load_town_code},
    {.key = "zh", .type = Y_TEXT, .offset = offsetof(struct town, zh), .required = true},
    {.key = "en", .type = Y_TEXT, .offset = offsetof(struct town, en)},
    {.key = "zone", .type = Y_TEXT, .offset = offsetof(struct town, zone_name), .required = true},
    END_ROW,
};
static const struct shape identity_shape = {"the town", identity_rows, sizeof(struct town), NULL};

#define TOWN_LIST(key_, member, shape_)                                                                                     \
	{ .key = key_, .type = Y_LIST, .offset = offsetof(struct town_file, town.member), .shape = &(shape_) }

#define POLICY_CALL(key_, call_)                                                                                            \
	{ .key = key_, .type = Y_CALL, .offset = offsetof(struct town_file, town.policy), .call = call_ }
#define POLICY_MAP(key_, shape_)                                                                                            \
	{ .key = key_, .type = Y_STRUCT, .offset = offsetof(struct town_file, town.policy), .shape = &(shape_) }

static const struct field_row town_rows[] = {
    {.key = "format", .type = Y_CALL, .required = true, .call = load_format},
    {.key = "town",
     .type = Y_STRUCT,
     .offset = offsetof(struct town_file, town),
     .required = true,
     .shape = &identity_shape},
    {.key = "calendar",
     .type = Y_REF,
     .offset = offsetof(struct town_file, town.calendar),
     .required = true,
     .kind = KIND_CALENDAR},
    {.key = "desk", .type = Y_REF, .offset = offsetof(struct town_file, town.desk), .required = true, .kind = KIND_UNIT},
    {.key = "dispatch", .type = Y_CHOICE, .offset = offsetof(struct town_file, dispatch), .words = dispatch_words},
    POLICY_CALL("late_entry", load_late_entry),
    POLICY_CALL("extensions", load_extensions),
    POLICY_MAP("returns", returns_shape),
    POLICY_MAP("suspend", suspend_shape),
    POLICY_MAP("reopen", reopen_shape),
    POLICY_MAP("supervision", supervision_shape),
    {.key = "limits", .type = Y_CALL, .offset = offsetof(struct town_file, town.limits), .call = load_limits},
    TOWN_LIST("estate_kinds", estate_kinds, estate_kind_shape),
    TOWN_LIST("unit_kinds", unit_kinds, unit_kind_shape),
    TOWN_LIST("channels", channels, channel_shape),
    TOWN_LIST("reasons", reasons, reason_shape),
    TOWN_LIST("results", results, result_shape),
    TOWN_LIST("marks", marks, mark_shape),
    TOWN_LIST("clocks", clocks, clock_shape),
    {.key = "rules", .type = Y_TEXTS, .offset = offsetof(struct town_file, rules), .required = true},
    END_ROW,
};
static const struct shape town_shape = {"town.yaml", town_rows, sizeof(struct town_file), NULL};

static void load_zone(struct load *l, const struct yaml_node *root, zone_loader zones) {
	const char *name = l->pack->town.zone_name;
	if (!name)
		return;
	struct zone_bytes bytes = {0};
	struct err e;
	if (!zones(name, l->scratch, &bytes, &e) ||
	    !zone_parse(name, bytes.bytes, bytes.n, l->keep, &l->pack->calendars.zone, &e))
		load_fault(l, yaml_get(yaml_get(root, "town"), "zone"), "reference", "%s", e.text);
}

void load_town(struct load *l, const struct yaml_node *root, zone_loader zones, struct load_town_result *out) {
	/* In the pack's memory at once: the names defined on the way point into the lists. */
	struct town_file *file = arena_new(l->keep, struct town_file);
	policy_defaults(l, &file->town.policy);
	decode_map(l, root, &town_shape, file);
	policy_check(l, root, &file->town.policy);
	limits_written_in(l, &file->town.limits, "town", "");
	file->town.propose = file->dispatch == 1;
	l->pack->town = file->town;
	load_zone(l, root, zones);
	out->rule_files = file->rules;
	out->rules_node = yaml_get(root, "rules");
}
