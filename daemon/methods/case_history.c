/* case_history: the events of a case, oldest first. */
#include "daemon/base/limits.h"
#include "daemon/call/event_view.h"
#include "daemon/methods/case_id.h"
#include "daemon/methods/methods.h"

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
	struct history_ask *h = arena_new(&c->arena, struct history_ask);
	c->state = h;
	h->scope = call_scope(c);
	h->limit = (p->limit ? p->limit : DEFAULT_EVENTS) + 1;
	if (p->cursor && !read_cursor(p->cursor, &h->after_version))
		faults_at(&c->faults, "/params/cursor", "format", "this is no cursor of case.history");
	if (!case_id_read(c, p->which, &h->name) || c->faults.total)
		return call_refuse_params(c);
	reader_history(c->sv->db, h, &c->arena, call_on_rows, c);
	return NEXT_WAIT;
}

static enum next tell(struct call *c) {
	const struct event_view view = {c->town->code, c->pack, &c->arena};
	const struct history_ask *h = c->state;
	const struct rows *r = c->rows;
	const size_t most = (size_t)h->limit - 1, shown = r->n > most ? most : r->n;
	struct err e = {0};
	if (r->n == 0 && h->after_version == 0)
		return call_refuse(c, E_NOT_FOUND, "there is no %s", case_id_text(&h->name, &c->arena));
	jout_object(&c->out);
	jout_key(&c->out, "events");
	jout_array(&c->out);
	for (size_t i = 0; i < shown; i++)
		if (!event_view_write(&view, r, i, &c->out, &e))
			return call_refuse_err(c, &e);
	jout_end_array(&c->out);
	if (r->n > shown)
		jout_kv_str(&c->out, "cursor", rows_text(r, shown - 1, EVENT_VERSION));
	jout_end_object(&c->out);
	return NEXT_ANSWER;
}

const struct method_code method_case_history = {
    .params = history_fields, .params_size = sizeof(struct history_params), .steps = {ask, tell}};
