/* verify: asks the verify_*.sql statements in turn, then folds every case's events and compares with the stored aggregate.
 */
#include "daemon/store/verify.h"

#include "daemon/base/check.h"
#include "daemon/store/case_json.h"
#include "statements.h"

#include <stdlib.h>
#include <string.h>

enum { FOLD_CASES = 200, EXAMPLES = 5 };

static const struct {
	const char *name;
	const struct statement *statement;
} checks[] = {
    {"feed_gapless", &stmt_verify_feed_gapless},
    {"feed_chain", &stmt_verify_feed_chain},
    {"event_body", &stmt_verify_event_body},
    {"versions", &stmt_verify_versions},
    {"columns", &stmt_verify_columns},
    {"keys", &stmt_verify_keys},
    {"timers", &stmt_verify_timers},
    {"tasks", &stmt_verify_tasks},
    {"private", &stmt_verify_private},
};

struct verify {
	struct db *db;
	struct arena *arena; /* the asker's: results */
	struct arena step;   /* of one answer */
	verify_list list;
	size_t next;
	int64_t folded_id, fold_bad; /* the last case folded */
	struct strbuf fold_examples;
	on_verified done;
	void *ctx;
};

static void ask_next(struct verify *v);

static void finish(struct verify *v, const struct err *why) {
	v->done(why ? NULL : &v->list, why, v->ctx);
	arena_fini(&v->step);
	strbuf_fini(&v->fold_examples);
	free(v);
}

static void add(struct verify *v, const char *name, int64_t bad, const char *examples) {
	*LIST_ADD(&v->list, v->arena) = (struct verify_check){name, bad, arena_strdup(v->arena, examples)};
}

static void on_checked(const struct rows *rows, const struct err *why, void *ctx) {
	struct verify *v = ctx;
	if (why) {
		finish(v, why);
		return;
	}
	add(v, checks[v->next++].name, rows_int(rows, 0, 0), rows_text(rows, 0, 1));
	ask_next(v);
}

/* Columns of verify_fold.sql. */
enum { FOLD_ID, FOLD_TOWN, FOLD_NUMBER, FOLD_VERSION, FOLD_BODY, FOLD_AGG };

static void note_bad(struct verify *v, const char *number) {
	if (v->fold_bad++ < EXAMPLES)
		strbuf_printf(&v->fold_examples, "%s\"case %s\"", v->fold_examples.len ? "," : "", number);
}

/* Folds the events in rows [from, to), all of one case; says whether that is the stored aggregate, byte for byte. */
static bool fold_equals(struct verify *v, const struct rows *rows, size_t from, size_t to) {
	struct case_rec *cr = NULL;
	struct strbuf again;
	struct err ignored;
	for (size_t i = from; i < to; i++) {
		struct changes ch;
		if (!event_decode(rows_text(rows, i, FOLD_BODY), &v->step, &ch, &ignored))
			return false;
		cr = apply(cr, rows_text(rows, i, FOLD_TOWN), &ch, &v->step);
	}
	strbuf_init(&again);
	case_encode(cr, &again);
	const bool equal = strcmp(again.data, rows_text(rows, from, FOLD_AGG)) == 0;
	strbuf_fini(&again);
	return equal;
}

static void on_fold(const struct rows *rows, const struct err *why, void *ctx) {
	struct verify *v = ctx;
	if (why) {
		finish(v, why);
		return;
	}
	for (size_t from = 0, to; from < rows->n; from = to) {
		const int64_t id = rows_int(rows, from, FOLD_ID);
		for (to = from + 1; to < rows->n && rows_int(rows, to, FOLD_ID) == id; to++)
			;
		if (!fold_equals(v, rows, from, to))
			note_bad(v, rows_text(rows, from, FOLD_NUMBER));
		v->folded_id = id;
	}
	if (rows->n) {
		ask_next(v);
		return;
	}
	strbuf_adds(&v->fold_examples, "]");
	add(v, "fold", v->fold_bad, arena_printf(&v->step, "[%s", v->fold_examples.data));
	finish(v, NULL);
}

static void ask_next(struct verify *v) {
	arena_reset(&v->step);
	struct params *p = params_new(&v->step);
	if (v->next < COUNT_OF(checks)) {
		db_ask_slow(v->db, checks[v->next].statement, p, &v->step, on_checked, v);
		return;
	}
	params_int8(p, v->folded_id);
	params_int4(p, FOLD_CASES);
	db_ask_slow(v->db, &stmt_verify_fold, p, &v->step, on_fold, v);
}

void verify_run(struct db *d, struct arena *a, on_verified done, void *ctx) {
	struct verify *v = calloc(1, sizeof *v);
	CHECK(v != NULL);
	*v = (struct verify){.db = d, .arena = a, .done = done, .ctx = ctx};
	arena_init(&v->step);
	strbuf_init(&v->fold_examples);
	ask_next(v);
}
