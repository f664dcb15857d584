/* notify_list: the outbox: who was told what, and what became of it. */
#include "daemon/base/limits.h"
#include "daemon/call/call.h"
#include "daemon/methods/methods.h"
#include "daemon/methods/pack_words.h"
#include "daemon/store/case_json.h"
#include "daemon/store/outbox.h"
#include "daemon/store/reader.h"

#include <string.h>

enum { DEFAULT_ROWS = 50 };

struct list_params {
	struct common_params common;
	const char *number, *unit, *state, *kind, *channel, *cursor; /* number: of a case */
	int64_t since;
	int32_t limit;
};

/* clang-format off: one row a param. */
static const struct field list_fields[] = {
	COMMON_FIELDS,
	{.name = "case", .type = FT_STR, .offset = offsetof(struct list_params, number), .max = LIMIT_CODE_BYTES,
	 .present_offset = SIZE_MAX},
	FIELD_WORD(struct list_params, unit, 0),
	FIELD_STR(struct list_params, state, LIMIT_CODE_BYTES, FIELD_NONEMPTY),
	FIELD_STR(struct list_params, kind, LIMIT_CODE_BYTES, FIELD_NONEMPTY),
	FIELD_STR(struct list_params, channel, LIMIT_CODE_BYTES, FIELD_NONEMPTY),
	FIELD_TIME(struct list_params, since, 0),
	FIELD_I32(struct list_params, limit, 1, LIMIT_LIST_ROWS, 0),
	FIELD_STR(struct list_params, cursor, LIMIT_NAME_BYTES, FIELD_NONEMPTY),
	FIELD_END,
};
/* clang-format on */

static bool is_one_of(const char *word, const char *const *words) {
	for (size_t i = 0; words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

struct list_state {
	struct outbox_filter filter;
	const struct rows *paused;
};

static enum next ask(struct call *c) {
	const struct list_params *p = c->params;
	struct list_state *s = arena_new(&c->arena, struct list_state);
	struct outbox_filter *f = &s->filter;
	const bool of_no_case = p->kind && is_one_of(p->kind, report_notice_kinds);
	c->state = s;
	*f = (struct outbox_filter){.town = c->town->code,
	                            .unit = word_unit(c, "/params/unit", p->unit),
	                            .state = p->state,
	                            .channel = p->channel,
	                            .kind = p->kind,
	                            .before = {.seq = of_no_case ? 0 : INT64_MAX},
	                            .since_us = p->since,
	                            .limit = (p->limit ? p->limit : DEFAULT_ROWS) + 1,
	                            .scope = call_scope(c)};
	if (p->state && !is_one_of(p->state, delivery_state_names))
		faults_at(&c->faults, "/params/state", "unknown", "state is waiting, delivered, failed, dead or nobody");
	if (p->kind && !of_no_case && !is_one_of(p->kind, notice_kind_names))
		faults_at(&c->faults, "/params/kind", "unknown", "there is no kind %.40s", p->kind);
	if (p->number && !case_number_id(p->number, &f->case_id))
		faults_at(&c->faults, "/params/case", "format", "a case is its number, \"YYYYMMDD-NNNNNNN\"");
	if (p->cursor && !notice_name_parse(p->cursor, &f->before))
		faults_at(&c->faults, "/params/cursor", "format", "the cursor is the name of the last notice seen");
	if (c->faults.total)
		return call_refuse_params(c);
	channel_paused(c->sv->db, c->town->code, &c->arena, call_on_rows, c);
	return NEXT_WAIT;
}

static enum next ask_notices(struct call *c) {
	struct list_state *s = c->state;
	s->paused = c->rows;
	outbox_list(c->sv->db, &s->filter, &c->arena, call_on_rows, c);
	return NEXT_WAIT;
}

static void write_time(struct call *c, const char *key, int64_t at_us) {
	jout_kv_time(&c->out, key, at_us, call_offset_s(c, at_us));
}

static void write_matter(struct call *c, const struct notice *n, const char *number) {
	struct json_out *j = &c->out;
	jout_kv_opt(j, "meant", n->meant);
	jout_kv_opt(j, "role", n->role);
	jout_kv_opt(j, "to", n->to);
	jout_kv_opt(j, "clock", n->clock);
	write_time(c, "due_at", n->due_at_us);
	if (n->times > 1)
		jout_kv_int(j, "times", n->times);
	if (n->order)
		jout_kv_str(j, "order", arena_printf(&c->arena, "%s-D%d", number, n->order));
	jout_kv_bool(j, "acknowledge", n->acknowledge);
}

static const char *name_of(struct call *c, size_t row, size_t seq_column, size_t n_column) {
	const struct notice_name name = {NULL, rows_int(c->rows, row, seq_column), (int32_t)rows_int(c->rows, row, n_column)};
	return name.seq ? notice_name_text(&name, &c->arena) : NULL;
}

/* A report's notice, and the trial of a channel, say what they have to say elsewhere. */
static bool write_about(struct call *c, size_t row, struct err *e) {
	const char *number = rows_text(c->rows, row, NOTICE_NUMBER);
	struct notice n = {0};
	if (!number) {
		const char *to = rows_text(c->rows, row, NOTICE_RECEIVER);
		jout_kv_opt(&c->out, "to", to && *to ? to : NULL);
		return true;
	}
	if (!notice_decode(rows_text(c->rows, row, NOTICE_AGG), &c->arena, &n, e))
		return false;
	write_matter(c, &n, number);
	return true;
}

static bool write_notice(struct call *c, size_t row, struct err *e) {
	const struct rows *r = c->rows;
	struct json_out *j = &c->out;
	jout_object(j);
	jout_kv_str(j, "notice", name_of(c, row, NOTICE_SEQ, NOTICE_N));
	jout_kv_opt(j, "case", rows_text(r, row, NOTICE_NUMBER));
	jout_kv_str(j, "kind", rows_text(r, row, NOTICE_KIND));
	jout_kv_str(j, "unit", rows_text(r, row, NOTICE_UNIT));
	if (!write_about(c, row, e))
		return false;
	write_time(c, "made_at", rows_time(r, row, NOTICE_MADE_AT));
	jout_kv_opt(j, "channel", rows_text(r, row, NOTICE_CHANNEL));
	jout_kv_str(j, "state", rows_text(r, row, NOTICE_STATE));
	jout_kv_int(j, "tries", rows_int(r, row, NOTICE_TRIES));
	write_time(c, "next_try_at", rows_time(r, row, NOTICE_NEXT_TRY_AT));
	write_time(c, "delivered_at", rows_time(r, row, NOTICE_DELIVERED_AT));
	jout_kv_opt(j, "head", name_of(c, row, NOTICE_HEAD_SEQ, NOTICE_HEAD_N));
	jout_kv_opt(j, "failure", rows_text(r, row, NOTICE_FAILURE));
	jout_end_object(j);
	return true;
}

static void write_paused(struct call *c) {
	const struct rows *paused = ((const struct list_state *)c->state)->paused;
	if (paused->n == 0)
		return;
	jout_key(&c->out, "paused");
	jout_array(&c->out);
	for (size_t i = 0; i < paused->n; i++) {
		jout_object(&c->out);
		jout_kv_str(&c->out, "channel", rows_text(paused, i, 0));
		write_time(c, "paused_at", rows_time(paused, i, 1));
		jout_kv_str(&c->out, "actor", rows_text(paused, i, 2));
		jout_end_object(&c->out);
	}
	jout_end_array(&c->out);
}

static enum next tell(struct call *c) {
	const struct outbox_filter *f = &((const struct list_state *)c->state)->filter;
	const struct rows *r = c->rows;
	const size_t most = (size_t)f->limit - 1, shown = r->n > most ? most : r->n;
	struct err e = {0};
	jout_object(&c->out);
	jout_key(&c->out, "notices");
	jout_array(&c->out);
	for (size_t i = 0; i < shown; i++)
		if (!write_notice(c, i, &e))
			return call_refuse_err(c, &e);
	jout_end_array(&c->out);
	if (r->n > shown)
		jout_kv_str(&c->out, "cursor", name_of(c, shown - 1, NOTICE_SEQ, NOTICE_N));
	write_paused(c);
	jout_end_object(&c->out);
	return NEXT_ANSWER;
}

const struct method_code method_notify_list = {
    .params = list_fields, .params_size = sizeof(struct list_params), .steps = {ask, ask_notices, tell}};
