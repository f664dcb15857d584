/* fold_walk: a stream of events, folded case by case; never more than one case in memory. */
#include "daemon/store/fold_walk.h"

#include "daemon/store/case_json.h"
#include "statements.h"

/* Columns of fold_cases.sql. */
enum { FOLD_ID, FOLD_NUMBER, FOLD_VERSION, FOLD_SEQ, FOLD_AT, FOLD_RECORDED_AT, FOLD_ACTOR, FOLD_BODY };

struct fold_walk {
	const struct fold_ask *ask;
	const struct fold_hooks *hooks;
	struct arena life;                  /* of the case that is being folded */
	struct folded now;                  /* cr NULL: none is */
	bool torn;                          /* the rest of its events had a gap before them */
};

static void end_case(struct fold_walk *w) {
	if (w->now.cr && w->hooks->on_case)
		w->hooks->on_case(&w->now, w->hooks->ctx);
	w->now = (struct folded){0};
}

static void begin_case(struct fold_walk *w, int64_t id, const char *number) {
	end_case(w);
	arena_reset(&w->life);
	w->now = (struct folded){.id = id, .number = arena_strdup(&w->life, number)};
	w->torn = false;
}

/* The event lives as long as its case: what it brought is part of that. */
static bool fold_event(struct fold_walk *w, const struct rows *row, struct err *e) {
	struct changes *ch = arena_new(&w->life, struct changes);
	if (!event_decode(rows_text(row, 0, FOLD_BODY), &w->life, ch, e))
		return err_set(e, E_INTERNAL, "event %lld of case %s can't be read", (long long)rows_int(row, 0, FOLD_SEQ),
		               w->now.number);
	const struct case_rec *before = w->now.cr;
	struct case_rec *after = apply(before, w->ask->town, ch, &w->life);
	after->id = w->now.id;
	w->now.cr = after;
	if (w->hooks->on_event)
		w->hooks->on_event(&(struct fold_event){.now = w->now,
		                                        .before = before,
		                                        .changes = ch,
		                                        .type = ch->event_type,
		                                        .actor = arena_strdup(&w->life, rows_text(row, 0, FOLD_ACTOR)),
		                                        .seq = rows_int(row, 0, FOLD_SEQ),
		                                        .at_us = rows_time(row, 0, FOLD_AT),
		                                        .recorded_at_us = rows_time(row, 0, FOLD_RECORDED_AT),
		                                        .version = after->version},
		                   w->hooks->ctx);
	return true;
}

/* Two daemons' clocks may differ by a little, so that of two events of a case the later one was recorded "before" the other. What
 * comes after a gap isn't folded: a case is only ever shown as it was at some time. */
static bool on_fold_row(const struct rows *row, struct arena *a, void *ctx, struct err *e) {
	(void)a;
	struct fold_walk *w = ctx;
	const int64_t id = rows_int(row, 0, FOLD_ID);
	if (id != w->now.id) {
		if (w->ask->stop && w->ask->stop(w->hooks->ctx))
			return err_set(e, E_UNAVAILABLE, "gridd is stopping");
		begin_case(w, id, rows_text(row, 0, FOLD_NUMBER));
	}
	w->torn = w->torn || rows_int(row, 0, FOLD_VERSION) != (w->now.cr ? w->now.cr->version : 0) + 1;
	return w->torn || fold_event(w, row, e);
}

bool fold_walk(struct side *s, const struct fold_ask *ask, const struct fold_hooks *hooks, struct err *e) {
	struct fold_walk w = {.ask = ask, .hooks = hooks};
	struct arena row;
	arena_init(&w.life);
	arena_init(&row);
	struct params *p = params_new(&w.life);        /* read before the first row comes */
	params_text(p, ask->town);
	params_time(p, ask->as_of_us);
	const bool changed_only = ask->changed_behind_seq != 0;
	if (changed_only) {
		params_int8(p, ask->changed_behind_seq);
	} else {
		params_time(p, ask->closed_from_us);
		params_time(p, ask->received_before_us);
		params_time(p, ask->due_from_us);
	}
	const bool ok = side_stream(s, changed_only ? &stmt_fold_changed : &stmt_fold_cases, p, &row, on_fold_row, &w, e);
	if (ok)
		end_case(&w);
	arena_fini(&row);
	arena_fini(&w.life);
	return ok;
}
