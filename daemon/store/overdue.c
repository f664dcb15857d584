/* overdue: asks for what didn't change since the instant, folds what did, and shows both as one. */
#include "daemon/store/overdue.h"

#include "daemon/store/case_json.h"
#include "daemon/store/fold_walk.h"
#include "statements.h"

#include <string.h>

/* Batches of several lanes and daemons are stored at a time: so many numbers may lie between an event and one recorded before it. */
enum { NUMBERS_ASTRAY = 1000 };

struct overdue {
	struct side *side;
	const struct overdue_ask *ask;
	const struct overdue_hooks *hooks;
	struct arena arena;                 /* of the questions */
	struct arena row;                   /* of one row of an answer */
	int64_t behind_seq;                 /* what changed since the instant lies behind it */
	int64_t day_from_seq, day_to_seq;   /* what was done since the night before lies between */
	const char *last_act;               /* of the case that is being folded */
	int64_t last_act_at_us;
	bool stopped;
};

static bool is_stopped(struct overdue *o, struct err *e) {
	o->stopped = o->stopped || (o->hooks->stop && o->hooks->stop(o->hooks->ctx));
	return o->stopped && !err_set(e, E_UNAVAILABLE, "gridd is stopping");
}

static bool number_at(struct overdue *o, int64_t at_us, int64_t *out, struct err *e) {
	struct rows *rows;
	struct params *p = params_new(&o->arena);
	params_text(p, o->ask->town);
	params_time(p, at_us);
	if (!side_ask(o->side, &stmt_overdue_number, p, &o->arena, &rows, e))
		return false;
	*out = rows->n ? rows_int(rows, 0, 0) : 0;
	return true;
}

static bool find_numbers(struct overdue *o, struct err *e) {
	int64_t at, since;
	if (!number_at(o, o->ask->at_us, &at, e) || !number_at(o, o->ask->since_us, &since, e))
		return false;
	o->behind_seq = at > NUMBERS_ASTRAY ? at - NUMBERS_ASTRAY : -1;
	o->day_from_seq = since > NUMBERS_ASTRAY ? since - NUMBERS_ASTRAY : -1;
	o->day_to_seq = at + NUMBERS_ASTRAY;
	return true;
}

/* ---- Cases as they are stored ---- */

/* Columns of overdue_cases.sql. */
enum { CASE_ID, CASE_NUMBER, CASE_AGG, CASE_ACT, CASE_ACT_AT };

static bool on_case_row(const struct rows *row, struct arena *a, void *ctx, struct err *e) {
	struct overdue *o = ctx;
	struct case_rec *cr;
	if (is_stopped(o, e) || !case_decode(o->ask->town, rows_int(row, 0, CASE_ID), rows_text(row, 0, CASE_AGG), a, &cr, e))
		return false;
	const struct overdue_case c = {.number = rows_text(row, 0, CASE_NUMBER),
	                               .cr = cr,
	                               .last_act = rows_text(row, 0, CASE_ACT),
	                               .last_act_at_us = rows_time(row, 0, CASE_ACT_AT)};
	o->hooks->on_case(&c, a, o->hooks->ctx);
	return true;
}

static bool read_cases(struct overdue *o, struct err *e) {
	struct params *p = params_new(&o->arena);
	params_text(p, o->ask->town);
	params_time(p, o->ask->at_us);
	params_int8(p, o->behind_seq);
	return side_stream(o->side, &stmt_overdue_cases, p, &o->row, on_case_row, o, e);
}

/* ---- Cases that are another one by now ---- */

static void on_event(const struct fold_event *ev, void *ctx) {
	struct overdue *o = ctx;
	if (!ev->before)
		o->last_act = NULL;
	if (strcmp(ev->actor, "gridd") == 0)
		return;
	o->last_act = ev->type;
	o->last_act_at_us = ev->at_us;
}

static void on_folded(const struct folded *f, void *ctx) {
	struct overdue *o = ctx;
	struct err ignored;
	if (is_stopped(o, &ignored))
		return;
	arena_reset(&o->row);
	const struct overdue_case c = {.number = f->number,
	                               .cr = f->cr,
	                               .last_act = o->last_act,
	                               .last_act_at_us = o->last_act ? o->last_act_at_us : NO_TIME,
	                               .changed = true};
	o->hooks->on_case(&c, &o->row, o->hooks->ctx);
}

static bool fold_cases(struct overdue *o, struct err *e) {
	const struct fold_ask ask = {.town = o->ask->town, .as_of_us = o->ask->at_us, .changed_behind_seq = o->behind_seq};
	const struct fold_hooks hooks = {on_event, on_folded, o};
	return fold_walk(o->side, &ask, &hooks, e) && !is_stopped(o, e);
}

/* ---- Counts ---- */

static bool on_unit_row(const struct rows *row, struct arena *a, void *ctx, struct err *e) {
	struct overdue *o = ctx;
	(void)a, (void)e;
	const struct overdue_unit u = {.unit = rows_text(row, 0, 0),
	                               .due_soon = rows_int(row, 0, 1),
	                               .suspended = rows_int(row, 0, 2),
	                               .orders = rows_int(row, 0, 3)};
	o->hooks->on_unit(&u, o->hooks->ctx);
	return true;
}

static bool count_units(struct overdue *o, struct err *e) {
	struct params *p = params_new(&o->arena);
	params_text(p, o->ask->town);
	params_time(p, o->ask->at_us);
	params_int8(p, o->behind_seq);
	params_time(p, o->ask->soon_us);
	return side_stream(o->side, &stmt_overdue_units, p, &o->row, on_unit_row, o, e);
}

static bool on_noted_row(const struct rows *row, struct arena *a, void *ctx, struct err *e) {
	static const char *const words[NOTED] = {
	    [NOTED_EXTENDED] = "extended", [NOTED_SUSPENDED] = "suspended", [NOTED_WAIVED] = "waived", [NOTED_LATE] = "late"};
	struct overdue *o = ctx;
	(void)a, (void)e;
	for (int what = 0; what < NOTED; what++)
		if (strcmp(rows_text(row, 0, 0), words[what]) == 0)
			o->hooks->on_noted((enum overdue_noted)what, rows_text(row, 0, 1), o->hooks->ctx);
	return true;
}

static bool read_day(struct overdue *o, struct err *e) {
	struct params *p = params_new(&o->arena);
	params_text(p, o->ask->town);
	params_time(p, o->ask->since_us);
	params_time(p, o->ask->at_us);
	params_int8(p, o->day_from_seq);
	params_int8(p, o->day_to_seq);
	params_int8(p, o->ask->late_entry_us);
	return side_stream(o->side, &stmt_overdue_day, p, &o->row, on_noted_row, o, e);
}

bool overdue_read(struct side *s, const struct overdue_ask *ask, const struct overdue_hooks *hooks, struct err *e) {
	struct overdue o = {.side = s, .ask = ask, .hooks = hooks};
	arena_init(&o.arena);
	arena_init(&o.row);
	const bool ok = find_numbers(&o, e) && count_units(&o, e) && read_day(&o, e) && read_cases(&o, e) && fold_cases(&o, e);
	arena_fini(&o.row);
	arena_fini(&o.arena);
	return ok;
}

bool overdue_undelivered(struct side *s, const char *town, int64_t *out, struct err *e) {
	struct arena a;
	struct rows *rows;
	arena_init(&a);
	struct params *p = params_new(&a);
	params_text(p, town);
	const bool ok = side_ask(s, &stmt_outbox_undelivered, p, &a, &rows, e);
	if (ok)
		*out = rows_int(rows, 0, 0);
	arena_fini(&a);
	return ok;
}
