/* case_history: the events of a case, oldest first. */
#include "daemon/base/limits.h"
#include "daemon/methods/case_id.h"
#include "daemon/methods/methods.h"
#include "daemon/store/case_json.h"

#include <errno.h>
#include <stdlib.h>

enum { DEFAULT_EVENTS = 50 };

struct history_params {
	struct common_params common;
	struct json_object *which;
	int32_t limit;
	const char *cursor;
};

static const struct field history_fields[] = {COMMON_FIELDS,
                                              {.name = "case",
                                               .type = FT_TREE,
                                               .offset = offsetof(struct history_params, which),
                                               .flags = FIELD_REQUIRED,
                                               .present_offset = SIZE_MAX},
                                              FIELD_I32(struct history_params, limit, 1, LIMIT_LIST_ROWS, 0),
                                              FIELD_STR(struct history_params, cursor, LIMIT_CODE_BYTES, FIELD_NONEMPTY),
                                              FIELD_END};

struct history {
	struct case_name name;
	int32_t limit, after;
};

/* The cursor is the version of the last event seen. */
static bool read_cursor(const char *text, int32_t *after) {
	char *end = NULL;
	errno = 0;
	const long v = strtol(text, &end, 10);
	*after = (int32_t)v;
	return !errno && end != text && !*end && v >= 0 && v < INT32_MAX;
}

static enum next ask(struct call *c) {
	const struct history_params *p = c->params;
	struct history *h = arena_new(&c->arena, struct history);
	c->state = h;
	h->limit = p->limit ? p->limit : DEFAULT_EVENTS;
	if (p->cursor && !read_cursor(p->cursor, &h->after))
		faults_at(&c->faults, "/params/cursor", "format", "this is no cursor of case.history");
	if (!case_id_read(c, p->which, &h->name) || c->faults.total)
		return call_refuse_params(c);
	const int32_t from = h->after > 0 ? h->after - 1 : 0;
	reader_history(c->sv->db, &h->name, from, h->limit + 2, &c->arena, call_on_rows, c);
	return NEXT_WAIT;
}

/* The state that an event left the case in; `before` where it didn't change. */
static const char *state_after(const struct changes *ch, const char *before) {
	for (size_t i = 0; i < ch->list.n; i++)
		if (ch->list.v[i].kind == CHANGE_STATE)
			before = state_name(ch->list.v[i].state.state);
	return before;
}

/* `data` is the body as it was stored: exact bytes, as they were hashed. */
static void write_event(struct call *c, size_t row, const char *type, const char *before, const char *after) {
	struct json_out *j = &c->out;
	const struct rows *r = c->rows;
	jout_object(j);
	jout_kv_str(j, "town", c->town->code);
	jout_kv_int(j, "seq", rows_int(r, row, EVENT_SEQ));
	jout_kv_str(j, "type", type);
	jout_kv_str(j, "case", rows_text(r, row, EVENT_NUMBER));
	jout_kv_int(j, "version", rows_int(r, row, EVENT_VERSION));
	jout_kv_time(j, "at", rows_time(r, row, EVENT_AT), call_offset_s(c, rows_time(r, row, EVENT_AT)));
	jout_kv_time(j, "recorded_at", rows_time(r, row, EVENT_RECORDED_AT),
	             call_offset_s(c, rows_time(r, row, EVENT_RECORDED_AT)));
	jout_kv_str(j, "actor", rows_text(r, row, EVENT_ACTOR));
	jout_kv_str(j, "state_before", before);
	jout_kv_str(j, "state", after);
	jout_key(j, "data");
	jout_raw(j, rows_text(r, row, EVENT_BODY));
	jout_end_object(j);
}

/* Of a later page the first row is the last one of the page before: it says which state that left. */
static bool write_events(struct call *c, size_t shown, size_t skipped, struct err *e) {
	const char *state = NULL;
	jout_key(&c->out, "events");
	jout_array(&c->out);
	for (size_t i = 0; i < shown; i++) {
		struct changes ch = {0};
		if (!event_decode(rows_text(c->rows, i, EVENT_BODY), &c->arena, &ch, e))
			return false;
		const char *after = state_after(&ch, state);
		if (i >= skipped)
			write_event(c, i, ch.event_type, state, after);
		state = after;
	}
	jout_end_array(&c->out);
	return true;
}

static enum next tell(struct call *c) {
	const struct history *h = c->state;
	const struct rows *r = c->rows;
	const size_t skipped = h->after > 0, most = (size_t)h->limit + skipped;
	const size_t shown = r->n > most ? most : r->n;
	struct err e = {0};
	if (r->n == 0)
		return call_refuse(c, E_NOT_FOUND, "there is no %s", case_id_text(&h->name, &c->arena));
	jout_object(&c->out);
	if (!write_events(c, shown, skipped, &e))
		return call_refuse_err(c, &e);
	if (r->n > shown)
		jout_kv_str(&c->out, "cursor", rows_text(r, shown - 1, EVENT_VERSION));
	jout_end_object(&c->out);
	return NEXT_ANSWER;
}

const struct method_code method_case_history = {
    .params = history_fields, .params_size = sizeof(struct history_params), .steps = {ask, tell}};
