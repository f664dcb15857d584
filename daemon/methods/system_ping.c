/* system_ping: alive; and ready, or why not. Answers while the database is away. */
#include "daemon/call/call.h"
#include "daemon/methods/methods.h"

static enum next ping(struct call *c) {
	const char *why = NULL;
	const bool ready = server_ready(c->sv, &why);
	jout_object(&c->out);
	jout_kv_bool(&c->out, "pong", true);
	jout_kv_bool(&c->out, "ready", ready);
	jout_kv_opt(&c->out, "why", ready ? NULL : why);
	jout_end_object(&c->out);
	return NEXT_ANSWER;
}

const struct method_code method_system_ping = {.any_town = true, .before_ready = true, .steps = {ping}};
