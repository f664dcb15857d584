/* gate: strict JSON in one pass over the bytes, then json-c for the tree. */
#include "daemon/wire/gate.h"

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/wire/gb18030.h"
#include "daemon/wire/json_text.h"
#include "daemon/wire/names.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned char byte;

struct level {
	char closer;       /* '}' or ']' */
	size_t first_name; /* of an object: where its names begin in gate.names */
};

struct gate {
	const byte *start, *p, *end;
	struct gate_fault *why;
	struct level levels[LIMIT_JSON_DEPTH];
	int depth;
	struct names names;
};

/* What a byte means within a string. */
enum { PLAIN, QUOTE, ESCAPE, CONTROL, UTF8 };

static const byte string_class[256] = {
    [0x00 ... 0x1F] = CONTROL,
    ['"'] = QUOTE,
    ['\\'] = ESCAPE,
    [0x80 ... 0xFF] = UTF8,
};

static bool is_digit(byte c) { return c >= '0' && c <= '9'; }

/* ---- faults ---- */

static bool fail_at(struct gate *g, const byte *at, const char *fmt, ...) PRINTF_LIKE(3, 4);

static bool fail_at(struct gate *g, const byte *at, const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(g->why->text, sizeof g->why->text, fmt, ap);
	va_end(ap);
	g->why->offset = (size_t)(at - g->start);
	return false;
}

static bool fail_utf8(struct gate *g) {
	if (gb18030_valid((const char *)g->start, (size_t)(g->end - g->start)))
		return fail_at(g, g->p, "byte 0x%02X is not UTF-8; these bytes look like GB18030; send UTF-8", *g->p);
	return fail_at(g, g->p, "byte 0x%02X is not UTF-8", *g->p);
}

/* What people send for a value, and what to tell them. */
static const struct {
	const char *start, *hint;
} foreign_values[] = {
    {"'", "strings stand in double quotes"},
    {"//", "JSON has no comments"},
    {"/*", "JSON has no comments"},
    {"#", "JSON has no comments"},
    {"NaN", "JSON has no NaN"},
    {"Infinity", "JSON has no Infinity"},
    {"True", "write true in lower case"},
    {"False", "write false in lower case"},
    {"None", "write null"},
    {"+", "a number has no plus sign"},
    {".", "a number starts with a digit"},
    {"\xEF\xBB\xBF", "leave the byte order mark out"},
};

static bool starts_with(const struct gate *g, const char *text) {
	const size_t n = strlen(text);
	return (size_t)(g->end - g->p) >= n && memcmp(g->p, text, n) == 0;
}

static bool fail_expected(struct gate *g, const char *expected) {
	if (g->p == g->end)
		return fail_at(g, g->p, "the text ends where %s should be", expected);
	for (size_t i = 0; i < COUNT_OF(foreign_values); i++)
		if (starts_with(g, foreign_values[i].start))
			return fail_at(g, g->p, "expected %s: %s", expected, foreign_values[i].hint);
	const size_t n = utf8_length(g->p, g->end);
	if (n == 0)
		return fail_utf8(g);
	if (*g->p <= 0x20 || *g->p == 0x7F)
		return fail_at(g, g->p, "expected %s, not byte 0x%02X", expected, *g->p);
	return fail_at(g, g->p, "expected %s, not `%.*s`", expected, (int)n, (const char *)g->p);
}

/* ---- strings ---- */

static bool read_escape(struct gate *g) {
	uint32_t character;
	const char *fault;
	return escape_read(&g->p, g->end, &character, &fault) || fail_at(g, g->p, "%s", fault);
}

/* Over what needs no thought: ASCII, and characters of three bytes, which is where Chinese lies. */
static void skip_plain(struct gate *g) {
	const byte *p = g->p, *const end = g->end;
	for (;;) {
		while (p < end && string_class[*p] == PLAIN)
			p++;
		if (end - p < 3 || *p < 0xE1 || *p > 0xEC || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80)
			break;
		p += 3;
	}
	g->p = p;
}

/* g->p is behind the opening quote; comes back on the closing one. *escaped: there were escapes. */
static bool read_string(struct gate *g, bool *escaped) {
	*escaped = false;
	for (;;) {
		skip_plain(g);
		if (g->p == g->end)
			return fail_at(g, g->p, "the text ends inside a string");
		switch (string_class[*g->p]) {
		case QUOTE:
			return true;
		case CONTROL:
			return fail_at(g, g->p, "byte 0x%02X in a string must be written as an escape", *g->p);
		case ESCAPE:
			*escaped = true;
			if (!read_escape(g))
				return false;
			break;
		default: {
			const size_t n = utf8_length(g->p, g->end);
			if (n == 0)
				return fail_utf8(g);
			g->p += n;
		}
		}
	}
}

/* ---- numbers and words ---- */

static size_t skip_digits(struct gate *g) {
	const byte *const from = g->p;
	while (g->p < g->end && is_digit(*g->p))
		g->p++;
	return (size_t)(g->p - from);
}

static bool check_int(struct gate *g, const byte *from, size_t digits) {
	const bool negative = *from == '-';
	const char *const most = negative ? "9223372036854775808" : "9223372036854775807";
	if (digits > 19 || (digits == 19 && memcmp(from + negative, most, 19) > 0))
		return fail_at(g, from, "an integer must lie within -2^63 .. 2^63-1");
	return true;
}

/* Only asked of numbers with an exponent or very many digits: converting is dear. */
static bool check_double(struct gate *g, const byte *from) {
	char *text = strndup((const char *)from, (size_t)(g->p - from));
	CHECK(text != NULL);
	const double v = strtod(text, NULL);
	free(text);
	return isfinite(v) || fail_at(g, from, "a number is too large");
}

static bool read_number(struct gate *g) {
	enum { SAFE_DIGITS = 300 };
	const byte *const from = g->p;
	bool exponent = false, fraction = false;
	g->p += *g->p == '-';
	if (g->p == g->end || !is_digit(*g->p))
		return fail_expected(g, "a digit");
	const bool zero = *g->p == '0';
	const size_t digits = skip_digits(g);
	if (zero && digits > 1)
		return fail_at(g, from, "a number has no leading zeros");
	if (g->p < g->end && *g->p == '.') {
		g->p++;
		fraction = true;
		if (skip_digits(g) == 0)
			return fail_expected(g, "a digit");
	}
	if (g->p < g->end && (*g->p | 0x20) == 'e') {
		g->p++;
		exponent = true;
		g->p += g->p < g->end && (*g->p == '+' || *g->p == '-');
		if (skip_digits(g) == 0)
			return fail_expected(g, "a digit");
	}
	if (!fraction && !exponent)
		return check_int(g, from, digits);
	return exponent || digits > SAFE_DIGITS ? check_double(g, from) : true;
}

static bool read_word(struct gate *g, const char *word) {
	if (!starts_with(g, word))
		return fail_expected(g, "a value");
	g->p += strlen(word);
	return true;
}

static bool read_scalar(struct gate *g) {
	bool escaped;
	switch (g->p < g->end ? *g->p : 0) {
	case '"':
		g->p++;
		if (!read_string(g, &escaped))
			return false;
		g->p++;
		return true;
	case 't':
		return read_word(g, "true");
	case 'f':
		return read_word(g, "false");
	case 'n':
		return read_word(g, "null");
	case '-':
	case '0' ... '9':
		return read_number(g);
	default:
		return fail_expected(g, "a value");
	}
}

/* ---- objects and arrays ---- */

static void skip_space(struct gate *g) {
	while (g->p < g->end && (*g->p == ' ' || *g->p == '\t' || *g->p == '\n' || *g->p == '\r'))
		g->p++;
}

static bool fail_twice(struct gate *g, const struct name *name) {
	enum { SHOWN = 60 };
	const char *text = name_text(&g->names, name);
	size_t shown = name->len < SHOWN ? name->len : SHOWN;
	while (shown < name->len && shown > 0 && (text[shown] & 0xC0) == 0x80)
		shown--;
	const byte *at = name->copied ? g->p : g->start + name->offset;
	return fail_at(g, at, "the name `%.*s` stands twice in one object", (int)shown, text);
}

/* A name and its colon. */
static bool read_name(struct gate *g) {
	skip_space(g);
	if (g->p == g->end || *g->p != '"')
		return fail_expected(g, "a name in double quotes");
	const byte *const from = ++g->p;
	bool escaped;
	if (!read_string(g, &escaped))
		return false;
	if (!names_add(&g->names, g->levels[g->depth - 1].first_name, from, g->p, escaped))
		return fail_twice(g, &g->names.v[g->names.n - 1]);
	g->p++;
	skip_space(g);
	if (g->p == g->end || *g->p != ':')
		return fail_expected(g, "a colon");
	g->p++;
	return true;
}

/* g->p is on `{` or `[`. */
static bool open_level(struct gate *g) {
	if (g->depth == LIMIT_JSON_DEPTH)
		return fail_at(g, g->p, "nested deeper than %d levels", LIMIT_JSON_DEPTH);
	g->levels[g->depth++] = (struct level){.closer = *g->p == '{' ? '}' : ']', .first_name = g->names.n};
	g->p++;
	skip_space(g);
	return true;
}

/* g->p is on the closing bracket. */
static bool close_level(struct gate *g) {
	const struct name *twice;
	if (!names_close(&g->names, g->levels[--g->depth].first_name, &twice))
		return fail_twice(g, twice);
	g->p++;
	return true;
}

static bool at_closer(const struct gate *g) {
	return g->depth > 0 && g->p < g->end && *g->p == g->levels[g->depth - 1].closer;
}

/* Behind a value: closes what ends here, up to the next value or the end of the text. */
static bool read_behind_value(struct gate *g, bool *done) {
	for (;;) {
		skip_space(g);
		*done = g->depth == 0;
		if (*done)
			return g->p == g->end || fail_expected(g, "the end of the text");
		if (!at_closer(g))
			break;
		if (!close_level(g))
			return false;
	}
	const bool in_object = g->levels[g->depth - 1].closer == '}';
	if (g->p == g->end || *g->p != ',')
		return fail_expected(g, in_object ? "a comma or `}`" : "a comma or `]`");
	g->p++;
	return in_object ? read_name(g) : true;
}

static bool read_text(struct gate *g) {
	for (bool done = false; !done;) {
		skip_space(g);
		if (g->p < g->end && (*g->p == '{' || *g->p == '[')) {
			if (!open_level(g))
				return false;
			if (!at_closer(g)) {
				if (g->levels[g->depth - 1].closer == '}' && !read_name(g))
					return false;
				continue;
			}
		} else if (!read_scalar(g)) {
			return false;
		}
		if (!read_behind_value(g, &done))
			return false;
	}
	return true;
}

bool gate_check(const char *text, size_t n, struct gate_fault *why) {
	struct gate g;
	/* Field by field: the arrays inside are long, and written before they are read. */
	g.start = g.p = (const byte *)text;
	g.end = g.start + n;
	g.why = why;
	g.depth = 0;
	if (n > INT32_MAX)
		return fail_at(&g, g.p, "the text is too long");
	names_init(&g.names, text);
	const bool ok = read_text(&g);
	names_fini(&g.names);
	return ok;
}

bool gate_parse(const char *text, size_t n, struct json_object **out, struct gate_fault *why) {
	*out = NULL;
	if (!gate_check(text, n, why))
		return false;
	/* json-c counts the scalars inside the deepest array as a level. */
	struct json_tokener *tok = json_tokener_new_ex(LIMIT_JSON_DEPTH + 1);
	CHECK(tok != NULL);
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
	*out = json_tokener_parse_ex(tok, text, (int)n);
	/* A number at the very end could go on: a space says that it doesn't. */
	if (json_tokener_get_error(tok) == json_tokener_continue)
		*out = json_tokener_parse_ex(tok, " ", 1);
	const enum json_tokener_error error = json_tokener_get_error(tok);
	if (error != json_tokener_success) {
		why->offset = json_tokener_get_parse_end(tok);
		(void)snprintf(why->text, sizeof why->text, "%s", json_tokener_error_desc(error));
	}
	json_tokener_free(tok);
	return error == json_tokener_success;
}
