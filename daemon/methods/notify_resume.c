/* notify_resume: a channel that was paused carries again; what waits for a try is tried at once. */
#include "daemon/base/limits.h"
#include "daemon/call/call.h"
#include "daemon/methods/methods.h"
#include "daemon/store/outbox.h"

struct resume_params {
	struct common_params common;
	const char *channel;
};

static const struct field resume_fields[] = {
    COMMON_FIELDS, FIELD_STR(struct resume_params, channel, LIMIT_CODE_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY), FIELD_END};

static struct town_channel channel_of(const struct call *c) {
	return (struct town_channel){c->town->code, ((const struct resume_params *)c->params)->channel};
}

static enum next resume_it(struct call *c) {
	const struct town_channel channel = channel_of(c);
	channel_resume(c->sv->db, &channel, &c->arena, call_on_rows, c);
	return NEXT_WAIT;
}

static enum next tell(struct call *c) {
	struct json_out *j = &c->out;
	jout_object(j);
	jout_kv_str(j, "channel", channel_of(c).channel);
	jout_kv_bool(j, "paused", false);
	jout_kv_bool(j, "was_paused", rows_bool(c->rows, 0, 0));
	jout_kv_int(j, "waiting", rows_int(c->rows, 0, 1));
	jout_end_object(j);
	return NEXT_ANSWER;
}

const struct method_code method_notify_resume = {
    .params = resume_fields, .params_size = sizeof(struct resume_params), .steps = {resume_it, tell}};
