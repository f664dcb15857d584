/* act_trial: what a command would do: the case before and after, who would be told, and the cases that go along. */
#include "daemon/methods/act_parts.h"
#include "daemon/methods/case_view.h"

static void write_case(struct call *c, const char *key, const struct case_rec *cr) {
	struct json_out *j = &c->out;
	const struct clock *clock = case_holder_clock(cr);
	const int64_t due_at_us = clock ? clock->due_at_us : NO_TIME;
	jout_key(j, key);
	jout_object(j);
	jout_kv_str(j, "state", state_name(cr->state));
	case_view_unit(c, "unit", cr->unit);
	jout_kv_time(j, "due_at", due_at_us, call_offset_s(c, due_at_us));
	jout_key(j, "clocks");
	case_view_clocks(c, cr, c->now_us);
	jout_end_object(j);
}

static void write_told(struct act *a) {
	struct json_out *j = &a->c->out;
	jout_key(j, "told");
	jout_array(j);
	for (size_t i = 0; i < a->parts.n; i++) {
		const struct changes *ch = &a->parts.v[i].changes;
		for (size_t k = 0; k < ch->list.n; k++) {
			const struct notice *n = &ch->list.v[k].notice;
			if (ch->list.v[k].kind != CHANGE_NOTICE)
				continue;
			jout_object(j);
			jout_kv_str(j, "kind", notice_kind_names[n->kind]);
			case_view_unit(a->c, "unit", n->unit);
			jout_kv_opt(j, "to", n->to);
			jout_end_object(j);
		}
	}
	jout_end_array(j);
}

/* Cases that change with it: what was merged into it, or the one that it goes into. */
static void write_also(struct act *a) {
	struct json_out *j = &a->c->out;
	jout_key(j, "also");
	jout_array(j);
	for (size_t i = 1; i < a->parts.n; i++) {
		jout_object(j);
		jout_kv_str(j, "case", a->parts.v[i].number);
		write_case(a->c, "before", a->parts.v[i].before);
		write_case(a->c, "after", a->parts.v[i].after);
		jout_end_object(j);
	}
	jout_end_array(j);
}

void act_trial_members(struct act *a) {
	write_case(a->c, "before", a->parts.v[0].before);
	write_case(a->c, "after", a->parts.v[0].after);
	write_told(a);
	write_also(a);
}
