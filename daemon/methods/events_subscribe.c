/* events_subscribe: from now on this connection gets a town's events, as notifications. */
#include "daemon/base/limits.h"
#include "daemon/call/message.h"
#include "daemon/methods/feed_params.h"
#include "daemon/methods/methods.h"
#include "daemon/store/feed.h"

#include <string.h>

static const struct field subscribe_fields[] = {FEED_FIELDS, FIELD_END};

static enum next ask(struct call *c) {
	struct subscription *s = arena_new(&c->arena, struct subscription);
	c->state = s;
	feed_params_read(c, c->params, &s->types, &s->case_id);
	if (c->faults.total)
		return call_refuse_params(c);
	if (!c->sv->jobs.subscribe)
		return call_refuse(c, E_UNAVAILABLE, "nobody follows the feed here");
	feed_heads(c->sv->db, &c->arena, call_on_rows, c);
	return NEXT_WAIT;
}

static int64_t head_of(const struct call *c) {
	for (size_t i = 0; i < c->rows->n; i++)
		if (strcmp(rows_text(c->rows, i, 0), c->town->code) == 0)
			return rows_int(c->rows, i, 1);
	return 0;
}

static enum next subscribe(struct call *c) {
	const struct feed_params *p = c->params;
	struct subscription *s = c->state;
	const int64_t head = head_of(c);
	s->conn = c->message->conn;
	s->who = c->who;
	s->town = c->town->code;
	s->after = p->has_after ? p->after : head;
	if (s->after > head) {
		faults_at(&c->faults, "/params/after", "range", "the feed of this town ends at %lld", (long long)head);
		return call_refuse_params(c);
	}
	if (!c->sv->jobs.subscribe(c->sv->jobs.ctx, s))
		return call_refuse(c, E_OVERLOADED, "%d connections follow the feed already", LIMIT_SUBSCRIBERS);
	jout_object(&c->out);
	jout_kv_str(&c->out, "town", s->town);
	jout_kv_int(&c->out, "after", s->after);
	jout_kv_int(&c->out, "head", head);
	jout_end_object(&c->out);
	return NEXT_ANSWER;
}

const struct method_code method_events_subscribe = {
    .params = subscribe_fields, .params_size = sizeof(struct feed_params), .steps = {ask, subscribe}};
