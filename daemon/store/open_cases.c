/* open_cases: asks for page after page of open cases, and shows each case to whoever walks. */
#include "daemon/store/open_cases.h"

#include "daemon/base/check.h"
#include "daemon/base/log.h"
#include "daemon/store/case_json.h"
#include "statements.h"

#include <stdlib.h>

struct open_walk {
	struct db *db;
	struct arena arena, page;
	const char *town;
	int32_t page_cases;
	int64_t after_id; /* the last one seen */
	struct open_walk_hooks hooks;
	bool asking, stopped;
};

/* Columns of open_cases.sql. */
enum { OPEN_ID, OPEN_NUMBER, OPEN_AGG };

static void walk_free(struct open_walk *w) {
	arena_fini(&w->page);
	arena_fini(&w->arena);
	free(w);
}

/* One that can't be read is db.verify's to tell of; the others are walked past all the same. */
static void show(struct open_walk *w, const struct rows *rows, size_t i) {
	struct open_case c = {.number = rows_text(rows, i, OPEN_NUMBER), .agg = rows_text(rows, i, OPEN_AGG)};
	struct err e = {0};
	w->after_id = rows_int(rows, i, OPEN_ID);
	if (case_decode(w->town, w->after_id, c.agg, &w->page, &c.cr, &e))
		w->hooks.on_case(&c, &w->page, w->hooks.ctx);
	else
		log_error("case.unreadable", "case", c.number, "error", e.text);
}

static void end(struct open_walk *w, const struct err *why) {
	const struct open_walk_hooks hooks = w->hooks;
	const bool told = w->stopped;
	walk_free(w);
	if (!told)
		hooks.on_end(why, hooks.ctx);
}

static void on_open_rows(const struct rows *rows, const struct err *why, void *ctx) {
	struct open_walk *w = ctx;
	w->asking = false;
	if (w->stopped || !rows || rows->n == 0) {
		end(w, why);
		return;
	}
	for (size_t i = 0; i < rows->n; i++)
		show(w, rows, i);
	if (w->hooks.on_page)
		w->hooks.on_page(w, w->hooks.ctx);
	else
		open_walk_next(w);
}

void open_walk_next(struct open_walk *w) {
	CHECK(!w->asking && !w->stopped);
	arena_reset(&w->page);
	struct params *p = params_new(&w->page);
	params_text(p, w->town);
	params_int8(p, w->after_id);
	params_int4(p, w->page_cases);
	w->asking = true;
	db_ask_slow(w->db, &stmt_open_cases, p, &w->page, on_open_rows, w);
}

struct open_walk *open_walk_start(struct db *d, const char *town, int32_t page_cases, const struct open_walk_hooks *hooks) {
	struct open_walk *w = calloc(1, sizeof *w);
	CHECK(w != NULL);
	w->db = d;
	arena_init(&w->arena);
	arena_init(&w->page);
	w->town = arena_strdup(&w->arena, town);
	w->page_cases = page_cases;
	w->hooks = *hooks;
	open_walk_next(w);
	return w;
}

void open_walk_stop(struct open_walk **w) {
	struct open_walk *old = *w;
	*w = NULL;
	if (!old)
		return;
	old->stopped = true;
	if (!old->asking)
		walk_free(old);
}
