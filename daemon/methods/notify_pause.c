/* notify_pause: nothing goes out by a channel until it is resumed. */
#include "daemon/base/limits.h"
#include "daemon/call/call.h"
#include "daemon/methods/methods.h"
#include "daemon/store/outbox.h"

struct pause_params {
	struct common_params common;
	const char *channel;
};

static const struct field pause_fields[] = {
    COMMON_FIELDS, FIELD_STR(struct pause_params, channel, LIMIT_CODE_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY), FIELD_END};

static struct town_channel channel_of(const struct call *c) {
	return (struct town_channel){c->town->code, ((const struct pause_params *)c->params)->channel};
}

static enum next pause_it(struct call *c) {
	const struct town_channel channel = channel_of(c);
	channel_pause(c->sv->db, &channel, c->who->name, &c->arena, call_on_rows, c);
	return NEXT_WAIT;
}

static enum next tell(struct call *c) {
	struct json_out *j = &c->out;
	const int64_t at_us = rows_time(c->rows, 0, 0);
	jout_object(j);
	jout_kv_str(j, "channel", channel_of(c).channel);
	jout_kv_bool(j, "paused", true);
	jout_kv_time(j, "paused_at", at_us, call_offset_s(c, at_us));
	jout_kv_str(j, "actor", rows_text(c->rows, 0, 1));
	jout_kv_int(j, "waiting", rows_int(c->rows, 0, 2));
	jout_end_object(j);
	return NEXT_ANSWER;
}

const struct method_code method_notify_pause = {
    .params = pause_fields, .params_size = sizeof(struct pause_params), .steps = {pause_it, tell}};
