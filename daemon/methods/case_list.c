/* case_list: cases by filter, a page at a time, worst first. */
#include "daemon/base/limits.h"
#include "daemon/methods/case_view.h"
#include "daemon/methods/methods.h"
#include "daemon/methods/pack_words.h"

#include <json-c/json.h>
#include <string.h>

enum { DEFAULT_ROWS = 50, ANY_OF = 100 };

struct list_params {
	struct common_params common;
	struct json_object *state, *unit, *class, *estate, *grid, *channel; /* one word, or a list of any */
	struct json_object *pending;                                         /* true, or what is asked for */
	const char *tag, *overdue, *text, *cursor;
	int64_t due_before, received_since, updated_since;
	int32_t returns_min, limit;
	enum list_sort sort;
};

static const struct field list_fields[] = {
    COMMON_FIELDS,
    FIELD_TREE(struct list_params, state, 0),
    FIELD_TREE(struct list_params, unit, 0),
    FIELD_TREE(struct list_params, class, 0),
    FIELD_TREE(struct list_params, estate, 0),
    FIELD_TREE(struct list_params, grid, 0),
    FIELD_TREE(struct list_params, channel, 0),
    FIELD_TREE(struct list_params, pending, 0),
    FIELD_STR(struct list_params, tag, LIMIT_CODE_BYTES, FIELD_NONEMPTY | FIELD_CODE),
    FIELD_WORD(struct list_params, overdue, 0),
    FIELD_STR(struct list_params, text, LIMIT_NAME_BYTES, FIELD_NONEMPTY),
    FIELD_STR(struct list_params, cursor, LIMIT_NAME_BYTES, FIELD_NONEMPTY),
    FIELD_TIME(struct list_params, due_before, 0),
    FIELD_TIME(struct list_params, received_since, 0),
    FIELD_TIME(struct list_params, updated_since, 0),
    FIELD_I32(struct list_params, returns_min, 0, INT32_MAX, 0),
    FIELD_I32(struct list_params, limit, 1, LIMIT_LIST_ROWS, 0),
    FIELD_ENUM(struct list_params, sort, list_sort_names, 0),
    FIELD_END};

static void add_word(struct call *c, struct strs *out, enum word_kind kind, struct json_object *word) {
	const char *what = word_kind_names[kind], *path = arena_printf(&c->arena, "/params/%s", what);
	if (!json_object_is_type(word, json_type_string)) {
		faults_at(&c->faults, path, "type", "%s is a word, or a list of words", what);
		return;
	}
	const struct pack_word *found = word_find(c, path, kind, json_object_get_string(word));
	if (found)
		STRS_ADD(out, &c->arena, found->code);
}

static void read_words(struct call *c, struct strs *out, enum word_kind kind, struct json_object *tree) {
	const char *path = arena_printf(&c->arena, "/params/%s", word_kind_names[kind]);
	if (!tree)
		return;
	if (!json_object_is_type(tree, json_type_array)) {
		add_word(c, out, kind, tree);
		return;
	}
	const size_t n = json_object_array_length(tree);
	if (n == 0 || n > ANY_OF)
		faults_at(&c->faults, path, "too_many", "a list of 1 to %d words", ANY_OF);
	for (size_t i = 0; i < n && i < ANY_OF; i++)
		add_word(c, out, kind, json_object_array_get_idx(tree, i));
}

/* `class` may name a big class: all of its classes. */
static void read_classes(struct call *c, struct strs *out, struct json_object *tree) {
	const char *word = tree && json_object_is_type(tree, json_type_string) ? json_object_get_string(tree) : NULL;
	const struct pack_word *big = word ? pack_word_find(c->pack, WORD_BIG_CLASS, word) : NULL;
	if (big && (strcmp(big->code, word) == 0 || !pack_word_find(c->pack, WORD_CLASS, word))) {
		const struct class_def *k;
		for (size_t i = 0; (k = pack_class_at(c->pack, i)) != NULL; i++)
			if (k->big && strcmp(k->big, big->code) == 0)
				STRS_ADD(out, &c->arena, k->code);
		return;
	}
	read_words(c, out, WORD_CLASS, tree);
}

/* `true` or `any`: whatever is asked for. */
static const char *read_pending(struct call *c, struct json_object *tree) {
	const char *word = tree && json_object_is_type(tree, json_type_string) ? json_object_get_string(tree) : "";
	if (!tree || (json_object_is_type(tree, json_type_boolean) && !json_object_get_boolean(tree)))
		return NULL;
	if (json_object_is_type(tree, json_type_boolean) || strcmp(word, "any") == 0)
		return "any";
	for (size_t i = 0; i < REQUEST_WHATS; i++)
		if (strcmp(word, request_what_names[i]) == 0)
			return request_what_names[i];
	faults_at(&c->faults, "/params/pending", "unknown", "pending is true, or extend, suspend, assist or waive");
	return NULL;
}

static void read_filter(struct call *c, const struct list_params *p, struct list_filter *f) {
	read_words(c, &f->states, WORD_STATE, p->state);
	read_words(c, &f->units, WORD_UNIT, p->unit);
	read_classes(c, &f->classes, p->class);
	read_words(c, &f->estates, WORD_ESTATE, p->estate);
	read_words(c, &f->grids, WORD_GRID, p->grid);
	read_words(c, &f->channels, WORD_CHANNEL, p->channel);
	f->pending = read_pending(c, p->pending);
	if (p->overdue && strcmp(p->overdue, "any") != 0)
		f->overdue = word_clock(c, "/params/overdue", p->overdue);
	const bool narrowed = f->states.n || f->units.n || f->classes.n || f->estates.n || f->grids.n || f->channels.n ||
	                      p->tag || f->pending || p->overdue || p->due_before != NO_TIME || p->received_since != NO_TIME ||
	                      p->updated_since != NO_TIME || p->returns_min;
	if (p->text && !narrowed)
		faults_at(&c->faults, "/params/text", "missing",
		          "text goes only beside another filter, or every case would be read");
}

static enum next ask(struct call *c) {
	const struct list_params *p = c->params;
	struct list_filter *f = arena_new(&c->arena, struct list_filter);
	struct err e = {0};
	*f = (struct list_filter){.town = c->town->code,
	                          .scope = call_scope(c),
	                          .tag = p->tag,
	                          .overdue = p->overdue,
	                          .now_us = c->now_us,
	                          .due_before_us = p->due_before,
	                          .received_since_us = p->received_since,
	                          .updated_since_us = p->updated_since,
	                          .returns_min = p->returns_min,
	                          .text = p->text,
	                          .sort = p->sort,
	                          .limit = (p->limit ? p->limit : DEFAULT_ROWS) + 1,
	                          .cursor = p->cursor};
	read_filter(c, p, f);
	c->state = f;
	if (c->faults.total)
		return call_refuse_params(c);
	if (reader_list(c->sv->db, f, &c->arena, call_on_rows, c, &e))
		return NEXT_WAIT;
	faults_at(&c->faults, "/params/cursor", "format", "%s", e.text);
	return call_refuse_params(c);
}

static enum next tell(struct call *c) {
	const struct list_filter *f = c->state;
	const size_t limit = (size_t)f->limit - 1, shown = c->rows->n > limit ? limit : c->rows->n;
	struct err e = {0};
	jout_object(&c->out);
	jout_key(&c->out, "cases");
	jout_array(&c->out);
	for (size_t i = 0; i < shown; i++)
		if (!case_view_row(c, c->rows, i, &e))
			return call_refuse_err(c, &e);
	jout_end_array(&c->out);
	if (c->rows->n > shown)
		jout_kv_str(&c->out, "cursor", list_cursor(f, c->rows, shown - 1, &c->arena));
	jout_kv_time(&c->out, "now", c->now_us, call_offset_s(c, c->now_us));
	jout_end_object(&c->out);
	return NEXT_ANSWER;
}

const struct method_code method_case_list = {
    .params = list_fields, .params_size = sizeof(struct list_params), .steps = {ask, tell}};
