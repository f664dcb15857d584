/* intake: params -> reading -> verdict -> changes -> the case as it would be. */
#include "daemon/methods/intake.h"

#include "daemon/call/facts.h"

struct intake *intake_decide(struct call *c, const struct case_params *p, int64_t now_us, struct trace *trace) {
	struct intake *in = arena_new(&c->arena, struct intake);
	if (!case_params_read(c, p, now_us, &in->reading)) {
		(void)call_refuse_params(c);
		return NULL;
	}
	rules_match(c->pack, &in->reading.in, &c->arena, trace, &in->verdict);
	in->cmd = (struct command){.kind = CMD_SUBMIT,
	                           .town = c->town->code,
	                           .actor = c->who->name,
	                           .at_us = in->reading.submit.received_at_us,
	                           .submit = in->reading.submit};
	struct pack_facts facts;
	pack_facts_init(&facts, c->pack, NULL);
	facts.facts.verdict = &in->verdict;
	struct refusal why = {0};
	if (!decide(NULL, &in->cmd, &facts.facts, now_us, &c->arena, &in->changes, &why)) {
		(void)call_refuse_err(c, &why.err);
		return NULL;
	}
	in->after = apply(NULL, c->town->code, &in->changes, &c->arena);
	return in;
}
