/* lift: makes what was stored in an older format into what the present one would have said. */
#include "daemon/store/case_json_parts.h"

/* Format 1 was written when cases could only be submitted: each has one event, and one holder. */
static struct span only_span(enum case_state state, const char *holder, int64_t received_at_us) {
	const char *why = state == CASE_TRIAGE ? "triage" : state == CASE_FINISHED ? "verify" : "handling";
	return (struct span){.from_us = received_at_us, .bearer = holder, .why = why};
}

void lift_case_1(struct case_rec *cr, struct arena *a) {
	*LIST_ADD(&cr->spans, a) = only_span(cr->state, cr->unit, cr->received_at_us);
}

void lift_event_1(struct changes *ch, struct arena *a) {
	enum case_state state = CASE_TRIAGE;
	const char *holder = NULL;
	int64_t received_at_us = NO_TIME;
	for (size_t i = 0; i < ch->list.n; i++) {
		const struct change *c = &ch->list.v[i];
		if (c->kind == CHANGE_OPENED)
			received_at_us = c->opened.received_at_us;
		else if (c->kind == CHANGE_STATE)
			state = c->state.state;
		else if (c->kind == CHANGE_HELD)
			holder = c->held.unit;
	}
	if (received_at_us == NO_TIME)
		return;
	struct change *c = LIST_ADD(&ch->list, a);
	c->kind = CHANGE_SPAN;
	c->span = only_span(state, holder, received_at_us);
}
