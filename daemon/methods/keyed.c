/* keyed: hashes the body of a writing call, and puts its answer together from what was stored and what the database gave. */
#include "daemon/methods/keyed.h"

#include <openssl/sha.h>

void keyed_hash(const struct call *c, const char *method, unsigned char out[32]) {
	static const char *const skip[] = {"key", "expect_version", "auth", NULL};
	struct strbuf text;
	struct json_out j;
	strbuf_init(&text);
	if (method)
		strbuf_printf(&text, "%s\n", method);
	jout_init(&j, &text);
	jout_canonical(&j, c->tree, skip);
	(void)SHA256((const unsigned char *)text.data, text.len, out);
	strbuf_fini(&text);
}

void keyed_members(struct call *c, const struct case_rec *after) {
	const struct clock *clock = case_holder_clock(after);
	const int64_t due_at_us = clock ? clock->due_at_us : NO_TIME;
	struct json_out *j = &c->out;
	jout_kv_str(j, "state", state_name(after->state));
	jout_kv_int(j, "version", after->version);
	jout_kv_str(j, "unit", after->unit);
	if (due_at_us == NO_TIME) {
		jout_key(j, "due_at");
		jout_null(j);
	} else {
		jout_kv_time(j, "due_at", due_at_us, call_offset_s(c, due_at_us));
	}
}

const char *keyed_take(struct call *c) {
	const char *members = arena_strndup(&c->arena, c->result.data, c->result.len);
	strbuf_clear(&c->result);
	jout_init(&c->out, &c->result);
	return members;
}

void keyed_open(struct call *c) {
	jout_object(&c->out);
	jout_kv_str(&c->out, "case", c->outcome->number);
	jout_kv_int(&c->out, "seq", c->outcome->seq);
	strbuf_addc(&c->result, ',');
	strbuf_adds(&c->result, c->outcome->reply);
	if (c->outcome->kind == OUT_REPLAYED)
		jout_kv_bool(&c->out, "replayed", true);
}
