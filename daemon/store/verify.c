/* verify: asks the verify_*.sql statements in turn, then folds every case's events, compares with the stored aggregate, decides
 * each command again, and reckons when the case fires next. */
#include "daemon/store/verify.h"

#include "daemon/base/check.h"
#include "daemon/store/case_json.h"
#include "daemon/store/redecide.h"
#include "statements.h"

#include <stdlib.h>
#include <string.h>

enum { FOLD_CASES = 50, EXAMPLES = 5 }; /* cases at a time: others wait that long for the loop */

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
    {"orders", &stmt_verify_orders},
    {"notices", &stmt_verify_notices},
    {"merges", &stmt_verify_merges},
    {"occurrences", &stmt_verify_occurrences},
    {"private", &stmt_verify_private},
};

/* What one of the checks in C has found. */
struct tally {
	int64_t bad;
	struct strbuf examples;
};

struct verify {
	struct db *db;
	struct verify_towns towns;
	struct arena *arena; /* the asker's: results */
	struct arena step;   /* of one answer */
	verify_list list;
	size_t next;
	int64_t folded_id; /* the last case folded */
	struct tally fold, decisions, firing;
	on_verified done;
	void *ctx;
};

static void ask_next(struct verify *v);

static void finish(struct verify *v, const struct err *why) {
	v->done(why ? NULL : &v->list, why, v->ctx);
	arena_fini(&v->step);
	strbuf_fini(&v->fold.examples);
	strbuf_fini(&v->decisions.examples);
	strbuf_fini(&v->firing.examples);
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
enum { FOLD_ID, FOLD_TOWN, FOLD_NUMBER, FOLD_VERSION, FOLD_BODY, FOLD_AGG, FOLD_FIRE_AT, FOLD_FAILURES, FOLD_ACTOR };

static void note_bad(struct tally *t, const char *number) {
	if (t->bad++ < EXAMPLES)
		strbuf_printf(&t->examples, "%s\"case %s\"", t->examples.len ? "," : "", number);
}

static void add_tally(struct verify *v, const char *name, const struct tally *t) {
	add(v, name, t->bad, arena_printf(&v->step, "[%s]", t->examples.data ? t->examples.data : ""));
}

/* The aggregate as this gridd would store it. */
static const char *present_text(struct verify *v, const struct case_rec *cr) {
	struct strbuf text;
	strbuf_init(&text);
	case_encode(cr, &text);
	const char *copy = arena_strndup(&v->step, text.data, text.len);
	strbuf_fini(&text);
	return copy;
}

/* One that was stored in an older format is lifted first, as its events are. */
static const char *stored_text_of(struct verify *v, const struct rows *rows, size_t row) {
	const char *stored = rows_text(rows, row, FOLD_AGG);
	const char *head = arena_printf(&v->step, "{\"v\":%d,", CASE_FORMAT);
	struct case_rec *cr;
	struct err ignored;
	if (strncmp(stored, head, strlen(head)) == 0)
		return stored;
	if (!case_decode(rows_text(rows, row, FOLD_TOWN), rows_int(rows, row, FOLD_ID), stored, &v->step, &cr, &ignored))
		return "";
	return present_text(v, cr);
}

/* One case: rows [from, to) are its events. */
struct story {
	const struct rows *rows;
	size_t from, to;
	bool has_facts;
	struct facts facts;
};

static const char *text_at(const struct story *s, size_t row, int column) { return rows_text(s->rows, row, column); }

static bool is_decided_so(struct verify *v, const struct story *s, size_t row, const struct case_rec *before,
                          const struct changes *ch) {
	const struct stored_event e = {.town = text_at(s, row, FOLD_TOWN),
	                               .number = text_at(s, row, FOLD_NUMBER),
	                               .actor = text_at(s, row, FOLD_ACTOR),
	                               .body = text_at(s, row, FOLD_BODY),
	                               .changes = ch};
	return !s->has_facts || redecide(before, &e, &s->facts, &v->step) != REDECIDED_OTHERWISE;
}

/* Folds its events, and decides each again. NULL: one of them isn't ours. */
static struct case_rec *fold(struct verify *v, const struct story *s) {
	struct case_rec *cr = NULL;
	struct err ignored;
	bool as_decided = true;
	for (size_t i = s->from; i < s->to; i++) {
		struct changes ch;
		if (!event_decode(text_at(s, i, FOLD_BODY), &v->step, &ch, &ignored))
			return NULL;
		as_decided = as_decided && is_decided_so(v, s, i, cr, &ch);
		cr = apply(cr, text_at(s, i, FOLD_TOWN), &ch, &v->step);
	}
	if (!as_decided)
		note_bad(&v->decisions, text_at(s, s->from, FOLD_NUMBER));
	return cr;
}

/* Is its timer set for what it does next by time alone? A firing that was put off may be late. */
static bool fires_in_time(const struct story *s, const struct case_rec *cr) {
	return !s->has_facts || rows_int(s->rows, s->from, FOLD_FAILURES) ||
	       case_next_fire_us(cr, s->facts.calendars) == rows_time(s->rows, s->from, FOLD_FIRE_AT);
}

static void check_case(struct verify *v, const struct rows *rows, size_t from, size_t to) {
	const char *number = rows_text(rows, from, FOLD_NUMBER);
	struct story s = {.rows = rows, .from = from, .to = to};
	s.has_facts = v->towns.facts_of && v->towns.facts_of(v->towns.ctx, rows_text(rows, from, FOLD_TOWN), &s.facts);
	const struct case_rec *cr = fold(v, &s);
	if (!cr || strcmp(present_text(v, cr), stored_text_of(v, rows, from)) != 0)
		note_bad(&v->fold, number);
	if (!cr || !fires_in_time(&s, cr))
		note_bad(&v->firing, number);
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
		check_case(v, rows, from, to);
		v->folded_id = id;
	}
	if (rows->n) {
		ask_next(v);
		return;
	}
	add_tally(v, "fold", &v->fold);
	add_tally(v, "decisions", &v->decisions);
	add_tally(v, "next_firing", &v->firing);
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

void verify_run(struct db *d, const struct verify_towns *towns, struct arena *a, on_verified done, void *ctx) {
	struct verify *v = calloc(1, sizeof *v);
	CHECK(v != NULL);
	*v = (struct verify){.db = d, .arena = a, .done = done, .ctx = ctx};
	if (towns)
		v->towns = *towns;
	arena_init(&v->step);
	strbuf_init(&v->fold.examples);
	strbuf_init(&v->decisions.examples);
	strbuf_init(&v->firing.examples);
	ask_next(v);
}
