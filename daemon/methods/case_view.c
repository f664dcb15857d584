/* case_view: writes a case as JSON; names come from the pack in force, codes from the case. */
#include "daemon/methods/case_view.h"

#include "daemon/methods/allowed.h"
#include "daemon/store/case_json.h"

#include <stdio.h>
#include <string.h>

/* 13800001234 -> 138****1234, 王小明 -> 王**: enough to recognise, not to call. */
static const char *mask_phone(struct arena *a, const char *phone) {
	const size_t n = strlen(phone);
	return n < 8 ? "****" : arena_printf(a, "%.3s****%s", phone, phone + n - 4);
}
static const char *mask_name(struct arena *a, const char *name) {
	size_t n = 1;
	while (((unsigned char)name[n] & 0xC0) == 0x80)
		n++;
	return *name ? arena_printf(a, "%.*s**", (int)n, name) : "";
}

static void write_named(struct json_out *j, const char *key, const char *code, const char *zh, const char *en) {
	char name_key[48];
	jout_kv_opt(j, key, code);
	if (!code || !zh)
		return;
	(void)snprintf(name_key, sizeof name_key, "%s_name", key);
	jout_kv_str(j, name_key, zh);
	(void)snprintf(name_key, sizeof name_key, "%s_name_en", key);
	jout_kv_opt(j, name_key, en);
}

void case_view_unit(struct call *c, const char *key, const char *id) {
	const struct unit *u = id ? pack_unit(c->pack, id) : NULL;
	write_named(&c->out, key, id, u ? u->zh : NULL, u ? u->en : NULL);
}

void case_view_class(struct call *c, const char *code) {
	const struct class_def *class = code ? pack_class(c->pack, code) : NULL;
	write_named(&c->out, "class", code, class ? class->zh : NULL, class ? class->en : NULL);
}

void case_view_estate(struct call *c, const char *id) {
	const struct estate *estate = id ? pack_estate(c->pack, id) : NULL;
	write_named(&c->out, "estate", id, estate ? estate->zh : NULL, estate ? estate->en : NULL);
}

static void write_words(struct json_out *j, const char *key, const struct strs *words) {
	jout_key(j, key);
	jout_array(j);
	for (size_t i = 0; i < words->n; i++)
		jout_str(j, words->v[i]);
	jout_end_array(j);
}

static void write_what(struct call *c, const struct case_rec *cr) {
	struct json_out *j = &c->out;
	case_view_class(c, cr->class_code);
	jout_kv_opt(j, "class_as_sent", cr->class_as_sent);
	jout_kv_opt(j, "condition", cr->condition);
	jout_kv_str(j, "urgency", urgency_names[cr->urgency]);
	if (cr->emergency)
		jout_kv_bool(j, "emergency", true);
	case_view_estate(c, cr->estate);
	jout_kv_opt(j, "estate_as_sent", cr->estate_as_sent);
	const struct grid *grid = cr->grid ? pack_grid(c->pack, cr->grid) : NULL;
	write_named(j, "grid", cr->grid, grid ? grid->zh : NULL, NULL);
	write_words(j, "tags", &cr->tags);
}

static void write_private(struct call *c, const struct rows *rows, size_t row) {
	struct json_out *j = &c->out;
	jout_kv_opt(j, "text", rows_text(rows, row, ROW_TEXT));
	jout_kv_opt(j, "address", rows_text(rows, row, ROW_ADDRESS));
	if (rows_text(rows, row, ROW_PLACE_CRS)) {
		jout_key(j, "place");
		jout_object(j);
		jout_key(j, "x");
		jout_raw(j, rows_text(rows, row, ROW_PLACE_X));
		jout_key(j, "y");
		jout_raw(j, rows_text(rows, row, ROW_PLACE_Y));
		jout_kv_str(j, "crs", rows_text(rows, row, ROW_PLACE_CRS));
		jout_end_object(j);
	}
	const char *name = rows_text(rows, row, ROW_REPORTER_NAME), *phone = rows_text(rows, row, ROW_REPORTER_PHONE);
	if (name || phone) {
		jout_key(j, "reporter");
		jout_object(j);
		jout_kv_opt(j, "name", name ? mask_name(&c->arena, name) : NULL);
		jout_kv_opt(j, "phone", phone ? mask_phone(&c->arena, phone) : NULL);
		jout_kv_bool(j, "confidential", rows_bool(rows, row, ROW_REPORTER_CONFIDENTIAL));
		jout_end_object(j);
	}
}

/* Attachments and attributes, as they were sent. */
static bool write_items(struct call *c, const struct rows *rows, size_t row, struct err *e) {
	struct json_out *j = &c->out;
	struct private_part priv = {0};
	const char *attachments = rows_text(rows, row, ROW_ATTACHMENTS), *attrs = rows_text(rows, row, ROW_ATTRS);
	if ((attachments && !attachments_decode(attachments, &c->arena, &priv, e)) ||
	    (attrs && !attrs_decode(attrs, &c->arena, &priv, e)))
		return false;
	jout_key(j, "attachments");
	jout_array(j);
	for (size_t i = 0; i < priv.attachments.n; i++) {
		const struct attachment *at = &priv.attachments.v[i];
		jout_object(j);
		jout_kv_str(j, "uri", at->uri);
		jout_kv_opt(j, "sha256", at->sha256);
		jout_kv_opt(j, "media_type", at->media_type);
		jout_kv_opt(j, "kind", at->kind);
		jout_kv_time(j, "taken_at", at->taken_at_us, call_offset_s(c, at->taken_at_us));
		jout_end_object(j);
	}
	jout_end_array(j);
	jout_key(j, "attrs");
	jout_object(j);
	for (size_t i = 0; i < priv.attrs.n; i++)
		jout_kv_str(j, priv.attrs.v[i].name, priv.attrs.v[i].value);
	jout_end_object(j);
	return true;
}

static void write_source(struct call *c, const struct case_rec *cr) {
	struct json_out *j = &c->out;
	jout_key(j, "source");
	jout_object(j);
	const struct channel *channel = cr->channel ? pack_channel(c->pack, cr->channel) : NULL;
	write_named(j, "channel", cr->channel, channel ? channel->zh : NULL, channel ? channel->en : NULL);
	jout_kv_opt(j, "ref", cr->refs.n ? cr->refs.v[0].ref : NULL);
	jout_end_object(j);
	jout_key(j, "refs");
	jout_array(j);
	for (size_t i = 0; i < cr->refs.n; i++) {
		jout_object(j);
		jout_kv_str(j, "channel", cr->refs.v[i].channel);
		jout_kv_str(j, "ref", cr->refs.v[i].ref);
		jout_end_object(j);
	}
	jout_end_array(j);
}

static void write_tasks(struct call *c, const struct case_rec *cr) {
	struct json_out *j = &c->out;
	jout_key(j, "tasks");
	jout_array(j);
	for (size_t i = 0; i < cr->tasks.n; i++) {
		const struct task *t = &cr->tasks.v[i];
		jout_object(j);
		jout_kv_int(j, "n", t->n);
		case_view_unit(c, "unit", t->unit);
		jout_kv_str(j, "kind", task_kind_names[t->kind]);
		jout_kv_str(j, "state", task_state_names[t->state]);
		jout_kv_time(j, "given_at", t->given_at_us, call_offset_s(c, t->given_at_us));
		jout_kv_time(j, "accepted_at", t->accepted_at_us, call_offset_s(c, t->accepted_at_us));
		jout_kv_time(j, "arrived_at", t->arrived_at_us, call_offset_s(c, t->arrived_at_us));
		jout_kv_time(j, "ended_at", t->ended_at_us, call_offset_s(c, t->ended_at_us));
		jout_kv_opt(j, "result", t->result);
		jout_kv_opt(j, "reason", t->reason);
		jout_end_object(j);
	}
	jout_end_array(j);
}

static void write_routing(struct call *c, const struct case_rec *cr) {
	struct json_out *j = &c->out;
	case_view_unit(c, "responsible", cr->responsible);
	case_view_unit(c, "unit", cr->unit);
	jout_kv_time(j, "held_since", cr->held_since_us, call_offset_s(c, cr->held_since_us));
	case_view_unit(c, "proposed", cr->proposed);
	jout_kv_opt(j, "triage_reason", cr->triage_reason);
	jout_kv_opt(j, "triage_detail", cr->triage_detail);
	write_words(j, "handlers", &cr->handlers);
	if (cr->arbitrated)
		jout_kv_bool(j, "arbitrated", true);
	jout_kv_opt(j, "fault", cr->fault);
	write_tasks(c, cr);
	jout_key(j, "rule");
	if (cr->rule_id) {
		jout_object(j);
		jout_kv_str(j, "id", cr->rule_id);
		jout_kv_int(j, "pack", cr->pack_version);
		jout_kv_time(j, "at", cr->rule_at_us, call_offset_s(c, cr->rule_at_us));
		jout_end_object(j);
	} else {
		jout_null(j);
	}
}

static void write_marks(struct call *c, const struct case_rec *cr) {
	struct json_out *j = &c->out;
	jout_key(j, "marks");
	jout_array(j);
	for (size_t i = 0; i < cr->marks.n; i++) {
		const struct mark *m = &cr->marks.v[i];
		const struct mark_def *def = pack_mark(c->pack, m->mark);
		jout_object(j);
		write_named(j, "mark", m->mark, def ? def->named.zh : NULL, def ? def->named.en : NULL);
		jout_kv_opt(j, "value", m->value);
		jout_kv_time(j, "at", m->at_us, call_offset_s(c, m->at_us));
		jout_kv_opt(j, "actor", m->actor);
		jout_end_object(j);
	}
	jout_end_array(j);
}

static void write_counts(struct call *c, const struct case_rec *cr) {
	struct json_out *j = &c->out;
	jout_kv_int(j, "escalation_level", cr->escalation_level);
	jout_kv_int(j, "returns", cr->returns);
	jout_kv_int(j, "rounds", cr->rounds);
	jout_kv_opt(j, "merged_into", cr->merged_into);
	write_words(j, "merged_from", &cr->merged_from);
	jout_kv_opt(j, "result", cr->result);
}

static void write_times(struct call *c, const struct case_rec *cr) {
	struct json_out *j = &c->out;
	const struct clock *holder = case_holder_clock(cr);
	jout_kv_time(j, "observed_at", cr->observed_at_us, call_offset_s(c, cr->observed_at_us));
	jout_kv_time(j, "received_at", cr->received_at_us, call_offset_s(c, cr->received_at_us));
	jout_kv_time(j, "closed_at", cr->closed_at_us, call_offset_s(c, cr->closed_at_us));
	if (holder)
		jout_kv_time(j, "due_at", holder->due_at_us, call_offset_s(c, holder->due_at_us));
	jout_key(j, "clocks");
	case_view_clocks(c, cr, c->now_us);
}

bool case_view_row(struct call *c, const struct rows *rows, size_t row, struct err *e) {
	struct case_rec *cr = NULL;
	const char *number = rows_text(rows, row, ROW_NUMBER);
	if (!case_decode(c->town->code, rows_int(rows, row, ROW_ID), rows_text(rows, row, ROW_AGG), &c->arena, &cr, e))
		return false;
	struct json_out *j = &c->out;
	jout_object(j);
	jout_kv_str(j, "town", c->town->code);
	jout_kv_str(j, "number", number);
	jout_kv_str(j, "case", number);
	jout_kv_str(j, "state", state_name(cr->state));
	jout_kv_str(j, "state_name", state_zh(cr->state));
	jout_kv_int(j, "version", cr->version);
	write_what(c, cr);
	write_private(c, rows, row);
	if (!write_items(c, rows, row, e))
		return false;
	write_source(c, cr);
	write_marks(c, cr);
	write_routing(c, cr);
	write_times(c, cr);
	case_view_pending(c, cr, number);
	write_counts(c, cr);
	jout_key(j, "allowed");
	allowed_write(c, cr, COMMANDS);
	jout_end_object(j);
	return true;
}
