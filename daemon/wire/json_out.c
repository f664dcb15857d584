/* json_out: JSON text from left to right; keeps no stack, only whether a comma is due. */
#include "daemon/wire/json_out.h"

#include "daemon/base/check.h"
#include "daemon/base/civil.h"
#include "daemon/wire/json_text.h"

#include <json-c/json.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What stands behind the backslash; 'u' is a \u00XX, 'x' a byte of a longer character, 0 goes out as it is. */
static const char escape_of[256] = {
    [0x00 ... 0x07] = 'u', ['\b'] = 'b',          ['\t'] = 't', ['\n'] = 'n',  [0x0B] = 'u', ['\f'] = 'f',
    ['\r'] = 'r',          [0x0E ... 0x1F] = 'u', ['"'] = '"',  ['\\'] = '\\', [0x7F] = 'u', [0x80 ... 0xFF] = 'x',
};

void jout_init(struct json_out *j, struct strbuf *to) { *j = (struct json_out){.to = to}; }

static void before_item(struct json_out *j) {
	if (j->comma)
		strbuf_addc(j->to, ',');
	j->comma = true;
}

static void open_with(struct json_out *j, char bracket) {
	before_item(j);
	strbuf_addc(j->to, bracket);
	j->comma = false;
}

static void close_with(struct json_out *j, char bracket) {
	strbuf_addc(j->to, bracket);
	j->comma = true;
}

void jout_object(struct json_out *j) { open_with(j, '{'); }
void jout_end_object(struct json_out *j) { close_with(j, '}'); }
void jout_array(struct json_out *j) { open_with(j, '['); }
void jout_end_array(struct json_out *j) { close_with(j, ']'); }

/* How many bytes from p on may go out as they are. */
static size_t plain_run(const char *p, size_t n) {
	const unsigned char *const from = (const unsigned char *)p, *const end = from + n;
	const unsigned char *at = from;
	while (at < end) {
		if (escape_of[*at] == 0) {
			at++;
			continue;
		}
		const size_t length = escape_of[*at] == 'x' ? utf8_length(at, end) : 0;
		if (length == 0)
			break;
		at += length;
	}
	return (size_t)(at - from);
}

/* A byte that is no UTF-8 (a message was cut in the middle of a character) goes out as U+FFFD: a reply is always sound JSON.
 */
static void add_special(struct strbuf *to, unsigned char byte) {
	if (escape_of[byte] == 'x')
		strbuf_adds(to, "\xEF\xBF\xBD");
	else if (escape_of[byte] == 'u')
		strbuf_printf(to, "\\u%04x", byte);
	else
		strbuf_add(to, (const char[]){'\\', escape_of[byte]}, 2);
}

static void add_quoted(struct strbuf *to, const char *s, size_t n) {
	const size_t plain = plain_run(s, n);
	char *out = strbuf_reserve(to, plain + 2);
	*out++ = '"';
	memcpy(out, s, plain);
	to->len += plain + 1;
	for (size_t i = plain; i < n;) {
		add_special(to, (unsigned char)s[i++]);
		const size_t run = plain_run(s + i, n - i);
		strbuf_add(to, s + i, run);
		i += run;
	}
	strbuf_addc(to, '"');
}

/* A key that comes from a peer may need escapes; all others are words of ours. */
void jout_key(struct json_out *j, const char *key) {
	before_item(j);
	add_quoted(j->to, key, strlen(key));
	strbuf_addc(j->to, ':');
	j->comma = false;
}

void jout_strn(struct json_out *j, const char *s, size_t n) {
	before_item(j);
	add_quoted(j->to, s, n);
}

void jout_str(struct json_out *j, const char *s) {
	if (s)
		jout_strn(j, s, strlen(s));
	else
		jout_null(j);
}

void jout_rawn(struct json_out *j, const char *json, size_t n) {
	before_item(j);
	strbuf_add(j->to, json, n);
}

void jout_raw(struct json_out *j, const char *json) { jout_rawn(j, json, strlen(json)); }

void jout_int(struct json_out *j, int64_t v) {
	before_item(j);
	strbuf_addi(j->to, v);
}

void jout_num(struct json_out *j, double v) {
	CHECK(isfinite(v));
	char text[32];
	for (int digits = 15; digits <= 17; digits++) {
		(void)snprintf(text, sizeof text, "%.*g", digits, v);
		/* Equal to the bit: -0 isn't 0 here. */
		const double back = strtod(text, NULL);
		if (memcmp(&back, &v, sizeof v) == 0)
			break;
	}
	jout_raw(j, text);
}

void jout_bool(struct json_out *j, bool v) { jout_raw(j, v ? "true" : "false"); }
void jout_null(struct json_out *j) { jout_raw(j, "null"); }

void jout_kv_str(struct json_out *j, const char *key, const char *s) {
	jout_key(j, key);
	jout_str(j, s);
}

void jout_kv_opt(struct json_out *j, const char *key, const char *s) {
	if (s)
		jout_kv_str(j, key, s);
}

void jout_kv_int(struct json_out *j, const char *key, int64_t v) {
	jout_key(j, key);
	jout_int(j, v);
}

void jout_kv_bool(struct json_out *j, const char *key, bool v) {
	jout_key(j, key);
	jout_bool(j, v);
}

void jout_kv_time(struct json_out *j, const char *key, int64_t at_us, int32_t offset_s) {
	char text[RFC3339_BYTES];
	if (at_us != NO_TIME)
		jout_kv_str(j, key, rfc3339_format(at_us, offset_s, text));
}

/* ---- canonical form ---- */

struct member {
	const char *key;
	struct json_object *value;
};

static int member_compare(const void *a, const void *b) {
	return strcmp(((const struct member *)a)->key, ((const struct member *)b)->key);
}

static bool listed(const char *const *names, const char *name) {
	for (; names && *names; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

static void canonical_object(struct json_out *j, struct json_object *tree, const char *const *skip) {
	const size_t most = (size_t)json_object_object_length(tree);
	struct member *members = calloc(most + 1, sizeof *members);
	CHECK(members != NULL);
	size_t n = 0;
	json_object_object_foreach(tree, key, value) {
		if (!listed(skip, key))
			members[n++] = (struct member){key, value};
	}
	qsort(members, n, sizeof *members, member_compare);
	jout_object(j);
	for (size_t i = 0; i < n; i++) {
		jout_key(j, members[i].key);
		jout_canonical(j, members[i].value, NULL);
	}
	jout_end_object(j);
	free(members);
}

static void canonical_array(struct json_out *j, struct json_object *tree) {
	jout_array(j);
	const size_t n = json_object_array_length(tree);
	for (size_t i = 0; i < n; i++)
		jout_canonical(j, json_object_array_get_idx(tree, i), NULL);
	jout_end_array(j);
}

void jout_canonical(struct json_out *j, struct json_object *tree, const char *const *skip) {
	switch (json_object_get_type(tree)) {
	case json_type_object:
		canonical_object(j, tree, skip);
		break;
	case json_type_array:
		canonical_array(j, tree);
		break;
	case json_type_string:
		jout_strn(j, json_object_get_string(tree), (size_t)json_object_get_string_len(tree));
		break;
	case json_type_int:
		jout_int(j, json_object_get_int64(tree));
		break;
	case json_type_double:
		/* A parsed one still has the text it came as. */
		jout_raw(j, json_object_to_json_string_ext(tree, JSON_C_TO_STRING_PLAIN));
		break;
	case json_type_boolean:
		jout_bool(j, json_object_get_boolean(tree));
		break;
	case json_type_null:
		jout_null(j);
		break;
	}
}
