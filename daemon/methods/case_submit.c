/* case_submit: takes a case in: params -> command -> verdict -> changes; outcome -> result. */
#include "daemon/methods/case_view.h"
#include "daemon/methods/intake.h"
#include "daemon/methods/keyed.h"
#include "daemon/methods/methods.h"

#include "daemon/base/log.h"

/* The members of the reply that are known before the case has a number. */
static void write_reply(struct call *c, const struct intake *in) {
	keyed_members(c, in->after);
	jout_kv_str(&c->out, "rule", in->verdict.rule_id);
	jout_key(&c->out, "clocks");
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
	keyed_hash(c, NULL, c->write.body_sha256);
	/* The reply goes out in two halves: what decide() knows now is stored with the key; number, seq and similar come back.
	 */
	write_reply(c, in);
	c->write.reply = keyed_take(c);
}

static enum next answer_dry_run(struct call *c, const struct intake *in) {
	jout_object(&c->out);
	jout_kv_bool(&c->out, "dry_run", true);
	write_reply(c, in);
	jout_end_object(&c->out);
	return NEXT_ANSWER;
}

/* A platform may be bound to channels of its own. */
static bool is_its_channel(const struct call *c, const struct case_params *p) {
	const struct principal_row *row = access_row(c->who, c->sv->principals);
	return !row || !row->channels.n || !p->source.channel || strs_has(&row->channels, p->source.channel);
}

static enum next submit_decide(struct call *c) {
	const struct case_params *p = c->params;
	if (!is_its_channel(c, p))
		return call_refuse(c, E_FORBIDDEN, "%s may not submit what comes by %.64s", c->who->name, p->source.channel);
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
	keyed_open(c);
	jout_key(&c->out, "similar");
	jout_raw(&c->out, out->similar);
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
