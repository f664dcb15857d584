/* fields: structs read from JSON by table, with all faults at once. */
#include "daemon/wire/fields.h"

#include "daemon/base/limits.h"
#include "daemon/base/suggest.h"
#include "daemon/wire/json_text.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

/* What is being read: a place in the tree, and where its faults and copies go. */
struct reader {
	struct arena *arena;
	struct faults *faults;
	const char *path;
};

static void read_object(const struct reader *r, const struct field *table, struct json_object *tree, void *out);

/* ---- saying where and what ---- */

enum { SHOWN_BYTES = 60 };

/* A word of the peer's, short enough to be repeated, cut between characters. */
static const char *shown(const struct reader *r, const char *word) {
	const unsigned char *const p = (const unsigned char *)word, *const end = p + strlen(word);
	size_t n = 0;
	while (p + n < end) {
		const size_t length = utf8_length(p + n, end);
		if (n + length > SHOWN_BYTES)
			return arena_printf(r->arena, "%.*s...", (int)n, word);
		n += length ? length : 1;
	}
	return word;
}

/* A member's JSON pointer: `~` and `/` in names are escaped (RFC 6901). */
static const char *pointer(const struct reader *r, const char *name) {
	char *at = arena_alloc(r->arena, strlen(r->path) + 2 * strlen(name) + 2);
	char *to = stpcpy(at, r->path);
	*to++ = '/';
	for (const char *p = name; *p; p++) {
		const bool escape = *p == '~' || *p == '/';
		*to++ = escape ? '~' : *p;
		if (escape)
			*to++ = *p == '~' ? '0' : '1';
	}
	return at;
}

static struct reader member_of(const struct reader *r, const char *name) {
	return (struct reader){.arena = r->arena, .faults = r->faults, .path = pointer(r, name)};
}

static struct reader item_of(const struct reader *r, size_t i) {
	return (struct reader){.arena = r->arena, .faults = r->faults, .path = arena_printf(r->arena, "%s/%zu", r->path, i)};
}

/* message: in the arena, or literal. */
static void add_fault(const struct reader *r, const char *code, const char *message, const char *suggestion) {
	faults_add(r->faults, (struct fault){.path = r->path, .code = code, .message = message, .suggestion = suggestion});
}

static const char *type_name(struct json_object *tree) {
	static const char *const names[] = {
	    [json_type_null] = "null",       [json_type_boolean] = "a boolean", [json_type_double] = "a number",
	    [json_type_int] = "a number",    [json_type_object] = "an object",  [json_type_array] = "an array",
	    [json_type_string] = "a string",
	};
	return names[json_object_get_type(tree)];
}

static bool check_type(const struct reader *r, struct json_object *tree, enum json_type wanted, const char *wanted_name) {
	if (json_object_is_type(tree, wanted))
		return true;
	add_fault(r, "type", arena_printf(r->arena, "must be %s, not %s", wanted_name, type_name(tree)), NULL);
	return false;
}

/* ---- strings ---- */

static bool printable_code(const char *s) {
	for (; *s; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7F)
			return false;
	return true;
}

static bool printable_name(const char *s) {
	const size_t n = strlen(s);
	for (const char *c = s; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7F)
			return false;
	return s[0] != ' ' && s[n - 1] != ' ';
}

/* NULL: a fault was added. */
static const char *read_text(const struct reader *r, struct json_object *tree, int64_t max_bytes, unsigned flags) {
	if (!check_type(r, tree, json_type_string, "a string"))
		return NULL;
	const char *text = json_object_get_string(tree);
	const size_t n = (size_t)json_object_get_string_len(tree);
	if (n == 0 && flags & (FIELD_NONEMPTY | FIELD_CODE | FIELD_NAME))
		add_fault(r, "empty", "must not be empty", NULL);
	else if (n > (size_t)max_bytes)
		add_fault(r, "length", arena_printf(r->arena, "takes at most %" PRId64 " bytes, not %zu", max_bytes, n), NULL);
	else if (flags & FIELD_CODE && !printable_code(text))
		add_fault(r, "format", "takes no spaces and no control characters", NULL);
	else if (flags & FIELD_NAME && !printable_name(text))
		add_fault(r, "format", "takes no control characters, and no spaces around it", NULL);
	else
		return arena_strndup(r->arena, text, n);
	return NULL;
}

static void read_str(const struct reader *r, const struct field *f, struct json_object *tree, void *to) {
	const char *text = read_text(r, tree, f->max, f->flags);
	if (text)
		*(const char **)to = text;
}

static void read_strs(const struct reader *r, const struct field *f, struct json_object *tree, void *to) {
	if (!check_type(r, tree, json_type_array, "an array of strings"))
		return;
	struct strs *list = to;
	*list = (struct strs){0};
	const size_t n = json_object_array_length(tree);
	for (size_t i = 0; i < n && i < (size_t)f->max; i++) {
		const struct reader item = item_of(r, i);
		const char *text = read_text(&item, json_object_array_get_idx(tree, i), f->item_max, f->flags);
		if (text)
			STRS_ADD(list, r->arena, text);
	}
}

static void read_time(const struct reader *r, const struct field *f, struct json_object *tree, void *to) {
	(void)f;
	struct err why;
	if (!check_type(r, tree, json_type_string, "a string with a time like 2026-11-23T08:30:00+08:00"))
		return;
	if (!rfc3339_parse(json_object_get_string(tree), to, &why))
		add_fault(r, "format", arena_strdup(r->arena, why.text), NULL);
}

static void read_enum(const struct reader *r, const struct field *f, struct json_object *tree, void *to) {
	if (!check_type(r, tree, json_type_string, "a string"))
		return;
	const char *const word = json_object_get_string(tree);
	struct strbuf known;
	struct suggest near;
	strbuf_init(&known);
	suggest_start(&near, word);
	for (int i = 0; f->names[i]; i++) {
		if (strcmp(f->names[i], word) == 0) {
			*(int *)to = i;
			strbuf_fini(&known);
			return;
		}
		suggest_offer(&near, f->names[i]);
		strbuf_printf(&known, "%s%s", i ? ", " : "", f->names[i]);
	}
	add_fault(r, "unknown", arena_printf(r->arena, "`%s` is none of: %s", shown(r, word), known.data ? known.data : ""),
	          near.best);
	strbuf_fini(&known);
}

/* ---- numbers ---- */

static bool read_int(const struct reader *r, const struct field *f, struct json_object *tree, int64_t *out) {
	if (json_object_is_type(tree, json_type_double)) {
		add_fault(r, "type", "must be a whole number, without fraction or exponent", NULL);
		return false;
	}
	if (!check_type(r, tree, json_type_int, "a whole number"))
		return false;
	*out = json_object_get_int64(tree);
	if (*out >= f->min && *out <= f->max)
		return true;
	add_fault(r, "range", arena_printf(r->arena, "must lie within %" PRId64 "..%" PRId64, f->min, f->max), NULL);
	return false;
}

static void read_i32(const struct reader *r, const struct field *f, struct json_object *tree, void *to) {
	int64_t v;
	if (read_int(r, f, tree, &v))
		*(int32_t *)to = (int32_t)v;
}

static void read_i64(const struct reader *r, const struct field *f, struct json_object *tree, void *to) {
	int64_t v;
	if (read_int(r, f, tree, &v))
		*(int64_t *)to = v;
}

static void read_f64(const struct reader *r, const struct field *f, struct json_object *tree, void *to) {
	(void)f;
	if (json_object_is_type(tree, json_type_int) || check_type(r, tree, json_type_double, "a number"))
		*(double *)to = json_object_get_double(tree);
}

static void read_bool(const struct reader *r, const struct field *f, struct json_object *tree, void *to) {
	(void)f;
	if (check_type(r, tree, json_type_boolean, "true or false"))
		*(bool *)to = json_object_get_boolean(tree);
}

/* ---- structs ---- */

static void read_sub(const struct reader *r, const struct field *f, struct json_object *tree, void *to) {
	if (check_type(r, tree, json_type_object, "an object"))
		read_object(r, f->sub, tree, to);
}

struct any_list {
	char *v;
	size_t n, cap;
};

static void read_list(const struct reader *r, const struct field *f, struct json_object *tree, void *to) {
	if (!check_type(r, tree, json_type_array, "an array of objects"))
		return;
	struct any_list *list = to;
	*list = (struct any_list){0};
	const size_t n = json_object_array_length(tree);
	for (size_t i = 0; i < n && i < (size_t)f->max; i++) {
		const struct reader item = item_of(r, i);
		struct json_object *value = json_object_array_get_idx(tree, i);
		void *slot = list_add(list, f->size, r->arena);
		fields_init(f->sub, slot);
		if (check_type(&item, value, json_type_object, "an object"))
			read_object(&item, f->sub, value, slot);
	}
}

static void read_word(const struct reader *r, const struct field *f, struct json_object *tree, void *to) {
	struct err why;
	if (!check_type(r, tree, json_type_string, "a word"))
		return;
	if (!f->codec->read(json_object_get_string(tree), r->arena, to, &why))
		add_fault(r, "format", arena_strdup(r->arena, why.text), NULL);
}

static void read_words(const struct reader *r, const struct field *f, struct json_object *tree, void *to) {
	struct any_list *const list = to;
	if (!check_type(r, tree, json_type_array, "a list of words"))
		return;
	const size_t n = json_object_array_length(tree);
	list->v = arena_alloc(r->arena, n * f->size);
	list->n = list->cap = n;
	for (size_t i = 0; i < n; i++)
		read_word(r, f, json_object_array_get_idx(tree, i), list->v + i * f->size);
}

static void read_tree(const struct reader *r, const struct field *f, struct json_object *tree, void *to) {
	(void)r;
	(void)f;
	*(struct json_object **)to = tree;
}

static void (*const readers[])(const struct reader *, const struct field *, struct json_object *, void *) = {
    [FT_STR] = read_str,    [FT_I32] = read_i32,   [FT_I64] = read_i64,   [FT_F64] = read_f64,
    [FT_BOOL] = read_bool,  [FT_TIME] = read_time, [FT_ENUM] = read_enum, [FT_STRS] = read_strs,
    [FT_OBJECT] = read_sub, [FT_LIST] = read_list, [FT_TREE] = read_tree, [FT_WORD] = read_word,
    [FT_WORDS] = read_words,
};

/* What strings and lists, the two kinds of array, have in common. */
static void check_items(const struct reader *r, const struct field *f, struct json_object *tree) {
	if (!json_object_is_type(tree, json_type_array) || (f->type != FT_STRS && f->type != FT_LIST))
		return;
	const size_t n = json_object_array_length(tree);
	if (n == 0 && f->flags & FIELD_NONEMPTY)
		add_fault(r, "empty", "must hold at least one item", NULL);
	if (n > (size_t)f->max)
		add_fault(r, "too_many", arena_printf(r->arena, "takes at most %" PRId64 " items, not %zu", f->max, n), NULL);
}

static void read_member(const struct reader *parent, const struct field *f, struct json_object *tree, void *out) {
	const struct reader r = member_of(parent, f->name);
	if (!tree) {
		if (f->flags & FIELD_REQUIRED)
			add_fault(&r, "missing", "must be given", NULL);
		return;
	}
	if (f->present_offset != SIZE_MAX)
		*(bool *)((char *)out + f->present_offset) = true;
	check_items(&r, f, tree);
	readers[f->type](&r, f, tree, (char *)out + f->offset);
}

static const struct field *find(const struct field *table, const char *name) {
	for (const struct field *f = table; f->type != FT_END; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

static void fault_unknown(const struct reader *parent, const struct field *table, const char *name) {
	/* A peer may send 100,000 of them: those that aren't listed are counted without looking for what was meant. */
	if (parent->faults->list.n == LIMIT_FAULTS) {
		faults_add(parent->faults, (struct fault){.path = parent->path, .code = "unknown", .message = "unknown member"});
		return;
	}
	const char *const short_name = shown(parent, name);
	const struct reader r = member_of(parent, short_name);
	struct suggest near;
	suggest_start(&near, name);
	for (const struct field *f = table; f->type != FT_END; f++)
		suggest_offer(&near, f->name);
	const char *message = near.best
	                          ? arena_printf(r.arena, "`%s` is not known here; did you mean `%s`?", short_name, near.best)
	                          : arena_printf(r.arena, "`%s` is not known here", short_name);
	add_fault(&r, "unknown", message, near.best);
}

static void read_object(const struct reader *r, const struct field *table, struct json_object *tree, void *out) {
	for (const struct field *f = table; f->type != FT_END; f++)
		read_member(r, f, tree ? json_object_object_get(tree, f->name) : NULL, out);
	if (!tree)
		return;
	json_object_object_foreach(tree, name, value) {
		(void)value;
		if (!find(table, name))
			fault_unknown(r, table, name);
	}
}

void fields_init(const struct field *table, void *out) {
	for (const struct field *f = table; f->type != FT_END; f++) {
		void *const at = (char *)out + f->offset;
		if (f->type == FT_TIME)
			*(int64_t *)at = NO_TIME;
		else if (f->type == FT_OBJECT)
			fields_init(f->sub, at);
	}
}

bool fields_read(const struct field *table, struct json_object *tree, const char *path, struct arena *a, void *out,
                 struct faults *faults) {
	const struct reader r = {.arena = a, .faults = faults, .path = path};
	const size_t before = faults->total;
	if (!tree || check_type(&r, tree, json_type_object, "an object"))
		read_object(&r, table, tree, out);
	return faults->total == before;
}

/* ---- writing ---- */

static void write_strs(const struct strs *list, struct json_out *j) {
	jout_array(j);
	for (size_t i = 0; i < list->n; i++)
		jout_str(j, list->v[i]);
	jout_end_array(j);
}

static void write_list(const struct field *f, const struct any_list *list, int32_t offset_s, struct json_out *j) {
	jout_array(j);
	for (size_t i = 0; i < list->n; i++) {
		jout_object(j);
		fields_write(f->sub, list->v + i * f->size, offset_s, j);
		jout_end_object(j);
	}
	jout_end_array(j);
}

static void write_words(const struct field *f, const struct any_list *list, struct json_out *j) {
	jout_array(j);
	for (size_t i = 0; i < list->n; i++) {
		strbuf_adds(j->to, i ? ",\"" : "\"");
		(void)f->codec->write(list->v + i * f->size, j->to);
		strbuf_addc(j->to, '"');
	}
	jout_end_array(j);
}

static bool left_out(const struct field *f, const void *at, const void *in) {
	if (f->present_offset != SIZE_MAX && !*(const bool *)((const char *)in + f->present_offset))
		return true;
	switch (f->type) {
	case FT_STR:
		return *(const char *const *)at == NULL;
	case FT_I32:
	case FT_ENUM:
		return f->flags & FIELD_SPARSE && *(const int32_t *)at == 0;
	case FT_I64:
		return f->flags & FIELD_SPARSE && *(const int64_t *)at == 0;
	case FT_BOOL:
		return f->flags & FIELD_SPARSE && !*(const bool *)at;
	case FT_TIME:
		return *(const int64_t *)at == NO_TIME;
	case FT_STRS:
		return ((const struct strs *)at)->n == 0;
	case FT_LIST:
	case FT_WORDS:
		return ((const struct any_list *)at)->n == 0;
	case FT_TREE:
		return *(struct json_object *const *)at == NULL;
	default:
		return false;
	}
}

static void write_value(const struct field *f, const void *at, int32_t offset_s, struct json_out *j) {
	char time[RFC3339_BYTES];
	switch (f->type) {
	case FT_STR:
		jout_str(j, *(const char *const *)at);
		break;
	case FT_I32:
		jout_int(j, *(const int32_t *)at);
		break;
	case FT_I64:
		jout_int(j, *(const int64_t *)at);
		break;
	case FT_F64:
		jout_num(j, *(const double *)at);
		break;
	case FT_BOOL:
		jout_bool(j, *(const bool *)at);
		break;
	case FT_TIME:
		jout_str(j, rfc3339_format(*(const int64_t *)at, offset_s, time));
		break;
	case FT_ENUM:
		jout_str(j, f->names[*(const int *)at]);
		break;
	case FT_STRS:
		write_strs(at, j);
		break;
	case FT_OBJECT:
		jout_object(j);
		fields_write(f->sub, at, offset_s, j);
		jout_end_object(j);
		break;
	case FT_LIST:
		write_list(f, at, offset_s, j);
		break;
	case FT_WORDS:
		write_words(f, at, j);
		break;
	case FT_TREE:
		jout_canonical(j, *(struct json_object *const *)at, NULL);
		break;
	case FT_WORD:                       /* written by write_word */
	case FT_END:
		break;
	}
}

/* Whether it is left out is only known when the word is made: then the key goes again. */
static void write_word(const struct field *f, const void *at, struct json_out *j) {
	const size_t mark = j->to->len;
	const bool comma = j->comma;
	jout_key(j, f->name);
	strbuf_addc(j->to, '"');
	if (f->codec->write(at, j->to)) {
		strbuf_addc(j->to, '"');
		j->comma = true;
		return;
	}
	j->to->len = mark;
	j->comma = comma;
}

void fields_write(const struct field *table, const void *in, int32_t offset_s, struct json_out *j) {
	for (const struct field *f = table; f->type != FT_END; f++) {
		const void *const at = (const char *)in + f->offset;
		if (f->type == FT_WORD) {
			write_word(f, at, j);
		} else if (!left_out(f, at, in)) {
			jout_key(j, f->name);
			write_value(f, at, offset_s, j);
		}
	}
}
