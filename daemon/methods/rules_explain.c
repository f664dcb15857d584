/* rules_explain: what the rule table says of a case, with every condition looked at. Stores nothing. */
#include "daemon/methods/case_view.h"
#include "daemon/methods/intake.h"
#include "daemon/methods/methods.h"

static const char *const answer_names[] = {[ANSWER_NO] = "no", [ANSWER_YES] = "yes", [ANSWER_CANNOT_TELL] = "cannot_tell"};

static void write_strs(struct json_out *j, const char *key, const struct strs *list) {
	jout_key(j, key);
	jout_array(j);
	for (size_t i = 0; i < list->n; i++)
		jout_str(j, list->v[i]);
	jout_end_array(j);
}

static void write_routing(struct call *c, const struct verdict *v, const struct case_rec *after) {
	struct json_out *j = &c->out;
	jout_kv_bool(j, "routed", v->routed);
	jout_kv_str(j, "state", state_name(after->state));
	jout_kv_str(j, "unit", after->unit);
	jout_kv_str(j, "responsible", v->responsible);
	write_strs(j, "handlers", &v->handlers);
	write_strs(j, "assist", &v->assist);
	jout_key(j, "rule");
	if (v->rule_id) {
		jout_object(j);
		jout_kv_str(j, "id", v->rule_id);
		jout_kv_int(j, "pack", pack_version(c->pack));
		jout_kv_str(j, "file", v->rule_file);
		jout_kv_int(j, "line", v->rule_line);
		jout_end_object(j);
	} else {
		jout_null(j);
	}
	jout_kv_bool(j, "propose", v->propose);
	jout_kv_bool(j, "emergency", v->emergency);
	jout_kv_opt(j, "ladder", v->ladder);
	if (v->before_finish.n || v->before_pass.n) {
		jout_key(j, "requires");
		jout_object(j);
		write_strs(j, "finish", &v->before_finish);
		write_strs(j, "pass", &v->before_pass);
		jout_end_object(j);
	}
	if (v->triage_reason) {
		jout_key(j, "triage");
		jout_object(j);
		jout_kv_str(j, "reason", v->triage_reason);
		jout_kv_opt(j, "detail", v->triage_detail);
		jout_end_object(j);
	}
	jout_kv_opt(j, "class", v->class_code);
	jout_kv_opt(j, "condition", v->condition);
	jout_kv_opt(j, "estate", v->estate);
	jout_kv_opt(j, "estate_from", v->estate_from);
	jout_kv_opt(j, "grid", v->grid);
}

static void write_limits(struct call *c, const struct verdict *v, const struct case_rec *after) {
	struct json_out *j = &c->out;
	char text[LIMIT_BYTES];
	jout_key(j, "limits");
	jout_array(j);
	for (size_t i = 0; i < v->limits.n; i++) {
		const struct clock_limit *l = &v->limits.v[i];
		jout_object(j);
		jout_kv_str(j, "clock", l->clock);
		jout_kv_str(j, "limit", limit_format(l->limit, text));
		jout_kv_opt(j, "calendar", l->calendar);
		jout_kv_opt(j, "from", l->from);
		jout_kv_opt(j, "status", l->status);
		jout_kv_opt(j, "source", l->source);
		jout_end_object(j);
	}
	jout_end_array(j);
	jout_key(j, "due");
	jout_object(j);
	for (size_t i = 0; i < after->clocks.n; i++)
		jout_kv_time(j, after->clocks.v[i].name, after->clocks.v[i].due_at_us,
		             call_offset_s(c, after->clocks.v[i].due_at_us));
	jout_end_object(j);
}

static void write_trace(struct json_out *j, const struct trace *trace) {
	jout_key(j, "trace");
	jout_array(j);
	for (size_t i = 0; i < trace->lines.n; i++) {
		const struct trace_line *l = &trace->lines.v[i];
		jout_object(j);
		jout_kv_str(j, "rule", l->rule);
		jout_kv_str(j, "file", l->file);
		jout_kv_int(j, "line", l->line);
		jout_kv_str(j, "condition", l->condition);
		jout_kv_str(j, "answer", answer_names[l->answer]);
		jout_kv_opt(j, "because", l->because);
		jout_end_object(j);
	}
	jout_end_array(j);
	jout_kv_int(j, "passed_over", (int64_t)trace->passed_over);
	jout_kv_bool(j, "cut", trace->cut);
}

static enum next explain(struct call *c) {
	const struct case_params *p = c->params;
	const int64_t at_us = p->at != NO_TIME ? p->at : p->received_at != NO_TIME ? p->received_at : c->now_us;
	struct trace trace = {0};
	const struct intake *in = intake_decide(c, p, at_us, &trace);
	if (!in)
		return NEXT_ANSWER;
	jout_object(&c->out);
	write_routing(c, &in->verdict, in->after);
	write_limits(c, &in->verdict, in->after);
	jout_key(&c->out, "clocks");
	case_view_clocks(c, in->after, at_us);
	write_trace(&c->out, &trace);
	jout_end_object(&c->out);
	return NEXT_ANSWER;
}

const struct method_code method_rules_explain = {
    .params = rules_explain_fields, .params_size = sizeof(struct case_params), .reads_on = true, .steps = {explain}};
