/* decode: the table-driven reader of maps and lists, and the readers of single values. */
#include "daemon/rules/decode.h"

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/base/suggest.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* May stand in every map, for people. */
static const char *const everywhere[] = {"zh", "en", "status", "source", "note", "basis", NULL};

void load_fault(struct load *l, const struct yaml_node *at, const char *code, const char *fmt, ...) {
	char text[400];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	yaml_fault(l->faults, l->file, at, code, NULL, "%s", text);
}

static const char *name_of(const struct yaml_node *node) { return node->key ? node->key : "an item of this list"; }

const char *load_intern(struct load *l, const char *text) { return dict_intern(&l->pack->symbols, text, strlen(text)); }

const char *load_text(struct load *l, const struct yaml_node *node) {
	if (node->kind != YAML_SCALAR)
		load_fault(l, node, "type", "%s must be text, not a %s", name_of(node), node->kind == YAML_LIST ? "list" : "map");
	else if (node->text[0] == '\0' || yaml_is_null(node))
		load_fault(l, node, "missing", "%s is empty", name_of(node));
	else
		return node->text;
	return NULL;
}

static const char *load_id(struct load *l, const struct yaml_node *node) {
	const char *id = load_text(l, node);
	if (!id)
		return NULL;
	if (strlen(id) > LIMIT_CODE_BYTES)
		load_fault(l, node, "range", "an id has at most %d bytes", LIMIT_CODE_BYTES);
	for (const unsigned char *p = (const unsigned char *)id; *p; p++)
		if (*p <= ' ' || *p == 0x7F || strchr(":,\"\\", *p)) {
			load_fault(l, node, "type", "the id `%s` holds a space, a colon, a comma, a quote or a backslash", id);
			return NULL;
		}
	return id;
}

void load_texts(struct load *l, const struct yaml_node *node, struct strs *out) {
	if (node->kind == YAML_MAP) {
		load_fault(l, node, "type", "%s must be text or a list of texts", name_of(node));
		return;
	}
	LIST_ROOM(out, node->kind == YAML_LIST ? yaml_count(node) : 1, l->keep);
	for (const struct yaml_node *c = node->kind == YAML_LIST ? node->child : node; c; c = c->next) {
		const char *text = load_text(l, c);
		if (text)
			STRS_ADD(out, l->keep, text);
		if (node->kind == YAML_SCALAR)
			break;
	}
}

static void load_ref_list(struct load *l, const struct yaml_node *node, enum kind kind, struct strs *out) {
	load_texts(l, node, out);
	if (node->kind == YAML_SCALAR)
		load_refer(l, kind, node->text, node);
	for (const struct yaml_node *c = node->kind == YAML_LIST ? node->child : NULL; c; c = c->next)
		if (c->kind == YAML_SCALAR)
			load_refer(l, kind, c->text, c);
}

int load_choice(struct load *l, const struct yaml_node *node, const char *const *words) {
	const char *text = load_text(l, node);
	if (!text)
		return -1;
	for (int i = 0; words[i]; i++)
		if (strcmp(words[i], text) == 0)
			return i;
	struct suggest s;
	suggest_start(&s, text);
	char all[200] = "";
	for (int i = 0; words[i]; i++) {
		suggest_offer(&s, words[i]);
		const size_t n = strlen(all);
		(void)snprintf(all + n, sizeof all - n, "%s%s", i ? ", " : "", words[i]);
	}
	yaml_fault(l->faults, l->file, node, "unknown", s.best, "`%s` is none of %s", text, all);
	return -1;
}

bool load_day(struct load *l, const struct yaml_node *node, int32_t *out) {
	const char *text = load_text(l, node);
	if (text && !civil_parse_date(text, out)) {
		load_fault(l, node, "type", "`%s` is not a date that exists (YYYY-MM-DD)", text);
		return false;
	}
	return text != NULL;
}

bool load_number(struct load *l, const struct yaml_node *node, int32_t min, int32_t max, int32_t *out) {
	const char *text = load_text(l, node);
	if (!text)
		return false;
	char *end;
	const long long n = strtoll(text, &end, 10);
	if (*end != '\0' || strlen(text) > 10 || n < min || n > max) {
		load_fault(l, node, "range", "`%s` is not a whole number from %d to %d", text, min, max);
		return false;
	}
	*out = (int32_t)n;
	return true;
}

static int64_t duration_unit_us(const char **p) {
	static const struct {
		const char *word;
		int64_t us;
	} units[] = {{"min", MINUTE_US}, {"s", SECOND_US}, {"h", HOUR_US}, {"d", DAY_US}};
	for (size_t i = 0; i < COUNT_OF(units); i++) {
		const size_t n = strlen(units[i].word);
		if (strncmp(*p, units[i].word, n) == 0) {
			*p += n;
			return units[i].us;
		}
	}
	return 0;
}

bool load_duration(struct load *l, const struct yaml_node *node, int64_t *out_us) {
	const char *text = load_text(l, node);
	if (!text)
		return false;
	int64_t sum = 0;
	const char *p = text;
	bool good = *p != '\0';
	while (good && *p != '\0') {
		int64_t n = 0;
		const char *digits = p;
		for (; *p >= '0' && *p <= '9' && n < 100000; p++)
			n = n * 10 + (*p - '0');
		const int64_t unit_us = duration_unit_us(&p);
		good = p > digits && unit_us > 0 && n > 0;
		sum += n * unit_us;
	}
	if (!good) {
		load_fault(l, node, "type", "`%s` is not a length of time such as 30min, 2h, 7h30min or 1d", text);
		return false;
	}
	*out_us = sum;
	return true;
}

bool load_instant(struct load *l, const struct yaml_node *node, int64_t *out_us) {
	const char *text = load_text(l, node);
	struct err e;
	if (text && !rfc3339_parse(text, out_us, &e)) {
		load_fault(l, node, "type", "%s", e.text);
		return false;
	}
	return text != NULL;
}

static void load_flag(struct load *l, const struct yaml_node *node, bool *out) {
	static const char *const words[] = {"false", "true", NULL};
	const int i = load_choice(l, node, words);
	if (i >= 0)
		*out = i == 1;
}

static void load_choice_field(struct load *l, const struct field_row *row, const struct yaml_node *node, void *field) {
	const int i = load_choice(l, node, row->words);
	if (i < 0)
		return;
	if (row->type == Y_WORD)
		*(const char **)field = load_intern(l, row->words[i]);
	else
		*(int *)field = i;
}

static void decode_field(struct load *l, const struct field_row *row, const struct yaml_node *node, void *field) {
	switch (row->type) {
	case Y_TEXT:
		*(const char **)field = load_text(l, node);
		break;
	case Y_ID:
		*(const char **)field = load_id(l, node);
		break;
	case Y_REF:
		*(const char **)field = load_text(l, node);
		if (*(const char **)field)
			load_refer(l, row->kind, node->text, node);
		break;
	case Y_REFS:
		load_ref_list(l, node, row->kind, field);
		break;
	case Y_TEXTS:
		load_texts(l, node, field);
		break;
	case Y_WORD:
	case Y_CHOICE:
		load_choice_field(l, row, node, field);
		break;
	case Y_FLAG:
		load_flag(l, node, field);
		break;
	case Y_DAY:
		(void)load_day(l, node, field);
		break;
	case Y_STRUCT:
		decode_map(l, node, row->shape, field);
		break;
	case Y_LIST:
		decode_list(l, node, row->shape, field);
		break;
	case Y_CALL:
		row->call(l, node, field);
		break;
	case Y_ANY:
		break;
	}
}

static void unknown_key(struct load *l, const struct yaml_node *c, const struct shape *shape) {
	for (const char *const *w = everywhere; *w; w++)
		if (strcmp(*w, c->key) == 0)
			return;
	struct suggest s;
	suggest_start(&s, c->key);
	for (const struct field_row *row = shape->rows; row->key; row++)
		suggest_offer(&s, row->key);
	const struct yaml_node at_key = yaml_at_key(c);
	yaml_fault(l->faults, l->file, &at_key, "unknown", s.best, "%s has no key `%s`", shape->what, c->key);
}

static void fill_missing(struct load *l, const struct yaml_node *map, const struct shape *shape, uint32_t seen, char *out) {
	for (size_t i = 0; shape->rows[i].key; i++) {
		const struct field_row *row = &shape->rows[i];
		if (seen & (1u << i))
			continue;
		if (row->required)
			load_fault(l, map, "missing", "%s needs `%s`", shape->what, row->key);
		if (row->type == Y_DAY)
			*(int32_t *)(void *)(out + row->offset) = INT32_MAX;
	}
}

void decode_map(struct load *l, const struct yaml_node *map, const struct shape *shape, void *out) {
	if (map->kind != YAML_MAP) {
		load_fault(l, map, "type", "%s must be a map of keys", shape->what);
		return;
	}
	uint32_t seen = 0;
	for (const struct yaml_node *c = map->child; c; c = c->next) {
		size_t i = 0;
		while (shape->rows[i].key && strcmp(shape->rows[i].key, c->key) != 0)
			i++;
		if (!shape->rows[i].key) {
			unknown_key(l, c, shape);
			continue;
		}
		CHECK(i < 32);
		seen |= 1u << i;
		decode_field(l, &shape->rows[i], c, (char *)out + shape->rows[i].offset);
	}
	fill_missing(l, map, shape, seen, out);
	if (shape->made)
		shape->made(l, map, out);
}

void decode_list(struct load *l, const struct yaml_node *node, const struct shape *shape, void *list) {
	struct {
		void *v;
		size_t n, cap;
	} *out = list;
	if (node->kind != YAML_LIST) {
		load_fault(l, node, "type", "%s must be a list", name_of(node));
		return;
	}
	const size_t n = yaml_count(node);
	char *item = arena_alloc(l->keep, shape->size * (n ? n : 1));
	out->v = item;
	out->n = out->cap = n;
	for (const struct yaml_node *c = node->child; c; c = c->next, item += shape->size)
		decode_map(l, c, shape, item);
}
