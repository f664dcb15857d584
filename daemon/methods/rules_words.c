/* rules_words: the vocabulary in force: codes and names of a kind, for completion and for forms. */
#include "daemon/base/limits.h"
#include "daemon/methods/methods.h"
#include "daemon/methods/pack_words.h"

#include <stdio.h>

enum { DEFAULT_WORDS = 50, MOST_WORDS = 1000 };

struct words_params {
	struct common_params common;
	enum word_kind kind;
	bool has_kind;
	const char *of, *text;
	int32_t limit;
};

/* clang-format off: one row a param. */
static const struct field words_fields[] = {
	COMMON_FIELDS,
	{.name = "kind", .type = FT_ENUM, .offset = offsetof(struct words_params, kind), .names = word_kind_names,
	 .present_offset = offsetof(struct words_params, has_kind)},
	FIELD_STR(struct words_params, of, LIMIT_CODE_BYTES, FIELD_CODE),
	FIELD_STR(struct words_params, text, LIMIT_NAME_BYTES, 0),
	FIELD_I32(struct words_params, limit, 1, MOST_WORDS, 0),
	FIELD_END,
};
/* clang-format on */

static void write_day(struct json_out *j, const char *key, int32_t day) {
	const struct civil_date date = civil_from_day(day);
	char text[32];
	(void)snprintf(text, sizeof text, "%04d-%02d-%02d", date.year, date.month, date.day);
	jout_kv_str(j, key, text);
}

static void write_word(struct json_out *j, const struct pack_word *w) {
	jout_object(j);
	jout_kv_str(j, "kind", word_kind_names[w->kind]);
	jout_kv_str(j, "code", w->code);
	jout_kv_opt(j, "name", w->zh);
	jout_kv_opt(j, "name_en", w->en);
	jout_kv_opt(j, "of", w->of);
	if (w->retired_day != INT32_MAX)
		write_day(j, "retired", w->retired_day);
	jout_end_object(j);
}

static enum next tell(struct call *c) {
	const struct words_params *p = c->params;
	const struct word_query q = {.kind = p->has_kind ? &p->kind : NULL,
	                             .of = p->of,
	                             .text = p->text,
	                             .limit = p->limit ? (size_t)p->limit : DEFAULT_WORDS};
	pack_word_list words = {0};
	const bool more = pack_words_search(c->pack, &q, &c->arena, &words);
	jout_object(&c->out);
	jout_key(&c->out, "words");
	jout_array(&c->out);
	for (size_t i = 0; i < words.n; i++)
		write_word(&c->out, words.v[i]);
	jout_end_array(&c->out);
	if (more)
		jout_kv_bool(&c->out, "more", true);
	jout_end_object(&c->out);
	return NEXT_ANSWER;
}

const struct method_code method_rules_words = {
    .params = words_fields, .params_size = sizeof(struct words_params), .steps = {tell}};
