/* list: builds the statement of case.list from fixed fragments; values go in as parameters, never as text. */
#include "daemon/store/reader.h"

#include "daemon/base/check.h"
#include "daemon/base/strbuf.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const list_sort_names[LIST_SORTS + 1] = {"due", "overdue", "received", "updated", NULL};

/* Years 1900 to 9999 in microseconds, generously: what a key of ours can be. */
#define RFC3339_LIMIT_US (INT64_C(8030) * 366 * DAY_US)

#define BY_DUE "coalesce(f.due_at, 'infinity')"

/* Each is a column, or an expression, that an index has between town and id. */
static const struct {
	char letter; /* first of a cursor */
	const char *key, *direction, *beyond;
} sorts[LIST_SORTS] = {
    [SORT_DUE] = {'d', BY_DUE, "ASC", ">"},
    [SORT_OVERDUE] = {'d', BY_DUE, "ASC", ">"},
    [SORT_RECEIVED] = {'r', "f.received_at", "DESC", "<"},
    [SORT_UPDATED] = {'u', "f.updated_at", "DESC", "<"},
};

struct query {
	struct strbuf sql;
	struct params *params;
};

/* One condition; its value has just been added to the parameters. `%d` stands for the parameter's number. */
static void and_param(struct query *q, const char *before, const char *after) {
	strbuf_printf(&q->sql, "\n\tAND %s$%d%s", before, q->params->n, after);
}

/* One value is asked with `=`, because only then an index gives the order as well. */
static void and_any(struct query *q, const char *column, const struct strs *of) {
	if (of->n == 1) {
		params_text(q->params, of->v[0]);
		strbuf_printf(&q->sql, "\n\tAND f.%s = $%d", column, q->params->n);
	} else if (of->n > 1) {
		params_texts(q->params, of->v, of->n);
		strbuf_printf(&q->sql, "\n\tAND f.%s = ANY ($%d)", column, q->params->n);
	}
}

static void and_text(struct query *q, const char *value, const char *before, const char *after) {
	if (!value)
		return;
	params_text(q->params, value);
	and_param(q, before, after);
}

static void and_time(struct query *q, int64_t at_us, const char *before) {
	if (at_us == NO_TIME)
		return;
	params_time(q->params, at_us);
	and_param(q, before, "");
}

/* The same as case_in_scope says of each, asked from the other side: a unit's few cases are found without looking at all of the
 * town's. */
static void and_scope(struct query *q, const struct scope *s) {
	if (!s || s->all)
		return;
	params_text(q->params, s->submitter);
	params_texts(q->params, s->units.v, s->units.n);
	const int submitter = q->params->n - 1, units = q->params->n;
	strbuf_adds(&q->sql, "\n\tAND (");
	if (s->submitter)
		strbuf_printf(&q->sql, "f.submitter = $%d%s", submitter, s->units.n ? " OR " : "");
	if (s->units.n || !s->submitter)
		strbuf_printf(&q->sql,
		              "f.id IN (SELECT id FROM case_file WHERE town = $1 AND unit = ANY ($%d)"
		              " UNION SELECT case_id FROM task WHERE unit = ANY ($%d)"
		              " UNION SELECT case_id FROM supervision WHERE town = $1 AND unit = ANY ($%d))",
		              units, units, units);
	strbuf_adds(&q->sql, ")");
}

static void and_pending(struct query *q, const char *what) {
	if (!what)
		return;
	strbuf_adds(&q->sql, "\n\tAND f.agg::json->'request'->>'unit' IS NOT NULL");
	if (strcmp(what, "any") != 0)
		and_text(q, what, "f.agg::json->'request'->>'asks' = ", "");
}

static void and_overdue(struct query *q, const struct list_filter *f) {
	if (!f->overdue)
		return;
	if (strcmp(f->overdue, "any") == 0) {
		and_time(q, f->now_us, BY_DUE " < ");
		return;
	}
	params_text(q->params, f->overdue);
	params_time(q->params, f->now_us);
	strbuf_printf(
	    &q->sql,
	    "\n\tAND EXISTS (SELECT FROM json_to_recordset(f.agg::json->'clocks') AS c (name text, state text, due_at timestamptz)"
	    "\n\t\tWHERE c.name = $%d AND c.state = 'running' AND c.due_at < $%d)",
	    q->params->n - 1, q->params->n);
}

static void and_filters(struct query *q, const struct list_filter *f) {
	and_any(q, "state", &f->states);
	and_any(q, "unit", &f->units);
	and_any(q, "class", &f->classes);
	and_any(q, "estate", &f->estates);
	and_any(q, "grid", &f->grids);
	and_any(q, "channel", &f->channels);
	and_text(q, f->tag, "", " = ANY (f.tags)");
	and_text(q, f->actor, "f.submitter = ", "");
	and_scope(q, f->scope);
	and_pending(q, f->pending);
	and_overdue(q, f);
	and_time(q, f->due_before_us, BY_DUE " < ");
	and_time(q, f->received_since_us, "f.received_at >= ");
	and_time(q, f->updated_since_us, "f.updated_at >= ");
	if (f->returns_min > 0) {
		params_int4(q->params, f->returns_min);
		and_param(q, "f.returns >= ", "");
	}
	if (f->text) {
		params_text(q->params, f->text);
		strbuf_printf(&q->sql,
		              "\n\tAND EXISTS (SELECT FROM case_private p WHERE p.case_id = f.id"
		              " AND (strpos(p.text, $%d) > 0 OR strpos(p.address, $%d) > 0))",
		              q->params->n, q->params->n);
	}
}

/* A cursor: the sort's letter, 16 hex digits of the key (microseconds, two's complement), the id in hex. */
static bool cursor_parse(const char *cursor, enum list_sort sort, int64_t *key_us, int64_t *id) {
	enum { KEY_DIGITS = 16 };
	static const char hex[] = "0123456789abcdef";
	char key[KEY_DIGITS + 1] = "";
	if (cursor[0] != sorts[sort].letter || strlen(cursor) < KEY_DIGITS + 2)
		return false;
	memcpy(key, cursor + 1, KEY_DIGITS);
	const char *tail = cursor + 1 + KEY_DIGITS;
	if (strspn(key, hex) != KEY_DIGITS || strspn(tail, hex) != strlen(tail) || strlen(tail) > KEY_DIGITS)
		return false;
	*key_us = (int64_t)strtoull(key, NULL, 16);
	*id = (int64_t)strtoull(tail, NULL, 16);
	return *id > 0 && (*key_us == TIME_INFINITE || (*key_us > -RFC3339_LIMIT_US && *key_us < RFC3339_LIMIT_US));
}

const char *list_cursor(const struct list_filter *f, const struct rows *rows, size_t row, struct arena *a) {
	const int64_t key_us = rows_time(rows, row, ROW_SORT), id = rows_int(rows, row, ROW_ID);
	return arena_printf(a, "%c%016" PRIx64 "%" PRIx64, sorts[f->sort].letter,
	                    (uint64_t)(key_us == NO_TIME ? TIME_INFINITE : key_us), (uint64_t)id);
}

static bool and_cursor(struct query *q, const struct list_filter *f, struct err *e) {
	int64_t key_us, id;
	if (!f->cursor)
		return true;
	if (!cursor_parse(f->cursor, f->sort, &key_us, &id))
		return err_set(e, E_INVALID_PARAMS, "the cursor is not one of a list sorted by %s", list_sort_names[f->sort]);
	params_time(q->params, key_us);
	params_int8(q->params, id);
	strbuf_printf(&q->sql, "\n\tAND (%s, f.id) %s ($%d, $%d)", sorts[f->sort].key, sorts[f->sort].beyond, q->params->n - 1,
	              q->params->n);
	return true;
}

/* As in get_case.sql: what later events brought along stands behind the attachments of the first. */
#define BROUGHT                                                                                                             \
	"\nCROSS JOIN LATERAL ("                                                                                                \
	"\n\tSELECT CASE WHEN count(*) > 0 THEN json_build_object('items', json_agg(a.item ORDER BY a.version, a.nr)) END"      \
	"\n\t\tAS attachments"                                                                                                  \
	"\n\tFROM ("                                                                                                            \
	"\n\t\tSELECT 1 AS version, first.nr, first.item"                                                                       \
	"\n\t\tFROM json_array_elements(p.attachments::json->'items') WITH ORDINALITY AS first (item, nr)"                      \
	"\n\t\tUNION ALL"                                                                                                       \
	"\n\t\tSELECT n.version, later.nr, later.item FROM note_private n,"                                                     \
	"\n\t\t\tjson_array_elements(n.attachments::json->'items') WITH ORDINALITY AS later (item, nr)"                         \
	"\n\t\tWHERE n.case_id = f.id"                                                                                          \
	"\n\t) a"                                                                                                               \
	"\n) brought"

/* The page is cut before the private parts are looked up, so that only its own are read. */
static bool build(struct query *q, const struct list_filter *f, struct err *e) {
	const char *key = sorts[f->sort].key, *direction = sorts[f->sort].direction;
	strbuf_printf(&q->sql,
	              "SELECT f.id, f.number, f.agg, p.text, p.address, p.place_x, p.place_y, p.place_crs, p.reporter_name,"
	              "\n\tp.reporter_phone, p.reporter_confidential, brought.attachments, p.attrs, at_us(f.sort_key)"
	              "\nFROM (\n\tSELECT f.town, f.id, f.number, f.agg, %s AS sort_key FROM case_file f\n\tWHERE f.town = $1",
	              key);
	params_text(q->params, f->town);
	and_filters(q, f);
	if (!and_cursor(q, f, e))
		return false;
	params_int4(q->params, f->limit);
	strbuf_printf(&q->sql,
	              "\n\tORDER BY %s %s, f.id %s LIMIT $%d\n) f"
	              "\nLEFT JOIN case_private p ON p.case_id = f.id" BROUGHT "\nORDER BY f.sort_key %s, f.id %s",
	              key, direction, direction, q->params->n, direction, direction);
	return true;
}

bool list_statement(const struct list_filter *f, struct arena *a, struct statement *st, struct params **p, struct err *e) {
	struct query q = {.params = params_new(a)};
	strbuf_init(&q.sql);
	const bool ok = build(&q, f, e);
	*st = (struct statement){.name = "", .sql = arena_strdup(a, q.sql.data)};
	*p = q.params;
	strbuf_fini(&q.sql);
	return ok;
}

bool reader_list(struct db *d, const struct list_filter *f, struct arena *a, on_rows done, void *ctx, struct err *e) {
	struct statement *st = arena_new(a, struct statement);
	struct params *p;
	if (!list_statement(f, a, st, &p, e))
		return false;
	db_ask(d, st, p, a, done, ctx);
	return true;
}
