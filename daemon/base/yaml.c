/* yaml: libyaml's events become a tree of small nodes; what a rule pack has no use for is refused. */
#include "daemon/base/yaml.h"

#include "daemon/base/dict.h"
#include "daemon/base/limits.h"
#include "daemon/base/suggest.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* An open list or map while its items come in. */
struct open_node {
	struct yaml_node *node, *last;
	size_t n;
	const char *key; /* of a map: the key whose value comes next; NULL: a key comes next */
	int key_line, key_col;
};

struct reader {
	yaml_parser_t parser;
	const struct yaml_text *in;
	struct arena *arena;
	struct arena item; /* of the list that is taken item by item: the one that comes in */
	const char *each;  /* its key, interned */
	struct faults *faults;
	bool faulty;
	struct open_node open[LIMIT_YAML_DEPTH];
	int depth;
	struct yaml_node *root;
	bool stop; /* nothing sensible can follow */
};

static void fault_at(struct reader *r, yaml_mark_t mark, const char *code, const char *fmt, ...) PRINTF_LIKE(4, 5);

static void fault_add(struct faults *f, struct fault where, const char *fmt, va_list ap) {
	if (f->list.n >= LIMIT_FAULTS) {
		f->total++;
		return;
	}
	char text[512];
	(void)vsnprintf(text, sizeof text, fmt, ap);
	where.file = arena_strdup(f->arena, where.file);
	where.suggestion = arena_strdup(f->arena, where.suggestion);
	where.message = arena_strdup(f->arena, text);
	faults_add(f, where);
}

static void fault_at(struct reader *r, yaml_mark_t mark, const char *code, const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	r->faulty = true;
	fault_add(r->faults,
	          (struct fault){.file = r->in->name, .line = (int)mark.line + 1, .col = (int)mark.column + 1, .code = code}, fmt,
	          ap);
	va_end(ap);
}

void yaml_fault(struct faults *f, const char *file, const struct yaml_node *at, const char *code, const char *suggestion,
                const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	fault_add(f,
	          (struct fault){
	              .file = file, .line = at ? at->line : 1, .col = at ? at->col : 1, .code = code, .suggestion = suggestion},
	          fmt, ap);
	va_end(ap);
}

/* libyaml says where bytes are wrong by offset only. */
static yaml_mark_t mark_of_offset(const struct reader *r, size_t offset) {
	yaml_mark_t mark = {0};
	for (size_t i = 0; i < offset && i < r->in->n; i++) {
		const unsigned char c = (unsigned char)r->in->text[i];
		if (c == '\n') {
			mark.line++;
			mark.column = 0;
		} else if ((c & 0xC0) != 0x80) {
			mark.column++;
		}
	}
	return mark;
}

static void syntax_fault(struct reader *r) {
	const yaml_parser_t *p = &r->parser;
	const char *problem = p->problem ? p->problem : "not YAML";
	if (p->error == YAML_READER_ERROR)
		fault_at(r, mark_of_offset(r, p->problem_offset), "syntax", "the text is not clean UTF-8: %s", problem);
	else if (p->context)
		fault_at(r, p->problem_mark, "syntax", "%s, %s", p->context, problem);
	else
		fault_at(r, p->problem_mark, "syntax", "%s", problem);
	r->stop = true;
}

static struct open_node *innermost(struct reader *r) { return r->depth ? &r->open[r->depth - 1] : NULL; }

/* Within the list that is taken item by item? */
static bool in_each(const struct reader *r) {
	const struct yaml_node *list = r->depth >= 2 ? r->open[1].node : NULL;
	return list && list->kind == YAML_LIST && r->each && list->key == r->each;
}

/* Is called when an item of a list is whole: hands it over and forgets it. */
static void item_is_whole(struct reader *r) {
	if (r->depth != 2 || !in_each(r))
		return;
	struct open_node *list = innermost(r);
	if (!r->faulty)
		r->in->take(list->last, r->in->ctx);
	list->node->child = list->last = NULL;
	arena_reset(&r->item);
}

/* Hangs a new node where the document is now: as the root, the next item of a list, or the value of the pending key. */
static struct yaml_node *place_node(struct reader *r, enum yaml_kind kind, yaml_mark_t mark) {
	struct yaml_node *n = arena_new(in_each(r) ? &r->item : r->arena, struct yaml_node);
	n->kind = kind;
	n->line = (int)mark.line + 1;
	n->col = (int)mark.column + 1;
	struct open_node *o = innermost(r);
	if (!o) {
		r->root = n;
		return n;
	}
	n->key = o->key;
	n->key_line = o->key_line;
	n->key_col = o->key_col;
	o->key = NULL;
	if (o->last)
		o->last->next = n;
	else
		o->node->child = n;
	o->last = n;
	o->n++;
	return n;
}

static bool key_comes_next(struct reader *r) {
	const struct open_node *o = innermost(r);
	return o && o->node->kind == YAML_MAP && !o->key;
}

static void open_container(struct reader *r, enum yaml_kind kind, yaml_mark_t mark) {
	if (key_comes_next(r)) {
		fault_at(r, mark, "syntax", "a key must be plain text, not a list or a map");
		r->stop = true;
		return;
	}
	if (r->depth == LIMIT_YAML_DEPTH) {
		fault_at(r, mark, "depth", "nested deeper than %d levels", LIMIT_YAML_DEPTH);
		r->stop = true;
		return;
	}
	struct yaml_node *n = place_node(r, kind, mark);
	r->open[r->depth++] = (struct open_node){.node = n};
}

static void take_key(struct reader *r, const char *text, size_t n, yaml_mark_t mark) {
	struct open_node *o = innermost(r);
	if (n == 2 && memcmp(text, "<<", 2) == 0)
		fault_at(r, mark, "syntax", "merge keys (`<<`) are not read here; write the entries out");
	o->key = dict_intern(r->in->strings, text, n);
	o->key_line = (int)mark.line + 1;
	o->key_col = (int)mark.column + 1;
}

static void take_scalar(struct reader *r, const yaml_event_t *e) {
	const char *text = (const char *)e->data.scalar.value;
	const size_t n = e->data.scalar.length;
	if (memchr(text, '\0', n)) {
		fault_at(r, e->start_mark, "syntax", "a NUL character is not allowed in text");
		r->stop = true;
		return;
	}
	if (key_comes_next(r)) {
		take_key(r, text, n, e->start_mark);
		return;
	}
	struct yaml_node *node = place_node(r, YAML_SCALAR, e->start_mark);
	node->plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	node->text = dict_intern(r->in->strings, text, n);
	item_is_whole(r);
}

static void duplicate_fault(struct reader *r, const struct yaml_node *twice) {
	fault_at(r, (yaml_mark_t){.line = (size_t)twice->key_line - 1, .column = (size_t)twice->key_col - 1}, "duplicate",
	         "the key `%s` stands here twice", twice->key);
}

static int by_key_then_place(const void *a, const void *b) {
	const struct yaml_node *x = *(const struct yaml_node *const *)a, *y = *(const struct yaml_node *const *)b;
	if (x->key != y->key)
		return (uintptr_t)x->key < (uintptr_t)y->key ? -1 : 1;
	return x->key_line != y->key_line ? x->key_line - y->key_line : x->key_col - y->key_col;
}

/* Keys are interned, so equal ones are one pointer; big maps are sorted by it, so that a hostile file costs n log n. */
static void check_big_map(struct reader *r, const struct open_node *o) {
	const struct yaml_node **all = malloc(o->n * sizeof *all);
	if (!all)
		abort();
	size_t n = 0;
	for (const struct yaml_node *c = o->node->child; c; c = c->next)
		all[n++] = c;
	qsort(all, n, sizeof *all, by_key_then_place);
	for (size_t i = 1; i < n; i++)
		if (all[i]->key == all[i - 1]->key)
			duplicate_fault(r, all[i]);
	free(all);
}

static void check_duplicates(struct reader *r, const struct open_node *o) {
	if (o->n > 32) {
		check_big_map(r, o);
		return;
	}
	for (const struct yaml_node *c = o->node->child; c; c = c->next) {
		const struct yaml_node *before = o->node->child;
		while (before != c && before->key != c->key)
			before = before->next;
		if (before != c)
			duplicate_fault(r, c);
	}
}

static void close_container(struct reader *r) {
	const struct open_node *o = innermost(r);
	if (o->node->kind == YAML_MAP)
		check_duplicates(r, o);
	r->depth--;
	item_is_whole(r);
}

static void start_document(struct reader *r, const yaml_event_t *e) {
	if (r->root) {
		fault_at(r, e->start_mark, "syntax", "a second document in one file");
		r->stop = true;
	}
	if (e->data.document_start.version_directive ||
	    e->data.document_start.tag_directives.start != e->data.document_start.tag_directives.end)
		fault_at(r, e->start_mark, "syntax", "directives (`%%YAML`, `%%TAG`) are not read here");
}

static void refuse_extras(struct reader *r, yaml_mark_t mark, const yaml_char_t *anchor, const yaml_char_t *tag) {
	if (anchor)
		fault_at(r, mark, "syntax", "anchors (`&%s`) are not read here; write the value out", (const char *)anchor);
	if (tag)
		fault_at(r, mark, "syntax", "tags (`%s`) are not read here; a scalar is text", (const char *)tag);
}

static void take_alias(struct reader *r, const yaml_event_t *e) {
	fault_at(r, e->start_mark, "syntax", "aliases (`*%s`) are not read here; write the value out",
	         (const char *)e->data.alias.anchor);
	if (key_comes_next(r))
		take_key(r, "", 0, e->start_mark);
	else
		place_node(r, YAML_SCALAR, e->start_mark)->text = "";
	item_is_whole(r);
}

static void take_event(struct reader *r, const yaml_event_t *e) {
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		start_document(r, e);
		break;
	case YAML_SCALAR_EVENT:
		refuse_extras(r, e->start_mark, e->data.scalar.anchor, e->data.scalar.tag);
		take_scalar(r, e);
		break;
	case YAML_SEQUENCE_START_EVENT:
		refuse_extras(r, e->start_mark, e->data.sequence_start.anchor, e->data.sequence_start.tag);
		open_container(r, YAML_LIST, e->start_mark);
		break;
	case YAML_MAPPING_START_EVENT:
		refuse_extras(r, e->start_mark, e->data.mapping_start.anchor, e->data.mapping_start.tag);
		open_container(r, YAML_MAP, e->start_mark);
		break;
	case YAML_ALIAS_EVENT:
		take_alias(r, e);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		close_container(r);
		break;
	default:
		break;
	}
}

static void read_events(struct reader *r) {
	for (bool done = false; !done && !r->stop;) {
		yaml_event_t e;
		if (!yaml_parser_parse(&r->parser, &e)) {
			syntax_fault(r);
			return;
		}
		done = e.type == YAML_STREAM_END_EVENT;
		take_event(r, &e);
		yaml_event_delete(&e);
	}
}

bool yaml_read(const char *name, const char *text, size_t n, struct arena *a, struct yaml_node **out,
               struct faults *faults) {
	struct dict strings;
	dict_init(&strings, a);
	return yaml_read_text(&(struct yaml_text){.name = name, .text = text, .n = n, .strings = &strings}, a, out, faults);
}

bool yaml_read_text(const struct yaml_text *in, struct arena *a, struct yaml_node **out, struct faults *faults) {
	struct reader r = {.in = in, .arena = a, .faults = faults};
	if (in->each)
		r.each = dict_intern(in->strings, in->each, strlen(in->each));
	arena_init(&r.item);
	if (!yaml_parser_initialize(&r.parser))
		abort();
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)in->text, in->n);
	read_events(&r);
	yaml_parser_delete(&r.parser);
	arena_fini(&r.item);
	if (!r.root || yaml_is_null(r.root)) {
		r.root = arena_new(a, struct yaml_node);
		*r.root = (struct yaml_node){.kind = YAML_MAP, .line = 1, .col = 1};
	}
	*out = r.root;
	return !r.faulty;
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key) {
	if (!map || map->kind != YAML_MAP)
		return NULL;
	for (const struct yaml_node *c = map->child; c; c = c->next)
		if (strcmp(c->key, key) == 0)
			return c;
	return NULL;
}

size_t yaml_count(const struct yaml_node *node) {
	size_t n = 0;
	for (const struct yaml_node *c = node->child; c; c = c->next)
		n++;
	return n;
}

bool yaml_is_null(const struct yaml_node *n) {
	return !n || (n->kind == YAML_SCALAR && n->plain &&
	              (n->text[0] == '\0' || strcmp(n->text, "~") == 0 || strcmp(n->text, "null") == 0));
}

struct yaml_node yaml_at_key(const struct yaml_node *n) {
	return (struct yaml_node){.line = n->key_line, .col = n->key_col};
}

static const char *nearest_key(const char *const *known, const char *key) {
	struct suggest s;
	suggest_start(&s, key);
	for (; *known; known++)
		suggest_offer(&s, *known);
	return s.best;
}

void yaml_known_keys(const struct yaml_node *map, const char *const *known, const char *file, struct faults *faults) {
	for (const struct yaml_node *c = map->kind == YAML_MAP ? map->child : NULL; c; c = c->next) {
		const char *const *k = known;
		while (*k && strcmp(*k, c->key) != 0)
			k++;
		if (*k)
			continue;
		const struct yaml_node at_key = yaml_at_key(c);
		yaml_fault(faults, file, &at_key, "unknown", nearest_key(known, c->key), "unknown key `%s`", c->key);
	}
}
