/* occurrences: asks and writes the table `occurrence`, and the notices of what is planned in it. */
#include "daemon/store/occurrences.h"

#include "statements.h"

#include <string.h>

static struct params *params_of(const struct book *b, struct arena *a) {
	struct params *p = params_new(a);
	params_text(p, b->town);
	params_text(p, b->job);
	return p;
}

bool occurrence_before(struct side *s, const struct book *b, const struct booked_ask *ask, struct arena *a, struct booked *out,
                       struct err *e) {
	struct rows *rows;
	struct params *p = params_of(b, a);
	params_text(p, ask->day);
	params_text(p, ask->day_before);
	params_int4(p, ask->pack_version);
	if (!side_ask(s, &stmt_occurrence_before, p, a, &rows, e))
		return false;
	*out = (struct booked){.newest = rows_text(rows, 0, 0),
	                       .state = rows_text(rows, 0, 1),
	                       .overdue_before = rows_text(rows, 0, 2) ? rows_int(rows, 0, 2) : -1,
	                       .pack_since_us = rows_time(rows, 0, 3),
	                       .town_since_us = rows_time(rows, 0, 4)};
	return true;
}

/* Columns of occurrence_get.sql. */
enum { GET_ID, GET_DAY, GET_STATE, GET_MARK, GET_AS_OF, GET_PLANNED_AT, GET_REASON, GET_FORMAT, GET_PLAN };

bool occurrence_get(struct side *s, const struct book *b, const char *day, struct arena *a, struct occurrence *out, bool *found,
                    struct err *e) {
	struct rows *rows;
	struct params *p = params_of(b, a);
	params_text(p, day);
	if (!side_ask(s, &stmt_occurrence_get, p, a, &rows, e))
		return false;
	*found = rows->n > 0;
	if (!*found)
		return true;
	*out = (struct occurrence){.id = rows_int(rows, 0, GET_ID),
	                           .day = rows_text(rows, 0, GET_DAY),
	                           .planned = strcmp(rows_text(rows, 0, GET_STATE), "planned") == 0,
	                           .mark = rows_text(rows, 0, GET_MARK),
	                           .as_of_us = rows_time(rows, 0, GET_AS_OF),
	                           .planned_at_us = rows_time(rows, 0, GET_PLANNED_AT),
	                           .reason = rows_text(rows, 0, GET_REASON),
	                           .format = rows_int(rows, 0, GET_FORMAT),
	                           .plan = rows_text(rows, 0, GET_PLAN)};
	return true;
}

/* One number back, or none (0). */
static bool ask_number(struct side *s, const struct statement *st, const struct params *p, struct arena *a, int64_t *out,
                       struct err *e) {
	struct rows *rows;
	if (!side_ask(s, st, p, a, &rows, e))
		return false;
	*out = rows->n ? rows_int(rows, 0, 0) : 0;
	return true;
}

bool occurrence_plan(struct side *s, const struct book *b, const struct occurrence *o, bool again, int64_t *id, struct err *e) {
	struct arena a;
	arena_init(&a);
	struct params *p = params_of(b, &a);
	params_text(p, o->day);
	params_text(p, o->mark);
	params_time(p, o->as_of_us);
	params_time(p, o->planned_at_us);
	params_int4(p, (int32_t)o->format);
	params_text(p, o->plan);
	params_bool(p, again);
	const bool ok = ask_number(s, &stmt_occurrence_plan, p, &a, id, e);
	arena_fini(&a);
	return ok;
}

bool occurrence_skip(struct side *s, const struct book *b, const skipped_list *days, const char *reason, int64_t now_us,
                     struct err *e) {
	const struct column_source from = {days->v, days->n, sizeof *days->v};
	struct arena a;
	int64_t none;
	if (!days->n)
		return true;
	arena_init(&a);
	struct params *p = params_of(b, &a);
	params_column(p, &from, (struct column){COL_TEXT, offsetof(struct skipped_day, day)});
	params_column(p, &from, (struct column){COL_TIME, offsetof(struct skipped_day, as_of_us)});
	params_text(p, reason);
	params_time(p, now_us);
	const bool ok = ask_number(s, &stmt_occurrence_skip, p, &a, &none, e);
	arena_fini(&a);
	return ok;
}

bool occurrence_tell(struct side *s, const char *town, int64_t id, const office_list *offices, int64_t now_us, int64_t *first,
                     struct err *e) {
	static const size_t columns[] = {offsetof(struct office, unit), offsetof(struct office, role),
	                                 offsetof(struct office, channel), offsetof(struct office, to)};
	const struct column_source from = {offices->v, offices->n, sizeof *offices->v};
	struct arena a;
	arena_init(&a);
	struct params *p = params_new(&a);
	params_text(p, town);
	params_int8(p, id);
	params_time(p, now_us);
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
		params_column(p, &from, (struct column){COL_TEXT, columns[i]});
	const bool ok = ask_number(s, &stmt_occurrence_tell, p, &a, first, e);
	arena_fini(&a);
	return ok;
}

bool occurrence_list(struct side *s, const struct book *b, int32_t limit, struct arena *a, struct rows **out, struct err *e) {
	struct params *p = params_of(b, a);
	params_int4(p, limit);
	return side_ask(s, &stmt_occurrence_list, p, a, out, e);
}

bool occurrence_notices(struct side *s, const char *town, int64_t id, struct arena *a, struct rows **out, struct err *e) {
	struct params *p = params_new(a);
	params_text(p, town);
	params_int8(p, id);
	return side_ask(s, &stmt_occurrence_notices, p, a, out, e);
}
