/* case_submit: takes a case in: params -> command -> verdict -> changes; outcome -> result. */
#include "daemon/methods/case_view.h"
#include "daemon/methods/intake.h"
#include "daemon/methods/methods.h"

#include "daemon/base/log.h"

#include <openssl/sha.h>
#include <string.h>

/* The body of a key: the params without key, expect_version and auth, members sorted. */
static void hash_body(const struct call *c, unsigned char out[32]) {
	static const char *const skip[] = {"key", "expect_version", "auth", NULL};
	struct strbuf text;
	struct json_out j;
	strbuf_init(&text);
	jout_init(&j, &text);
	jout_canonical(&j, c->tree, skip);
	(void)SHA256((const unsigned char *)text.data, text.len, out);
	strbuf_fini(&text);
}

/* The members of the reply that are known before the case has a number. */
static void write_reply(struct call *c, const struct intake *in) {
	const struct clock *clock = case_holder_clock(in->after);
	const int64_t due_at_us = clock ? clock->due_at_us : NO_TIME;
	struct json_out *j = &c->out;
	jout_kv_str(j, "state", state_name(in->after->state));
	jout_kv_int(j, "version", in->after->version);
	jout_kv_str(j, "unit", in->after->unit);
	jout_kv_str(j, "rule", in->verdict.rule_id);
	if (due_at_us == NO_TIME) {
		jout_key(j, "due_at");
		jout_null(j);
	} else {
		jout_kv_time(j, "due_at", due_at_us, call_offset_s(c, due_at_us));
	}
	jout_key(j, "clocks");
	case_view_clocks(c, in->after, c->now_us);
}

static void fill_write(struct call *c, const struct case_params *p, struct intake *in) {
	int64_t of_day_us;
	c->write = (struct write_item){
	    .town = c->town->code,
	    .principal = p->common.key ? c->who->name : "",
	    .key = p->common.key ? p->common.key
	                         : arena_printf(&c->arena, "ref:%s:%s", in->reading.submit.channel, in->reading.submit.ref),
	    .ref_channel = in->reading.submit.channel,
	    .ref = in->reading.submit.ref,
	    .changes = &in->changes,
	    .after = in->after,
	    .cmd = &in->cmd,
	    .priv = &in->reading.priv,
	    .similar_group = in->verdict.class_group,
	    .similar_estate = in->verdict.estate,
	};
	zone_local(pack_calendars(c->pack)->zone, in->reading.submit.received_at_us, &c->write.received_day, &of_day_us);
	hash_body(c, c->write.body_sha256);
	/* The reply goes out in two halves: what decide() knows now is stored with the key; number, seq and similar come back.
	 */
	write_reply(c, in);
	c->write.reply = arena_strndup(&c->arena, c->result.data, c->result.len);
	strbuf_clear(&c->result);
	jout_init(&c->out, &c->result);
}

static enum next answer_dry_run(struct call *c, const struct intake *in) {
	jout_object(&c->out);
	jout_kv_bool(&c->out, "dry_run", true);
	write_reply(c, in);
	jout_end_object(&c->out);
	return NEXT_ANSWER;
}

static enum next submit_decide(struct call *c) {
	const struct case_params *p = c->params;
	struct intake *in = intake_decide(c, p, c->now_us, NULL);
	if (!in)
		return NEXT_ANSWER;
	if (p->common.dry_run)
		return answer_dry_run(c, in);
	c->state = in;
	fill_write(c, p, in);
	return NEXT_WRITE;
}

static enum next submit_answer(struct call *c) {
	const struct intake *in = c->state;
	const struct outcome *out = c->outcome;
	jout_object(&c->out);
	jout_kv_str(&c->out, "case", out->number);
	jout_kv_int(&c->out, "seq", out->seq);
	strbuf_addc(&c->result, ',');
	strbuf_adds(&c->result, out->reply);
	jout_key(&c->out, "similar");
	jout_raw(&c->out, out->similar);
	if (out->kind == OUT_REPLAYED)
		jout_kv_bool(&c->out, "replayed", true);
	jout_end_object(&c->out);
	if (out->kind == OUT_STORED)
		log_info("case.submitted", "town", c->town->code, "case", out->number, "state", state_name(in->after->state), "unit",
		         in->after->unit, "rule", in->verdict.rule_id, "by", c->who->name);
	return NEXT_ANSWER;
}

const struct method_code method_case_submit = {.params = case_submit_fields,
                                               .params_size = sizeof(struct case_params),
                                               .reads_on = true,
                                               .steps = {submit_decide, submit_answer}};
