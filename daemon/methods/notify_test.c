/* notify_test: sends a test notice by a channel, through the outbox and the worker, and says whether it got through. */
#include "daemon/base/limits.h"
#include "daemon/call/call.h"
#include "daemon/methods/methods.h"

struct notify_test_params {
	struct common_params common;
	const char *channel, *to;
};

static const struct field notify_test_fields[] = {
    COMMON_FIELDS,
    FIELD_STR(struct notify_test_params, channel, LIMIT_CODE_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY),
    FIELD_STR(struct notify_test_params, to, LIMIT_NAME_BYTES, FIELD_NONEMPTY), FIELD_END};

/* What came of it; in the call's arena. */
struct trial_end {
	bool ok;
	const char *failure;
};

static void on_tried(bool ok, const char *failure, void *ctx) {
	struct call *c = ctx;
	struct trial_end *end = arena_new(&c->arena, struct trial_end);
	*end = (struct trial_end){ok, ok ? NULL : arena_strdup(&c->arena, failure)};
	c->state = end;
	call_resume(c);
}

static enum next try_it(struct call *c) {
	const struct notify_test_params *p = c->params;
	const struct channel_test what = {.town = c->town->code, .channel = p->channel, .to = p->to};
	if (!c->sv->jobs.test_channel)
		return call_refuse(c, E_UNAVAILABLE, "nothing is delivered from here");
	c->sv->jobs.test_channel(c->sv->jobs.ctx, &what, on_tried, c);
	return NEXT_WAIT;
}

static enum next tell(struct call *c) {
	const struct trial_end *end = c->state;
	const struct notify_test_params *p = c->params;
	jout_object(&c->out);
	jout_kv_str(&c->out, "channel", p->channel);
	jout_kv_bool(&c->out, "delivered", end->ok);
	jout_kv_opt(&c->out, "failure", end->failure);
	jout_end_object(&c->out);
	return NEXT_ANSWER;
}

const struct method_code method_notify_test = {
    .params = notify_test_fields, .params_size = sizeof(struct notify_test_params), .steps = {try_it, tell}};
