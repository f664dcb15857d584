/* supervision_list: supervision orders by filter, newest first. */
#include "daemon/base/limits.h"
#include "daemon/call/call.h"
#include "daemon/methods/methods.h"
#include "daemon/methods/pack_words.h"
#include "daemon/store/orders.h"
#include "daemon/store/reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DEFAULT_ROWS = 50 };

struct orders_params {
	struct common_params common;
	const char *number, *unit, *cursor; /* number: of a case */
	const char *state, *kind;
	int64_t since;
	int32_t limit;
};

/* clang-format off: one row a param. */
static const struct field orders_fields[] = {
	COMMON_FIELDS,
	{.name = "case", .type = FT_STR, .offset = offsetof(struct orders_params, number), .max = LIMIT_CODE_BYTES,
	 .present_offset = SIZE_MAX},
	FIELD_WORD(struct orders_params, unit, 0),
	FIELD_STR(struct orders_params, state, LIMIT_CODE_BYTES, FIELD_NONEMPTY),
	FIELD_STR(struct orders_params, kind, LIMIT_CODE_BYTES, FIELD_NONEMPTY),
	FIELD_TIME(struct orders_params, since, 0),
	FIELD_I32(struct orders_params, limit, 1, LIMIT_LIST_ROWS, 0),
	FIELD_STR(struct orders_params, cursor, LIMIT_NAME_BYTES, FIELD_NONEMPTY),
	FIELD_END,
};
/* clang-format on */

/* A cursor: when the last one seen was opened, its case and its number, each in hex. */
static const char *cursor_after(const struct rows *r, size_t row, struct arena *a) {
	return arena_printf(a, "%" PRIx64 ".%" PRIx64 ".%" PRIx64, (uint64_t)rows_time(r, row, ORDER_OPENED_AT),
	                    (uint64_t)rows_int(r, row, ORDER_CASE), (uint64_t)rows_int(r, row, ORDER_N));
}

static bool read_cursor(const char *text, struct orders_filter *f) {
	uint64_t at, id, n;
	int end = 0;
	if (sscanf(text, "%16" SCNx64 ".%16" SCNx64 ".%8" SCNx64 "%n", &at, &id, &n, &end) != 3 || text[end])
		return false;
	f->before_us = (int64_t)at;
	f->before_case = (int64_t)id;
	f->before_n = (int32_t)n;
	return true;
}

static const char *known_word(struct call *c, const char *path, const char *word, const char *const *known) {
	for (size_t i = 0; word && known[i]; i++)
		if (strcmp(known[i], word) == 0)
			return known[i];
	if (word)
		faults_at(&c->faults, path, "unknown", "there is no %s %.40s", path + sizeof "/params/" - 1, word);
	return NULL;
}

static enum next ask(struct call *c) {
	const struct orders_params *p = c->params;
	struct orders_filter *f = arena_new(&c->arena, struct orders_filter);
	c->state = f;
	*f = (struct orders_filter){.town = c->town->code,
	                            .unit = word_unit(c, "/params/unit", p->unit),
	                            .state = known_word(c, "/params/state", p->state, order_state_names),
	                            .kind = known_word(c, "/params/kind", p->kind, order_kind_names),
	                            .since_us = p->since,
	                            .limit = (p->limit ? p->limit : DEFAULT_ROWS) + 1,
	                            .scope = call_scope(c),
	                            .before_us = NO_TIME};
	if (p->number && !case_number_id(p->number, &f->case_id))
		faults_at(&c->faults, "/params/case", "format", "a case is its number, \"YYYYMMDD-NNNNNNN\"");
	if (p->cursor && !read_cursor(p->cursor, f))
		faults_at(&c->faults, "/params/cursor", "format", "this is no cursor of supervision.list");
	if (c->faults.total)
		return call_refuse_params(c);
	orders_list(c->sv->db, f, &c->arena, call_on_rows, c);
	return NEXT_WAIT;
}

static void write_time(struct call *c, const char *key, size_t row, enum order_row column) {
	const int64_t at_us = rows_time(c->rows, row, column);
	jout_kv_time(&c->out, key, at_us, call_offset_s(c, at_us));
}

static void write_order(struct call *c, size_t row) {
	const struct rows *r = c->rows;
	struct json_out *j = &c->out;
	const char *number = rows_text(r, row, ORDER_NUMBER);
	const struct unit *unit = pack_unit(c->pack, rows_text(r, row, ORDER_UNIT));
	jout_object(j);
	jout_kv_str(j, "order", arena_printf(&c->arena, "%s-D%s", number, rows_text(r, row, ORDER_N)));
	jout_kv_str(j, "case", number);
	jout_kv_str(j, "unit", rows_text(r, row, ORDER_UNIT));
	jout_kv_opt(j, "unit_name", unit ? unit->zh : NULL);
	jout_kv_str(j, "issuer", rows_text(r, row, ORDER_ISSUER));
	jout_kv_str(j, "kind", rows_text(r, row, ORDER_KIND));
	jout_kv_str(j, "state", rows_text(r, row, ORDER_STATE));
	jout_kv_opt(j, "grounds", rows_text(r, row, ORDER_GROUNDS));
	jout_kv_opt(j, "demand", rows_text(r, row, ORDER_DEMAND));
	jout_kv_opt(j, "reply", rows_text(r, row, ORDER_REPLY));
	write_time(c, "opened_at", row, ORDER_OPENED_AT);
	write_time(c, "due_at", row, ORDER_DUE_AT);
	write_time(c, "replied_at", row, ORDER_REPLIED_AT);
	write_time(c, "ended_at", row, ORDER_ENDED_AT);
	jout_kv_opt(j, "consequence", rows_text(r, row, ORDER_CONSEQUENCE));
	jout_end_object(j);
}

static enum next tell(struct call *c) {
	const struct orders_filter *f = c->state;
	const size_t most = (size_t)f->limit - 1, shown = c->rows->n > most ? most : c->rows->n;
	jout_object(&c->out);
	jout_key(&c->out, "orders");
	jout_array(&c->out);
	for (size_t i = 0; i < shown; i++)
		write_order(c, i);
	jout_end_array(&c->out);
	if (c->rows->n > shown)
		jout_kv_str(&c->out, "cursor", cursor_after(c->rows, shown - 1, &c->arena));
	jout_end_object(&c->out);
	return NEXT_ANSWER;
}

const struct method_code method_supervision_list = {
    .params = orders_fields, .params_size = sizeof(struct orders_params), .steps = {ask, tell}};
