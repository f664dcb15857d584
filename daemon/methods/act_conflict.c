/* act_conflict: refuses what isn't possible: what the case is now, what may be done instead, what happened since. */
#include "daemon/methods/act_parts.h"
#include "daemon/methods/allowed.h"
#include "daemon/methods/keyed.h"
#include "daemon/store/case_json.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { CHANGED_EVENTS = 20 }; /* whoever is further behind reads case.history */

const char *act_fault_path(const struct act *a, const char *text) {
	const size_t n = strcspn(text, " :.");
	for (const struct field *f = a->c->method->code->params; f->name; f++)
		if (strlen(f->name) == n && strncmp(f->name, text, n) == 0)
			return arena_printf(&a->c->arena, "/params/%s", f->name);
	return "/params";
}

/* The first members of error.data; what changed comes behind them. */
static void write_now(struct act *a, size_t i) {
	struct json_out *j = &a->c->out;
	const struct act_part *part = &a->parts.v[i];
	if (i > 0)
		jout_kv_str(j, "case", part->number);
	jout_kv_str(j, "state", state_name(part->before->state));
	jout_kv_int(j, "version", part->before->version);
	jout_key(j, "allowed");
	allowed_write(a->c, part->before, i == 0 ? a->cmd.kind : COMMANDS);
}

/* The version after which things changed for this caller: the one he expected, or what the case was when he came; else only
 * the newest event is new to him. */
static int32_t since(const struct act *a, size_t i) {
	const struct act_params *p = a->c->params;
	const int32_t now = a->parts.v[i].before->version;
	int32_t seen = i > 0 ? now : p->expect_version ? p->expect_version : a->first_version;
	if (seen >= now)
		seen = now - 1;
	return now - seen > CHANGED_EVENTS ? now - CHANGED_EVENTS : seen;
}

enum next act_tell_conflict(struct act *a, size_t i, const struct err *why) {
	struct call *c = a->c;
	struct history_ask *ask = arena_new(&c->arena, struct history_ask);
	c->refusal = *why;
	if (i > 0)
		(void)err_wrap(&c->refusal, "case %s", a->parts.v[i].number);
	write_now(a, i);
	ask->name = (struct case_name){.town = c->town->code, .number = a->parts.v[i].number};
	ask->after_version = since(a, i);
	ask->limit = CHANGED_EVENTS;
	reader_history(c->sv->db, ask, &c->arena, call_on_rows, c);
	c->step = a->step + 2;
	return NEXT_WAIT;
}

enum next act_conflict(struct act *a, const char *fmt, ...) {
	struct err why = {.code = E_CONFLICT};
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(why.text, sizeof why.text, fmt, ap);
	va_end(ap);
	return act_tell_conflict(a, 0, &why);
}

static void write_event(struct call *c, size_t row) {
	struct json_out *j = &c->out;
	struct changes ch;
	struct err e;
	const int64_t at_us = rows_time(c->rows, row, EVENT_AT);
	if (!event_decode(rows_text(c->rows, row, EVENT_BODY), &c->arena, &ch, &e))
		return;
	jout_object(j);
	jout_kv_int(j, "version", rows_int(c->rows, row, EVENT_VERSION));
	jout_kv_str(j, "type", ch.event_type);
	jout_kv_time(j, "at", at_us, call_offset_s(c, at_us));
	jout_kv_str(j, "actor", rows_text(c->rows, row, EVENT_ACTOR));
	jout_end_object(j);
}

enum next act_told(struct call *c) {
	jout_key(&c->out, "changed");
	jout_array(&c->out);
	for (size_t i = 0; i < c->rows->n; i++)
		write_event(c, i);
	jout_end_array(&c->out);
	c->refusal_data = keyed_take(c);
	return NEXT_ANSWER;
}
