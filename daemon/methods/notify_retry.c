/* notify_retry: notices that were given up, or failed, are tried anew at once. */
#include "daemon/base/limits.h"
#include "daemon/call/call.h"
#include "daemon/methods/methods.h"
#include "daemon/store/outbox.h"

#include <string.h>

struct retry_params {
	struct common_params common;
	const char *notice, *channel, *state;
};

static const struct field retry_fields[] = {COMMON_FIELDS,
                                            FIELD_STR(struct retry_params, notice, LIMIT_CODE_BYTES, FIELD_NONEMPTY),
                                            FIELD_STR(struct retry_params, channel, LIMIT_CODE_BYTES, FIELD_NONEMPTY),
                                            FIELD_STR(struct retry_params, state, LIMIT_CODE_BYTES, FIELD_NONEMPTY),
                                            FIELD_END};

static enum next retry(struct call *c) {
	const struct retry_params *p = c->params;
	struct outbox_again again = {.name = {.town = c->town->code}, .channel = p->channel, .state = p->state};
	if (!p->notice == !p->channel)
		faults_at(&c->faults, "/params", "missing", "which: one `notice`, or all by a `channel`");
	if (p->notice && !notice_name_parse(p->notice, &again.name))
		faults_at(&c->faults, "/params/notice", "format", "a notice is named like 4711-1 or R12-1");
	if (p->state && strcmp(p->state, "dead") != 0 && strcmp(p->state, "failed") != 0)
		faults_at(&c->faults, "/params/state", "unknown", "state is dead or failed");
	if (c->faults.total)
		return call_refuse_params(c);
	outbox_retry(c->sv->db, &again, &c->arena, call_on_rows, c);
	return NEXT_WAIT;
}

static enum next tell(struct call *c) {
	const struct retry_params *p = c->params;
	const int64_t n = rows_int(c->rows, 0, 0);
	if (n == 0 && p->notice)
		return call_refuse(c, E_NOT_FOUND, "there is no notice %s that is %s", p->notice, p->state ? p->state : "dead or failed");
	jout_object(&c->out);
	jout_kv_int(&c->out, "retried", n);
	jout_end_object(&c->out);
	return NEXT_ANSWER;
}

const struct method_code method_notify_retry = {
    .params = retry_fields, .params_size = sizeof(struct retry_params), .steps = {retry, tell}};
