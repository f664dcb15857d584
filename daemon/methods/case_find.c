/* case_find: cases by the end of their number, for people who type no more than they must. */
#include "daemon/base/limits.h"
#include "daemon/methods/case_view.h"
#include "daemon/methods/methods.h"
#include "daemon/store/find.h"

enum { DEFAULT_ROWS = 10, MOST_ROWS = 50 };

struct find_params {
	struct common_params common;
	const char *tail;
	int32_t limit;
};

static const struct field find_fields[] = {
    COMMON_FIELDS, FIELD_STR(struct find_params, tail, LIMIT_CODE_BYTES, FIELD_REQUIRED | FIELD_CODE),
    FIELD_I32(struct find_params, limit, 1, MOST_ROWS, 0), FIELD_END};

static enum next ask(struct call *c) {
	const struct find_params *p = c->params;
	struct find_ask *q = arena_new(&c->arena, struct find_ask);
	*q = (struct find_ask){
	    .town = c->town->code, .scope = call_scope(c), .limit = (p->limit ? p->limit : DEFAULT_ROWS) + 1};
	c->state = q;
	if (p->tail && !number_tail_read(p->tail, &c->arena, &q->tail))
		faults_at(&c->faults, "/params/tail", "format", "the end of a case number: digits, as in 42, 0000042 or 1124-0000042");
	if (c->faults.total)
		return call_refuse_params(c);
	cases_find(c->sv->db, q, &c->arena, call_on_rows, c);
	return NEXT_WAIT;
}

static void write_case(struct call *c, size_t row) {
	struct json_out *j = &c->out;
	const char *state = rows_text(c->rows, row, FIND_STATE);
	const int64_t due_at_us = rows_time(c->rows, row, FIND_DUE_AT);
	enum case_state s;
	jout_object(j);
	jout_kv_str(j, "number", rows_text(c->rows, row, FIND_NUMBER));
	jout_kv_str(j, "state", state);
	if (state_parse(state, &s))
		jout_kv_str(j, "state_name", state_zh(s));
	case_view_class(c, rows_text(c->rows, row, FIND_CLASS));
	case_view_estate(c, rows_text(c->rows, row, FIND_ESTATE));
	jout_kv_opt(j, "address", rows_text(c->rows, row, FIND_ADDRESS));
	case_view_unit(c, "unit", rows_text(c->rows, row, FIND_UNIT));
	jout_kv_time(j, "due_at", due_at_us, call_offset_s(c, due_at_us));
	jout_end_object(j);
}

static enum next tell(struct call *c) {
	const struct find_ask *q = c->state;
	const size_t limit = (size_t)q->limit - 1, found = rows_text(c->rows, 0, FIND_NUMBER) ? c->rows->n : 0;
	if (number_tail_is_short(&q->tail, rows_int(c->rows, 0, FIND_NEWEST))) {
		faults_at(&c->faults, "/params/tail", "too_short", "too many cases are here to look for one by so few digits: give more");
		return call_refuse_params(c);
	}
	jout_object(&c->out);
	jout_key(&c->out, "cases");
	jout_array(&c->out);
	for (size_t i = 0; i < found && i < limit; i++)
		write_case(c, i);
	jout_end_array(&c->out);
	jout_kv_bool(&c->out, "more", found > limit);
	jout_end_object(&c->out);
	return NEXT_ANSWER;
}

const struct method_code method_case_find = {
    .params = find_fields, .params_size = sizeof(struct find_params), .reads_on = true, .steps = {ask, tell}};
