/* order: what of the model is shown, and in which order: the queue, and a line for each unit. */
#include "clients/gridctl/board/model.h"
#include "daemon/base/check.h"
#include "daemon/base/civil.h"

#include <stdlib.h>
#include <string.h>

void model_set_filter(struct model *m, const char *text) {
	text_set(&m->filter, text && *text ? text : NULL);
	m->changed = true;
}

void model_set_unit(struct model *m, const char *unit) {
	text_set(&m->unit_filter, unit);
	m->changed = true;
}

bool row_left(const struct model *m, const struct row *r, int64_t *seconds) {
	if (r->due_us == NO_TIME)
		return false;
	const int64_t us = r->due_us - m->now_us;
	*seconds = (us - (us < 0 ? SECOND_US - 1 : 0)) / SECOND_US;
	return true;
}

/* ---- Units ---- */

static int64_t day_of(const struct model *m, int64_t at_us) {
	const int64_t local = at_us + m->offset_s * SECOND_US;
	return (local - (local < 0 ? DAY_US - 1 : 0)) / DAY_US;
}

static struct unit_line *unit_find(struct model *m, const char *unit) {
	for (size_t i = 0; i < m->n_units; i++)
		if (strcmp(m->units[i].unit, unit) == 0)
			return &m->units[i];
	if (m->n_units == m->cap_units) {
		m->cap_units = m->cap_units ? 2 * m->cap_units : 32;
		m->units = realloc(m->units, m->cap_units * sizeof *m->units);
		CHECK(m->units != NULL);
	}
	m->units[m->n_units] = (struct unit_line){.unit = dict_intern(&m->codes, unit, strlen(unit))};
	return &m->units[m->n_units++];
}

static void count(const struct model *m, const struct row *r, struct unit_line *u) {
	int64_t left = 0;
	u->open++;
	if (!row_left(m, r, &left))
		return;
	u->overdue += left < 0;
	u->due_today += left >= 0 && day_of(m, r->due_us) == day_of(m, m->now_us);
	if (-left > u->longest_s)
		u->longest_s = -left;
}

static int worse_unit(const void *pa, const void *pb) {
	const struct unit_line *a = pa, *b = pb;
	if (a->overdue != b->overdue)
		return a->overdue < b->overdue ? 1 : -1;
	if (a->longest_s != b->longest_s)
		return a->longest_s < b->longest_s ? 1 : -1;
	if (a->due_today != b->due_today)
		return a->due_today < b->due_today ? 1 : -1;
	if (a->open != b->open)
		return a->open < b->open ? 1 : -1;
	return strcmp(a->unit, b->unit);
}

/* ---- The queue ---- */

static bool has(const char *text, const char *part) { return text && strcasestr(text, part); }

static bool fits(const struct model *m, const struct row *r) {
	if (m->unit_filter && strcmp(r->unit ? r->unit : "", m->unit_filter) != 0)
		return false;
	if (!m->filter)
		return true;
	return has(r->number, m->filter) || has(row_state_name(r), m->filter) || has(r->address, m->filter) ||
	       model_name_has(m, 'c', r->class, m->filter) || model_name_has(m, 'e', r->estate, m->filter) ||
	       model_name_has(m, 'u', r->unit, m->filter);
}

/* Without a due time: behind all the others. */
static int worse(const struct row *a, const struct row *b) {
	if (a->due_us == b->due_us)
		return strcmp(a->number, b->number);
	if (a->due_us == NO_TIME || b->due_us == NO_TIME)
		return a->due_us == NO_TIME ? 1 : -1;
	return a->due_us < b->due_us ? -1 : 1;
}

static int by_due(const void *pa, const void *pb) {
	const struct row *const *a = pa, *const *b = pb;
	return worse(*a, *b);
}

static int by_number(const void *pa, const void *pb) {
	const struct row *const *a = pa, *const *b = pb;
	return strcmp((*b)->number, (*a)->number);
}

static int by_unit(const void *pa, const void *pb) {
	const struct row *const *a = pa, *const *b = pb;
	const int units = strcmp((*a)->unit ? (*a)->unit : "", (*b)->unit ? (*b)->unit : "");
	return units ? units : worse(*a, *b);
}

static int (*const orders[ORDER_COUNT])(const void *, const void *) = {
    [ORDER_WORST] = by_due, [ORDER_NEWEST] = by_number, [ORDER_BY_UNIT] = by_unit};

void model_refresh(struct model *m) {
	if (m->cap_shown < m->n_rows) {
		m->cap_shown = 2 * m->n_rows;
		free(m->shown);
		m->shown = malloc(m->cap_shown * sizeof *m->shown);
		CHECK(m->shown != NULL);
	}
	m->n_shown = m->n_units = 0;
	m->total = (struct unit_line){.unit = ""};
	for (size_t i = 0; i < m->n_rows; i++) {
		struct row *r = m->rows[i];
		if (r->hidden)
			continue;
		count(m, r, unit_find(m, r->unit ? r->unit : ""));
		count(m, r, &m->total);
		if (fits(m, r))
			m->shown[m->n_shown++] = r;
	}
	if (m->n_units > 1)
		qsort(m->units, m->n_units, sizeof *m->units, worse_unit);
	if (m->n_shown > 1)
		qsort(m->shown, m->n_shown, sizeof *m->shown, orders[m->order]);
	m->changed = false;
}
