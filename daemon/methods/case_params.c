/* case_params: the words of a submit, checked against the pack. */
#include "daemon/methods/case_params.h"

#include "daemon/base/limits.h"
#include "daemon/methods/pack_words.h"

#include <json-c/json.h>
#include <math.h>
#include <string.h>

enum { AHEAD_OK_US = 10 * 60 * 1000000 }; /* a patrol's phone may be so far ahead of the database */

static const char *const crs_names[] = {"wgs84", "gcj02", "bd09", "sh2000", NULL};
static const char *const attachment_kinds[] = {"before", "after", "document", NULL};

static const struct field source_fields[] = {
    FIELD_WORD(struct submit_source, channel, FIELD_REQUIRED),
    FIELD_STR(struct submit_source, ref, LIMIT_NAME_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY), FIELD_END};
static const struct field explain_source_fields[] = {
    FIELD_WORD(struct submit_source, channel, FIELD_REQUIRED),
    FIELD_STR(struct submit_source, ref, LIMIT_NAME_BYTES, 0), FIELD_END};
static const struct field place_fields[] = {FIELD_F64(struct place, x, FIELD_REQUIRED),
                                            FIELD_F64(struct place, y, FIELD_REQUIRED),
                                            FIELD_STR(struct place, crs, LIMIT_CODE_BYTES, FIELD_REQUIRED), FIELD_END};
static const struct field reporter_fields[] = {FIELD_STR(struct reporter, name, LIMIT_NAME_BYTES, 0),
                                               FIELD_STR(struct reporter, phone, LIMIT_CODE_BYTES, 0),
                                               FIELD_BOOL(struct reporter, confidential, 0), FIELD_END};
/* A time whose member says its unit, and whose param doesn't. */
#define TIME_AS(label, st, m, fl) \
	{.name = (label), .type = FT_TIME, .offset = offsetof(st, m), .flags = (fl), .present_offset = SIZE_MAX}

const struct field attachment_fields[] = {
    FIELD_STR(struct attachment, uri, LIMIT_URI_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY | FIELD_CODE),
    FIELD_STR(struct attachment, sha256, 64, 0),
    FIELD_STR(struct attachment, media_type, LIMIT_CODE_BYTES, FIELD_CODE),
    FIELD_STR(struct attachment, kind, LIMIT_CODE_BYTES, 0),
    TIME_AS("taken_at", struct attachment, taken_at_us, 0),
    FIELD_END};
static const struct field deadline_fields[] = {
    FIELD_WORD(struct deadline, clock, FIELD_REQUIRED),
    TIME_AS("at", struct deadline, at_us, FIELD_REQUIRED), FIELD_END};
static const struct field handled_fields[] = {
    FIELD_WORD(struct handled, unit, FIELD_REQUIRED),
    TIME_AS("at", struct handled, at_us, FIELD_REQUIRED),
    FIELD_WORD(struct handled, result, FIELD_REQUIRED), FIELD_END};

/* clang-format off: one row a param. What the case is about, and where. */
#define SUBJECT_FIELDS \
	FIELD_WORD(struct case_params, class, 0), \
	FIELD_WORD(struct case_params, condition, 0), \
	FIELD_WORD(struct case_params, estate, 0), \
	FIELD_WORD(struct case_params, grid, 0), \
	FIELD_STR(struct case_params, address, LIMIT_ADDRESS_BYTES, 0), \
	FIELD_OBJECT(struct case_params, place, place_fields, 0), \
	FIELD_TREE(struct case_params, attrs, 0), \
	{.name = "tags", .type = FT_STRS, .offset = offsetof(struct case_params, tags), .max = LIMIT_TAGS, \
	 .item_max = LIMIT_CODE_BYTES, .flags = FIELD_CODE, .present_offset = offsetof(struct case_params, has_tags)}, \
	{.name = "urgency", .type = FT_ENUM, .offset = offsetof(struct case_params, urgency), .names = urgency_names, \
	 .present_offset = offsetof(struct case_params, has_urgency)}

/* What describes the case itself, for both methods. */
#define DESCRIBING_FIELDS \
	SUBJECT_FIELDS, \
	FIELD_TIME(struct case_params, observed_at, 0), \
	FIELD_TIME(struct case_params, received_at, 0), \
	FIELD_OBJECT(struct case_params, reporter, reporter_fields, 0), \
	FIELD_LIST(struct case_params, attachments, attachment_fields, LIMIT_ATTACHMENTS, 0), \
	FIELD_LIST(struct case_params, deadlines, deadline_fields, LIMIT_DEADLINES, 0), \
	{.name = "handled", .type = FT_OBJECT, .offset = offsetof(struct case_params, handled), .sub = handled_fields, \
	 .present_offset = offsetof(struct case_params, has_handled)}

const struct field case_submit_fields[] = {
    COMMON_WRITING_FIELDS,
    FIELD_STR(struct case_params, text, LIMIT_TEXT_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY),
    FIELD_OBJECT(struct case_params, source, source_fields, FIELD_REQUIRED),
    DESCRIBING_FIELDS,
    FIELD_END,
};

const struct field case_set_fields[] = {SUBJECT_FIELDS, FIELD_END};

const struct field rules_explain_fields[] = {
    COMMON_WRITING_FIELDS,
    FIELD_STR(struct case_params, text, LIMIT_TEXT_BYTES, 0),
    FIELD_OBJECT(struct case_params, source, explain_source_fields, 0),
    FIELD_TIME(struct case_params, at, 0),
    DESCRIBING_FIELDS,
    FIELD_END,
};
/* clang-format on */

struct reader {
	struct call *c;
	const struct case_params *p;
	struct case_reading *out;
	const char *under; /* the JSON pointer of the object that holds them */
	bool lenient; /* the channel sends what the pack doesn't know to the desk */
};

/* The pointer of a param: of "class", "/params/class". */
static const char *at(const struct reader *r, const char *param) {
	return arena_printf(&r->c->arena, "%s/%s", r->under, param);
}

/* NULL: the param isn't there; or the pack doesn't know its word, which is a fault unless the channel is lenient. */
static const void *thing_of(const struct reader *r, const char *param, enum word_kind kind, const char *word) {
	const struct pack_word *found = word ? pack_word_find(r->c->pack, kind, word) : NULL;
	if (word && !found && !r->lenient)
		word_fault(r->c, at(r, param), kind, word);
	return found ? found->thing : NULL;
}

static void read_channel(struct reader *r) {
	if (!r->p->source.channel)
		return;
	const struct pack_word *channel = word_find(r->c, "/params/source/channel", WORD_CHANNEL, r->p->source.channel);
	if (!channel)
		return;
	r->out->channel = channel->thing;
	r->lenient = r->out->channel->unknown == UNKNOWN_TRIAGE;
	r->out->in.channel = r->out->submit.channel = r->out->channel->id;
	r->out->submit.ref = r->p->source.ref;
}

static void read_class(struct reader *r) {
	const struct class_def *class = thing_of(r, "class", WORD_CLASS, r->p->class);
	struct cmd_submit *s = &r->out->submit;
	if (class)
		s->class_code = class->code;
	else if (r->lenient)
		s->class_as_sent = r->p->class;
	r->out->in.class_code = s->class_code;
	if (!r->p->condition)
		return;
	const struct condition *condition = class ? word_condition(class, r->p->condition) : NULL;
	if (condition)
		s->condition = condition->id;
	else if (class && !r->lenient)
		faults_at(&r->c->faults, at(r, "condition"), "unknown", "class %s has no condition %.80s", class->code,
		          r->p->condition);
	else if (!r->p->class)
		faults_at(&r->c->faults, at(r, "condition"), "reference", "a condition belongs to a class: say which");
	r->out->in.condition = s->condition;
}

static void read_places(struct reader *r) {
	const struct case_params *p = r->p;
	struct match_in *in = &r->out->in;
	const struct estate *estate = thing_of(r, "estate", WORD_ESTATE, p->estate);
	const struct grid *grid = thing_of(r, "grid", WORD_GRID, p->grid);
	if (estate)
		in->estate = estate->id;
	else if (r->lenient)
		r->out->submit.estate_as_sent = p->estate;
	in->grid = grid ? grid->id : NULL;
	in->address = r->out->priv.address = p->address;
	if (!p->place.crs)
		return;
	size_t i = 0;
	while (crs_names[i] && strcmp(crs_names[i], p->place.crs) != 0)
		i++;
	if (!crs_names[i])
		faults_at(&r->c->faults, at(r, "place/crs"), "unknown", "crs is one of wgs84, gcj02, bd09, sh2000");
	else if (i < 3 && (fabs(p->place.x) > 180 || fabs(p->place.y) > 90))
		faults_at(&r->c->faults, at(r, "place"), "range", "in %s x is the longitude and y the latitude, in degrees",
		          crs_names[i]);
	else if (i == 3 && (fabs(p->place.x) > 1e7 || fabs(p->place.y) > 1e7))
		faults_at(&r->c->faults, at(r, "place"), "range", "sh2000 coordinates are metres within 10,000 km");
	r->out->priv.place = p->place;
	in->has_place = true;
}

static const char *attr_path(const struct reader *r, const char *name) {
	return arena_printf(&r->c->arena, "%s/attrs/%.64s", r->under, name);
}

/* Attributes are kept as text: what a rule compares is what people wrote. */
static void read_attrs(struct reader *r) {
	struct json_object *attrs = r->p->attrs;
	struct call *c = r->c;
	if (!attrs)
		return;
	if (!json_object_is_type(attrs, json_type_object)) {
		faults_at(&c->faults, at(r, "attrs"), "type", "attrs is an object of names and values");
		return;
	}
	if (json_object_object_length(attrs) > LIMIT_ATTRS)
		faults_at(&c->faults, at(r, "attrs"), "too_many", "at most %d attributes", LIMIT_ATTRS);
	json_object_object_foreach(attrs, name, value) {
		const enum json_type type = json_object_get_type(value);
		if (type == json_type_null)
			continue;
		if (type == json_type_object || type == json_type_array || strlen(name) > LIMIT_CODE_BYTES || !*name) {
			faults_at(&c->faults, attr_path(r, name), "type",
			          "an attribute has a name of 1 to %d bytes and is a string, a number or a boolean", LIMIT_CODE_BYTES);
			continue;
		}
		const char *text = json_object_get_string(value);
		if (strlen(text) > LIMIT_ADDRESS_BYTES)
			faults_at(&c->faults, attr_path(r, name), "length", "at most %d bytes",
			          LIMIT_ADDRESS_BYTES);
		*LIST_ADD(&r->out->priv.attrs, &c->arena) = (struct attr){name, arena_strdup(&c->arena, text)};
	}
	r->out->in.attrs = r->out->priv.attrs.v;
	r->out->in.n_attrs = r->out->priv.attrs.n;
}

/* Up to 10 minutes ahead is a clock that runs fast, and is taken as now; further ahead is a fault that names our time. */
static int64_t not_ahead(struct reader *r, const char *path, int64_t at_us, int64_t limit_us, int64_t *ahead_seconds) {
	if (at_us <= limit_us)
		return at_us;
	if (at_us - limit_us > AHEAD_OK_US) {
		char now[RFC3339_BYTES];
		faults_at(&r->c->faults, path, "range", "this lies in the future: here it is %s",
		          rfc3339_format(limit_us, call_offset_s(r->c, limit_us), now));
	} else if (ahead_seconds) {
		*ahead_seconds = (at_us - limit_us + SECOND_US - 1) / SECOND_US;
	}
	return limit_us;
}

static void read_times(struct reader *r, int64_t at_us) {
	struct cmd_submit *s = &r->out->submit;
	const struct case_params *p = r->p;
	s->received_at_us = p->received_at == NO_TIME ? at_us : not_ahead(r, "/params/received_at", p->received_at, at_us, NULL);
	s->observed_at_us = s->received_at_us;
	if (p->observed_at != NO_TIME)
		s->observed_at_us = not_ahead(r, "/params/observed_at", p->observed_at, s->received_at_us, &s->clock_ahead_seconds);
	s->deadlines = p->deadlines;
	for (size_t i = 0; i < s->deadlines.n; i++) {
		struct deadline *d = &s->deadlines.v[i];
		d->clock = word_clock(r->c, arena_printf(&r->c->arena, "/params/deadlines/%zu/clock", i), d->clock);
	}
}

static void read_handled(struct reader *r, int64_t at_us) {
	const struct handled *h = &r->p->handled;
	if (!r->p->has_handled)
		return;
	r->out->submit.handled = (struct handled){.unit = word_unit(r->c, "/params/handled/unit", h->unit),
	                                          .at_us = not_ahead(r, "/params/handled/at", h->at_us, at_us, NULL),
	                                          .result = word_result(r->c, "/params/handled/result", h->result)};
}

static bool is_sha256(const char *text) { return strlen(text) == 64 && strspn(text, "0123456789abcdefABCDEF") == 64; }

static void check_attachment(struct call *c, const struct attachment *attachment, size_t i) {
	size_t k = 0;
	if (attachment->sha256 && !is_sha256(attachment->sha256))
		faults_at(&c->faults, arena_printf(&c->arena, "/params/attachments/%zu/sha256", i), "format", "64 hex digits");
	while (attachment->kind && attachment_kinds[k] && strcmp(attachment_kinds[k], attachment->kind) != 0)
		k++;
	if (attachment->kind && !attachment_kinds[k])
		faults_at(&c->faults, arena_printf(&c->arena, "/params/attachments/%zu/kind", i), "unknown",
		          "kind is one of before, after, document");
}

void attachments_check(struct call *c, const attachment_list *list) {
	for (size_t i = 0; i < list->n; i++)
		check_attachment(c, &list->v[i], i);
}

static void read_private(struct reader *r) {
	const struct case_params *p = r->p;
	struct private_part *priv = &r->out->priv;
	priv->text = r->out->in.text = p->text ? p->text : "";
	priv->reporter = p->reporter;
	priv->attachments = p->attachments;
	attachments_check(r->c, &p->attachments);
}

/* Also reads what has faults already, to find all at once: whatever is missing there is NULL here. */
bool case_params_read(struct call *c, const struct case_params *p, int64_t at_us, struct case_reading *out) {
	struct reader r = {.c = c, .p = p, .out = out, .under = "/params"};
	read_channel(&r);
	read_class(&r);
	read_places(&r);
	read_attrs(&r);
	read_times(&r, at_us);
	read_handled(&r, at_us);
	read_private(&r);
	out->in.urgency = out->submit.urgency = p->urgency;
	out->in.tags = &p->tags;
	out->submit.tags = p->tags;
	out->in.at_us = at_us;
	return c->faults.total == 0;
}

bool case_set_read(struct call *c, const struct case_params *p, struct case_reading *out) {
	struct reader r = {.c = c, .p = p, .out = out, .under = "/params/set"};
	read_class(&r);
	read_places(&r);
	read_attrs(&r);
	return c->faults.total == 0;
}
