/* events_read: a town's events after a number, in commit order; waits for the next one where there is none yet. */
#include "daemon/base/limits.h"
#include "daemon/call/event_view.h"
#include "daemon/methods/feed_params.h"
#include "daemon/methods/methods.h"
#include "daemon/store/feed.h"

enum { DEFAULT_EVENTS = 100, LONGEST_WAIT_MS = 60000 };

struct read_params {
	struct feed_params feed;
	int32_t limit, wait_ms;
};

static const struct field read_fields[] = {FEED_FIELDS, FIELD_I32(struct read_params, limit, 1, LIMIT_FEED_ROWS, 0),
                                           FIELD_I32(struct read_params, wait_ms, 0, LONGEST_WAIT_MS, 0), FIELD_END};

static enum next ask(struct call *c) {
	const struct read_params *p = c->params;
	struct feed_ask *q = arena_new(&c->arena, struct feed_ask);
	c->state = q;
	*q = (struct feed_ask){.town = c->town->code,
	                       .after = p->feed.after,
	                       .limit = p->limit ? p->limit : DEFAULT_EVENTS,
	                       .scope = call_scope(c)};
	feed_params_read(c, &p->feed, &q->types, &q->case_id);
	if (c->faults.total)
		return call_refuse_params(c);
	feed_read(c->sv->db, q, &c->arena, call_on_rows, c);
	return NEXT_WAIT;
}

static enum next tell(struct call *c) {
	const struct event_view view = {c->town->code, c->pack, &c->arena};
	const struct rows *r = c->rows;
	const size_t last = r->n - 1;
	struct err e = {0};
	jout_object(&c->out);
	jout_key(&c->out, "events");
	jout_array(&c->out);
	for (size_t i = 0; i < last; i++)
		if (!event_view_write(&view, r, i, &c->out, &e))
			return call_refuse_err(c, &e);
	jout_end_array(&c->out);
	jout_kv_int(&c->out, "after", rows_int(r, last, EVENT_SEQ));
	jout_kv_int(&c->out, "head", rows_int(r, last, FEED_HEAD));
	jout_end_object(&c->out);
	return NEXT_ANSWER;
}

static void on_news(void *call) { call_resume(call); }

/* Only who has read to the end waits for more. */
static enum next tell_or_wait(struct call *c) {
	const struct read_params *p = c->params;
	struct feed_ask *q = c->state;
	const int64_t seen = rows_int(c->rows, c->rows->n - 1, EVENT_SEQ), head = rows_int(c->rows, c->rows->n - 1, FEED_HEAD);
	if (q->after > head) {
		faults_at(&c->faults, "/params/after", "range", "the feed of this town ends at %lld", (long long)head);
		return call_refuse_params(c);
	}
	if (c->rows->n > 1 || p->wait_ms == 0 || seen < head || !c->sv->jobs.wait_feed)
		return tell(c);
	q->after = seen;
	c->sv->jobs.wait_feed(c->sv->jobs.ctx, q->town, q->after, p->wait_ms, on_news, c);
	return NEXT_WAIT;
}

static enum next ask_again(struct call *c) {
	feed_read(c->sv->db, c->state, &c->arena, call_on_rows, c);
	return NEXT_WAIT;
}

const struct method_code method_events_read = {
    .params = read_fields, .params_size = sizeof(struct read_params), .steps = {ask, tell_or_wait, ask_again, tell}};
